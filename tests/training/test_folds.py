"""Ratings: folds of one data set and of three, on data sets of a few pictures of one face."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import InvalidRequest, read_image
from facescore.datasets import omi, scut
from facescore.estimates import Estimate
from facescore.faces.alignment import align, resize
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.intervals import Interval
from facescore.networks import faceres, mobilefacenet
from facescore.results.study import Study
from facescore.runtime import ScoringNetwork
from facescore.training import again, run
from facescore.training.data import identities, splits
from facescore.training.data.changes import gray
from facescore.training.data.place import Place
from facescore.training.measure import agreement, average_faces
from facescore.training.recipes import RECIPES
from tests.datasets.test_celeba import write as write_celeba
from tests.networks.test_mobilefacenet import initial_weights
from tests.training.data.test_examples import write_mebeauty
from tests.training.data.test_views import faceres_weights
from tests.training.shallow import measure_less, use_fewer_views, use_shallow_networks

NAMES = [f"{group}{number}.jpg" for number in range(1, 7) for group in scut.GROUPS]
SPLITS = ("fold 1", "fold 2", "60/40")
FOLDS, JOINT = (
    replace(recipe, fit={**recipe.fit, "epochs": 0}) for recipe in (RECIPES["beauty-mobilefacenet"], RECIPES["beauty"])
)
LEARNED = {
    "datasets": ("scut", "mebeauty", "omi"),
    "target": "score",
    "template": "arcface",
    "pseudo_labelled": "celeba",
}
MADE = (
    replace(FOLDS, splits={"folds": SPLITS[:2], "60-40": SPLITS[2:]}),
    replace(FOLDS, name="alone", splits={"fold-1": SPLITS[:1]}, served=True),
    replace(JOINT, splits={"folds": tuple(f"joint {split}" for split in SPLITS[:2])}, data=LEARNED),
)


def write(folder: Path, image: Image) -> None:
    """Twenty-four pictures of one face at several brightnesses; every split tests on half of them."""
    lists, pictures = folder / scut.FOLDER / "train_test_files", folder / scut.FOLDER / "Images"
    pictures.mkdir(parents=True)
    for index, name in enumerate(NAMES):
        PIL.Image.fromarray((image * (0.6 + index / 60)).astype(np.uint8)).save(pictures / name)
    rows = [f"{name} {1 + index / 6}\n" for index, name in enumerate(NAMES)]
    halves = (rows[12:], rows[:12])
    for split, (train, test) in zip(SPLITS, (halves, halves[::-1], halves), strict=True):
        for part, lines in (("train", train), ("test", test)):
            path = lists / scut.SPLITS[split].format(part=part)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(lines))


def write_omi(folder: Path, image: Image) -> None:
    """Twenty pictures of one face at several brightnesses."""
    columns = ("attractive", "sd", "raters", "age", "gender", *omi.ETHNICITIES)
    rows = [[f"{n}.jpg", 20 + 3 * n, 15, 30, 20 + 2 * n, 5 * n, *range(7)] for n in range(20)]
    pictures = folder / omi.SOURCE["pictures"]
    pictures.mkdir(parents=True)
    pd.DataFrame(rows, columns=["file", *columns]).to_csv(folder / omi.FOLDER / omi.RATINGS, index=False)
    for number, (name, *_) in enumerate(rows):
        PIL.Image.fromarray((image * (0.6 + number / 60)).astype(np.uint8)).save(pictures / str(name))


def place(root: Path, detector: MTCNN) -> Place:
    """The project's data, weights and runs."""
    return Place(root / "data", root / "weights", root / "runs", detector)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, astronaut: Image, detector: MTCNN) -> Path:
    """The folder of a project in which networks got their ridge heads; one, and the first of two, are served."""
    root = tmp_path_factory.mktemp("project")
    write(root / "data", gray(resize(astronaut, 350, 350)))  # so that it differs from the other data sets
    write_mebeauty(root / "data", resize(astronaut, 240, 240))
    write_omi(root / "data", resize(astronaut, 256, 256))
    write_celeba(root / "data")
    weights = {mobilefacenet: initial_weights(), faceres: faceres_weights()}
    (root / "weights").mkdir()
    for network, values in weights.items():
        np.savez(root / "weights" / network.WEIGHTS, allow_pickle=False, **values)

    def train(name: str, split: str | None = None) -> None:
        run.run(name, split, place(root, detector))

    with pytest.MonkeyPatch.context() as patch:
        use_shallow_networks(patch)
        use_fewer_views(patch)
        measure_less(patch)
        patch.setattr(run, "ASSETS", root / "assets")
        patch.setattr(run, "CHECKPOINTS", root / "checkpoints")
        patch.setattr(average_faces, "FEWEST", 1)
        patch.setattr(splits, "VALIDATION_SHARE", 1 / 3)
        patch.setattr(agreement, "FEWEST", 3)
        patch.setattr(identities, "embed", lambda crops, weights: np.eye(len(crops), dtype=np.float32))
        for recipe in MADE:
            patch.setitem(RECIPES, recipe.name, recipe)
        with pytest.raises(InvalidRequest, match="has no split '60-40'"):
            train("beauty", "60-40")
        for name, split in (("beauty-mobilefacenet", None), ("beauty-mobilefacenet", "60-40"), ("alone", None)):
            train(name, split)
        train("beauty")
    return root


