"""Scores that are kept for a while."""

import time
from pathlib import Path

import pytest

from facescore import FaceScore, Scorer
from facescore.images import Image
from facescore.ui.kept import Kept, size


@pytest.fixture(scope="module")
def faces(scorer: Scorer, astronaut: Image) -> list[FaceScore]:
    return scorer.score(astronaut)


def uploads(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.jpg" for number in range(count)]
    for path in paths:
        path.touch()
    return paths


def asked(kept: Kept, path: Path, faces: list[FaceScore], network: str = "beauty") -> bool:
    """Whether the faces had to be scored."""
    calls = []
    assert kept.faces(path, network, lambda: calls.append(1) or faces) == faces  # type: ignore[func-returns-value]
    return bool(calls)


def test_every_photo_and_network_is_scored_once(faces: list[FaceScore], tmp_path: Path) -> None:
    kept = Kept(10, 10**9, 60)
    (path,) = uploads(tmp_path, 1)
    assert [asked(kept, path, faces) for _ in range(3)] == [True, False, False]
    assert asked(kept, path, faces, "beauty-resnet50")


def test_the_oldest_go_if_there_are_too_many_or_they_are_too_large(faces: list[FaceScore], tmp_path: Path) -> None:
    one = size(faces[0])
    for kept in (Kept(2, 10**9, 60), Kept(100, 2 * one, 60)):
        first, second, third = uploads(tmp_path, 3)
        asked(kept, first, faces)
        asked(kept, second, faces)
        assert not asked(kept, first, faces)  # which makes the second the oldest
        asked(kept, third, faces)
        assert len(kept) == 2
        assert kept.bytes <= 2 * one
        assert not asked(kept, first, faces)
        assert asked(kept, second, faces)


def test_nothing_is_kept_longer_than_its_photo(faces: list[FaceScore], tmp_path: Path) -> None:
    kept = Kept(10, 10**9, 60)
    first, second = uploads(tmp_path, 2)
    asked(kept, first, faces)
    asked(kept, second, faces)
    first.unlink()
    kept.drop_old()
    assert len(kept) == 1


def test_nothing_is_kept_beyond_its_age(faces: list[FaceScore], tmp_path: Path) -> None:
    kept = Kept(10, 10**9, 0.05)
    (path,) = uploads(tmp_path, 1)
    asked(kept, path, faces)
    time.sleep(0.1)
    kept.drop_old()
    assert len(kept) == 0
