import shutil
from pathlib import Path

import pytest

from facescore import CheckpointError, Scorer, checkpoints
from facescore.checkpoints import Card, Interval
from facescore.settings import CHECKPOINTS, Settings

CARD = Card(
    name="toy",
    title="A toy",
    task="regression",
    network="none",
    initial_weights="random",
    licence="none",
    limits=("None.",),
    mean_contribution=((0.5, 1.0),),
    intervals=(Interval(2.0, -0.5, 0.5), Interval(None, -1.0, 1.0)),
)


def saved(folder: Path) -> Card:
    return checkpoints.save(folder, CARD, {"model.tflite": b"model", "history.csv": b"epoch\n"}, "# toy\n")


def test_what_was_saved_loads_again(tmp_path: Path) -> None:
    card = saved(tmp_path / "toy")
    assert checkpoints.load(tmp_path / "toy") == card
    assert set(card.files) == {"model.tflite", "history.csv"}
    assert card.files["model.tflite"].bytes == 5


def test_saving_replaces_an_older_checkpoint_whole(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    (tmp_path / "toy" / "stray").touch()
    saved(tmp_path / "toy")
    assert {path.name for path in (tmp_path / "toy").iterdir()} == {
        "card.json",
        "README.md",
        "model.tflite",
        "history.csv",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    (tmp_path / "toy" / "model.tflite").write_bytes(b"madel")
    with pytest.raises(CheckpointError, match=r"toy is damaged: model\.tflite"):
        checkpoints.load(tmp_path / "toy")


def test_another_checkpoint_under_its_name_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    (tmp_path / "toy").rename(tmp_path / "beauty")
    with pytest.raises(CheckpointError, match="beauty holds the card of toy"):
        checkpoints.load(tmp_path / "beauty")


@pytest.mark.parametrize("name", ["card.json", "model.tflite"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    saved(tmp_path / "toy")
    (tmp_path / "toy" / name).unlink()
    with pytest.raises(CheckpointError, match=f"{name} is missing"):
        checkpoints.load(tmp_path / "toy")


def test_a_missing_checkpoint_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="git checkout"):
        checkpoints.load(tmp_path / "toy")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "toy"}', '{"limits": [], "files": {"a": 1}}'])
def test_a_card_that_is_no_card_is_refused(tmp_path: Path, text: str) -> None:
    saved(tmp_path / "toy")
    (tmp_path / "toy" / "card.json").write_text(text)
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoints.load(tmp_path / "toy")


@pytest.mark.parametrize("name", ["face-detector", "attractive", "beauty"])
def test_every_shipped_checkpoint_is_what_its_card_says(name: str) -> None:
    card = checkpoints.load(CHECKPOINTS / name)
    assert card.name == name
    assert card.limits


@pytest.mark.parametrize("name", ["face-detector", "attractive", "beauty"])
def test_without_a_checkpoint_nothing_is_scored(tmp_path: Path, name: str) -> None:
    copy = tmp_path / "checkpoints"
    shutil.copytree(CHECKPOINTS, copy)
    shutil.rmtree(copy / name)
    with pytest.raises(CheckpointError, match=f"{name} is incomplete"):
        Scorer(Settings(), copy)
