"""Rank the faces of many photos as a stream: each photo is read, scored and released before the next one."""

import io
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import PIL.Image

from facescore.errors import FaceScoreError, InvalidImage, InvalidRequest, reason
from facescore.images import Image, ImageSource, read_image
from facescore.scoring.archives import GONE, IRREGULAR, Member, is_picture, members
from facescore.scoring.percentile import ALL, ScoreDistribution
from facescore.scoring.scorer import NO_FACE, WARNINGS, Scorer
from facescore.terminal import no_formula, printable

MAX_PHOTOS = 200
SECONDS = 90.0  # for one ranking; on two cores 200 photos take 11 s at 0.3 megapixels each, and 60 s at 12
LATE = "The time limit was reached before this photo was scored. Rank the remaining photos separately."
THUMBNAIL, QUALITY = 112, 85  # pixels per side, and JPEG quality: about 4 kB per face
COLUMNS = (
    "rank photo face beauty beauty_low beauty_high percentile percentile_low percentile_high group attractive "
    "warnings error"
).split()


@dataclass(frozen=True)
class Row:
    """One face of a photo, or a photo without any.

    Attributes:
        photo: the name of the photo.
        face: the number of the face in the photo, in reading order, starting at 1; 0 if there is none.
        numbers: the result of `FaceScore.to_dict`, empty if there is no face; a `FaceScore` would keep its crops.
        thumbnail: the face as a small JPEG file; empty if there is no face.
        error: why there is no face; None if there is one.
        file: the photo's file, or the archive that it is in; None if there is neither.
        offset: where the photo begins in the archive, which tells it from others of the same name; None outside one.
    """

    photo: str
    face: int = 0
    numbers: dict[str, Any] = field(default_factory=dict)
    thumbnail: bytes = b""
    error: FaceScoreError | None = None
    file: Path | None = None
    offset: int | None = None

    def compared_with(self, group: str, ratings: ScoreDistribution) -> "Row":
        """The same face with its percentiles among another group's ratings; nothing is scored again.

        Args:
            group: ``all``, AF, AM, CF or CM.
            ratings: the data set's ratings.
        """
        if not self.numbers:
            return self
        place, low, high = (
            round(ratings.percentile(rating, group), 1)
            for rating in (self.numbers["beauty"], *self.numbers["beauty_interval"])
        )
        numbers = self.numbers | {"percentile": place, "percentile_interval": [low, high], "group": group}
        return replace(self, numbers=numbers)


Source = ImageSource | Member | InvalidImage
"""Where a photo comes from; an `InvalidImage` stands for a folder or archive from which nothing can be read."""


def too_many_photos() -> InvalidRequest:
    """More photos than one ranking accepts."""
    return InvalidRequest("There are more than {most} photos. Rank them in several batches.", most=MAX_PHOTOS)


def open_sources(files: Iterable[tuple[str, Path]]) -> list[tuple[str, Source]]:
    """List every photo that a user passed in, with its name; no picture is read yet.

    Args:
        files: names and paths of pictures, folders (without their subfolders) and .zip archives.

    Raises:
        InvalidRequest: there are more than 200 photos.
    """
    sources: list[tuple[str, Source]] = []
    for name, path in files:
        try:
            sources += _open(name, path)
        except InvalidImage as error:
            sources.append((printable(name), error))
        if len(sources) > MAX_PHOTOS:
            raise too_many_photos()
    return sources


def _open(name: str, path: Path) -> list[tuple[str, Source]]:
    try:
        if path.is_dir():
            pictures = sorted(file for file in path.iterdir() if is_picture(file.name) and not file.is_dir())
            found: list[tuple[str, Source]] = [(f"{name}/{file.name}", _regular(file)) for file in pictures]
        elif path.suffix.lower() == ".zip":
            found = [(f"{name}/{member.name}", member) for member in members(path)]
        else:
            found = [(name, _regular(path))]
    except OSError as error:
        raise InvalidImage("It cannot be opened: {reason}. Check its name.", reason=reason(error)) from error
    if not found:
        raise InvalidImage("It contains no pictures. Choose another one.")
    return [(printable(one), source) for one, source in found]


def _regular(path: Path) -> Source:
    """The file, or why it is not read: a pipe or a device could block its reader forever."""
    return InvalidImage(IRREGULAR) if path.exists() and not path.is_file() else path


def score_photos(
    scorer: Scorer, sources: Iterable[tuple[str, Source]], group: str = ALL, seconds: float = SECONDS
) -> Iterator[list[Row]]:
    """Yield each photo's rows as soon as they are ready; the next photo is read only on demand.

    Args:
        scorer: finds and scores the faces.
        sources: names and sources of the photos.
        group: which of the data set's faces the percentiles compare with: ``all``, AF, AM, CF or CM.
        seconds: the time limit; after it, every remaining photo gets a single row with an error.

    Raises:
        InvalidRequest: there is no such group.
    """
    deadline = time.monotonic() + seconds
    for name, source in sources:
        in_time = time.monotonic() < deadline
        yield score_photo(scorer, name, source, group) if in_time else [Row(name, error=InvalidRequest(LATE))]


