"""Fit the detector of covered faces, and write its weights."""

import json
from pathlib import Path

import pandas as pd

from facescore.datasets import celeba, mebeauty, scut
from facescore.faces import load_detector
from facescore.faces.covered import WEIGHTS
from facescore.files import write_text
from facescore.settings import Settings
from facescore.training.data.splits import hold_out_validation
from facescore.training.measure import occlusion

SPLIT = "fold 1"  # of SCUT-FBP5500
SEED = 0
COVERED = {"train": 260, "validation": 130}  # pictures of each data set


def export(data: Path, settings: Settings) -> Path:
    """Fit the detector and write its weights, whose path is returned.

    Args:
        data: the folder that holds the data sets.
        settings: which detector finds the faces.

    Raises:
        DataError: a data set is missing.
        CheckpointError: the detector is missing or damaged.
    """
    parts = {part: _pictures(data, part, number) for part, number in COVERED.items()}
    write_text(WEIGHTS, json.dumps(occlusion.fit(parts["train"], parts["validation"], load_detector(settings))) + "\n")
    return WEIGHTS


def _pictures(data: Path, part: str, number: int) -> pd.DataFrame:
    """``path`` of ``number`` random pictures from this part of each data set; none is of an official test part."""
    tables = hold_out_validation(scut.load(data, SPLIT), SEED), mebeauty.load(data), celeba.load(data)
    parts = [table[table["partition"] == part] for table in tables]
    return pd.concat([table.sample(min(number, len(table)), random_state=SEED) for table in parts])
