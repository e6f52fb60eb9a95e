import multiprocessing
import os
import resource
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest

from facescore.files import locked, read_regular, write_atomically, write_text

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


def test_a_lock_is_held_by_one_process_and_released_when_it_dies(tmp_path: Path) -> None:
    def hold_and_die() -> None:
        with locked(tmp_path / "run"):
            os._exit(7)

    def refused() -> None:
        with pytest.raises(BlockingIOError), locked(tmp_path / "run"):
            pass
        os._exit(7)

    assert in_a_child(hold_and_die) == 7
    with locked(tmp_path / "run"):
        assert in_a_child(refused) == 7
    assert list((tmp_path / "run").iterdir()) == []
