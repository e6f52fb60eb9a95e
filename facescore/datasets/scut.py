"""SCUT-FBP5500: 5,500 frontal faces, each rated from 1 to 5 by 60 people (Liang et al. 2018, arXiv 1801.06345).

Layout of the official download: ``Images/*.jpg`` and ``train_test_files`` with the ratings, the 60/40 split and the
five folds. File names begin with the group: AF and AM are Asian women and men, CF and CM Caucasian women and men.
Terms: non-commercial research.
"""

from pathlib import Path

import pandas as pd

from facescore.datasets import lists
from facescore.errors import DataError

FOLDER = "SCUT-FBP5500_v2"
SOURCE = {
    "name": "SCUT-FBP5500",
    "source": "https://github.com/HCIILAB/SCUT-FBP5500-Database-Release",
    "licence": "non-commercial research only",
    "pictures": f"{FOLDER}/Images",
}
GROUPS = ("AF", "AM", "CF", "CM")
HALVES = 0.975  # correlation of the mean ratings of thirty raters with those of the other thirty, in the worst group
SPLITS = {
    "60/40": "split_of_60%training and 40%testing/{part}.txt",
    **{f"fold {k}": f"5_folders_cross_validations_files/cross_validation_{k}/{{part}}_{k}.txt" for k in range(1, 6)},
}


def load(data: Path, split: str) -> pd.DataFrame:
    """The table of the pictures under one official split.

    Args:
        data: the folder that holds ``SCUT-FBP5500_v2``.
        split: ``60/40`` or ``fold 1`` to ``fold 5``.

    Returns:
        One row per picture, in the split's official order: ``file`` (name), ``path``, ``partition`` (train or test),
        ``group`` (AF, AM, CF or CM) and ``score`` (mean rating, 1 to 5).

    Raises:
        DataError: the data set or a part of it is missing, or a line of its lists is damaged.
    """
    folder = data / FOLDER
    parts = []
    for partition in ("train", "test"):
        path = folder / "train_test_files" / SPLITS[split].format(part=partition)
        text = lists.lines(path, SOURCE["name"], FOLDER)
        parts.append(lists.table(path, text, ["score"], lists.rating(1, 5), _name).assign(partition=partition))
    table = pd.concat(parts).reset_index()
    if not table["file"].is_unique:
        file = table["file"][table["file"].duplicated()].iloc[0]
        raise DataError(f"{path} lists {file}, which the training part lists too. {lists.REMEDY}")
    return table.assign(path=[data / SOURCE["pictures"] / name for name in table["file"]], group=table["file"].str[:2])


def _name(listed: str) -> str:
    name = lists.plain(listed)
    if not name.startswith(GROUPS):
        raise ValueError(f"the name does not begin with one of {', '.join(GROUPS)}")
    return name


def load_scores(data: Path) -> pd.DataFrame:
    """All 5,500 mean ratings as ``file``, ``group`` and ``score``.

    Raises:
        DataError: the data set is missing, or a line of its lists is damaged.
    """
    return load(data, "60/40")[["file", "group", "score"]]
