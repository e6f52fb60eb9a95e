"""Files are written beside and renamed, so that no reader, crash or full disk ever leaves half of one."""

import ctypes
import errno
import fcntl
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PART = ".part"  # in the name of a file that is being written
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of Linux' renameat2


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path beside a file to write to; what was written there takes the file's place at the end.

    The new file is on the disk before it gets its name, so even after a power loss the old or the new one is there.
    If an error is raised, the old file stays and nothing else is left. The folder is made where it is missing; an
    existing file's permissions are kept.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The name is random, since threads, and processes on a shared disk, may write the same file at once.
    beside = path.with_name(f".{secrets.token_hex(8)}{PART}{path.suffix}")
    try:
        yield beside
        if path.is_file():
            shutil.copymode(path, beside)
        flush(beside)
        beside.replace(path)
        flush(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file whole or not at all; see `replacing`.

    Args:
        path: the file.
        write: called with the open file beside it.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    with replacing(path) as beside, beside.open("xb") as file:
        write(file)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; see `replacing`."""
    write_atomically(path, lambda file: file.write(content))


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all; see `replacing`."""
    write_bytes(path, text.encode())


def flush(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_place(new: Path, folder: Path) -> None:
    """Give a new folder an older one's name in one step, and the older one the new one's.

    Where there is no older one, the new one is renamed.

    Raises:
        NotImplementedError: the system or the file system cannot do so.
        OSError: the folders cannot be renamed.
    """
    if folder.exists():
        _exchange(new, folder)
    else:
        new.rename(folder)
    flush(folder.parent)


def _exchange(one: Path, other: Path) -> None:
    """Linux' renameat2 (2), which Python does not offer."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        raise NotImplementedError
    if libc.renameat2(AT_FDCWD, os.fsencode(one.absolute()), AT_FDCWD, os.fsencode(other.absolute()), RENAME_EXCHANGE):
        code = ctypes.get_errno()
        if code in (errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.EOPNOTSUPP):
            raise NotImplementedError
        raise OSError(code, os.strerror(code), str(other))


def read_regular(path: Path, most: int) -> bytes:
    """The content of a regular file of bounded size.

    Args:
        path: the file.
        most: bytes that it may have.

    Raises:
        OSError: it cannot be opened.
        ValueError: it is a folder, a pipe or a device, which could block or never end, or it is too large.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # opening a pipe would otherwise wait for a writer
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is not a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(most + 1)
    finally:
        os.close(descriptor)
    if len(content) > most:
        raise ValueError(f"it is larger than {most:,} bytes")
    return content


@contextmanager
def locked(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold a folder's lock, which no two processes have at once; the system releases it when a process dies.

    Args:
        folder: made where it is missing.
        wait: for another process to release it.

    Raises:
        BlockingIOError: another process holds it, and ``wait`` is false.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)
