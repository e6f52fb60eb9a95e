"""Results as tables: one row per face, or per photo without one, in CSV and Parquet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from facescore.errors import InvalidImage, InvalidRequest
from facescore.terminal import no_formula

COLUMNS: dict[str, str] = {
    "photo": "string", "face": "int32", "beauty": "float64", "beauty_low": "float64", "beauty_high": "float64",
    "percentile": "float64", "percentile_low": "float64", "percentile_high": "float64", "group": "string",
    "attractive": "float64", "left": "float64", "top": "float64", "width": "float64", "height": "float64",
    "warnings": "string", "error": "string",
}  # fmt: skip
RANK = {"rank": "int64"}
PAIRS = {
    "beauty_interval": ("beauty_low", "beauty_high"),
    "percentile_interval": ("percentile_low", "percentile_high"),
    "box": ("left", "top", "width", "height"),
}
SUFFIXES = (".csv", ".parquet")
ROWS = 10_000  # written to Parquet at once

Record = dict[str, Any]
"""A face: ``photo``, ``face`` (its number, from 1) and the entries of `FaceScore.to_dict`; or a photo without one:
``photo``, ``face`` 0 and ``error``."""

Row = dict[str, Any]
"""A value for each of `COLUMNS`, and its rank once that is known."""


def row(record: Record) -> Row:
    """A record with one value for each of `COLUMNS`; None where there is no face, or no error."""
    flat = dict.fromkeys(COLUMNS) | {name: value for name, value in record.items() if name in COLUMNS}
    for name, columns in PAIRS.items():
        flat |= dict(zip(columns, record.get(name, ()), strict=False))
    return flat | {"warnings": " ".join(record["warnings"]) if record["face"] else None}


def ranks(ratings: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The ranks of ratings, the highest first; equal ones share a rank."""
    return np.asarray(1 + np.searchsorted(np.sort(-ratings), -ratings), np.int64)


def ranked(rows: Iterable[Row], ratings: npt.NDArray[np.float64]) -> Iterator[Row]:
    """Add its rank to each row.

    Args:
        rows: as `row` returns them.
        ratings: the ratings of all rows that have one, in the same order.
    """
    left = iter(ranks(ratings).tolist())
    for one in rows:
        yield {"rank": next(left) if one["face"] else None, **one}


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write ranked rows to a CSV or Parquet file, by its suffix, without holding them all.

    Raises:
        OSError: it cannot be written.
    """
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:  # without this mark, Excel does not read UTF-8
            _write_csv(file, rows)
    else:
        _write_parquet(path, rows)


def _write_csv(file: TextIO, rows: Iterable[Row]) -> None:
    writer = csv.DictWriter(file, list(RANK | COLUMNS), lineterminator="\r\n")
    writer.writeheader()
    for one in rows:
        writer.writerow({name: no_formula(value) if isinstance(value, str) else value for name, value in one.items()})


def _write_parquet(path: Path, rows: Iterable[Row]) -> None:
    arrow, rows = pyarrow(), iter(rows)
    schema = arrow.schema((RANK | COLUMNS).items())
    with arrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while some := list(islice(rows, ROWS)):
            writer.write_table(arrow.Table.from_pylist(some, schema=schema))


def parquet(rows: Iterable[Row]) -> bytes:
    """A Parquet file with the rows, without ranks."""
    arrow = pyarrow()
    schema = arrow.schema(COLUMNS.items())
    sink = arrow.BufferOutputStream()
    arrow.parquet.write_table(arrow.Table.from_pylist(list(rows), schema=schema), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def read_columns(path: Path, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The texts in some columns of a Parquet file, row by row.

    Raises:
        InvalidImage: it is not a Parquet file, or has no such columns.
        InvalidRequest: pyarrow is not installed.
    """
    arrow = pyarrow()
    try:
        with arrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=list(names)):
                yield from zip(*(map(str, batch.column(name).to_pylist()) for name in names), strict=True)
    except (arrow.ArrowException, KeyError) as error:
        raise InvalidImage(
            "This is not a Parquet file with the columns {names}. Write it again.", names=" and ".join(names)
        ) from error


def pyarrow() -> Any:
    """The package pyarrow, which only Parquet needs.

    Raises:
        InvalidRequest: it is not installed.
    """
    try:
        import pyarrow as arrow
        import pyarrow.parquet
    except ImportError as error:
        raise InvalidRequest("Parquet needs the package pyarrow. Install it, or name a .csv file.") from error
    return arrow
