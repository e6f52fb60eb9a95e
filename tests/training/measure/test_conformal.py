import math

import numpy as np
import pandas as pd
import pytest

from facescore.intervals import Interval, interval_of
from facescore.training.measure import conformal


def held(table: pd.DataFrame, rows: tuple[Interval, ...]) -> float:
    """The share of true ratings within their intervals."""
    table = conformal.bounds(table, rows)
    return float(table["truth"].between(table["lower"], table["upper"]).mean())


def test_new_pictures_are_covered_in_every_range_of_the_score() -> None:
    rng = np.random.default_rng(0)
    score = rng.uniform(1, 5, 8000)
    table = pd.DataFrame({"prediction": score, "truth": score + rng.normal(0, 0.1 * score)})  # grows with the score
    rows = conformal.fit(table[:4000])
    assert len(rows) == 10
    assert rows[-1].below is None
    edges = [row.below for row in rows if row.below is not None]
    assert edges == sorted(edges)
    assert rows[-1].upper > 1.5 * rows[0].upper
    new = table[4000:]
    for _, part in new.groupby(pd.qcut(new["prediction"], 10)):
        assert held(part, rows) == pytest.approx(0.9, abs=0.05)
    assert held(new, rows) == pytest.approx(0.9, abs=0.02)


def test_faces_that_look_like_those_in_the_wild_get_wider_intervals_of_their_own() -> None:
    rng = np.random.default_rng(0)
    wild = rng.random(6000) < 0.3
    table = pd.DataFrame({"dataset": np.where(wild, "mebeauty", "scut"), "prediction": rng.uniform(1, 5, 6000)})
    table["wild"] = rng.normal(np.where(wild, 3, -3), 1)
    table["truth"] = table["prediction"] + rng.normal(0, np.where(wild, 0.5, 0.2))
    rows = conformal.fit(table[:3000])
    frontal, in_the_wild = interval_of(3.0, rows, wild=-3.0), interval_of(3.0, rows, wild=3.0)
    assert in_the_wild.upper - in_the_wild.lower > 2 * (frontal.upper - frontal.lower)
    assert (frontal.wild, in_the_wild.wild) == (False, True)
    for _, part in table[3000:].groupby("dataset"):
        assert held(part, rows) == pytest.approx(0.9, abs=0.03)


def test_of_a_network_that_learned_one_data_set_a_row_holds_for_every_face() -> None:
    rows = (Interval(2.0, -0.2, 0.2), Interval(None, -0.6, 0.6))
    assert [interval_of(3.0, rows, wild) for wild in (-1.0, 1.0, math.nan)] == [rows[1]] * 3
