"""Checkpoints: a folder with a card that describes the network, and the files that the card lists."""

import dataclasses
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from facescore import files, typed
from facescore.errors import CheckpointError
from facescore.estimates import from_json
from facescore.intervals import Interval, check

CARD = "card.json"
SUM = "sha256"  # the card's own checksum, stored next to its fields
MOST_BYTES_OF_CARD = 10**6
MOST_BYTES = 10**9  # of any other file
REMEDY = "Restore it with 'git checkout -- checkpoints', or train it again (see docs/training.md)."
Task = Literal["binary", "regression", "detection"]


@dataclass(frozen=True)
class File:
    """One file listed in a card: its checksum and size."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Card:
    """The card of a checkpoint. ``card.json`` holds these fields and their checksum, and nothing else.

    Attributes:
        name: the folder's name.
        title: what the network predicts, in plain words.
        task: ``binary`` (the score is a logit), ``regression`` or ``detection``.
        network: the architecture.
        initial_weights: the weights that training started from, with their source and terms.
        licence: the terms under which the files may be used.
        limits: what the network must not be used for and where it fails, one sentence each.
        label: the column the network was trained to predict.
        unit: unit of the score as shown.
        template: name of the template that crops are aligned to.
        input_size: side of the crop, pixels.
        bias: the part of the score that does not come from the map.
        mean_contribution: the mean map over the validation part, ``h`` rows of ``w`` numbers each.
        contribution_scale: 95th percentile of how far contributions lie from the mean map, over the validation part.
        data: data set, split, counts, source and terms.
        recipe: the recipe, seed included.
        metrics: the measurements, as in the study's ``metrics.json``: under ``test``, for all and by group, each with
            its 95% interval.
        interval_coverage: the share of true ratings that ``intervals`` is designed to contain.
        interval_coverage_on_test: the share that they contained on the test part, for all and by group.
        intervals: the interval table for new scores, first for frontal faces, then for faces in the wild; empty if
            there is none.
        thresholds: the levels of image quality and ``distance`` at which a face gets a warning; see `faces.quality`.
        files: the other files of the folder, with their checksums and sizes.
    """

    name: str
    title: str
    task: Task
    network: str
    initial_weights: str
    licence: str
    limits: tuple[str, ...]
    label: str = ""
    unit: str = ""
    template: str = ""
    input_size: int = 0
    bias: float = 0.0
    mean_contribution: tuple[tuple[float, ...], ...] = ()
    contribution_scale: float = 0.0
    data: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    interval_coverage: float = 0.0
    interval_coverage_on_test: dict[str, float] = field(default_factory=dict)
    intervals: tuple[Interval, ...] = ()
    thresholds: dict[str, float] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check what the types cannot express.

        Raises:
            ValueError: a field has an invalid value; the message says which.
        """
        for name, file in self.files.items():
            if name in ("", ".", "..", CARD) or not name.isprintable() or set(name) & set("/\\"):
                raise ValueError("files names something other than a file of the folder")
            if not re.fullmatch("[0-9a-f]{64}", file.sha256) or not 0 <= file.bytes <= MOST_BYTES:
                raise ValueError("files holds an invalid checksum or size")
        if len({len(row) for row in self.mean_contribution}) > 1:
            raise ValueError("mean_contribution has rows of different lengths")
        if self.input_size < 0 or self.contribution_scale < 0:
            raise ValueError("input_size or contribution_scale is below 0")
        shares = (self.interval_coverage, *self.interval_coverage_on_test.values())
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("interval_coverage or interval_coverage_on_test is not between 0 and 1")
        if self.intervals:
            check(self.intervals)

    def to_json(self) -> str:
        """The text of ``card.json``: the fields, and a checksum that reveals damage to the card itself.

        Raises:
            ValueError: a number is not finite.
        """
        fields = json.loads(json.dumps(dataclasses.asdict(self)))  # as they will be read back
        return json.dumps(fields | {SUM: _sum(fields)}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Card":
        """Read the text of ``card.json``.

        Raises:
            ValueError: it is not JSON, not a card, or was altered after it was written; the message says which.
        """
        try:
            fields = json.loads(text)
            found = fields.pop(SUM, None) if isinstance(fields, dict) else None
            expected = _sum(fields)
        except (ValueError, RecursionError) as error:
            raise ValueError("not JSON") from error
        card = cls.of(fields)
        if found != expected:
            raise ValueError(f"{SUM} is not the checksum of the other fields")
        return card

    @classmethod
    def of(cls, fields: Any) -> "Card":
        """Build a card from its JSON fields, without the checksum.

        Raises:
            ValueError: they are not the fields of a card; the message says which one is wrong.
        """
        card: Card = typed.build(cls, fields)
        return dataclasses.replace(card, metrics=from_json(card.metrics))


def _sum(fields: Any) -> str:
    """The SHA-256 of the fields, regardless of white space in the file."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def describe(content: bytes) -> File:
    """The checksum and size of a file's content."""
    return File(hashlib.sha256(content).hexdigest(), len(content))


def load(folder: Path, needs: tuple[str, ...] = ()) -> Card:
    """Read a checkpoint's card, and verify it and every file it lists.

    Raises:
        CheckpointError: see `read`.
    """
    return read(folder, needs)[0]


def read(folder: Path, needs: tuple[str, ...] = ()) -> tuple[Card, dict[str, bytes]]:
    """Read a checkpoint's card and the files it lists, all from the same version.

    Args:
        folder: the checkpoint's folder.
        needs: files that the checkpoint must contain.

    Returns:
        The card, and the verified content of every file it lists.

    Raises:
        CheckpointError: the folder, the card or a file is missing or damaged, a file does not match the card, or the
            card belongs to another checkpoint.
    """
    while True:
        version = _version(folder)
        try:
            return _read(folder, needs)
        except CheckpointError:
            if _version(folder) == version:  # otherwise `save` ran meanwhile and two versions were mixed
                raise


def _version(folder: Path) -> tuple[int, ...]:
    """What identifies a folder: it changes when another folder takes its place."""
    try:
        found = folder.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_ctime_ns


def _read(folder: Path, needs: tuple[str, ...]) -> tuple[Card, dict[str, bytes]]:
    card, contents = read_card(folder), {}
    if not set(needs) <= set(card.files):
        raise CheckpointError(f"The checkpoint {card.name} does not hold {', '.join(needs)}. {REMEDY}")
    for file, described in card.files.items():
        with _named(card.name, file):
            contents[file] = files.read_regular(folder / file, described.bytes)
            if describe(contents[file]) != described:
                raise ValueError("it is not the file that the card describes")
    return card, contents


def read_card(folder: Path) -> Card:
    """Read a checkpoint's card and verify it, but none of the files it lists.

    Raises:
        CheckpointError: see `read`.
    """
    with _named(folder.name, CARD):
        card = Card.from_json(files.read_regular(folder / CARD, MOST_BYTES_OF_CARD))
    if card.name != folder.name:
        raise CheckpointError(f"The checkpoint {folder.name} holds the card of another one. {REMEDY}")
    return card


@contextmanager
def _named(name: str, file: str) -> Iterator[None]:
    """Errors that name the checkpoint and the file."""
    try:
        yield
    except FileNotFoundError as error:
        raise CheckpointError(f"The checkpoint {name} is incomplete: {file} is missing. {REMEDY}") from error
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else error
        raise CheckpointError(f"The checkpoint {name} is damaged: {file}: {what}. {REMEDY}") from error


def save(folder: Path, card: Card, contents: dict[str, bytes], readme: str) -> Card:
    """Write a checkpoint to a temporary folder, then swap it with an older one of that name in one step.

    No matter when the process is stopped or the folder is read, a complete checkpoint, old or new, is in place.

    Args:
        folder: ``checkpoints/NAME``.
        card: the card; its ``files`` are filled in here.
        contents: the files to list in the card.
        readme: the model card for people, ``README.md``.

    Returns:
        The card as written.

    Raises:
        CheckpointError: the file system cannot swap two folders atomically.
        OSError: the disk is full, or the folder cannot be written to.
    """
    card = dataclasses.replace(card, files={name: describe(content) for name, content in contents.items()})
    texts = {CARD: card.to_json().encode(), "README.md": readme.encode()}
    temporary = folder.with_name(f".{folder.name}.new")
    with files.locked(folder.parent, wait=True):
        shutil.rmtree(temporary, ignore_errors=True)  # left by a process that was stopped
        temporary.mkdir()
        try:
            for name, content in {**contents, **texts}.items():
                files.write_bytes(temporary / name, content)
            files.take_place(temporary, folder)
        except NotImplementedError as error:
            raise CheckpointError(
                f"The checkpoint {folder.name} cannot be replaced in one step on this file system. "
                "Delete its folder, then run the command again."
            ) from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return card
