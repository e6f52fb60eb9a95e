"""Experiments from a command's point of view, on a data set of a few made pictures."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import checkpoints, read_image
from facescore.faces.mtcnn import MTCNN
from facescore.networks import faceres
from facescore.results.study import Study
from facescore.runtime import Network, ScoringNetwork
from facescore.settings import CHECKPOINTS
from facescore.templates import ARCFACE
from facescore.training import again, run
from facescore.training.data.examples import Examples
from facescore.training.data.place import Place
from facescore.training.export import export_detector
from facescore.training.measure import average_faces
from facescore.training.measure.examine import Trained
from facescore.training.recipes import RECIPES
from tests.datasets.test_celeba import write
from tests.training.data.test_views import faceres_weights
from tests.training.shallow import measure_less, use_shallow_networks

DETECTOR = CHECKPOINTS / "face-detector"


@pytest.fixture(scope="module")
def detector_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The detector, converted again. Its sums differ: names inside the files count what the process made before."""
    folder = tmp_path_factory.mktemp("converted") / "face-detector"
    export_detector(folder)
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, detector: MTCNN) -> Path:
    """The folder of a project in which two recipes of one epoch were trained, one of which is served."""
    root = tmp_path_factory.mktemp("project")
    data = write(root / "data", rows=48, pictures=48)
    rng = np.random.default_rng(0)
    for picture in sorted((data / "celeba" / "img_align_celeba").iterdir()):
        PIL.Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(picture)
    np.savez(root / faceres.WEIGHTS, allow_pickle=False, **faceres_weights())
    recipe, simple = RECIPES["attractive"], RECIPES["attractive-simple"]
    served = replace(
        recipe,
        fit={**recipe.fit, "epochs": 1, "batch": 8, "warmup": 0},
        initial_weights="",
        options={**recipe.options, "outputs": 7},
    )
    place = Place(data, root, root / "runs", detector)
    with pytest.MonkeyPatch.context() as patch:
        use_shallow_networks(patch)
        measure_less(patch)
        patch.setattr(run, "ASSETS", root / "assets")
        patch.setattr(run, "CHECKPOINTS", root / "checkpoints")
        patch.setattr(average_faces, "FEWEST", 1)
        patch.setitem(RECIPES, "attractive", served)
        patch.setitem(RECIPES, "attractive-simple", replace(simple, fit={**simple.fit, "epochs": 1, "batch": 8}))
        for name in ("attractive", "attractive-simple"):
            run.run(name, None, place)
        shutil.copytree(root / "assets/studies", root / "first/studies")
        shutil.copytree(root / "checkpoints", root / "first/checkpoints")
        patch.setattr(again, "STUDIES", root / "assets/studies")
        patch.setattr(again, "CHECKPOINTS", root / "checkpoints")
        again.measure("attractive", place)
    return root


@pytest.mark.parametrize("file", ["studies/attractive/metrics.json", "studies/attractive/predictions.csv"])
def test_a_shipped_network_that_is_measured_again_gives_the_same(finished: Path, file: str) -> None:
    assert (finished / "assets" / file).read_text() == (finished / "first" / file).read_text()
    before, after = (
        checkpoints.load(finished / folder / "attractive") for folder in ("first/checkpoints", "checkpoints")
    )
    assert after == before


def test_the_study_holds_what_the_run_wrote_and_the_card_the_same_metrics(finished: Path) -> None:
    study, folder = finished / "assets/studies/attractive", finished / "checkpoints/attractive"
    card = checkpoints.load(folder)
    assert set(card.files) == {"model.tflite"}
    assert {path.name for path in folder.iterdir()} == {"card.json", "README.md", "model.tflite"}
    run_of = finished / "runs/attractive/official-partition"
    assert (study / "history.csv").read_text() == (run_of / "history.csv").read_text()
    assert (folder / "model.tflite").read_bytes() == (run_of / "model.tflite").read_bytes()
    read = Study.read("attractive", finished / "assets/studies")
    assert read.metrics == card.metrics
    assert list(read.history["epoch"]) == [0, 1]
    assert card.data["counts"] == {"train": 16, "validation": 16, "test": 16}
    assert card.recipe == json.loads(json.dumps(card.recipe))


