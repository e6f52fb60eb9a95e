"""Intervals around scores: in what range true ratings lay on pictures that the network was not trained on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """How far true ratings lay from scores in one range, on pictures the network was not trained on.

    Attributes:
        below: the row applies to scores below this; None in the last row.
        lower: offset from the score to the lower end of the interval.
        upper: offset from the score to the upper end of the interval.
        wild: for networks trained on two data sets, whether the row applies to faces that look more like those of the
            second one, which are in the wild; None if it applies to all faces.
    """

    below: float | None
    lower: float
    upper: float
    wild: bool | None = None


def interval_of(score: float, intervals: tuple[Interval, ...], wild: float) -> Interval:
    """The row of an interval table that applies to a score.

    Args:
        score: the network's raw score.
        intervals: a card's interval table.
        wild: above 0 if the face looks more like those in the wild; nan if the network has no such output.
    """
    return next(row for row in intervals if row.wild in (None, wild > 0) and (row.below is None or score < row.below))


def check(intervals: tuple[Interval, ...]) -> None:
    """Check that a table has a row for every score: ascending ranges with an open last one, for all faces or each kind.

    Raises:
        ValueError: the table is not like that; the message says how.
    """
    if any(row.lower > row.upper for row in intervals):
        raise ValueError("intervals has a row whose lower end lies above its upper end")
    kinds = {row.wild for row in intervals}
    for kind in kinds:
        *edges, last = [row.below for row in intervals if row.wild is kind]
        closed = [edge for edge in edges if edge is not None]
        if last is not None or len(closed) < len(edges) or closed != sorted(closed):
            raise ValueError("intervals has rows that do not rise to an open last one")
    if kinds not in ({None}, {True, False}):
        raise ValueError("intervals has rows for some faces only")
