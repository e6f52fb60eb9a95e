"""What an order by rating is worth: pairs of faces, as their raters and as a network put them in order."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore.estimates import Estimate

DRAWS, SEED = 1000, 0  # of whole faces, for the 95% intervals
ENDS = (2.5, 97.5)  # percentiles

Pairs = npt.NDArray[np.bool_]


def ordered(faces: pd.DataFrame) -> Estimate:
    """How often a network puts two faces in the order of their raters; pairs with equal ratings do not count.

    Args:
        faces: one row per face, with ``truth`` and ``prediction``.
    """
    apart, predicted = (np.subtract.outer(*[faces[column].to_numpy()] * 2) for column in ("truth", "prediction"))
    return _share(np.sign(apart) == np.sign(predicted), apart != 0)


def level(faces: pd.DataFrame) -> Estimate:
    """How often the intervals of two faces overlap, so that their ratings hardly tell their order.

    Args:
        faces: one row per face, with ``lower`` and ``upper``.
    """
    lower, upper = faces["lower"].to_numpy(), faces["upper"].to_numpy()
    reaches = np.less_equal.outer(lower, upper)
    return _share(reaches & reaches.T, ~np.eye(len(faces), dtype=bool))


def _share(holds: Pairs, counted: Pairs) -> Estimate:
    """How large a share of the counted pairs holds, bool[faces, faces] each, with its interval by resampling faces."""
    count = len(counted)
    drawn = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), DRAWS)
    times = np.vstack([np.ones(count), drawn])
    found, every = (((times @ pairs) * times).sum(axis=1) for pairs in (holds & counted, counted))
    value, *others = found[every > 0] / every[every > 0]  # a draw of one face alone has no pairs
    low, high = np.percentile(others, ENDS)
    return Estimate(float(value), float(low), float(high))
