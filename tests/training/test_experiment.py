"""Experiments from a command's point of view, on a data set of a few made pictures."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import checkpoints, read_image
from facescore.litert import Network
from facescore.scoring.runtime import Runtime
from facescore.settings import CHECKPOINTS, Settings
from facescore.training import attribution, average_faces, evaluate, experiment
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
    """The folder of a project in which two recipes of one epoch were trained, one of which is served."""
    root = tmp_path_factory.mktemp("project")
    data = write(root / "data", rows=48, pictures=48)
    rng = np.random.default_rng(0)
    for picture in sorted((data / "celeba" / "img_align_celeba").iterdir()):
        PIL.Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(picture)
    served = replace(
        RECIPES["attractive"],
        epochs=1,
        batch=8,
        warmup=0,
        initial_weights="",
        options=RECIPES["attractive"].options | {"outputs": 7},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiment, "ASSETS", root / "assets")
        patch.setattr(experiment, "CHECKPOINTS", root / "checkpoints")
        patch.setattr(average_faces, "FEWEST", 1)
        patch.setattr(evaluate, "RESAMPLES", 50)  # what they are worth is tested elsewhere
        patch.setattr(attribution, "STEPS", 3)
        patch.setitem(RECIPES, "attractive", served)
        patch.setitem(RECIPES, "attractive-simple", replace(RECIPES["attractive-simple"], epochs=1, batch=8))
        for name in ("attractive", "attractive-simple"):
            experiment.run(name, data, root, root / "runs", Settings())
    return root


def test_the_study_and_the_checkpoint_hold_what_the_run_wrote(finished: Path) -> None:
    study, folder = finished / "assets/studies/attractive", finished / "checkpoints/attractive"
    card = checkpoints.load(folder)
    assert set(card.files) == {"history.csv", "predictions.csv", "model.tflite"}
    for name in ("history.csv", "predictions.csv"):
        assert (folder / name).read_bytes() == (study / name).read_bytes()
    run = finished / "runs/attractive/official-partition"
    assert (folder / "history.csv").read_text() == (run / "history.csv").read_text()
    assert json.loads((study / "metrics.json").read_text()) == card.metrics
    assert list(pd.read_csv(folder / "history.csv")["epoch"]) == [0, 1]
    assert card.data["counts"] == {"train": 16, "validation": 16, "test": 16}


def test_the_checkpoint_can_be_served_and_predicts_what_the_table_says(finished: Path) -> None:
    runtime = Runtime(finished / "checkpoints/attractive", "binary")
    predictions = pd.read_csv(finished / "checkpoints/attractive/predictions.csv")
    pictures = finished / "data" / runtime.card.data["pictures"]
    crops = np.stack([read_image(pictures / file) for file in predictions["file"]])
    scores, contributions, *_ = runtime(crops)
    assert np.allclose(runtime.card.bias + contributions.sum(axis=(1, 2)), scores, atol=1e-3)
    assert np.allclose(predictions["prediction"], 1 / (1 + np.exp(-scores)), atol=1e-3)


def test_the_model_card_names_results_limits_and_licence(finished: Path) -> None:
    text = (finished / "checkpoints/attractive/README.md").read_text(encoding="utf-8")
    for word in ("## Results", "accuracy", "female young", "## Limits", "non-commercial", "train attractive"):
        assert word in text
    for word in ("temperature", "Heavy_Makeup", "a gray watermark", "forehead", "Is the map true?"):
        assert word in text


def test_the_study_tells_what_training_took_and_what_was_found(finished: Path) -> None:
    metrics = json.loads((finished / "assets/studies/attractive/metrics.json").read_text())
    assert metrics["training"]["epochs"] == 1
    assert metrics["training"]["parameters"] > 900_000
    assert {"training", "temperature", "validation", "test", "robustness", "regions", "map"} == set(metrics)
    assert {"accuracy", "auc", "log_loss", "calibration_error"} < set(metrics["validation"]["all"])
    assert len(list((finished / "assets/average_faces/attractive").iterdir())) == 10


def test_a_network_that_is_not_served_leaves_a_study_and_no_checkpoint(finished: Path) -> None:
    study = finished / "assets/studies/attractive-simple"
    assert {path.name for path in study.iterdir()} == {"history.csv", "predictions.csv", "metrics.json"}
    assert set(json.loads((study / "metrics.json").read_text())) == {"training", "validation", "test"}
    assert not (finished / "checkpoints/attractive-simple").exists()
    assert not (finished / "assets/average_faces/attractive-simple").exists()


@pytest.mark.parametrize(("name", "size"), [("pnet", 40), ("rnet", 24), ("onet", 48)])
def test_the_detector_is_converted_to_what_is_shipped(detector_folder: Path, name: str, size: int) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), dtype=np.uint8)
    made, shipped = (
        Network((folder / f"{name}.tflite").read_bytes(), name)(crops) for folder in (detector_folder, DETECTOR)
    )
    assert made.keys() == shipped.keys()
    for key, values in made.items():
        assert np.array_equal(values, shipped[key])


def test_the_detectors_card_is_the_shipped_one_but_for_the_sums(detector_folder: Path) -> None:
    made, shipped = checkpoints.load(detector_folder), checkpoints.load(DETECTOR)
    assert replace(made, files={}) == replace(shipped, files={})
    assert made.files["LICENSE"] == shipped.files["LICENSE"]
