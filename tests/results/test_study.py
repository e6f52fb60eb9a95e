import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from facescore import DataError, checkpoints
from facescore.checkpoints import Card
from facescore.estimates import Estimate, from_json, text, to_json
from facescore.results.study import STUDIES, Study
from facescore.settings import ASSETS, CHECKPOINTS

NAMES = sorted(path.name for path in STUDIES.iterdir())
METRICS: dict[str, Any] = {
    "split": "fold 1",
    "test": {"all": {"count": 3, "mae": Estimate(0.2, 0.1, 0.3)}},
    "deciles": [{"lowest": 1.0, "mae": Estimate(0.25, 0.125, 0.5)}],
}


def test_estimates_come_back_from_json_as_they_were() -> None:
    written = to_json(METRICS)
    assert json.loads(written)["test"]["all"]["mae"] == {"value": 0.2, "low": 0.1, "high": 0.3}
    assert from_json(json.loads(written)) == METRICS


def test_what_is_not_finite_is_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"mae": Estimate(np.nan, 0.1, 0.2)})


def test_estimates_come_back_from_a_card_as_they_were() -> None:
    card = Card("a", "", "regression", "network", "random", "MIT", limits=(), metrics=METRICS)
    assert Card.from_json(card.to_json()) == card


@pytest.mark.parametrize("name", ["attractive", "beauty", "beauty-resnet50"])
def test_a_shipped_card_comes_back_as_it_was(name: str) -> None:
    card = checkpoints.load(CHECKPOINTS / name)
    measured = {name: value for name, value in card.metrics["test"]["all"].items() if name != "count"}
    assert all(isinstance(value, Estimate) for value in measured.values())
    assert Card.from_json(card.to_json()) == card


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_studys_metrics_come_back_as_they_were(name: str) -> None:
    study = Study.read(name)
    assert json.loads(to_json(study.metrics)) == json.loads((STUDIES / name / "metrics.json").read_text())
    assert isinstance(study.metrics["test"]["all"]["count"], int)


@pytest.mark.parametrize("name", NAMES)
def test_the_predictions_are_those_that_the_test_part_was_measured_on(name: str) -> None:
    study = Study.read(name)
    assert len(study.predictions) == study.metrics["test"]["all"]["count"]
    if "mae" in study.metrics["test"]["all"]:
        error = (study.predictions["prediction"] - study.predictions["truth"]).abs().mean()
        assert error == pytest.approx(study.metrics["test"]["all"]["mae"].value, abs=1e-3)
    else:
        right = (study.predictions["prediction"] > 0.5) == (study.predictions["truth"] > 0.5)
        assert right.mean() == pytest.approx(study.metrics["test"]["all"]["accuracy"].value, abs=1e-4)


@pytest.mark.parametrize(
    ("cell", "metric", "shown"),
    [
        (Estimate(0.9284, 0.9188, 0.9361), "pearson", "0.928 (0.919 to 0.936)"),
        (Estimate(0.8104, 0.797, 0.8232), "accuracy", "81.0% (79.7% to 82.3%)"),
        (1100, "count", "1,100"),
        (0.25, "area", "25.0%"),
        (0.25, "anything", "0.250"),
        ("fold 1", "split", "fold 1"),
        (None, "auc", "–"),
        (Estimate(-0.0002, -0.00001, 0.0), "coverage", "0.0% (0.0% to 0.0%)"),  # no zero has a sign
    ],
)
def test_a_cell_is_written_as_its_metric_is(cell: object, metric: str, shown: str) -> None:
    assert text(cell, metric) == shown


def test_a_missing_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"study attractive cannot be read.*git checkout -- assets"):
        Study.read("attractive", tmp_path)


def test_a_damaged_study_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("history", "predictions"):
        pd.DataFrame({"epoch": [0]}).to_csv(tmp_path / "a" / f"{name}.csv")
    (tmp_path / "a" / "metrics.json").write_text("{")
    with pytest.raises(DataError, match="study a cannot be read"):
        Study.read("a", tmp_path)


@pytest.mark.parametrize(
    ("dataset", "study", "part"),
    [("celeba", "attractive", "test"), ("scut", "beauty", "test"), ("mebeauty", "beauty", "wild")],
)
def test_the_average_faces_show_the_faces_that_were_measured(dataset: str, study: str, part: str) -> None:
    shown = json.loads((ASSETS / "average_faces" / "groups.json").read_text())[dataset]
    measured = Study.read(study).metrics[part]
    assert shown == {name: measured[name.replace("-", " ")]["count"] for name in shown}