def score_photo(scorer: Scorer, name: str, source: Source, group: str = ALL) -> list[Row]:
    """One row per face, in reading order; a single row with an error if there is none or the photo cannot be read.

    Args:
        scorer: finds and scores the faces.
        name: the name of the photo.
        source: where to read it from.
        group: which of the data set's faces the percentiles compare with: ``all``, AF, AM, CF or CM.

    Raises:
        InvalidRequest: there is no such group.
    """
    if isinstance(source, InvalidImage):
        return [Row(name, error=source)]
    try:
        image = read_image(source.read() if isinstance(source, Member) else source)
    except InvalidImage as error:  # about its place on the disk if it was deleted since it was listed
        gone = isinstance(source, Path) and not os.path.lexists(source)
        return [Row(name, error=InvalidImage(GONE) if gone else error)]
    scores = scorer.score(image, group)
    if not scores:
        return [Row(name, error=InvalidImage(NO_FACE))]
    file, offset = _whence(source)
    return [
        Row(name, number, score.to_dict(), _thumbnail(score.beauty_explanation.crop), file=file, offset=offset)
        for number, score in enumerate(scores, 1)
    ]


def _whence(source: Source) -> tuple[Path | None, int | None]:
    """A photo's file, or its archive and its place there."""
    if isinstance(source, Member):
        return source.archive, source.info.header_offset
    return source if isinstance(source, Path) else None, None


def _thumbnail(crop: Image) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(crop).resize((THUMBNAIL, THUMBNAIL)).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def ranked(rows: Iterable[Row]) -> list[tuple[int, Row]]:
    """The faces with their ranks, highest rating first; equal ratings share a rank and keep their order."""
    faces = sorted((row for row in rows if row.numbers), key=lambda row: -row.numbers["beauty"])
    ranks: list[tuple[int, Row]] = []
    for place, row in enumerate(faces, 1):
        level = ranks and ranks[-1][1].numbers["beauty"] == row.numbers["beauty"]
        ranks.append((ranks[-1][0] if level else place, row))
    return ranks


def is_level(row: Row, first: Row) -> bool:
    """Whether a face's interval overlaps that of the first one, so that the order of the two says little."""
    return bool(row.numbers["beauty_interval"][1] >= first.numbers["beauty_interval"][0])


def best_shots(photos: Iterable[list[Row]]) -> list[tuple[int, Row]]:
    """Rank the largest face of each photo: for photos of the same person.

    Args:
        photos: the rows of each photo.
    """
    with_faces = [[row for row in rows if row.numbers] for rows in photos]
    return ranked(max(rows, key=_area) for rows in with_faces if rows)


def _area(row: Row) -> float:
    _, _, width, height = row.numbers["box"]
    return float(width * height)


def report(rows: Iterable[Row]) -> dict[str, Any]:
    """A report for JSON: ranked ``faces`` with rank, photo and face number, and ``failures`` with photo and error."""
    rows = list(rows)
    return {
        "faces": [{"rank": rank, "photo": row.photo, "face": row.face} | row.numbers for rank, row in ranked(rows)],
        "failures": [{"photo": row.photo, "error": printable(str(row.error))} for row in rows if row.error],
    }


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """The ranked table; photos without a face come last.

    ``warnings`` says why a face's scores may be off, ``error`` why there is no face.
    """
    reported = report(rows)
    lines = [
        face
        | dict(zip(("beauty_low", "beauty_high"), face["beauty_interval"], strict=True))
        | dict(zip(("percentile_low", "percentile_high"), face["percentile_interval"], strict=True))
        | {"warnings": " ".join(WARNINGS[name] for name in face["warnings"])}
        for face in reported["faces"]
    ]
    frame = pd.DataFrame(lines + reported["failures"], columns=COLUMNS)
    return frame.astype({"rank": "Int64", "face": "Int64"})  # whole numbers, though some are missing


def as_csv(rows: Iterable[Row]) -> str:
    """The table as CSV for spreadsheets.

    It begins with a byte order mark, without which Excel does not read UTF-8; an apostrophe keeps text from being read
    as a formula.
    """
    frame = table(rows)
    for column in ("photo", "group", "warnings", "error"):
        frame[column] = [no_formula(text) if isinstance(text, str) else text for text in frame[column]]
    return "\ufeff" + frame.to_csv(index=False, lineterminator="\r\n")
