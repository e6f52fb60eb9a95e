"""Whatever happens to a card, it is read as the card that was written or refused in a sentence."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facescore import CheckpointError, checkpoints
from facescore.checkpoints import Card
from facescore.settings import CHECKPOINTS, ROOT

NAME = "face-detector"
TEXT = (CHECKPOINTS / "beauty" / "card.json").read_bytes()
FIELDS = json.loads(TEXT)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint whose card vouches for no other file."""
    folder = tmp_path_factory.mktemp("fuzz") / "beauty"
    folder.mkdir()
    return folder


def outcome(folder: Path, content: bytes) -> Card | str:
    """The card that is read, or the sentence with which it is refused."""
    (folder / "card.json").write_bytes(content)
    try:
        return checkpoints.load(folder)
    except CheckpointError as error:
        return str(error)


def is_a_sentence(text: str) -> bool:
    foreign = [part for part in ("Traceback", "Error", "codec", "0x", str(ROOT), "\n") if part in text]
    return (
        text.startswith("The checkpoint beauty ")
        and text.endswith("(see docs/training.md).")
        and not foreign
        and len(text) < 400
    )


def without_files() -> dict[str, Any]:
    return {name: value for name, value in FIELDS.items() if name != checkpoints.SUM} | {"files": {}}


def sealed(fields: dict[str, Any]) -> bytes:
    """Fields with a right sum, as far as they have one."""
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False).encode(errors="surrogatepass")
    return json.dumps(fields | {checkpoints.SUM: hashlib.sha256(text).hexdigest()}).encode()


ORIGINAL = sealed(without_files())
CARD = Card.from_json(ORIGINAL)


@SETTINGS
@given(
    st.lists(st.tuples(st.integers(0, len(ORIGINAL) - 1), st.integers(0, 255)), min_size=1, max_size=4),
    st.none() | st.integers(0, len(ORIGINAL)),
)
def test_bytes_that_change_change_nothing_or_are_noticed(
    folder: Path, changes: list[tuple[int, int]], length: int | None
) -> None:
    content = bytearray(ORIGINAL)
    for place, byte in changes:
        content[place] = byte
    found = outcome(folder, bytes(content[:length]))
    assert is_a_sentence(found) if isinstance(found, str) else found == CARD


@SETTINGS
@given(st.binary(max_size=300))
def test_bytes_that_are_anything_are_refused(folder: Path, content: bytes) -> None:
    found = outcome(folder, content)
    assert isinstance(found, str)
    assert is_a_sentence(found)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value within a JSON value."""
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path, *(one for key, item in items for one in paths(item, (*path, key)))]


PATHS = paths(without_files())[1:]


@SETTINGS
@given(st.sampled_from(PATHS), VALUES)
def test_a_changed_value_is_noticed_and_with_a_right_sum_is_a_card_that_can_be_written(
    folder: Path, path: tuple[str | int, ...], value: Any
) -> None:
    fields = json.loads(json.dumps(without_files()))
    *way, last = path
    inner = fields
    for key in way:
        inner = inner[key]
    changed = json.dumps(inner[last], sort_keys=True) != json.dumps(value, sort_keys=True)
    inner[last] = value
    found = outcome(folder, json.dumps(fields | {checkpoints.SUM: json.loads(ORIGINAL)[checkpoints.SUM]}).encode())
    assert isinstance(found, str) == changed
    assert is_a_sentence(found) if isinstance(found, str) else found == CARD
    resealed = outcome(folder, sealed(fields))
    if isinstance(resealed, str):
        assert is_a_sentence(resealed)
    else:
        assert Card.from_json(resealed.to_json()) == resealed


@SETTINGS
@given(st.text(max_size=40))
def test_a_file_beyond_the_folder_is_never_opened(folder: Path, name: str) -> None:
    fields = without_files() | {"files": {name: {"sha256": "0" * 64, "bytes": 1}}}
    found = outcome(folder, sealed(fields))
    assert isinstance(found, str)
    assert is_a_sentence(found.replace(f": {name}", ":", 1)) or not name.isprintable()
