"""A checkpoint is a folder: a card that says what it is, and the files that the card vouches for."""

import dataclasses
import hashlib
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from facescore.errors import CheckpointError
from facescore.estimates import revive

CARD = "card.json"
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
    """What a checkpoint is. ``card.json`` holds these fields and nothing else.

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
        thresholds: from where on a face's ``size``, ``sharpness``, ``turn`` and ``distance`` make the error larger; see
            `facescore.faces.condition` and `facescore.training.conditions`.
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

    def to_json(self) -> str:
        """The text of ``card.json``."""
        return json.dumps(dataclasses.asdict(self), indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """Read the text of ``card.json``.

        Raises:
            ValueError: it is not JSON.
            TypeError, KeyError: it is not a card.
        """
        fields = json.loads(text, object_hook=revive)
        fields["limits"] = tuple(fields["limits"])
        fields["mean_contribution"] = tuple(tuple(row) for row in fields["mean_contribution"])
        fields["files"] = {name: File(**file) for name, file in fields["files"].items()}
        fields["intervals"] = tuple(Interval(**row) for row in fields["intervals"])
        return cls(**fields)


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
    """Read a checkpoint's card and verify every file that it vouches for. The card itself is trusted.

    Args:
        folder: the checkpoint's folder.
        needs: files without which the checkpoint is of no use.

    Raises:
        CheckpointError: the folder, the card or a file is missing, a file is not the one the card describes, or the
            card is another checkpoint's.
    """
    remedy = "Restore it with 'git checkout -- checkpoints', or train it again (see README)."
    try:
        card = Card.from_json((folder / CARD).read_text(encoding="utf-8"))
        contents = {name: (folder / name).read_bytes() for name in card.files}
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise CheckpointError(f"The checkpoint {folder.name} is incomplete: {missing} is missing. {remedy}") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise CheckpointError(f"The checkpoint {folder.name} cannot be read: {error}. {remedy}") from error
    if card.name != folder.name:
        raise CheckpointError(f"The checkpoint {folder.name} holds the card of {card.name}. {remedy}")
    if not set(needs) <= set(contents):
        raise CheckpointError(f"The checkpoint {folder.name} does not hold {', '.join(needs)}. {remedy}")
    for name, content in contents.items():
        if describe(content) != card.files[name]:
            raise CheckpointError(
                f"The checkpoint {folder.name} is damaged: {name} is not the file its card describes. {remedy}"
            )
    return card


def save(folder: Path, card: Card, contents: dict[str, bytes], readme: str) -> Card:
    """Write a checkpoint's folder beside and rename it; an older checkpoint of that name is replaced.

    Args:
        folder: ``checkpoints/NAME``.
        card: the card; its ``files`` are filled in here.
        contents: the files that the card shall vouch for.
        readme: the model card for people, ``README.md``.

    Returns:
        The card as it was written.
    """
    card = dataclasses.replace(card, files={name: describe(content) for name, content in contents.items()})
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    texts = {CARD: card.to_json().encode(), "README.md": readme.encode()}
    for name, content in {**contents, **texts}.items():
        (beside / name).write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)
    return card
