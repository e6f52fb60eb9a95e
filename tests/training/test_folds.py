"""Experiments over several folds, on a data set of a few pictures of one face."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import DataError, checkpoints
from facescore.datasets import scut
from facescore.images import Image
from facescore.networks import mobilefacenet
from facescore.runtime import ScoringNetwork
from facescore.settings import Settings
from facescore.training import average_faces, evaluate, examination, examples, experiment, intervals, out_of_fold
from facescore.training.recipes import RECIPES
from tests.networks.test_mobilefacenet import initial_weights

NAMES = [f"{group}{number}.jpg" for number in range(1, 7) for group in scut.GROUPS]
FOLDS = ("fold 1", "fold 2")


def write(folder: Path, image: Image) -> None:
    """Twenty-four pictures of one face at several brightnesses; each of two folds tests on half of them."""
    lists, pictures = folder / scut.FOLDER / "train_test_files", folder / scut.FOLDER / "Images"
    pictures.mkdir(parents=True)
    for index, name in enumerate(NAMES):
        PIL.Image.fromarray((image * (0.6 + index / 60)).astype(np.uint8)).save(pictures / name)
    rows = [f"{name} {1 + index / 6}\n" for index, name in enumerate(NAMES)]
    for fold, halves in zip(FOLDS, ((rows[12:], rows[:12]), (rows[:12], rows[12:])), strict=True):
        for part, lines in zip(("train", "test"), halves, strict=True):
            path = lists / scut.SPLITS[fold].format(part=part)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(lines))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, astronaut: Image) -> Path:
    """The folder of a project in which two folds got their ridge heads, and the first one is served."""
    root = tmp_path_factory.mktemp("project")
    write(root / "data", np.asarray(PIL.Image.fromarray(astronaut).resize((350, 350))))
    (root / "weights").mkdir()
    np.savez(root / "weights" / mobilefacenet.WEIGHTS, allow_pickle=False, **initial_weights())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiment, "ASSETS", root / "assets")
        patch.setattr(experiment, "CHECKPOINTS", root / "checkpoints")
        patch.setattr(average_faces, "FEWEST", 1)
        patch.setattr(evaluate, "RESAMPLES", 20)  # what they are worth is tested elsewhere
        patch.setattr(examples, "VALIDATION_SHARE", 1 / 3)
        patch.setattr(examination, "FACES", 4)
        for name, served in (("beauty-mobilefacenet", False), ("beauty-scut", True)):
            recipe = replace(RECIPES[name], epochs=0, measured_on=(), served=served)
            patch.setitem(RECIPES, name, replace(recipe, splits=recipe.splits[:2]))
        with pytest.raises(DataError, match="train beauty-mobilefacenet' first"):
            experiment.run("beauty-scut", root / "data", root / "weights", root / "runs", Settings())
        for name in ("beauty-mobilefacenet", "beauty-scut"):
            experiment.run(name, root / "data", root / "weights", root / "runs", Settings())
    return root


def test_every_picture_is_predicted_by_the_network_of_its_fold(project: Path) -> None:
    study = project / "assets/studies/beauty-mobilefacenet"
    predictions, history = (pd.read_csv(study / f"{name}.csv") for name in ("predictions", "history"))
    assert sorted(predictions["file"]) == sorted(NAMES)
    assert list(predictions["split"]) == ["fold 1"] * 12 + ["fold 2"] * 12
    assert list(history["epoch"]) == [0, 0]
    metrics = json.loads((study / "metrics.json").read_text())
    assert {"all", "AF", "AM", "CF", "CM", "fold 1", "fold 2"} <= set(metrics["test"])
    assert {"folds", "deciles", "correction"} < set(metrics)
    assert not (project / "checkpoints/beauty-mobilefacenet").exists()


def test_the_correction_is_folded_into_the_served_network(project: Path) -> None:
    """Before its first epoch it is the network that the study has for the same fold."""
    served = pd.read_csv(project / "checkpoints/beauty-scut/predictions.csv")
    assert np.allclose(served["prediction"], corrected(project, "fold 1")["prediction"], atol=1e-5)


def test_the_interval_table_comes_from_the_other_folds(project: Path) -> None:
    others = intervals.fit(corrected(project, "fold 2"))
    assert checkpoints.load(project / "checkpoints/beauty-scut").intervals == others


def corrected(project: Path, split: str) -> pd.DataFrame:
    """A fold's predictions, corrected as the served network's are."""
    fitted = json.loads((project / "assets/studies/beauty-scut/metrics.json").read_text())
    folds = pd.read_csv(project / "assets/studies/beauty-mobilefacenet/predictions.csv")
    prediction = fitted.get("slope", 1.0) * folds["prediction"] + fitted.get("intercept", 0.0)
    return folds.assign(prediction=prediction)[folds["split"] == split]


@pytest.mark.parametrize(("shrunk", "expected"), [(2.0, (2.0, -3.0)), (1.0, None)])
def test_scores_are_stretched_where_that_lowers_the_error(
    shrunk: float, expected: tuple[float, float] | None, tmp_path: Path
) -> None:
    noise = np.tile([-0.1, 0.1, 0.1, -0.1], 15)
    truth = np.repeat(np.linspace(1, 5, 15), 4)
    table = pd.DataFrame({"truth": truth, "prediction": 3 + (truth - 3) / shrunk + noise / shrunk})
    table["split"] = np.tile(["fold 1", "fold 2", "fold 3", "fold 3"], 15)
    metrics = {"test": {}} | out_of_fold.measure(table)
    study = tmp_path / "beauty-mobilefacenet"
    study.mkdir(parents=True)
    table.to_csv(study / "predictions.csv", index=False)
    (study / "metrics.json").write_text(json.dumps(metrics))
    folds = out_of_fold.read(tmp_path, replace(RECIPES["beauty-scut"], residuals="beauty-mobilefacenet"))
    others, correction = folds.residuals, folds.correction
    assert set(others["split"]) == {"fold 2", "fold 3"}
    assert (correction is None) == (expected is None)
    if correction and expected:
        assert correction == pytest.approx(expected, abs=0.1)
        assert np.abs(others["prediction"] - others["truth"]).max() < 0.25


def test_the_card_tells_what_the_folds_told_and_what_moves_the_score_of_a_photo(project: Path) -> None:
    card = ScoringNetwork(project / "checkpoints/beauty-scut", "regression").card
    assert card.data["split"] == "fold 1"
    assert {"an oval put on", "gray", "turned by 10°"} < set(card.metrics["invariance"])
    assert set(card.metrics["agreement"]["scut"]) == {"all", *scut.GROUPS}
    assert card.metrics["conditions"]["as they are"]["count"] == card.data["counts"]["validation"]
    assert card.thresholds == card.metrics["conditions"]["thresholds"]
    assert set(card.thresholds) >= {"turn", "distance"}
    text = (project / "checkpoints/beauty-scut/README.md").read_text(encoding="utf-8")
    for words in ("## Out of fold", "mean over the folds", "through finding and cutting", "study beauty-mobilefacenet"):
        assert words in text
