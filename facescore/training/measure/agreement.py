"""Do CelebA's annotators and the raters agree? The network for CelebA's label is applied to rated faces."""

from typing import Any

import numpy as np
import pandas as pd

from facescore.estimates import Estimate
from facescore.runtime import ScoringNetwork
from facescore.settings import CHECKPOINTS
from facescore.training.data import crops as cropping
from facescore.training.data.place import Place
from facescore.training.measure import metrics
from facescore.training.measure.subgroups import of_table
from facescore.training.predict import Numbers, apply

OTHER = "attractive"
FEWEST = 10  # faces behind the correlation of a group


def measure(table: pd.DataFrame, place: Place) -> dict[str, Any]:
    """Correlations of CelebA's network with ratings, and with the scores of the network that learned those.

    Args:
        table: ``file``, ``group``, ``dataset``, ``truth`` and ``prediction`` of test pictures.
        place: the data sets and their crops.

    Returns:
        For each data set, overall and by group of at least ten faces: ``count``, and the Pearson correlations of the
        logit ``with_ratings`` and ``with_scores``, each with its 95% interval.

    Raises:
        CheckpointError: CelebA's network is missing or damaged, or is another network.
    """
    network = ScoringNetwork(CHECKPOINTS / OTHER, "binary")
    found: dict[str, Any] = {}
    for dataset, rows in table.groupby("dataset", sort=False):
        name, part = str(dataset), rows.reset_index(drop=True)
        pictures = pd.DataFrame({"file": part["file"], "path": cropping.paths(part, place.data)})
        crops, _ = cropping.crop_all(pictures, name, network.template, place.cache, place.detector)
        logits = apply(lambda batch: network(batch).scores, crops).astype(np.float64)
        masks = {"all": np.ones(len(part), bool)} | of_table(part)
        found[name] = {
            group: {"count": int(mask.sum())}
            | {
                key: _correlation(logits[mask], part.loc[mask, column].to_numpy(np.float64))
                for key, column in (("with_ratings", "truth"), ("with_scores", "prediction"))
            }
            for group, mask in masks.items()
            if group == "all" or mask.sum() >= FEWEST
        }
    return found


def _correlation(first: Numbers, second: Numbers) -> Estimate:
    """Pearson's correlation with its bootstrap interval."""
    correlation = metrics.STATISTICS["regression"]["pearson"]
    resampled = [correlation(first[draw], second[draw]) for draw in metrics.draws(len(first))]
    return metrics.with_interval(correlation(first, second), resampled)
