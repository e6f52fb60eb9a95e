"""Validation parts, and splits in which no person is both in the training and in the test part."""

import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from facescore.training.data import identities

SEED = 0
VALIDATION_SHARE = 0.1
FOLDS = 5
BY_PERSON = tuple(f"persons {fold}" for fold in range(1, 6))
LARGE = (89, 109)  # half of CelebA's frame


def hold_out_validation(table: pd.DataFrame) -> pd.DataFrame:
    """Move a tenth of the training part, stratified by group, into a validation part."""
    train = table.index[table["partition"] == "train"]
    _, held_out = train_test_split(
        train, test_size=VALIDATION_SHARE, random_state=SEED, stratify=table.loc[train, "group"]
    )
    return table.assign(partition=table["partition"].where(~table.index.isin(held_out), "validation"))


def of_celeba(table: pd.DataFrame, split: str) -> pd.DataFrame:
    """CelebA's table under its official partition, or one of five folds of persons over its larger pictures.

    Many of the available pictures were downsized, and of those that are at least 89×109 few are in the official test
    part. So what needs them is tested on each fifth of their persons in turn; another tenth is the validation part.
    """
    if split not in BY_PERSON:
        return table
    table = table[[_is_large(path) for path in table["path"]]].reset_index(drop=True)
    folds = StratifiedGroupKFold(2 * len(BY_PERSON), shuffle=True, random_state=SEED)
    tenth = np.zeros(len(table), int)
    for number, (_, inside) in enumerate(folds.split(table, table["group"], table["identity"])):
        tenth[inside] = number
    first = 2 * BY_PERSON.index(split)
    part = np.where(tenth == (first + 2) % (2 * len(BY_PERSON)), "validation", "train")
    return table.assign(partition=np.where(tenth // 2 == first // 2, "test", part))


def _is_large(path: Path) -> bool:
    """Whether a picture is at least 89×109, from its header."""
    with PIL.Image.open(path) as picture:
        return all(np.greater_equal(picture.size, LARGE))


def identity_fold(table: pd.DataFrame, embeddings: identities.Embeddings, fold: int) -> pd.DataFrame:
    """One of five folds of a data set in which people recur: whole identity groups, stratified by the table's groups.

    The faces of that fold, 1 to 5, become ``test``, the others ``train``; ``person`` is the identity group.
    """
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    persons = identities.groups(embeddings)
    _, test = list(folds.split(table, table["group"], persons))[fold - 1]
    part = np.where(np.isin(np.arange(len(table)), test), "test", "train")
    return table.assign(partition=part, person=persons)


def hashed_fold(table: pd.DataFrame, fold: int) -> pd.DataFrame:
    """The same of a data set without people, by a hash of the names, so that more pictures change none."""
    numbers = table["file"].map(lambda name: zlib.crc32(name.encode()) % FOLDS + 1)
    return table.assign(partition=np.where(numbers == fold, "test", "train"))
