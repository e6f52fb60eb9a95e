"""What visitors upload: this process's private folder, the one gate to the files in it, and their deletion.

No other code opens a path that a client names. A path outside the folder is refused before the disk is asked about it,
so that no answer reveals which files a server has.
"""

import atexit
import base64
import fcntl
import logging
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from facescore.errors import InvalidImage, InvalidRequest
from facescore.images import MAX_BYTES
from facescore.images.refusals import too_many_bytes
from facescore.scoring.ranking import MAX_PHOTOS, too_many_photos
from facescore.ui.words import say

PREFIX = "facescore-"
LOCK, LOCK_FLAGS = ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
MAX_ARCHIVE_BYTES = 2 * MAX_BYTES
MIN_FREE_BYTES = 100 * 1000 * 1000
NOT_UPLOADED = "Only files that were uploaded to this page are opened. Upload the photo first."
NO_ROOM = "The server has no room for more photos at the moment. Try again in a few minutes."

log = logging.getLogger(__name__)
_held: dict[Path, int] = {}  # this process's folders, each with the descriptor of its lock


def folder() -> Path:
    """The private folder of this process, created with mode 0700 on the first call.

    It lies within GRADIO_TEMP_DIR, or the system's folder for temporary files, and becomes GRADIO_TEMP_DIR itself, so
    that whatever Gradio writes is written there. Folders left there by processes that have ended are deleted.
    """
    named = os.environ.get("GRADIO_TEMP_DIR")
    if named and Path(named) in _held:
        return Path(named)
    parent = Path(named or tempfile.gettempdir()).resolve()
    parent.mkdir(parents=True, exist_ok=True)
    delete_leftovers(parent)
    private, _held[private] = _made(parent)
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = str(private)
    return private


def _made(parent: Path) -> tuple[Path, int]:
    """A new private folder, and its lock; until that is held, a process that starts may take it for a leftover."""
    while True:
        private = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        with suppress(FileNotFoundError):
            lock = os.open(private / LOCK, LOCK_FLAGS, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)  # the system releases it when the process ends, however it ends
            if os.fstat(lock).st_nlink:
                return private, lock
            os.close(lock)


def delete_leftovers(parent: Path) -> None:
    """Delete the private folders of processes that have ended without doing so themselves."""
    for left in parent.glob(f"{PREFIX}*"):
        try:
            if left in _held or left.is_symlink() or not left.is_dir() or left.stat().st_uid != os.getuid():
                continue
            lock = os.open(left / LOCK, LOCK_FLAGS, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)
        except (BlockingIOError, FileNotFoundError):
            continue  # its process is still running, or another one deletes it
        except OSError:
            log.exception("A folder of an ended process could not be deleted.")


def uploaded(path: object) -> Path:
    """The one gate: an uploaded file that may be opened.

    Args:
        path: as a client names it.

    Raises:
        InvalidRequest: it is not the path of an upload, or the upload has been deleted since.
        InvalidImage: the photo is larger than 20 MB, or the archive larger than 40 MB.
    """
    real, size = _found(path)
    if real.suffix.lower() == ".zip":
        if size > MAX_ARCHIVE_BYTES:
            raise InvalidImage("This archive is larger than 40 MB. Split it and upload the parts.")
    elif size > MAX_BYTES:
        raise too_many_bytes(MAX_BYTES)
    return real


def _found(path: object) -> tuple[Path, int]:
    """An uploaded file and its size in bytes; what is too large to be opened can still be deleted."""
    private = folder()
    if not isinstance(path, str) or not Path(os.path.normpath(path)).is_relative_to(private):
        raise InvalidRequest(NOT_UPLOADED)
    try:
        real = Path(path).resolve()
        found = real.lstat()
    except FileNotFoundError as error:
        raise InvalidRequest(say("errors.gone")) from error
    except (OSError, RuntimeError, ValueError) as error:  # too long, links in a circle, or no name of the file system
        raise InvalidRequest(NOT_UPLOADED) from error
    if not real.is_relative_to(private) or not stat.S_ISREG(found.st_mode) or real.name == LOCK:
        raise InvalidRequest(NOT_UPLOADED)
    return real, found.st_size


def photo(payload: object) -> Path | None:
    """The file that an image input sends; None if the input is empty.

    Raises:
        InvalidRequest: it is anything other than an upload.
        InvalidImage: it is too large.
    """
    return None if payload is None else uploaded(_path(payload))


def _path(payload: object) -> object:
    return payload.get("path") if isinstance(payload, dict) else None


def files(payload: object) -> list[Path]:
    """The files that a file input sends; none if the input is empty.

    Raises:
        InvalidRequest: it is anything other than a list of uploads, or there are more than 200.
        InvalidImage: one is too large.
    """
    if payload is None:
        return []
    if not isinstance(payload, list):
        raise InvalidRequest(NOT_UPLOADED)
    if len(payload) > MAX_PHOTOS:
        raise too_many_photos()
    found = [photo(one) for one in payload]
    return [one for one in found if one is not None]


def delete(*payloads: Any) -> None:
    """Delete the files that inputs send, however large; what is not an upload, or already gone, is skipped.

    Args:
        payloads: what image and file inputs send.
    """
    for payload in payloads:
        for one in payload if isinstance(payload, list) else [payload]:
            with suppress(InvalidRequest):
                path, _ = _found(_path(one))
                path.unlink(missing_ok=True)
                _delete_empty(path.parent)


def _delete_empty(place: Path) -> None:
    """Delete a folder and its parents, as long as they are empty and within the private folder."""
    with suppress(OSError):  # not empty, or the janitor was here first
        while place != folder():
            place.rmdir()
            place = place.parent


@contextmanager
def own_folder() -> Iterator[Path]:
    """A new folder for one upload, under a name that nobody can guess; deleted again if the upload fails.

    Raises:
        InvalidRequest: no space is left on the disk.
    """
    private = folder()
    if shutil.disk_usage(private).free < MIN_FREE_BYTES:
        raise InvalidRequest(NO_ROOM)
    own = private / secrets.token_hex(16)
    try:
        own.mkdir(mode=0o700)
        yield own
    except OSError as error:
        log.exception("An upload could not be written.")
        shutil.rmtree(own, ignore_errors=True)
        raise InvalidRequest(NO_ROOM) from error
    except BaseException:
        shutil.rmtree(own, ignore_errors=True)
        raise


def add(source: Path) -> str:
    """Copy one of the server's own files as if the visitor had uploaded it, and return the copy's path."""
    with own_folder() as own:
        return str(shutil.copyfile(source, own / source.name))


def add_bytes(name: str, content: bytes) -> str:
    """Write a file that the server made as if the visitor had uploaded it, and return its path."""
    with own_folder() as own:
        (own / name).write_bytes(content)
        return str(own / name)


def add_base64(text: str, *_: object) -> str:
    """Write a photo that an assistant sends as a data URL as if it had been uploaded, and return its path.

    Raises:
        InvalidImage: it is too large, or not base64.
    """
    if len(text) > MAX_BYTES * 4 // 3 + 100:
        raise too_many_bytes(MAX_BYTES)
    try:
        content = base64.b64decode(text.partition(",")[2], validate=True)
    except ValueError as error:
        raise InvalidImage("This data URL is damaged. Encode the photo's file in base64 again.") from error
    return add_bytes("photo", content)
