"""A checkpoint is a folder: a card that says what it is, and the files that the card vouches for."""

import dataclasses
import hashlib
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from facescore import files, typed
from facescore.errors import CheckpointError
from facescore.estimates import from_json

CARD = "card.json"
SUM = "sha256"  # the card's entry beside its fields
MOST_BYTES_OF_CARD = 10**6
MOST_BYTES = 10**9  # of another file
REMEDY = "Restore it with 'git checkout -- checkpoints', or train it again (see README)."
Task = Literal["binary", "regression", "detection"]


@dataclass(frozen=True)
class File:
    """What a card says of one file: its sum and its size."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Interval:
    """How far true ratings lay from the scores of one range, on pictures the network had not learned from.

    Attributes:
        below: the row holds for scores below this; None in the last row.
        lower: what to add to the score for the interval's lower end.
        upper: what to add to the score for the interval's upper end.
        wild: where the network learned two data sets, whether the row holds for faces that look more like those of the
            second one, which are in the wild; None where it holds for all.
    """

    below: float | None
    lower: float
    upper: float
    wild: bool | None = None


@dataclass(frozen=True)
class Card:
    """What a checkpoint is. ``card.json`` holds these fields and their sum, and nothing else.

    Attributes:
        name: the folder's name.
        title: what the network predicts, as a person would say it.
        task: ``binary`` (the score is a logit), ``regression`` or ``detection``.
        network: the architecture.
        initial_weights: what training started from, with its source and terms.
        licence: under what terms the files may be used.
        limits: what the network must not be used for and where it fails, a sentence each.
        label: the column that was learned.
        unit: of the score as it is shown.
        template: name of the cut that the network takes.
        input_size: side of the crop.
        bias: the part of the score that no place of the map contributes.
        mean_contribution: the mean map over the validation part, ``h`` rows of ``w`` numbers.
        contribution_scale: how far contributions lie from the mean map: the 95th percentile over that part.
        data: data set, split, counts, source and terms.
        recipe: the recipe, seed included.
        metrics: what was measured, as the study's ``metrics.json`` holds it: under ``test`` for all and by group, each
            with its 95 % interval.
        interval_coverage: the share of true ratings that ``intervals`` is made to hold.
        interval_coverage_on_test: the share that they held on the test part, for all and by group.
        intervals: the interval table for new scores, of frontal faces and then of faces in the wild; empty where there
            is none.
        thresholds: the levels of image quality and ``distance`` at which a face gets a warning; see `faces.quality`.
        files: the other files of the folder that are vouched for.
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
        """Check what types do not say.

        Raises:
            ValueError: a field has a value that means nothing; the message says which.
        """
        for name, file in self.files.items():
            if name in ("", ".", "..", CARD) or not name.isprintable() or set(name) & set("/\\"):
                raise ValueError("files names something other than a file of the folder")
            if not re.fullmatch("[0-9a-f]{64}", file.sha256) or not 0 <= file.bytes <= MOST_BYTES:
                raise ValueError("files holds a sum or a size that is none")
        if len({len(row) for row in self.mean_contribution}) > 1:
            raise ValueError("mean_contribution has rows of different lengths")
        if self.input_size < 0 or self.contribution_scale < 0:
            raise ValueError("input_size or contribution_scale is below 0")
        shares = (self.interval_coverage, *self.interval_coverage_on_test.values())
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("interval_coverage or interval_coverage_on_test is not between 0 and 1")
        if self.intervals:
            _check(self.intervals)

    def to_json(self) -> str:
        """The text of ``card.json``: the fields, and the sum by which damage of the card itself is noticed.

        Raises:
            ValueError: a number is not finite.
        """
        fields = json.loads(json.dumps(dataclasses.asdict(self)))  # as they will be read
        return json.dumps(fields | {SUM: _sum(fields)}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Card":
        """Read the text of ``card.json``.

        Raises:
            ValueError: it is not JSON, not a card, or not the card that was written; the message says which.
        """
        try:
            fields = json.loads(text)
            found = fields.pop(SUM, None) if isinstance(fields, dict) else None
            expected = _sum(fields)
        except (ValueError, RecursionError) as error:
            raise ValueError("not JSON") from error
        card = cls.of(fields)
        if found != expected:
            raise ValueError(f"{SUM} is not the sum of the other fields")
        return card

    @classmethod
    def of(cls, fields: Any) -> "Card":
        """A card from its fields as JSON has them, without their sum. `write_card` gives it a new one.

        Raises:
            ValueError: they are not a card's; the message says which is not.
        """
        card: Card = typed.build(cls, fields)
        return dataclasses.replace(card, metrics=from_json(card.metrics))


def _sum(fields: Any) -> str:
    """The SHA-256 of fields, however their text is spaced."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _check(intervals: tuple[Interval, ...]) -> None:
    """Check that every score has a row: rising ranges, the last one open, of all faces or of both kinds of faces."""
    if any(row.lower > row.upper for row in intervals):
        raise ValueError("intervals has a row whose lower end lies above its upper end")
    kinds = {row.wild for row in intervals}
    for kind in kinds:
        *edges, last = [row.below for row in intervals if row.wild is kind]
        closed = [edge for edge in edges if edge is not None]
        if last is not None or len(closed) < len(edges) or closed != sorted(closed):
            raise ValueError("intervals has rows that do not rise to an open one")
    if kinds not in ({None}, {True, False}):
        raise ValueError("intervals has rows for some faces only")


def describe(content: bytes) -> File:
    """The sum and size of a file's content."""
    return File(hashlib.sha256(content).hexdigest(), len(content))


def interval_of(score: float, intervals: tuple[Interval, ...], wild: float) -> Interval:
    """The row of an interval table that holds for a score.

    Args:
        score: as the network gives it.
        intervals: a card's.
        wild: above 0 where the face looks more like those in the wild; nan where the network does not tell.
    """
    return next(row for row in intervals if row.wild in (None, wild > 0) and (row.below is None or score < row.below))


def load(folder: Path, needs: tuple[str, ...] = ()) -> Card:
    """Read a checkpoint's card, and verify it and every file that it vouches for.

    Raises:
        CheckpointError: as `read` does.
    """
    return read(folder, needs)[0]


def read(folder: Path, needs: tuple[str, ...] = ()) -> tuple[Card, dict[str, bytes]]:
    """Read a checkpoint's card and the files that it vouches for, all of one version.

    Args:
        folder: the checkpoint's folder.
        needs: files without which the checkpoint is of no use.

    Returns:
        The card, and the verified content of every file that it names.

    Raises:
        CheckpointError: the folder, the card or a file is missing or damaged, a file is not the one the card
            describes, or the card is another checkpoint's.
    """
    while True:
        version = _version(folder)
        try:
            return _read(folder, needs)
        except CheckpointError:
            if _version(folder) == version:  # otherwise `save` came in between, and what was read was of both
                raise


def _version(folder: Path) -> tuple[int, ...]:
    """What tells a folder from the one that takes its place."""
    try:
        found = folder.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_ctime_ns


def _read(folder: Path, needs: tuple[str, ...]) -> tuple[Card, dict[str, bytes]]:
    name, file, contents = folder.name, CARD, {}
    try:
        card = Card.from_json(files.read_regular(folder / CARD, MOST_BYTES_OF_CARD))
        if card.name != name:
            raise CheckpointError(f"The checkpoint {name} holds the card of another one. {REMEDY}")
        if not set(needs) <= set(card.files):
            raise CheckpointError(f"The checkpoint {name} does not hold {', '.join(needs)}. {REMEDY}")
        for file, described in card.files.items():
            contents[file] = files.read_regular(folder / file, described.bytes)
            if describe(contents[file]) != described:
                raise ValueError("it is not the file that the card describes")
    except FileNotFoundError as error:
        raise CheckpointError(f"The checkpoint {name} is incomplete: {file} is missing. {REMEDY}") from error
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else error
        raise CheckpointError(f"The checkpoint {name} is damaged: {file}: {what}. {REMEDY}") from error
    return card, contents


def write_card(folder: Path, card: Card) -> None:
    """Replace a checkpoint's card, with a sum of its own; its other files stay as they are."""
    files.write_text(folder / CARD, card.to_json())


def save(folder: Path, card: Card, contents: dict[str, bytes], readme: str) -> Card:
    """Write a checkpoint's folder beside, and let it take the place of an older one of that name at once.

    Whenever the process is stopped, and whenever someone looks, the old or the new checkpoint is there.

    Args:
        folder: ``checkpoints/NAME``.
        card: the card; its ``files`` are filled in here.
        contents: the files that the card shall vouch for.
        readme: the model card for people, ``README.md``.

    Returns:
        The card as it was written.

    Raises:
        CheckpointError: the file system cannot exchange two folders at once.
        OSError: the disk is full, or the folder cannot be written to.
    """
    card = dataclasses.replace(card, files={name: describe(content) for name, content in contents.items()})
    texts = {CARD: card.to_json().encode(), "README.md": readme.encode()}
    beside = folder.with_name(f".{folder.name}.new")
    with files.locked(folder.parent, wait=True):
        shutil.rmtree(beside, ignore_errors=True)  # of a process that was stopped
        beside.mkdir()
        try:
            for name, content in {**contents, **texts}.items():
                files.write_bytes(beside / name, content)
            files.take_place(beside, folder)
        except NotImplementedError as error:
            raise CheckpointError(
                f"The checkpoint {folder.name} cannot be replaced at once on this file system. "
                "Delete its folder, then run the command again."
            ) from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return card
