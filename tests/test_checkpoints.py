import hashlib
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from facescore import CheckpointError, Scorer, checkpoints
from facescore.checkpoints import Card
from facescore.intervals import Interval
from facescore.settings import CHECKPOINTS, Settings

FORK = multiprocessing.get_context("fork")
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


def saved(folder: Path, model: bytes = b"model") -> Card:
    return checkpoints.save(folder, CARD, {"model.tflite": model, "history.csv": b"epoch\n"}, "# toy\n")


def test_what_was_saved_loads_again(tmp_path: Path) -> None:
    card = saved(tmp_path / "toy")
    assert checkpoints.read(tmp_path / "toy") == (card, {"model.tflite": b"model", "history.csv": b"epoch\n"})
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


def save_without_end(folder: Path) -> None:
    """Save models of random sizes, so that a kill finds the process anywhere."""
    rng = random.Random(os.getpid())
    while True:
        saved(folder, rng.randbytes(rng.randrange(1, 300_000)))


def test_whoever_looks_while_a_checkpoint_is_saved_finds_a_whole_one(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    child = FORK.Process(target=save_without_end, args=(tmp_path / "toy",))
    child.start()
    sums: set[str] = set()
    end = time.monotonic() + 60
    while len(sums) <= 5 and time.monotonic() < end:
        assert (tmp_path / "toy" / "card.json").is_file()
        sums.add(checkpoints.load(tmp_path / "toy").files["model.tflite"].sha256)
    child.kill()
    child.join()
    assert len(sums) > 5


def test_whenever_saving_is_killed_a_whole_checkpoint_is_there(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    for number in range(40):
        child = FORK.Process(target=save_without_end, args=(tmp_path / "toy",))
        child.start()
        time.sleep(0.005 + random.Random(number).random() / 20)
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        assert checkpoints.load(tmp_path / "toy").name == "toy"
    saved(tmp_path / "toy")
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


def test_where_folders_cannot_be_exchanged_the_old_checkpoint_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(tmp_path / "toy")
    monkeypatch.setattr("facescore.files.RENAME_EXCHANGE", 64)  # a flag that no file system knows
    with pytest.raises(CheckpointError, match=r"toy cannot be replaced in one step.*Delete its folder"):
        saved(tmp_path / "toy", b"other")
    assert checkpoints.read(tmp_path / "toy")[1]["model.tflite"] == b"model"
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    (tmp_path / "toy" / "model.tflite").write_bytes(b"madel")
    with pytest.raises(CheckpointError, match=r"toy is damaged: model\.tflite"):
        checkpoints.load(tmp_path / "toy")


def test_another_checkpoint_under_its_name_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    (tmp_path / "toy").rename(tmp_path / "beauty")
    with pytest.raises(CheckpointError, match="beauty holds the card of another one"):
        checkpoints.load(tmp_path / "beauty")


@pytest.mark.parametrize("name", ["card.json", "model.tflite"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    saved(tmp_path / "toy")
    (tmp_path / "toy" / name).unlink()
    with pytest.raises(CheckpointError, match=f"{name} is missing"):
        checkpoints.load(tmp_path / "toy")


@pytest.mark.parametrize("name", ["card.json", "model.tflite"])
def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path, name: str) -> None:
    saved(tmp_path / "toy")
    (tmp_path / "toy" / name).unlink()
    os.mkfifo(tmp_path / "toy" / name)
    with pytest.raises(CheckpointError, match=f"damaged: {name}: it is not a regular file"):
        checkpoints.load(tmp_path / "toy")


def test_a_file_that_grew_is_not_read_to_its_end(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    for name in ("model.tflite", "card.json"):
        with (tmp_path / "toy" / name).open("r+b") as file:
            file.truncate(10**12)  # takes no space on the disk
        with pytest.raises(CheckpointError, match=f"damaged: {name}: it is larger than"):
            checkpoints.load(tmp_path / "toy")


def test_a_missing_checkpoint_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="git checkout"):
        checkpoints.load(tmp_path / "toy")


def refusal(folder: Path, card: bytes) -> str:
    """What a checkpoint with this card is refused with."""
    (folder / "card.json").write_bytes(card)
    with pytest.raises(CheckpointError) as caught:
        checkpoints.load(folder)
    sentence = str(caught.value)
    assert sentence.startswith(f"The checkpoint {folder.name} is damaged: card.json: ")
    assert sentence.endswith("train it again (see docs/training.md).")
    for foreign in (str(folder), "Error", "Traceback", "object at", "codec", "Expecting", "\n"):
        assert foreign not in sentence
    return sentence


NO_JSON = (b"", b"{", b"\xff\xfe", b"\x80", b'{"a": "\\ud800"}', b"[" * 100_000, b'{"bias": ' + b"9" * 5000 + b"}")


@pytest.mark.parametrize("card", NO_JSON, ids=range(len(NO_JSON)))
def test_a_card_that_is_not_json_is_refused(tmp_path: Path, card: bytes) -> None:
    saved(tmp_path / "toy")
    assert "not JSON" in refusal(tmp_path / "toy", card)


@pytest.mark.parametrize(
    "card", [b"[]", b"{}", b"null", b"1", b'{"name": "toy"}', b'{"limits": [], "files": {"a": 1}}']
)
def test_json_that_is_no_card_is_refused(tmp_path: Path, card: bytes) -> None:
    saved(tmp_path / "toy")
    assert re.search(r"is missing|is not an object", refusal(tmp_path / "toy", card))


FILE = {"sha256": "0" * 64, "bytes": 1}
NO_NAMES = ("../a", "/etc/passwd", "..", "", "a\\b", "card.json", "a\0")
CHANGES: list[tuple[dict[str, Any], str]] = [
    *(({"files": {name: FILE}}, "files names something other") for name in NO_NAMES),
    ({"files": {"a": {"sha256": "x", "bytes": 1}}}, "an invalid checksum or size"),
    ({"files": {"a": {"sha256": "0" * 64, "bytes": 10**12}}}, "an invalid checksum or size"),
    ({"files": {"a": {"sha256": "0" * 64, "bytes": 1.0}}}, "not a whole number"),
    ({"task": "guess"}, "task is not one of binary"),
    ({"bias": "1"}, "bias is not a finite number"),
    ({"bias": float("nan")}, "bias is not a finite number"),
    ({"metrics": {"test": {"mae": float("inf")}}}, "an entry of metrics is not a finite number"),
    ({"limits": "None."}, "limits is not a list"),
    ({"input_size": -1}, "below 0"),
    ({"mean_contribution": [[1.0], [1.0, 2.0]]}, "rows of different lengths"),
    ({"interval_coverage": 9}, "not between 0 and 1"),
    ({"intervals": [{"below": None, "lower": 1.0, "upper": -1.0, "wild": None}]}, "lies above its upper end"),
    ({"intervals": [{"below": 2.0, "lower": 0.0, "upper": 1.0, "wild": None}]}, "do not rise to an open last one"),
    ({"intervals": [{"below": None, "lower": 0.0, "upper": 1.0, "wild": True}]}, "for some faces only"),
    ({"intervals": [{"below": None, "lower": 0.0, "upper": 1.0}]}, r"intervals[0].wild is missing"),
    ({"extra": 1}, "an unknown field"),
]


def sealed(fields: dict[str, Any]) -> bytes:
    """A card's text with a right sum, whatever its fields are."""
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return json.dumps(fields | {"sha256": hashlib.sha256(text.encode()).hexdigest()}).encode()


@pytest.mark.parametrize(("change", "sentence"), CHANGES, ids=range(len(CHANGES)))
def test_an_altered_card_is_refused_even_with_a_right_sum(
    tmp_path: Path, change: dict[str, Any], sentence: str
) -> None:
    saved(tmp_path / "toy")
    fields = json.loads((tmp_path / "toy" / "card.json").read_text())
    del fields["sha256"]
    (tmp_path / "toy" / "card.json").write_bytes(sealed(fields))
    checkpoints.load(tmp_path / "toy")
    assert sentence in refusal(tmp_path / "toy", sealed(fields | change))


def test_every_changed_digit_of_a_card_is_noticed(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    text = (tmp_path / "toy" / "card.json").read_text()
    for match in re.finditer(r"\d", text):
        changed = str((int(match[0]) + 1) % 10)
        refusal(tmp_path / "toy", (text[: match.start()] + changed + text[match.end() :]).encode())


def test_a_card_without_its_sum_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "toy")
    fields = json.loads((tmp_path / "toy" / "card.json").read_text())
    del fields["sha256"]
    assert "sha256 is not the checksum" in refusal(tmp_path / "toy", json.dumps(fields).encode())


SHIPPED = ("face-detector", "attractive", "beauty", "beauty-resnet50")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_checkpoint_is_what_its_card_says(name: str) -> None:
    card = checkpoints.load(CHECKPOINTS / name)
    assert card.name == name
    assert card.limits
    assert (CHECKPOINTS / name / "card.json").read_text(encoding="utf-8") == card.to_json()


@pytest.mark.parametrize("name", ["face-detector", "attractive", "beauty"])
def test_without_a_checkpoint_nothing_is_scored(tmp_path: Path, name: str) -> None:
    copy = tmp_path / "checkpoints"
    shutil.copytree(CHECKPOINTS, copy)
    shutil.rmtree(copy / name)
    with pytest.raises(CheckpointError, match=f"{name} is incomplete"):
        Scorer(Settings(), copy)
