"""The text files in which data sets list their pictures, read and checked line by line."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from facescore.errors import DataError

REMEDY = "Restore the file from the data set's download."


def lines(path: Path, dataset: str, folder: str) -> list[str]:
    """The lines of one of a data set's files, starting with line 1.

    Args:
        path: a UTF-8 file.
        dataset: the data set's name, for errors.
        folder: the data set's folder within the one that holds all data sets, for errors.

    Raises:
        DataError: it cannot be read, or is not text.
    """
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text. {REMEDY}") from error
    except OSError as error:
        raise DataError(
            f"{dataset} is not complete: {path} cannot be read ({error.strerror}). "
            f"Use --data or FACESCORE_DATA to name the folder that holds '{folder}' with its official files."
        ) from error


def refusal(path: Path, number: int, what: str) -> DataError:
    """An error that names the file and the line."""
    return DataError(f"{path}, line {number}: {what}. {REMEDY}")


def table(
    path: Path,
    text: Sequence[str],
    columns: Sequence[str],
    value: Callable[[str], object],
    name: Callable[[str], str],
    skip: int = 0,
    repeated: bool = False,
) -> pd.DataFrame:
    """Parse a list of pictures with the same kind of value in every column.

    Args:
        path: the file, for errors.
        text: its `lines`.
        columns: names of the columns that follow the picture's name.
        value: parses a value.
        name: parses a picture's name, which may contain spaces.
        skip: number of header lines.
        repeated: whether a picture may be listed more than once; its first line counts.

    Returns:
        The columns, with ``file`` as the index.

    Raises:
        DataError: a line has other columns, or ``name`` or ``value`` raises a ValueError for it.
    """
    found: dict[str, list[object]] = {}
    for number, line in enumerate(text[skip:], skip + 1):
        if not line.strip():
            continue
        listed, *values = line.rsplit(maxsplit=len(columns))
        if len(values) < len(columns):
            raise refusal(path, number, f"{len(columns) + 1} columns are needed, but {len(values) + 1} found")
        try:
            file, row = name(listed.strip()), [value(one) for one in values]
        except ValueError as error:
            raise refusal(path, number, str(error)) from error
        if file in found and not repeated:
            raise refusal(path, number, f"{file} is listed a second time")
        found.setdefault(file, row)
    if not found:
        raise DataError(f"{path} lists no pictures. {REMEDY}")
    return pd.DataFrame(list(found.values()), columns=list(columns), index=pd.Index(found, name="file"))


def plain(name: str) -> str:
    """The name of a picture within its folder.

    Raises:
        ValueError: it has spaces, slashes or unprintable characters.
    """
    if not name.isprintable() or set(name) & set(" /\\"):
        raise ValueError("it does not begin with a picture's plain file name")
    return name


def rating(lowest: float, highest: float) -> Callable[[str], float]:
    """Make a parser for mean ratings on a scale."""

    def read(value: str) -> float:
        """One rating.

        Raises:
            ValueError: it is not a number, or not on the scale.
        """
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not lowest <= number <= highest:
            raise ValueError(f"{value[:20]!r} is not a rating of {lowest:g} to {highest:g}")
        return number

    return read


def one_of(values: dict[str, object]) -> Callable[[str], object]:
    """Make a parser that replaces each known value by another."""

    def read(value: str) -> object:
        """One value.

        Raises:
            ValueError: it is not one of them.
        """
        if value not in values:
            raise ValueError(f"{value[:20]!r} is not one of {', '.join(values)}")
        return values[value]

    return read


def whole(value: str) -> int:
    """A whole number of at least 0.

    Raises:
        ValueError: it is not one.
    """
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise ValueError(f"{value[:20]!r} is not a whole number")
    return int(value)
