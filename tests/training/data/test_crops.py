"""Crops are kept as they are made; what is damaged is named or made again."""

import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import DataError
from facescore.faces.alignment import align
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.templates import ARCFACE, CELEBA, Template
from facescore.training.data import crops as cropping
from facescore.training.data import pseudo_labels

Result = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Ten pictures, of which four go into one file of the cache."""
    monkeypatch.setattr(cropping, "SHARD", 4)
    rng = np.random.default_rng(0)
    paths = [tmp_path / f"{number}.png" for number in range(10)]
    for path in paths:
        PIL.Image.fromarray(rng.integers(0, 256, (109, 89, 3), dtype=np.uint8)).save(path)
    return pd.DataFrame({"file": [path.name for path in paths], "path": paths})


def crop(table: pd.DataFrame, tmp_path: Path, detector: MTCNN, template: Template = CELEBA) -> Result:
    return cropping.crop_all(table, "celeba", template, tmp_path / "cache", detector)


def shards(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").glob("*/*"))


def written(tmp_path: Path) -> dict[str, int]:
    """When each file of the cache was written, by the number of its first picture."""
    return {path.name.split("-")[0]: path.stat().st_mtime_ns for path in shards(tmp_path)}


def same(one: Result, other: Result) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def garbage(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + random.Random(0).randbytes(5000))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def one_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def another_shape(path: Path) -> None:
    np.savez(path, allow_pickle=False, crops=np.zeros((4, 8, 8, 3), np.uint8), detected=np.ones(4, bool))


@pytest.mark.parametrize("damage", [cut_off, garbage, empty, one_byte, another_shape])
def test_a_damaged_file_of_the_cache_is_named_and_made_anew(
    damage: Callable[[Path], None],
    table: pd.DataFrame,
    tmp_path: Path,
    detector: MTCNN,
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = crop(table, tmp_path, detector)
    before = written(tmp_path)
    damage(shards(tmp_path)[1])
    assert same(crop(table, tmp_path, detector), right)
    assert re.search(r"000004-\w+\.npz is damaged and will be replaced\.", capsys.readouterr().out)
    after = written(tmp_path)
    assert [name for name, when in after.items() if when != before[name]] == ["000004"]
    assert same(crop(table, tmp_path, detector), right)


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_damaged_and_missing_pictures_are_named_and_the_others_crops_are_kept(
    content: bytes | None, table: pd.DataFrame, tmp_path: Path, detector: MTCNN
) -> None:
    right = crop(table, tmp_path / "right", detector)
    pictures = {path: path.read_bytes() for path in table["path"][[5, 9]]}
    for path in pictures:
        path.write_bytes(content) if content is not None else path.unlink()
    with pytest.raises(DataError, match="2 of 10 pictures of celeba cannot be read") as caught:
        crop(table, tmp_path, detector)
    assert all(str(path) in str(caught.value) for path in pictures)
    before = written(tmp_path)
    assert list(before) == ["000000"]
    for path, whole in pictures.items():
        path.write_bytes(whole)
    assert same(crop(table, tmp_path, detector), right)
    assert written(tmp_path)["000000"] == before["000000"]


def test_no_more_pictures_are_named_than_are_read(table: pd.DataFrame, tmp_path: Path, detector: MTCNN) -> None:
    for path in table["path"]:
        path.unlink()
    with pytest.raises(DataError, match="10 of 10 pictures") as caught:
        crop(table, tmp_path, detector)
    assert len(re.findall(r"\d\.png: ", str(caught.value))) == cropping.NAMED


def test_cropping_that_was_stopped_goes_on(
    table: pd.DataFrame, tmp_path: Path, detector: MTCNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = crop(table, tmp_path / "right", detector)
    read = cropping.read_picture
    seen: list[Path] = []

    def stop(path: Path) -> np.ndarray:
        if len(seen) == 6:
            raise KeyboardInterrupt
        seen.append(path)
        return read(path)

    with monkeypatch.context() as context:
        context.setattr(cropping, "read_picture", stop)
        with pytest.raises(KeyboardInterrupt):
            crop(table, tmp_path, detector)
    before = written(tmp_path)
    assert list(before) == ["000000"]
    assert same(crop(table, tmp_path, detector), right)
    assert written(tmp_path)["000000"] == before["000000"]


def test_a_damaged_picture_is_named_where_pseudo_labelled_ones_are_chosen(table: pd.DataFrame) -> None:
    table["path"].iloc[3].write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"3\.png: This file is not a picture"):
        pseudo_labels.choose(table, "celeba")


def test_a_picture_that_has_changed_is_cropped_again_and_no_other_file_is_made_anew(
    table: pd.DataFrame, tmp_path: Path, detector: MTCNN
) -> None:
    before, _ = crop(table, tmp_path, detector)
    kept = shards(tmp_path)
    picture = table["path"][5]
    PIL.Image.new("RGB", (89, 109), (250, 0, 0)).save(picture)
    os.utime(picture, (0, 0))
    after, _ = crop(table, tmp_path, detector)
    assert [bool((a != b).any()) for a, b in zip(before, after, strict=True)] == [row == 5 for row in range(10)]
    (made,) = set(shards(tmp_path)) - set(kept)
    assert made.name.startswith("000004")


def test_a_picture_that_was_only_touched_is_cropped_again(table: pd.DataFrame, tmp_path: Path, detector: MTCNN) -> None:
    right = crop(table, tmp_path, detector)
    os.utime(table["path"][0], (0, 0))
    assert same(crop(table, tmp_path, detector), right)
    assert len(shards(tmp_path)) == 4


def test_what_align_does_decides_whether_crops_are_made_anew_and_not_how_it_is_written(
    table: pd.DataFrame, tmp_path: Path, detector: MTCNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rewritten(image: Image, landmarks: np.ndarray, template: Template) -> Image:
        """The same under another name."""
        return align(image, landmarks, template)

    def shifted(image: Image, landmarks: np.ndarray, template: Template) -> Image:
        """A crop beside the right one."""
        return align(image, landmarks + np.float32(3), template)

    right = crop(table, tmp_path, detector, ARCFACE)
    before = [path.stat().st_mtime_ns for path in shards(tmp_path)]
    monkeypatch.setattr(cropping, "align", rewritten)
    assert same(crop(table, tmp_path, detector, ARCFACE), right)
    assert [path.stat().st_mtime_ns for path in shards(tmp_path)] == before
    monkeypatch.setattr(cropping, "align", shifted)
    assert not same(crop(table, tmp_path, detector, ARCFACE), right)
    assert len(shards(tmp_path)) == 2 * len(before)


def test_pictures_that_are_aligned_are_cropped_at_mean_landmarks_whatever_their_size(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    """Without a detector, a picture and its squashed copy give nearly the same crop."""
    ramp = np.linspace(0, 255, 218)[:, None, None] * np.ones((1, 178, 3))
    whole, squashed = PIL.Image.fromarray(ramp.astype(np.uint8)), table["path"].iloc[0]
    whole.resize((64, 64), PIL.Image.Resampling.BOX).save(squashed)
    whole.save(table["path"].iloc[1])
    crops, detected = cropping.crop_all(table[:2], "celeba", ARCFACE, tmp_path / "cache", None)
    assert detected.all()
    expected = align(np.asarray(whole), np.array(CELEBA.points, np.float32), ARCFACE)
    assert np.array_equal(crops[1], expected)
    assert np.abs(crops[0].astype(int) - expected).max() <= 3
