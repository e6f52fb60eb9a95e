import multiprocessing
import os
import random
import resource
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from facescore.files import (
    cached_arrays,
    locked,
    read_arrays,
    read_regular,
    write_arrays,
    write_atomically,
    write_text,
)

FORK = multiprocessing.get_context("fork")


def in_a_child(run: Callable[[], object]) -> int | None:
    """Run something in a process of its own; returns its exit code."""
    child = FORK.Process(target=run)
    child.start()
    child.join(60)
    return child.exitcode


def test_a_file_is_written_with_the_folders_it_needs(tmp_path: Path) -> None:
    write_text(tmp_path / "a" / "b.txt", "ä")
    assert (tmp_path / "a" / "b.txt").read_text(encoding="utf-8") == "ä"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    write_text(path, "old")

    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_atomically(path, fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_threads_may_write_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    together = threading.Barrier(8)

    def write(letter: str) -> None:
        def halves(file: BinaryIO) -> None:
            file.write(letter.encode() * 5000)
            together.wait()
            file.write(letter.encode() * 5000)

        write_atomically(path, halves)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, "abcdefgh"))
    content = path.read_text()
    assert content == content[0] * 10_000
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    write_text(path, "old")

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        with pytest.raises(OSError, match="File too large"):
            write_text(path, "new" * 10_000)
        os._exit(7)

    assert in_a_child(fill) == 7
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_are_those_of_the_old_file_or_the_users(tmp_path: Path) -> None:
    private, new = tmp_path / "private.txt", tmp_path / "new.txt"
    private.touch(0o600)
    for path in (private, new):
        write_text(path, "text")
    (tmp_path / "touched").touch()
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert new.stat().st_mode == (tmp_path / "touched").stat().st_mode


def test_a_name_as_long_as_names_may_be_can_be_written(tmp_path: Path) -> None:
    write_text(tmp_path / ("n" * 251 + ".csv"), "text")


def test_only_regular_files_of_bounded_size_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    os.mkfifo(tmp_path / "pipe")
    assert read_regular(tmp_path / "file", 5) == b"12345"
    with pytest.raises(ValueError, match="larger than 4 bytes"):
        read_regular(tmp_path / "file", 4)
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(ValueError, match="not a regular file"):
            read_regular(path, 5)


@pytest.mark.parametrize("name", ["", "lock"])
def test_a_lock_is_held_by_one_process_and_released_when_it_dies(tmp_path: Path, name: str) -> None:
    def hold_and_die() -> None:
        with locked(tmp_path / "run", name):
            os._exit(7)

    def refused() -> None:
        with pytest.raises(BlockingIOError), locked(tmp_path / "run", name):
            pass
        os._exit(7)

    assert in_a_child(hold_and_die) == 7
    with locked(tmp_path / "run", name):
        assert in_a_child(refused) == 7
    assert [path.name for path in (tmp_path / "run").iterdir()] == [name] * bool(name)


@pytest.fixture
def npz(tmp_path: Path) -> Path:
    npz = tmp_path / "arrays.npz"
    write_arrays(npz, {"crops": np.arange(24, dtype=np.uint8).reshape(2, 3, 4), "detected": np.array([True, False])})
    return npz


def test_cached_arrays_are_read(npz: Path) -> None:
    found = cached_arrays(npz, {"crops": (2, 3, 4), "detected": None})
    assert found is not None
    assert found["crops"].sum() == 276


def test_every_damage_is_noticed_or_changes_nothing(npz: Path) -> None:
    right, whole = npz.read_bytes(), read_arrays(npz)
    noticed = 0
    for seed in range(300):
        rng = random.Random(seed)
        content = bytearray(right[: rng.randrange(len(right))] if seed % 3 == 0 else right)
        for _ in range(rng.randrange(1, 4)):
            if content:
                content[rng.randrange(len(content))] = rng.randrange(256)
        npz.write_bytes(content)
        try:
            found = read_arrays(npz)
        except ValueError:
            noticed += 1
        else:
            assert all(np.array_equal(found[name], values) for name, values in whole.items() if name in found)
    assert noticed > 150


@pytest.mark.parametrize(
    "shapes", [{"crops": (3, 3, 4), "detected": (2,)}, {"crops": None}, {"crops": None, "a": None}]
)
def test_other_arrays_than_expected_are_made_anew(
    npz: Path, shapes: dict[str, tuple[int, ...] | None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cached_arrays(npz, shapes) is None
    assert "arrays.npz is damaged and will be replaced." in capsys.readouterr().out


def test_what_is_not_there_is_made_without_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cached_arrays(tmp_path / "none.npz", {}) is None
    assert capsys.readouterr().out == ""


def test_objects_are_not_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.array([{"x": 1}], dtype=object))
    with pytest.raises(ValueError, match="is damaged"):
        read_arrays(tmp_path / "a.npz")
