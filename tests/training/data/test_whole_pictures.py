"""Whole pictures are made small once; other pictures or another side are another file."""

from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import DataError
from facescore.training.data import whole_pictures


@pytest.fixture
def table(tmp_path: Path) -> pd.DataFrame:
    """Three pictures of CelebA's frame, each of one colour."""
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path, colour in zip(paths, ((255, 0, 0), (0, 255, 0), (10, 10, 10)), strict=True):
        PIL.Image.new("RGB", (178, 218), colour).save(path)
    return pd.DataFrame({"file": [path.name for path in paths], "path": paths})


def load(table: pd.DataFrame, tmp_path: Path, side: int = 50, gray: bool = True) -> whole_pictures.Pictures:
    return whole_pictures.load(table, side, gray, tmp_path / "cache")


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").iterdir())


def test_pictures_are_gray_squares_in_the_tables_order(table: pd.DataFrame, tmp_path: Path) -> None:
    pictures = load(table, tmp_path)
    assert pictures.shape == (3, 50, 50)
    assert pictures.dtype == np.uint8
    assert [int(picture.mean()) for picture in pictures] == [76, 150, 10]  # ITU-R BT.601's weights
    assert load(table, tmp_path, gray=False)[1, 20, 20].tolist() == [0, 255, 0]


def test_they_are_a_memory_map_that_is_made_once(table: pd.DataFrame, tmp_path: Path) -> None:
    load(table, tmp_path)
    (written,) = files(tmp_path)
    before = written.stat().st_mtime_ns
    assert isinstance(load(table, tmp_path), np.memmap)
    assert files(tmp_path) == [written]
    assert written.stat().st_mtime_ns == before


def test_another_side_or_colour_is_another_file(table: pd.DataFrame, tmp_path: Path) -> None:
    load(table, tmp_path)
    assert load(table, tmp_path, side=100).shape == (3, 100, 100)
    load(table, tmp_path, gray=False)
    assert len(files(tmp_path)) == 3


def test_a_changed_data_set_is_made_again(table: pd.DataFrame, tmp_path: Path) -> None:
    load(table, tmp_path)
    PIL.Image.new("RGB", (178, 218), (200, 200, 200)).save(table["path"].iloc[2])
    assert int(load(table, tmp_path)[2].mean()) == 200
    assert len(load(table.iloc[:2], tmp_path)) == 2


@pytest.mark.parametrize("left", [500, 0])
def test_a_damaged_file_is_named_and_made_again(
    table: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str], left: int
) -> None:
    load(table, tmp_path)
    (written,) = files(tmp_path)
    written.write_bytes(written.read_bytes()[:left])
    assert int(load(table, tmp_path)[0].mean()) == 76
    assert f"{written} is damaged" in capsys.readouterr().out


def test_a_picture_that_cannot_be_read_is_named_and_nothing_is_kept(table: pd.DataFrame, tmp_path: Path) -> None:
    table["path"].iloc[1].write_bytes(b"none")
    with pytest.raises(DataError, match=r"1\.png"):
        load(table, tmp_path)
    assert files(tmp_path) == []
