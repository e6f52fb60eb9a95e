import numpy as np
import pandas as pd
import pytest

from facescore.training import heads


@pytest.fixture
def table() -> pd.DataFrame:
    """Nine faces of one data set and one of another, whose ratings differ."""
    return pd.DataFrame({"dataset": ["scut"] * 9 + ["mebeauty"], "target": [3.0] * 9 + [4.0]})


def test_each_data_set_counts_the_same_however_large_it_is(table: pd.DataFrame) -> None:
    truth = table["target"].to_numpy()
    first_fails, second_fails = np.array([0.2] * 9 + [0.0]), np.array([0.0] * 9 + [0.3])
    assert heads.best_share(np.stack([truth + second_fails, truth + first_fails], axis=1), table) == 0.0


def test_the_better_unit_has_the_score_alone(table: pd.DataFrame) -> None:
    truth = table["target"].to_numpy()
    right_and_wrong = np.stack([truth, 5 - truth], axis=1)
    assert heads.best_share(right_and_wrong, table) == 1.0
    assert heads.best_share(right_and_wrong[:, ::-1], table) == 0.0


def test_errors_that_make_up_for_each_other_are_mixed(table: pd.DataFrame) -> None:
    truth = table["target"].to_numpy()
    assert heads.best_share(np.stack([truth + 0.3, truth - 0.1], axis=1), table) == 0.25


def test_the_line_is_fitted_to_each_data_set_as_much_however_large_it_is() -> None:
    ratings = {"scut": np.linspace(1, 5, 90), "mebeauty": np.linspace(2, 4, 10)}
    table = pd.concat([pd.DataFrame({"dataset": name, "target": rated}) for name, rated in ratings.items()])
    truth = table["target"].to_numpy()
    assert heads.fit_line((truth - 0.2) / 0.9, table) == pytest.approx((0.9, 0.2))
    shifted = np.where(table["dataset"] == "scut", truth - 0.4, truth)
    slope, intercept = heads.fit_line(shifted, table)
    errors = pd.Series(truth - intercept - slope * shifted).groupby(table["dataset"].to_numpy()).mean()
    assert errors["scut"] == pytest.approx(-errors["mebeauty"], abs=1e-3)
    assert errors["scut"] > 0.15
