"""One network between several that were trained from the same initial weights (WiSE-FT, Wortsman et al. 2022).

Tuned from the same weights at a small rate, networks lie in one valley: on the line between two the error hardly rises,
and what one knows is mixed with what the other knows. Here one learned the data set on whose scale the score is, the
others learned a second one too; of those the mean is taken.
"""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from facescore.training import evaluate, states
from facescore.training.examples import Examples

SHARES = np.linspace(0, 1, 21)
COST = 0.005  # of Pearson's correlation on the first data set, that the second one may cost at most


def blend(network: keras.Model, folders: Sequence[Path], validation: Examples) -> float:
    """Set a network's weights between those of several runs.

    Args:
        network: of the same build as theirs; changed in place.
        folders: of the run that learned the first data set alone, and of those that learned both.
        validation: of both data sets. The first network's share is the least with which the correlation on the first
            data set is at most 0.005 below that network's own.

    Returns:
        The share.

    Raises:
        DataError: a run's weights are missing or damaged.
    """
    alone, *others = (states.load_best(folder) for folder in folders)
    both = [np.mean(arrays, axis=0) for arrays in zip(*others, strict=True)]
    first = (validation.table["dataset"] == validation.table["dataset"].iloc[0]).to_numpy()
    crops, truth = validation.crops[first], validation.truth[first].astype(np.float64)

    def correlation(share: float) -> float:
        """On the first data set's validation part, with this share."""
        network.set_weights([share * one + (1 - share) * other for one, other in zip(alone, both, strict=True)])
        scores = evaluate.apply_both_ways(network.predict_on_batch, crops)[:, 0]
        return evaluate.STATISTICS["regression"]["pearson"](truth, scores)

    asked = correlation(1.0) - COST
    return next(round(float(share), 2) for share in SHARES if correlation(float(share)) >= asked)
