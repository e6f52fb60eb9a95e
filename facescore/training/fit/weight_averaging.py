"""Average the weights of networks that were fine-tuned from the same initial weights (WiSE-FT, Wortsman et al. 2022).

Networks fine-tuned from the same weights at a small learning rate lie in one basin: along the line between two of them
the error hardly rises, and what each has learned is combined. Here the first network learned only the data set whose
scale the score is on, and the others learned a second one too; the others are averaged with each other first.
"""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from facescore.training.data.examples import Examples
from facescore.training.fit import states
from facescore.training.predict import apply_both_ways

SHARES = np.linspace(0, 1, 21)
COST = 0.005  # the most that the others may cost, in Pearson correlation on the first data set


def average(network: keras.Model, runs: Sequence[Path], validation: Examples) -> float:
    """Set a network's weights to an average of those of several runs.

    Args:
        network: of the same architecture; changed in place.
        runs: the folder of the run that learned the first data set alone, then of those that learned more.
        validation: of all data sets. The first run's share is the smallest at which the correlation on the first data
            set is at most 0.005 below that of the first network.

    Returns:
        The share of the first run.

    Raises:
        DataError: a run's weights are missing or damaged.
    """
    alone, *others = (states.load_best(run) for run in runs)
    both = [np.mean(arrays, axis=0) for arrays in zip(*others, strict=True)]
    datasets = validation.table["dataset"].to_numpy()
    first = validation.where(datasets == datasets[0])

    def correlation(share: float) -> float:
        """On the first data set's validation part, with this share."""
        network.set_weights([share * one + (1 - share) * other for one, other in zip(alone, both, strict=True)])
        scores = apply_both_ways(network.predict_on_batch, first.crops)[:, 0]
        return float(np.corrcoef(scores, first.truth)[0, 1])

    asked = correlation(1.0) - COST
    return next(round(float(share), 2) for share in SHARES if correlation(float(share)) >= asked)
