import numpy as np
import pandas as pd
import pytest

from facescore.results import pairs


def test_pairs_count_as_ordered_only_where_the_network_agrees_with_the_raters() -> None:
    faces = pd.DataFrame({"truth": [1.0, 2.0, 3.0, 3.0], "prediction": [1.0, 3.0, 2.0, 4.0]})
    assert pairs.ordered(faces).value == pytest.approx(4 / 5)  # of the pairs, one is wrong and one has equal ratings


def test_pairs_are_level_where_their_intervals_overlap() -> None:
    faces = pd.DataFrame({"lower": [1.0, 1.5, 3.0], "upper": [2.0, 2.5, 4.0]})
    assert pairs.level(faces).value == pytest.approx(1 / 3)


def test_the_intervals_narrow_as_faces_are_added() -> None:
    draw = np.random.default_rng(7)
    widths = []
    for count in (40, 640):
        truth = draw.normal(size=count)
        found = pairs.ordered(pd.DataFrame({"truth": truth, "prediction": truth + draw.normal(size=count)}))
        assert found.low < found.value < found.high
        assert 0.7 < found.value < 0.8  # three in four, for noise as large as the differences
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2
