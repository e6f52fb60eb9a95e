"""Delete what has been in the private folder for too long, whoever wrote it and whatever became of the visitor."""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from facescore.ui.uploads import LOCK

DELETE_EVERY, DELETE_OLDER = 60, 600  # seconds: between two sweeps, and how long a file may stay in the folder

log = logging.getLogger(__name__)


def start(folder: Path, every: float, older: float, then: Callable[[], None] = lambda: None) -> threading.Event:
    """Sweep at regular intervals until the process ends.

    Args:
        folder: this process's private folder.
        every: seconds between two sweeps.
        older: seconds that a file may stay there.
        then: called after each sweep, to drop what is kept in memory about deleted files.

    Returns:
        An event that ends the sweeping when it is set.
    """
    ended = threading.Event()

    def work() -> None:
        """Sweep until the event is set, whatever goes wrong."""
        while not ended.wait(every):
            try:
                sweep(folder, older)
                then()
            except Exception:  # whatever it is, the next sweep must come
                log.exception("A sweep ended early; the next one comes as usual.")

    threading.Thread(target=work, name="janitor", daemon=True).start()
    return ended


def sweep(folder: Path, older: float) -> None:
    """Delete every file and every empty folder that has not changed for some time.

    The age is counted from the last change of the inode, which a copy does not inherit from its original; an upload
    that is still being written is young.

    Args:
        folder: the private folder, which itself is kept.
        older: seconds.
    """
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(place, name)
            if path != folder / LOCK and _is_old(path, older):
                _delete(path)
        if Path(place) != folder and _is_old(Path(place), older):  # an upload may be on its way into a young one
            with suppress(OSError):  # not empty
                Path(place).rmdir()


def _is_old(path: Path, older: float) -> bool:
    try:
        return abs(time.time() - path.lstat().st_ctime) > older  # abs: a clock set back makes nothing immortal
    except FileNotFoundError:
        return False  # its visitor deleted it, or the upload is complete and has been moved


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        log.exception("A file could not be deleted; the next sweep tries again.")
