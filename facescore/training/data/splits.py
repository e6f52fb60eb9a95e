"""Validation parts, and splits in which no person is both in the training and in the test part."""

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from facescore.training.data import identities

VALIDATION_SHARE = 0.1


def hold_out_validation(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Move a tenth of the training part, stratified by group, into a validation part."""
    train = table.index[table["partition"] == "train"]
    _, held_out = train_test_split(
        train, test_size=VALIDATION_SHARE, random_state=seed, stratify=table.loc[train, "group"]
    )
    return table.assign(partition=table["partition"].where(~table.index.isin(held_out), "validation"))


def split_by_identity(table: pd.DataFrame, embeddings: identities.Embeddings, seed: int) -> pd.DataFrame:
    """Split a data set in which people recur, so that no person is both in the training and in the test part.

    Args:
        table: with the official parts train and validation.
        embeddings: of the same faces.
        seed: of the held-out part.

    Returns:
        The table with new parts: the official validation part becomes ``test``, except for pictures whose person also
        appears in the official training part, which are ``left out``; a tenth of that training part, in whole identity
        groups and stratified by the data set's groups, becomes ``validation``.
    """
    official = (table["partition"] == "train").to_numpy()
    part = np.where(official, "train", "test").astype(object)
    overlaps = identities.overlap(embeddings[~official], embeddings[official])
    part[~official] = np.where(overlaps, "left out", part[~official])
    folds = StratifiedGroupKFold(round(1 / VALIDATION_SHARE), shuffle=True, random_state=seed)
    rows = np.flatnonzero(official)
    groups = identities.groups(embeddings[rows])
    _, held_out = next(folds.split(rows, table["group"].to_numpy()[rows], groups))
    part[rows[held_out]] = "validation"
    return table.assign(partition=part)
