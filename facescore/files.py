"""Write files atomically: to a temporary file that is renamed, so that no half-written file is ever seen."""

import ctypes
import errno
import fcntl
import io
import os
import secrets
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]

PART = ".part"  # in the names of temporary files
# Neither wait for a pipe's writer nor let a terminal become the controlling one; Windows lacks these flags.
OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # for Linux's renameat2


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same folder; what is written there replaces the file at the end.

    The new file is flushed to disk before it is renamed, so even after a power loss either the old or the new one is
    complete. If an error is raised, the old file stays and the temporary one is removed. A missing folder is created;
    an existing file's permissions are kept.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A random name, since other threads, or processes on a shared disk, may be writing the same file.
    temporary = path.with_name(f".{secrets.token_hex(8)}{PART}{path.suffix}")
    try:
        yield temporary
        if path.is_file():
            shutil.copymode(path, temporary)
        flush(temporary)
        temporary.replace(path)
        flush(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file completely or not at all; see `replacing`.

    Args:
        path: the file.
        write: called with the open temporary file.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    with replacing(path) as temporary, temporary.open("xb") as file:
        write(file)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file completely or not at all; see `replacing`."""
    write_atomically(path, lambda file: file.write(content))


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file completely or not at all; see `replacing`."""
    write_bytes(path, text.encode())


def flush(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_place(new: Path, folder: Path) -> None:
    """Swap the names of a new and an old folder in one step.

    If there is no old folder, the new one is simply renamed.

    Raises:
        NotImplementedError: the operating system or the file system cannot do this.
        OSError: the folders cannot be renamed.
    """
    if folder.exists():
        _exchange(new, folder)
    else:
        new.rename(folder)
    flush(folder.parent)


def _exchange(one: Path, other: Path) -> None:
    """Call Linux's renameat2(2), which Python does not expose."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        raise NotImplementedError
    if libc.renameat2(AT_FDCWD, os.fsencode(one.absolute()), AT_FDCWD, os.fsencode(other.absolute()), RENAME_EXCHANGE):
        code = ctypes.get_errno()
        if code in (errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.EOPNOTSUPP):
            raise NotImplementedError
        raise OSError(code, os.strerror(code), str(other))


class Irregular(ValueError):
    """A folder, pipe or device where a regular file is needed; reading it could block or never end."""


def open_regular(path: Path) -> io.FileIO:
    """Open a regular file, unbuffered.

    Raises:
        Irregular: it is something else.
        OSError: it cannot be opened.
        ValueError: no file can have this name.
    """
    descriptor = os.open(path, OPEN_FLAGS)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return io.FileIO(descriptor)
    os.close(descriptor)
    raise Irregular("it is not a regular file")


def read_regular(path: Path, most: int) -> bytes:
    """Read a regular file of limited size.

    Args:
        path: the file.
        most: the largest allowed size, bytes.

    Raises:
        OSError: it cannot be opened.
        ValueError: it is too large, or no regular file.
    """
    with io.BufferedReader(open_regular(path)) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"it is larger than {most:,} bytes")
    return content


@contextmanager
def locked(folder: Path, name: str = "", wait: bool = False) -> Iterator[None]:
    """Hold an exclusive lock on a folder; the system releases it when the process dies.

    Args:
        folder: created if missing.
        name: of a file in the folder that is locked instead, and stays there. On shared file systems such as NFS, only
            a lock on a file that is open for writing also holds on the other machines; see flock(2).
        wait: whether to wait for another process to release it.

    Raises:
        BlockingIOError: another process holds the lock, and ``wait`` is false.
        OSError: the folder cannot be written to, or its file system has no locks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT if name else os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


def read_arrays(path: Path) -> Arrays:
    """Read the arrays of an .npz file after verifying its checksums.

    Raises:
        FileNotFoundError: it is missing.
        ValueError: it is damaged, or not an .npz file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip():
                raise ValueError("a checksum is wrong")
        with np.load(path) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        raise
    except Exception as error:  # zipfile and numpy raise a dozen kinds of errors on damaged files
        raise ValueError(f"{path.name} is damaged") from error


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays to an .npz file, completely or not at all."""
    write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def cached_arrays(path: Path, shapes: dict[str, tuple[int, ...] | None]) -> Arrays | None:
    """The arrays in a cache file, or None if they have to be computed (again).

    Prints a message if the file is damaged or holds other arrays.

    Args:
        path: the .npz file.
        shapes: the shape of every array that it must hold; None accepts any shape.
    """
    try:
        arrays = read_arrays(path)
    except FileNotFoundError:
        return None
    except ValueError:
        arrays = {}
    right = arrays.keys() == shapes.keys() and all(
        shape in (None, arrays[name].shape) for name, shape in shapes.items()
    )
    if not right:
        print(f"{path} is damaged and will be replaced.")
    return arrays if right else None
