"""Files in the private folder are deleted by their age alone."""

import os
import threading
import time
from pathlib import Path

import pytest

from facescore.ui import janitor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".lock").touch()
    return tmp_path


def names(folder: Path) -> set[str]:
    found = ((place, name) for place, folders, files in os.walk(folder) for name in (*folders, *files))
    return {str(Path(place, name).relative_to(folder)) for place, name in found}


def test_the_old_go_whatever_they_are_and_the_young_stay(folder: Path) -> None:
    (folder / "a" / "photo.jpg").mkdir(parents=True)  # a folder named like a photo
    (folder / "a" / "photo.jpg" / "inside").write_bytes(b"x")
    (folder / os.fsdecode(b"\xff.png")).write_bytes(b"x")
    (folder / "tmpabc").write_bytes(b"x")  # what an upload writes before it is complete
    os.mkfifo(folder / "fifo")
    os.utime(folder / "tmpabc", (0, 0))
    janitor.sweep(folder, 60)
    assert len(names(folder)) == 7  # a time that was copied from elsewhere does not count
    time.sleep(0.3)
    (folder / "young.jpg").write_bytes(b"x")
    janitor.sweep(folder, 0.2)
    assert {"young.jpg", ".lock"} <= names(folder) <= {"young.jpg", ".lock", "a", "a/photo.jpg"}
    time.sleep(0.3)
    janitor.sweep(folder, 0.2)
    time.sleep(0.3)
    janitor.sweep(folder, 0.2)
    assert names(folder) == {".lock"}


def test_it_goes_on_while_files_come_and_go(folder: Path) -> None:
    ended = janitor.start(folder, 0.01, 1)
    end = time.monotonic() + 2

    def come_and_go(number: int) -> None:
        count = 0
        while time.monotonic() < end:
            count += 1
            place = folder / f"{number}-{count}"
            place.mkdir()
            (place / "photo.jpg").write_bytes(b"x" * 1000)
            if count % 2:
                (place / "photo.jpg").unlink()
                place.rmdir()

    strangers = [threading.Thread(target=come_and_go, args=[number]) for number in range(3)]
    for stranger in strangers:
        stranger.start()
    for stranger in strangers:
        stranger.join()
    last = time.monotonic() + 20
    while names(folder) != {".lock"} and time.monotonic() < last:
        time.sleep(0.2)
    ended.set()
    assert names(folder) == {".lock"}