def test_every_picture_is_predicted_by_the_network_of_its_fold(project: Path) -> None:
    study = project / "assets/studies/beauty-mobilefacenet"
    predictions, history = (pd.read_csv(study / f"{name}.csv") for name in ("predictions", "history"))
    assert sorted(predictions["file"]) == sorted(NAMES)
    assert list(predictions["split"]) == ["fold 1"] * 12 + ["fold 2"] * 12
    assert list(history["epoch"]) == [0, 0]
    assert list(history["split"]) == ["fold 1", "fold 2"]
    found = json.loads((study / "metrics.json").read_text())
    assert {"all", "AF", "AM", "CF", "CM", "fold 1", "fold 2"} <= set(found["test"])
    assert {"folds", "deciles"} < set(found)
    assert found["split"] == "five folds"
    assert not (project / "checkpoints/beauty-mobilefacenet").exists()


def test_another_split_is_trained_by_itself_into_a_study_of_its_own(project: Path) -> None:
    study = Study.read("beauty-mobilefacenet-60-40", project / "assets/studies")
    assert study.metrics["split"] == "60/40"
    assert "folds" not in study.metrics
    assert len(study.predictions) == 12
    assert {path.name for path in (project / "runs/beauty-mobilefacenet").iterdir()} == {"fold-1", "fold-2", "60-40"}


def test_every_face_of_three_data_sets_is_predicted_by_a_network_that_has_not_learned_it(project: Path) -> None:
    table = pd.read_csv(project / "assets/studies/beauty/predictions.csv")
    of_scut, of_mebeauty = (table[table["dataset"] == name] for name in ("scut", "mebeauty"))
    assert sorted(of_scut["file"]) == sorted(NAMES)
    assert not of_mebeauty["file"].duplicated().any()
    study = Study.read("beauty", project / "assets/studies")
    assert len(study.predictions) == study.metrics["test"]["all"]["count"] == 24
    assert len(study.wild) == study.metrics["wild"]["all"]["count"] == len(of_mebeauty)
    assert study.metrics["split"] == "five folds"
    assert study.metrics["omi"]["all"]["count"] == (table["dataset"] == "omi").sum() > 0
    assert "validation" not in study.metrics


