"""CelebA: 202,599 pictures of 10,177 celebrities with 40 yes-or-no attributes (Liu et al. 2015, arXiv 1411.7766).

Layout of the official download: ``list_attr_celeba.txt``, ``list_eval_partition.txt``, ``identity_CelebA.txt`` and
``img_align_celeba/*.jpg``. A folder with only some of the pictures is a data set too: the table lists what is on disk.
Terms: non-commercial research.
"""

from pathlib import Path

import pandas as pd

from facescore.errors import DataError

FOLDER = "celeba"
SOURCE = {
    "name": "CelebA",
    "source": "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
    "licence": "non-commercial research only",
    "pictures": f"{FOLDER}/img_align_celeba",
}
PARTITIONS = ("train", "validation", "test")


def load(data: Path) -> pd.DataFrame:
    """The table of the pictures on disk.

    Args:
        data: the folder that holds ``celeba``.

    Returns:
        One row a picture, in the order of their numbers: ``file`` (name), ``path``, ``partition`` (train, validation
        or test), ``identity`` (number of the person), ``group`` (sex and age as labelled, such as "female young"),
        and the 40 attributes under their official names as bool.

    Raises:
        DataError: the data set, or a part of it, is not there.
    """
    folder, pictures = data / FOLDER, data / SOURCE["pictures"]
    try:
        attributes = pd.read_csv(folder / "list_attr_celeba.txt", sep=r"\s+", skiprows=1) == 1
        partition = _read_column(folder / "list_eval_partition.txt")
        identity = _read_column(folder / "identity_CelebA.txt")
    except (OSError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(
            f"CelebA is not complete in {folder}: {error}. "
            "Name the folder that holds 'celeba', with its official files, by --data or FACESCORE_DATA."
        ) from error
    on_disk = {path.name for path in pictures.glob("*.jpg")}
    table = attributes.assign(partition=partition.map(dict(enumerate(PARTITIONS))), identity=identity)
    table = table[table.index.isin(on_disk)].rename_axis("file").reset_index()
    if table.empty:
        raise DataError(f"There are no pictures in {pictures}. Unpack img_align_celeba.zip there.")
    sex = table["Male"].map({True: "male", False: "female"})
    age = table["Young"].map({True: "young", False: "older"})
    return table.assign(path=[pictures / name for name in table["file"]], group=sex + " " + age)


def _read_column(path: Path) -> pd.Series:
    """One of the official two-column files as a series by file name."""
    return pd.read_csv(path, sep=r"\s+", header=None, names=["file", "value"], index_col="file")["value"]
