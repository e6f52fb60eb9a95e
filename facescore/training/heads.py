"""What is fitted after training and folded into the linear head: a temperature, a mix of raters, or a line."""

from types import ModuleType

import keras
import numpy as np
import pandas as pd

from facescore.networks.linear_head import LinearHead
from facescore.training import evaluate, out_of_fold
from facescore.training.evaluate import Numbers
from facescore.training.examples import Examples
from facescore.training.recipe import Recipe

SHARES = np.linspace(0, 1, 21)

Fitted = dict[str, float]


def fit_head(
    recipe: Recipe,
    family: ModuleType,
    network: keras.Model,
    validation: Examples,
    correction: tuple[float, float] | None,
) -> tuple[LinearHead, Fitted]:
    """The head that is served, and what was fitted for it.

    Args:
        recipe: of the network.
        family: the module that built it.
        network: as it was trained.
        validation: what a temperature, a mix, or the line of a network between others is fitted on.
        correction: slope and intercept that were fitted out of fold.
    """
    head: LinearHead = family.linear_head(network)
    if recipe.task == "binary":
        logits = _units(network, validation)[:, 0]
        temperature = evaluate.temperature(validation.truth.astype(np.float64), logits)
        return head.scaled(1 / temperature), {"temperature": round(temperature, 4)}
    fitted: Fitted = {}
    if network.get_layer("score").units > 1:
        share = best_share(_units(network, validation), validation.table)
        head, fitted = family.linear_head(network, (share, 1 - share)), {"share_of_first": share}
    if recipe.blends:
        correction = fit_line(_units(network, validation)[:, 0], validation.table)
    if correction:
        head = head.scaled(*correction)
        fitted |= {"slope": correction[0], "intercept": correction[1]}
    return head, fitted


def _units(network: keras.Model, validation: Examples) -> Numbers:
    """What each unit says, float64[N, units]."""
    return evaluate.apply_both_ways(network.predict_on_batch, validation.crops)


def best_share(units: Numbers, table: pd.DataFrame) -> float:
    """The first unit's share in the score, the second having the rest, with the least error of both data sets.

    Args:
        units: what each says, float64[N, 2].
        table: ``target`` and ``dataset`` of the same rows. Each data set counts the same, however large it is: the sum
            of their root mean square errors is the least.
    """
    rows = table.groupby("dataset").indices.values()
    truth = table["target"].to_numpy(np.float64)
    errors = [
        sum(float(np.sqrt(np.mean((units[r] @ (share, 1 - share) - truth[r]) ** 2))) for r in rows) for share in SHARES
    ]
    return round(float(SHARES[int(np.argmin(errors))]), 2)


def fit_line(scores: Numbers, table: pd.DataFrame) -> tuple[float, float]:
    """Slope and intercept that bring scores to the ratings with the least squared error.

    No loss ever saw the weights of a network between others, so its scores may be shifted and squeezed.

    Args:
        scores: float64[N].
        table: ``target`` and ``dataset`` of the same rows. Each data set counts the same, however large it is.
    """
    weights = 1 / table.groupby("dataset")["target"].transform("size").to_numpy(np.float64)
    told = pd.DataFrame({"prediction": scores, "truth": table["target"].to_numpy(np.float64)})
    return out_of_fold.fit_correction(told, weights)