def test_the_first_of_the_joint_folds_is_served_with_intervals_from_the_others(project: Path, detector: MTCNN) -> None:
    network = ScoringNetwork(project / "checkpoints/beauty", "regression")
    assert network.card.data["split"] == "joint fold 1"
    assert {row.wild for row in network.card.intervals} == {False, True}
    assert network.card.data["counts"] == {"train": 12, "test": 12}
    assert [sorted(other["counts"]) for other in network.card.data["others"]] == [["test", "train"]] * 2
    assert network.card.data["unrated"]["counts"] == {"train": 2}
    own = pd.read_csv(project / "assets/studies/beauty/predictions.csv").query("split == 'joint fold 1'")
    own = own[own["dataset"] == "scut"]
    photos = [read_image(project / "data" / network.card.data["pictures"] / file) for file in own["file"]]
    crops = np.stack([align(photo, detector.detect(photo)[0].landmarks, network.template) for photo in photos])
    outputs = network(crops)
    assert np.allclose(outputs.scores, own["prediction"], atol=1e-4)
    assert np.allclose(outputs.wild, own["wild"], atol=1e-2)
    assert {"conditions", "examined_wild", "agreement", "regions"} < set(network.card.metrics)
    text = (project / "checkpoints/beauty/README.md").read_text(encoding="utf-8")
    for words in ("this network is the first of five", "residuals on the other folds' faces", "## Faces in the wild"):
        assert words in text


def test_a_network_of_joint_folds_is_measured_again_by_what_it_alone_shows(
    project: Path, detector: MTCNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = project / "assets/studies/beauty"
    before = {path.name: path.read_text() for path in study.iterdir()}
    for module in (again, run):
        monkeypatch.setattr(module, "CHECKPOINTS", project / "checkpoints")
    monkeypatch.setattr(again, "STUDIES", project / "assets/studies")
    monkeypatch.setitem(RECIPES, "beauty", MADE[-1])
    measure_less(monkeypatch)
    found = again.measure("beauty", place(project, detector))
    after = {path.name: path.read_text() for path in study.iterdir()}
    assert {name for name in after if after[name] != before[name]} <= {"metrics.json"}
    assert found["wild"] == Study.read("beauty", project / "assets/studies").metrics["wild"]
    assert json.loads(after["metrics.json"])["invariance"] == json.loads(before["metrics.json"])["invariance"]


def test_the_served_network_predicts_what_the_study_holds(project: Path, detector: MTCNN) -> None:
    network = ScoringNetwork(project / "checkpoints/alone", "regression")
    predictions = Study.read("alone", project / "assets/studies").predictions
    photos = [read_image(project / "data" / network.card.data["pictures"] / file) for file in predictions["file"]]
    crops = np.stack([align(photo, detector.detect(photo)[0].landmarks, network.template) for photo in photos])
    outputs = network(crops)
    assert np.allclose(outputs.scores, predictions["prediction"], atol=1e-4)
    assert np.allclose(outputs.distances, predictions["distance"], atol=1e-3)
    assert np.isnan(outputs.wild).all()  # it learned one data set


def test_the_interval_table_is_made_from_the_validation_part(project: Path) -> None:
    card = ScoringNetwork(project / "checkpoints/alone", "regression").card
    (row,) = card.intervals
    assert isinstance(row, Interval)
    assert row.below is None
    predictions = Study.read("alone", project / "assets/studies").predictions
    assert np.allclose(predictions["upper"] - predictions["prediction"], row.upper, atol=1e-4)
    held = predictions["truth"].between(predictions["lower"], predictions["upper"]).mean()
    assert card.interval_coverage_on_test["all"] == pytest.approx(held, abs=1e-3)


def test_the_card_holds_what_moves_the_score_of_a_photo_and_agreement(project: Path) -> None:
    card = ScoringNetwork(project / "checkpoints/alone", "regression").card
    assert card.data["split"] == "fold 1"
    assert {"an oval put on", "gray", "turned by 10°"} < set(card.metrics["invariance"])
    assert set(card.metrics["agreement"]["scut"]) == {"all", *scut.GROUPS}
    assert isinstance(card.metrics["agreement"]["scut"]["all"]["with_ratings"], Estimate)
    assert card.thresholds == card.metrics["conditions"]["thresholds"]
    text = (project / "checkpoints/alone/README.md").read_text(encoding="utf-8")
    for words in ("Errors by true score", "through detection and alignment", "## Agreement", "## Where it looks"):
        assert words in text
