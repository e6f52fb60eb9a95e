"""Many photos to one ranked table, as a stream: a photo is read when it is its turn, scored, and let go."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import PIL.Image

from facescore.errors import InvalidImage, InvalidRequest
from facescore.images import MAX_BYTES, Image, ImageSource, read_image
from facescore.scoring.percentile import ALL
from facescore.scoring.scorer import NO_FACE, NOTES, Scorer

MAX_PHOTOS = 200
MAX_ENTRIES = 10 * MAX_PHOTOS  # files in an archive, pictures or not: its list is read again for every picture
THUMBNAIL, QUALITY = 112, 85  # pixels a side and of JPEG: about 4 kB a face
# What is taken from a folder or an archive; the last three cannot be read, which is said and not passed over.
SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif")
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # Python unpacks the others without a limit
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OverflowError)
GONE = "A photo is no longer there. Choose it again."
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes a cell for that begins so
COLUMNS = (
    "rank photo face beauty beauty_low beauty_high percentile percentile_low percentile_high group attractive note"
).split()


@dataclass(frozen=True)
class Row:
    """One face of a photo, or a photo without any.

    Attributes:
        photo: the photo's name.
        face: its number in the photo from left to right, from 1; 0 where there is none.
        numbers: what `FaceScore.to_dict` says of it; empty where there is none. A `FaceScore` would keep its crops.
        thumbnail: the face as a small JPEG file; empty where there is none.
        note: why there is no face, a sentence.
    """

    photo: str
    face: int = 0
    numbers: dict[str, Any] = field(default_factory=dict)
    thumbnail: bytes = b""
    note: str = ""


@dataclass(frozen=True)
class Member:
    """A picture in a zip archive. It is read into memory; its name is never used as a path.

    Attributes:
        archive: the archive's file.
        info: which of its members.
    """

    archive: Path
    info: zipfile.ZipInfo

    def read(self) -> bytes:
        """The picture's file.

        Raises:
            InvalidImage: larger than 20 MB, packed in an unusual way, damaged, or in an archive that is gone.
        """
        if self.info.compress_type not in PACKINGS:
            raise InvalidImage("This file is packed in an unusual way. Pack the archive again, as an ordinary zip.")
        try:
            with zipfile.ZipFile(self.archive) as archive, archive.open(self.info) as file:
                content = file.read(MAX_BYTES + 1)  # whatever size the archive says: no more than this is unpacked
        except FileNotFoundError as error:
            raise InvalidImage(GONE) from error
        except (OSError, *DAMAGE) as error:
            raise InvalidImage("This file is damaged within its archive. Pack the archive again.") from error
        if len(content) > MAX_BYTES:
            raise InvalidImage("This file is larger than 20 MB. Save the picture smaller and try again.")
        return content


Source = ImageSource | Member | InvalidImage
"""Where a photo comes from; an `InvalidImage` stands for a folder or an archive out of which nothing can be taken."""


def open_sources(files: Iterable[tuple[str, Path]]) -> list[tuple[str, Source]]:
    """Every photo that a user gave, named; no picture is read yet.

    Args:
        files: pictures, folders (their pictures are taken, not those of folders within) and .zip archives, named.

    Raises:
        InvalidRequest: there are more than 200 photos.
    """
    sources: list[tuple[str, Source]] = []
    for name, path in files:
        try:
            sources += _open(name, path)
        except InvalidImage as error:
            sources.append((_printable(name), error))
        if len(sources) > MAX_PHOTOS:
            raise InvalidRequest(f"More than {MAX_PHOTOS} photos came. Leave some out and rank those in a second turn.")
    return sources


def _open(name: str, path: Path) -> list[tuple[str, Source]]:
    try:
        if path.is_dir():
            pictures = sorted(file for file in path.iterdir() if _is_picture(file.name) and file.is_file())
            found: list[tuple[str, Source]] = [(f"{name}/{file.name}", file) for file in pictures]
        elif path.suffix.lower() == ".zip":
            found = [(f"{name}/{member.info.filename}", member) for member in _members(path)]
        else:
            found = [(name, path)]
    except OSError as error:
        raise InvalidImage(f"It cannot be opened: {error.strerror}. Check its name.") from error
    if not found:
        raise InvalidImage("There is no picture in it. Choose another one.")
    return [(_printable(one), source) for one, source in found]


def _members(path: Path) -> list[Member]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except DAMAGE as error:
        raise InvalidImage("This is not a zip archive, or a damaged one. Pack or download it again.") from error
    if len(infos) > MAX_ENTRIES:
        raise InvalidImage(f"There are more than {MAX_ENTRIES:,} files in this archive. Pack the pictures alone.")
    members = [Member(path, info) for info in infos if not info.is_dir() and _is_picture(info.filename)]
    if any(member.info.flag_bits & 1 for member in members):
        raise InvalidImage("This archive is locked with a password. Pack it again without one.")
    return members


def _is_picture(name: str) -> bool:
    """Whether it is named as a picture is, and is not one of the files that systems hide."""
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and "__MACOSX" not in path.parts


def _printable(name: str) -> str:
    """A name that does nothing to a terminal: an archive may name its members as it likes."""
    return "".join(letter if letter.isprintable() else "�" for letter in name)


def score_photos(scorer: Scorer, sources: Iterable[tuple[str, Source]], group: str = ALL) -> Iterator[list[Row]]:
    """Every photo's rows, as soon as they are there; nothing of the next photo is read before it is asked for."""
    for name, source in sources:
        yield score_photo(scorer, name, source, group)


