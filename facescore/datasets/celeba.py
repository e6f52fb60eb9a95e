"""CelebA: 202,599 pictures of 10,177 celebrities with 40 binary attributes (Liu et al. 2015, arXiv 1411.7766).

Layout of the official download: ``list_attr_celeba.txt``, ``list_eval_partition.txt``, ``identity_CelebA.txt`` and
``img_align_celeba/*.jpg``. A folder with only some of the pictures works too: the table lists what is on disk.
Terms: non-commercial research.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from facescore.datasets import lists
from facescore.errors import DataError

FOLDER = "celeba"
SOURCE = {
    "name": "CelebA",
    "source": "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
    "licence": "non-commercial research only",
    "pictures": f"{FOLDER}/img_align_celeba",
}
PARTITIONS: dict[str, object] = {"0": "train", "1": "validation", "2": "test"}


def load(data: Path) -> pd.DataFrame:
    """The table of the pictures on disk.

    Args:
        data: the folder that holds ``celeba``.

    Returns:
        One row per picture, in the order of their numbers: ``file`` (name), ``path``, ``partition`` (train, validation
        or test), ``identity`` (the person's number), ``group`` (sex and age as labelled, such as "female young"), and
        the 40 attributes under their official names as bool.

    Raises:
        DataError: the data set or a part of it is missing, or a line of its lists is damaged.
    """
    folder, pictures = data / FOLDER, data / SOURCE["pictures"]
    attributes = labels(data)
    partition = _column(folder / "list_eval_partition.txt", lists.one_of(PARTITIONS))
    identity = _column(folder / "identity_CelebA.txt", lists.whole)
    on_disk = {path.name for path in pictures.glob("*.jpg")}
    table = attributes[attributes.index.isin(on_disk)]
    if table.empty:
        raise DataError(f"There are no pictures in {pictures}. Unpack img_align_celeba.zip there.")
    for name, column in (("list_eval_partition.txt", partition), ("identity_CelebA.txt", identity)):
        if unlisted := sorted(set(table.index) - set(column.index)):
            raise DataError(f"{folder / name} does not list {unlisted[0]}. {lists.REMEDY}")
    table = table.assign(partition=partition, identity=identity, group=groups(table)).reset_index()
    return table.assign(path=[pictures / name for name in table["file"]])


def groups(table: pd.DataFrame) -> pd.Series:
    """Sex and age as labelled, such as "female young"."""
    return table["Male"].map({True: "male", False: "female"}) + table["Young"].map({True: " young", False: " older"})


def labels(data: Path) -> pd.DataFrame:
    """The 40 attributes of all 202,599 pictures, on disk or not, as bool columns under their official names.

    The file begins with a line with the number of pictures and one with the labels' names.

    Args:
        data: the folder that holds ``celeba``.

    Raises:
        DataError: the list is missing, or a line of it is damaged.
    """
    path = data / FOLDER / "list_attr_celeba.txt"
    text = lists.lines(path, SOURCE["name"], FOLDER)
    names = text[1].split() if len(text) > 1 else []
    if not {"Male", "Young"} <= set(names) or len(set(names)) < len(names):
        raise lists.refusal(path, 2, "it does not name the labels, including Male and Young")
    table = lists.table(path, text, names, lists.one_of({"1": True, "-1": False}), lists.plain, skip=2)
    if text[0].strip() != str(len(table)):
        raise lists.refusal(path, 1, f"it does not give the number of pictures listed, {len(table)}")
    return table


def _column(path: Path, value: Callable[[str], object]) -> pd.Series:
    """One of the official two-column files as a series indexed by file name."""
    text = lists.lines(path, SOURCE["name"], FOLDER)
    return lists.table(path, text, ["value"], value, lists.plain)["value"]
