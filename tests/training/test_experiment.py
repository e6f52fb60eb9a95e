"""One experiment from a command's point of view, on a data set of a dozen made pictures."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facescore import checkpoints
from facescore.litert import Network
from facescore.scoring.runtime import Runtime
from facescore.settings import CHECKPOINTS, Settings
from facescore.training import experiment
from facescore.training.export import export_detector
from facescore.training.recipes import RECIPES
from tests.datasets.test_celeba import write

DETECTOR = CHECKPOINTS / "face-detector"


@pytest.fixture(scope="module")
def detector_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The detector, converted anew. Its sums differ: names inside the files count what the process made before."""
    folder = tmp_path_factory.mktemp("converted") / "face-detector"
    export_detector(folder)
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project in which a recipe of one epoch was trained."""
    root = tmp_path_factory.mktemp("project")
    data = write(root / "data", rows=48, pictures=48)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiment, "ASSETS", root / "assets")
        patch.setattr(experiment, "CHECKPOINTS", root / "checkpoints")
        patch.setitem(RECIPES, "attractive", replace(RECIPES["attractive"], epochs=1, batch=8))
        experiment.run("attractive", data, root, root / "runs", Settings())
    return root


def test_the_study_and_the_checkpoint_hold_what_the_run_wrote(finished: Path) -> None:
    study, folder = finished / "assets/studies/attractive", finished / "checkpoints/attractive"
    card = checkpoints.load(folder)
    assert set(card.files) == {"history.csv", "predictions.csv", "model.tflite"}
    for name in ("history.csv", "predictions.csv"):
        assert (folder / name).read_bytes() == (study / name).read_bytes()
    assert (folder / "history.csv").read_text() == (finished / "runs/attractive/history.csv").read_text()
    assert json.loads((study / "metrics.json").read_text()) == card.metrics
    assert list(pd.read_csv(folder / "history.csv")["epoch"]) == [0, 1]
    assert card.data["counts"] == {"train": 16, "validation": 16, "test": 16}


def test_the_checkpoint_can_be_served_and_predicts_what_the_table_says(finished: Path) -> None:
    runtime = Runtime(finished / "checkpoints/attractive", "binary")
    predictions = pd.read_csv(finished / "checkpoints/attractive/predictions.csv")
    crop = np.full((1, 64, 64, 3), 90, np.uint8)  # what `write` paints on every picture
    score, contribution = runtime(crop)
    assert runtime.card.bias + contribution.sum() == pytest.approx(score[0], abs=1e-3)
    assert np.allclose(predictions["prediction"], 1 / (1 + np.exp(-score[0])), atol=1e-3)


def test_the_model_card_names_results_limits_and_licence(finished: Path) -> None:
    text = (finished / "checkpoints/attractive/README.md").read_text(encoding="utf-8")
    for word in ("## Results", "accuracy", "female young", "## Limits", "non-commercial", "train attractive"):
        assert word in text


@pytest.mark.parametrize(("name", "size"), [("pnet", 40), ("rnet", 24), ("onet", 48)])
def test_the_detector_is_converted_to_what_is_shipped(detector_folder: Path, name: str, size: int) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), dtype=np.uint8)
    made, shipped = (Network(folder / f"{name}.tflite")(crops) for folder in (detector_folder, DETECTOR))
    assert made.keys() == shipped.keys()
    for key, values in made.items():
        assert np.array_equal(values, shipped[key])


def test_the_detectors_card_is_the_shipped_one_but_for_the_sums(detector_folder: Path) -> None:
    made, shipped = checkpoints.load(detector_folder), checkpoints.load(DETECTOR)
    assert replace(made, files={}) == replace(shipped, files={})
    assert made.files["LICENSE"] == shipped.files["LICENSE"]
