"""The text files in which data sets list their pictures, a line each, and what a line may not hold."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from facescore.errors import DataError

REMEDY = "Take the file from the data set's download again."


def lines(path: Path, dataset: str, folder: str) -> list[str]:
    """The lines of a file of a data set, from line 1 on.

    Args:
        path: a UTF-8 file.
        dataset: whose file it is.
        folder: the folder of the data set below the one that holds all of them.

    Raises:
        DataError: it cannot be read, or is not text.
    """
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not a UTF-8 text. {REMEDY}") from error
    except OSError as error:
        raise DataError(
            f"{dataset} is not complete: {path} cannot be read ({error.strerror}). "
            f"Name the folder that holds '{folder}', with its official files, by --data or FACESCORE_DATA."
        ) from error


def refusal(path: Path, number: int, what: str) -> DataError:
    """The error that names a line."""
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
    """A list of pictures with the same kind of value in every column.

    Args:
        path: the file, for errors.
        text: its `lines`.
        columns: the names of the columns after that of the picture.
        value: reads a value.
        name: reads the name of a picture, which may hold blanks.
        skip: lines at the top that list nothing.
        repeated: whether a picture may come more than once; the first line counts.

    Returns:
        The columns, with ``file`` as the index.

    Raises:
        DataError: a line has other columns, or a name or value that ``name`` or ``value`` raises a ValueError for.
    """
    found: dict[str, list[object]] = {}
    for number, line in enumerate(text[skip:], skip + 1):
        if not line.strip():
            continue
        listed, *values = line.rsplit(maxsplit=len(columns))
        if len(values) < len(columns):
            raise refusal(path, number, f"{len(columns) + 1} columns are needed, {len(values) + 1} are there")
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
        ValueError: it is not one.
    """
    if not name.isprintable() or set(name) & set(" /\\"):
        raise ValueError("it does not begin with the name of a picture alone")
    return name


def rating(lowest: float, highest: float) -> Callable[[str], float]:
    """What reads a mean rating on a scale."""

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
    """What reads a value that stands for another one."""

    def read(value: str) -> object:
        """One value.

        Raises:
            ValueError: it stands for nothing.
        """
        if value not in values:
            raise ValueError(f"{value[:20]!r} is not one of {', '.join(values)}")
        return values[value]

    return read


def whole(value: str) -> int:
    """A whole number, from 0 on.

    Raises:
        ValueError: it is not one.
    """
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise ValueError(f"{value[:20]!r} is not a whole number")
    return int(value)