def score_photo(scorer: Scorer, name: str, source: Source, group: str = ALL) -> list[Row]:
    """A row a face from left to right; where there is none or the photo cannot be read, one row that says so.

    Args:
        scorer: finds and scores the faces.
        name: the photo's.
        source: where it is read from.
        group: which of the data set's faces the percentiles compare with: ``all``, AF, AM, CF or CM.

    Raises:
        InvalidRequest: there is no such group.
    """
    if isinstance(source, InvalidImage):
        return [Row(name, note=str(source))]
    try:
        image = read_image(source.read() if isinstance(source, Member) else source)
    except InvalidImage as error:
        return [Row(name, note=str(error))]
    scores = scorer.score(image, group)
    if not scores:
        return [Row(name, note=NO_FACE)]
    return [
        Row(name, number, score.to_dict(), _thumbnail(score.beauty_explanation.crop))
        for number, score in enumerate(scores, 1)
    ]


def _thumbnail(crop: Image) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(crop).resize((THUMBNAIL, THUMBNAIL)).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def ranked(rows: Iterable[Row]) -> list[tuple[int, Row]]:
    """The faces by rating, highest first and otherwise as they came, each with its rank; equal ratings share one."""
    faces = sorted((row for row in rows if row.numbers), key=lambda row: -row.numbers["beauty"])
    ranks: list[tuple[int, Row]] = []
    for place, row in enumerate(faces, 1):
        level = ranks and ranks[-1][1].numbers["beauty"] == row.numbers["beauty"]
        ranks.append((ranks[-1][0] if level else place, row))
    return ranks


def is_level(row: Row, first: Row) -> bool:
    """Whether a face's interval reaches that of the first one: then the order of the two says little."""
    return bool(row.numbers["beauty_interval"][1] >= first.numbers["beauty_interval"][0])


def best_shots(photos: Iterable[list[Row]]) -> list[tuple[int, Row]]:
    """One face a photo, the largest, ranked: for photos of the same person.

    Args:
        photos: the rows of each photo.
    """
    with_faces = [[row for row in rows if row.numbers] for rows in photos]
    return ranked(max(rows, key=_area) for rows in with_faces if rows)


def _area(row: Row) -> float:
    _, _, width, height = row.numbers["box"]
    return float(width * height)


def report(rows: Iterable[Row]) -> dict[str, Any]:
    """What JSON says: ``faces``, ranked, each with rank, photo and face number, and ``failures``, photo and note."""
    rows = list(rows)
    return {
        "faces": [{"rank": rank, "photo": row.photo, "face": row.face} | row.numbers for rank, row in ranked(rows)],
        "failures": [{"photo": row.photo, "note": row.note} for row in rows if row.note],
    }


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """The ranked table; photos without a face come last. ``note`` says why, or why a face's scores may be off."""
    told = report(rows)
    lines = [
        face
        | dict(zip(("beauty_low", "beauty_high"), face["beauty_interval"], strict=True))
        | dict(zip(("percentile_low", "percentile_high"), face["percentile_interval"], strict=True))
        | {"note": " ".join(NOTES[note] for note in face["notes"])}
        for face in told["faces"]
    ]
    frame = pd.DataFrame(lines + told["failures"], columns=COLUMNS)
    return frame.astype({"rank": "Int64", "face": "Int64"})  # whole numbers, though some are missing


def as_csv(rows: Iterable[Row]) -> str:
    """The table as CSV; an apostrophe keeps a photo's name from being taken for a formula."""
    frame = table(rows)
    frame["photo"] = [f"'{name}" if name.lstrip().startswith(FORMULA) else name for name in frame["photo"]]
    return frame.to_csv(index=False, lineterminator="\r\n")
