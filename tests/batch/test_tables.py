import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facescore import InvalidImage, Scorer
from facescore.batch import tables
from facescore.batch.tables import COLUMNS, RANK, Record, ranked, ranks, read_columns, row, write
from facescore.images import Image


@pytest.fixture(scope="module")
def records(scorer: Scorer, two_faces: Image) -> list[Record]:
    faces = [
        {"photo": "=two.jpg", "face": number, **face.to_dict()}
        for number, face in enumerate(scorer.score(two_faces), 1)
    ]
    return [*faces, {"photo": "照.jpg", "face": 0, "error": "It is gone."}]


def rows(records: list[Record]) -> list[tables.Row]:
    ratings = np.array([record["beauty"] for record in records if record["face"]])
    return list(ranked(map(row, records), ratings))


def test_equal_ratings_share_a_rank() -> None:
    assert ranks(np.array([3.0, 4.5, 3.0, 1.0])).tolist() == [2, 1, 2, 4]
    assert ranks(np.array([])).tolist() == []


def test_a_row_has_every_column_and_only_a_face_has_numbers(records: list[Record]) -> None:
    hopper, astronaut, gone = rows(records)
    assert all(list(one) == [*RANK, *COLUMNS] for one in (hopper, astronaut, gone))
    assert (hopper["rank"], astronaut["rank"]) == (2, 1)
    assert (hopper["beauty_low"], hopper["beauty_high"]) == tuple(records[0]["beauty_interval"])
    assert [hopper[side] for side in ("left", "top", "width", "height")] == records[0]["box"]
    assert hopper["warnings"] == "unlike"
    assert {name for name, value in gone.items() if value is not None} == {"photo", "face", "error"}


def test_csv_is_for_spreadsheets(tmp_path: Path, records: list[Record]) -> None:
    write(tmp_path / "a.csv", rows(records))
    text = (tmp_path / "a.csv").read_bytes()
    assert text.startswith("\ufeff".encode())
    assert text.count(b"\r\n") == 4
    read = list(csv.DictReader(text.decode("utf-8-sig").splitlines()))
    assert [one["photo"] for one in read] == ["'=two.jpg", "'=two.jpg", "照.jpg"]
    assert [float(one["beauty"]) for one in read[:2]] == [record["beauty"] for record in records[:2]]


def test_parquet_holds_the_same_with_types(tmp_path: Path, records: list[Record]) -> None:
    pytest.importorskip("pyarrow")
    write(tmp_path / "a.parquet", rows(records))
    read = pd.read_parquet(tmp_path / "a.parquet", dtype_backend="numpy_nullable")
    assert list(read) == [*RANK, *COLUMNS]
    expected = [{name: value for name, value in one.items() if value is not None} for one in rows(records)]
    assert [one.dropna().to_dict() for _, one in read.iterrows()] == expected
    assert list(read_columns(tmp_path / "a.parquet", ("photo", "group"))) == [
        ("=two.jpg", "all"), ("=two.jpg", "all"), ("照.jpg", "None"),
    ]  # fmt: skip
    for path, columns in ((tmp_path / "a.parquet", ("id",)), (Path(__file__), ("photo",))):
        with pytest.raises(InvalidImage, match="not a Parquet file with the columns"):
            list(read_columns(path, columns))
