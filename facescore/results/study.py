"""Read the results of a training run from ``assets/studies/NAME``."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from facescore.errors import DataError
from facescore.estimates import from_json
from facescore.settings import ASSETS

STUDIES = ASSETS / "studies"


@dataclass(frozen=True)
class Study:
    """The results of a training run.

    Attributes:
        name: the study's name.
        history: one row per epoch.
        predictions: for the test part of the data set whose scale the score uses: ``file``, ``group``, ``truth`` and
            ``prediction``.
        wild: the same for the test part of MEBeauty, of faces in the wild; empty where it was not learned.
        metrics: the content of ``metrics.json``, with an `Estimate` for every measured number.
    """

    name: str
    history: pd.DataFrame
    predictions: pd.DataFrame
    wild: pd.DataFrame
    metrics: dict[str, Any]

    @classmethod
    def read(cls, name: str, studies: Path = STUDIES) -> "Study":
        """Read a study's folder.

        Raises:
            DataError: it is missing or incomplete.
        """
        folder = studies / name
        try:
            history, predictions = (pd.read_csv(folder / f"{table}.csv") for table in ("history", "predictions"))
            metrics = from_json(json.loads((folder / "metrics.json").read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise DataError(
                f"The study {name} cannot be read: {error}. Restore it with 'git checkout -- assets'."
            ) from error
        wild = predictions[:0]
        if "dataset" in predictions:
            own = predictions["dataset"] == predictions["dataset"].iloc[0]
            predictions, wild = predictions[own], predictions[predictions["dataset"] == "mebeauty"]
        return cls(name, history, predictions, wild, metrics)
