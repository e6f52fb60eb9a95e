"""Fit the detector of covered faces, and write its weights."""

import json
from pathlib import Path

import pandas as pd

from facescore import checkpoints
from facescore.datasets import celeba, mebeauty, scut
from facescore.faces import load_detector
from facescore.faces.covered import WEIGHTS
from facescore.files import write_text
from facescore.results.study import STUDIES
from facescore.settings import CHECKPOINTS, Settings
from facescore.training.data.splits import hold_out_validation
from facescore.training.measure import occlusion

NETWORK = "beauty"  # its training and validation parts are used
SEED = 0
COVERED = {"train": 260, "validation": 130}  # pictures of each data set


def export(data: Path, settings: Settings) -> Path:
    """Fit the detector and write its weights, whose path is returned.

    Args:
        data: the folder that holds the data sets.
        settings: which detector finds the faces.

    Raises:
        DataError: a data set is missing.
        CheckpointError: a checkpoint is missing or damaged.
    """
    parts = {part: _pictures(data, part, number) for part, number in COVERED.items()}
    write_text(WEIGHTS, json.dumps(occlusion.fit(parts["train"], parts["validation"], load_detector(settings))) + "\n")
    return WEIGHTS


def _pictures(data: Path, part: str, number: int) -> pd.DataFrame:
    """``path`` of ``number`` random pictures from this part of each data set; none is a test picture."""
    split = checkpoints.load(CHECKPOINTS / NETWORK).data["split"]
    measured = pd.read_csv(STUDIES / NETWORK / "predictions.csv")
    validated = set(measured["file"][measured["part"] == "validation"])
    of_scut = hold_out_validation(scut.load(data, split), SEED)
    of_mebeauty = mebeauty.load(data)
    of_mebeauty = of_mebeauty[of_mebeauty["partition"] == "train"]
    inside = of_mebeauty["file"].isin(validated)
    kept = inside if part == "validation" else ~of_mebeauty["file"].isin(measured["file"])
    of_celeba = celeba.load(data)
    tables = [of_scut[of_scut["partition"] == part], of_mebeauty[kept], of_celeba[of_celeba["partition"] == part]]
    return pd.concat([table.sample(min(number, len(table)), random_state=SEED) for table in tables])