def test_the_checkpoint_can_be_served_and_predicts_what_the_study_holds(finished: Path) -> None:
    network = ScoringNetwork(finished / "checkpoints/attractive", "binary")
    predictions = pd.read_csv(finished / "assets/studies/attractive/predictions.csv")
    pictures = finished / "data" / network.card.data["pictures"]
    crops = np.stack([read_image(pictures / file) for file in predictions["file"]])
    scores, contributions, *_ = network(crops)
    assert np.allclose(network.card.bias + contributions.sum(axis=(1, 2)), scores, atol=1e-3)
    assert np.allclose(predictions["prediction"], 1 / (1 + np.exp(-scores)), atol=1e-3)


def test_the_model_card_names_results_limits_and_licence(finished: Path) -> None:
    text = (finished / "checkpoints/attractive/README.md").read_text(encoding="utf-8")
    for word in ("## Results", "accuracy", "female young", "## Limits", "non-commercial", "train attractive"):
        assert word in text
    for word in ("temperature", "Heavy_Makeup", "a gray watermark", "forehead", "Is the map faithful?"):
        assert word in text


def test_the_study_holds_what_training_took_and_what_was_measured(finished: Path) -> None:
    found = json.loads((finished / "assets/studies/attractive/metrics.json").read_text())
    assert found["training"]["epochs"] == 1
    trained = keras.saving.load_model(finished / "runs/attractive/official-partition/network.keras", compile=False)
    assert found["training"]["parameters"] == trained.count_params() > 400_000
    assert {"split", "training", "temperature", "validation", "test", "robustness", "regions", "map"} == set(found)
    assert {"accuracy", "auc", "log_loss", "calibration_error"} < set(found["validation"]["all"])
    assert len(list((finished / "assets/average_faces/attractive").iterdir())) == 10


def test_a_network_that_is_not_served_leaves_a_study_and_no_checkpoint(finished: Path) -> None:
    study = finished / "assets/studies/attractive-simple"
    assert {path.name for path in study.iterdir()} == {"history.csv", "predictions.csv", "metrics.json"}
    assert set(json.loads((study / "metrics.json").read_text())) == {"split", "training", "validation", "test"}
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


def test_the_intervals_of_a_joint_fold_come_from_the_other_folds() -> None:
    def fold(number: int, error: float) -> Trained:
        """Forty faces that this network has not learned, all rated too low by the same."""
        files = [f"{number}-{face}" for face in range(40)]
        table = pd.DataFrame({"file": files, "group": "AF", "dataset": "scut", "prediction": np.linspace(1, 4, 40)})
        table = table.assign(truth=table["prediction"] + error)
        examples = Examples(table.assign(partition="test", target=table["truth"]), np.zeros((40, 2, 2, 3), np.uint8))
        maps = {"test": np.full((40, 1, 1), number, np.float32)}
        return Trained(
            *(f"joint fold {number}", "regression", ("scut",), ARCFACE, examples, pd.DataFrame(), 1),
            lambda crops: {"contribution": np.full((len(crops), 1, 1), number, np.float32)},
            *(None, 0.0, {}, {}, (), {"test": table}, maps),
        )

    first, second, third = run.cross_fitted([fold(1, 0.1), fold(2, 0.2), fold(3, 0.3)])
    assert all(row.lower >= 0.19 and row.upper <= 0.31 for row in first.intervals)
    assert all(row.lower >= 0.09 and row.upper <= 0.21 for row in third.intervals)
    assert {name.split("-")[0] for name in second.tables["validation"]["file"]} == {"1", "3"}
    assert list(second.examples.part("validation").table["file"]) == list(second.tables["validation"]["file"])
    assert second.maps["validation"].shape == (80, 1, 1)
    assert (second.maps["validation"] == 2).all()  # what its own places contribute is seen in its own maps
    held = first.tables["test"]["truth"].between(first.tables["test"]["lower"], first.tables["test"]["upper"])
    assert not held.any()  # its own error is not among those of the others
