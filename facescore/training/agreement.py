"""Do CelebA's annotators and the raters agree? The network of CelebA's label is asked about faces with ratings."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from facescore import checkpoints
from facescore.errors import CheckpointError
from facescore.faces import Detector
from facescore.faces.alignment import TEMPLATES
from facescore.litert import Network
from facescore.settings import CHECKPOINTS
from facescore.training import cutting, evaluate, examples
from facescore.training.evaluate import Numbers
from facescore.training.groups import of_table

OTHER = "attractive"


def measure(table: pd.DataFrame, data: Path, cache: Path, detector: Detector) -> dict[str, Any]:
    """Correlations of CelebA's network with ratings, and with the scores of the network that learned those.

    Args:
        table: ``file``, ``group``, ``dataset``, ``truth`` and ``prediction`` of test pictures.
        data: the folder that holds the data sets.
        cache: where cut crops are kept.
        detector: finds the faces.

    Returns:
        For each data set, for all and by group: ``count``, and the Pearson correlations of the logit ``with_ratings``
        and ``with_scores``, each with its 95 % interval.

    Raises:
        CheckpointError: CelebA's network is missing or damaged, or is another one.
    """
    folder = CHECKPOINTS / OTHER
    card, contents = checkpoints.read(folder, needs=("model.tflite",))
    if card.task != "binary" or card.template not in TEMPLATES or not card.mean_contribution:
        raise CheckpointError(f"The checkpoint {OTHER} does not hold CelebA's network. {checkpoints.REMEDY}")
    template, network = TEMPLATES[card.template], Network(contents["model.tflite"], f"{OTHER}/model.tflite")
    of_map = len(card.mean_contribution), len(card.mean_contribution[0])
    network.require((template.size, template.size, 3), {"score": (), "contribution": of_map})
    found: dict[str, Any] = {}
    for dataset, rows in table.groupby("dataset", sort=False):
        name, part = str(dataset), rows.reset_index(drop=True)
        pictures = pd.DataFrame({"file": part["file"], "path": examples.paths(part, data)})
        crops, _ = cutting.cut_all(pictures, name, template, cache, detector)
        logits = evaluate.apply(network, crops)["score"].astype(np.float64)
        masks = {"all": np.ones(len(part), bool)} | of_table(part)
        found[name] = {
            group: {"count": int(mask.sum())}
            | {
                key: _correlation(logits[mask], part.loc[mask, column].to_numpy(np.float64))
                for key, column in (("with_ratings", "truth"), ("with_scores", "prediction"))
            }
            for group, mask in masks.items()
        }
    return found


def _correlation(first: Numbers, second: Numbers, seed: int = 0) -> dict[str, float]:
    """Pearson's correlation with its bootstrap interval."""
    draws = np.random.default_rng(seed).integers(0, len(first), (evaluate.RESAMPLES, len(first)))
    correlation = evaluate.STATISTICS["regression"]["pearson"]
    value = correlation(first, second)
    return evaluate.with_interval(value, [correlation(first[draw], second[draw]) for draw in draws])
