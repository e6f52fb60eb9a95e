"""Scored photos of the tab Compare, kept so that choosing another group answers at once.

They are kept under the paths of the uploaded files, which nobody else can guess, and no longer than these files.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from facescore.scoring.ranking import Row
from facescore.ui.janitor import DELETE_OLDER

Photos = list[list[Row]]

MOST_BYTES = 60 * 1000 * 1000  # of all visitors' rows together: about 12,000 faces
ROW_BYTES = 1000  # of a row, without its picture


class Rankings:
    """The latest rankings; safe to share between threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Path, ...], tuple[Photos, int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, files: Sequence[Path], photos: Photos) -> None:
        """Keep the rows of all photos in some uploaded files; the oldest rankings go when there are too many."""
        size = sum(len(row.thumbnail) + ROW_BYTES for rows in photos for row in rows)
        with self._lock:
            self._known[tuple(files)] = photos, size, time.monotonic()
            self._known.move_to_end(tuple(files))
            while sum(size for _, size, _ in self._known.values()) > MOST_BYTES:
                self._known.popitem(last=False)
        self.drop_old()  # a file may have been deleted while the ranking ran

    def find(self, files: Sequence[Path]) -> Photos | None:
        """The rows of the photos in some uploaded files; None if they are not kept, or no longer."""
        self.drop_old()
        with self._lock:
            known = self._known.get(tuple(files))
        return known[0] if known else None

    def drop_old(self) -> None:
        """Drop the rankings that are too old, and those of which a file was deleted."""
        since = time.monotonic() - DELETE_OLDER
        with self._lock:
            for files, (_, _, seconds) in list(self._known.items()):
                if seconds < since or not all(file.exists() for file in files):
                    del self._known[files]

    def __len__(self) -> int:
        return len(self._known)
