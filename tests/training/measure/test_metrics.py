import numpy as np
import pandas as pd
import pytest

from facescore.training.measure import metrics
from facescore.training.measure.metrics import mean_with_interval, measure


def predictions(truth: np.ndarray, prediction: np.ndarray) -> pd.DataFrame:
    group = np.where(np.arange(len(truth)) % 2, "a", "b")
    return pd.DataFrame({"file": "x", "group": group, "truth": truth, "prediction": prediction})


def test_regression_is_measured_for_all_and_by_group() -> None:
    truth = np.linspace(1, 5, 200)
    measured = measure(predictions(truth, truth + np.tile([0.1, -0.1, 0.3, -0.3], 50)), "regression")
    assert list(measured) == ["all", "a", "b"]
    assert measured["all"]["count"] == 200
    assert measured["a"]["count"] == 100
    assert measured["all"]["mae"].value == pytest.approx(0.2)
    assert measured["all"]["rmse"].value == pytest.approx(np.sqrt(0.05), abs=1e-4)
    assert measured["all"]["pearson"].value > 0.98
    for value in (measured["all"][name] for name in ("pearson", "spearman", "mae", "rmse")):
        assert value.low < value.value < value.high


def test_binary_is_measured_on_probabilities() -> None:
    truth = np.tile([0.0, 1.0, 1.0, 0.0], 50)
    probability = np.tile([0.1, 0.9, 0.4, 0.6], 50)
    measured = measure(predictions(truth, probability), "binary")["all"]
    assert measured["accuracy"].value == 0.5
    assert measured["auc"].value == pytest.approx(0.75)
    assert measured["log_loss"].value == pytest.approx(-np.log([0.9, 0.9, 0.4, 0.4]).mean(), abs=1e-4)


def test_pictures_of_one_person_are_resampled_together() -> None:
    rng = np.random.default_rng(0)
    persons = np.repeat(np.arange(50), 20)
    right = np.repeat(rng.random(50) < 0.8, 20)  # right on all pictures of a person, or on none
    table = predictions(np.ones(1000), np.where(right, 0.9, 0.1))
    alone, together = (measure(table, "binary", who)["all"]["accuracy"] for who in (None, pd.Series(persons)))
    assert together.high - together.low > 3 * (alone.high - alone.low)


def test_a_metric_that_a_group_does_not_have_is_left_out() -> None:
    measured = measure(predictions(np.tile([0.0, 1.0], 20), np.tile([0.3, 0.7], 20)), "binary")
    assert "auc" in measured["all"]
    assert "auc" not in measured["a"]
    assert "false_positive_rate" not in measured["a"]
    assert "false_negative_rate" not in measured["b"]


def test_a_rate_that_few_resamples_have_keeps_its_interval() -> None:
    measured = measure(predictions(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.6, 0.7, 0.2, 0.4])), "binary")["all"]
    assert measured["false_positive_rate"].value == 0.5
    assert measured["false_negative_rate"].value == 0.5
    assert measured["true_share"].value == measured["predicted_share"].value == 0.5


def test_further_groups_are_measured_too() -> None:
    table = predictions(np.tile([0.0, 1.0], 20), np.tile([0.3, 0.7], 20))
    first = np.arange(40) < 10
    measured = measure(table, "binary", groups={"first": first, "nobody": first & ~first})
    assert list(measured) == ["all", "a", "b", "first"]
    assert measured["first"]["count"] == 10


def test_the_calibration_error_is_how_far_probabilities_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)  # of the interval, which is not looked at
    rng = np.random.default_rng(0)
    probability = rng.random(4000)
    truth = (rng.random(4000) < probability).astype(float)
    assert measure(predictions(truth, probability), "binary")["all"]["calibration_error"].value < 0.025
    oversure = predictions(np.tile([0.0, 1.0], 50), np.full(100, 0.9))
    assert measure(oversure, "binary")["all"]["calibration_error"].value == pytest.approx(0.4)


def test_the_interval_of_a_mean_is_as_wide_as_theory_says() -> None:
    measured = mean_with_interval(np.random.default_rng(0).normal(3, 1, 400))
    assert measured.high - measured.low == pytest.approx(2 * 1.96 / 20, rel=0.15)
    assert measured.low < 3 < measured.high


def test_the_bootstrap_interval_is_as_wide_as_theory_says() -> None:
    truth = np.random.default_rng(0).integers(0, 2, 1000).astype(float)
    right = np.random.default_rng(1).random(1000) < 0.8
    accuracy = measure(predictions(truth, np.where(right, truth, 1 - truth)), "binary")["all"]["accuracy"]
    assert accuracy.high - accuracy.low == pytest.approx(2 * 1.96 * np.sqrt(0.8 * 0.2 / 1000), rel=0.15)


def test_the_share_of_ratings_within_their_bounds_is_measured_where_there_are_bounds() -> None:
    truth = np.tile([1.0, 2.0, 3.0, 4.0], 25)
    table = predictions(truth, truth).assign(lower=1.5, upper=9.0)
    assert measure(table, "regression")["all"]["coverage"].value == 0.75
    assert "coverage" not in measure(table.drop(columns="lower"), "regression")["all"]
