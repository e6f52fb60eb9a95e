"""Scores of uploaded photos, kept so that choosing a face, a map or a group answers at once.

They are kept under the photo's path, which nobody else can guess, and no longer than the photo itself: an entry whose
file is gone is never given out, and the janitor drops it with the files.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from facescore.scoring.scorer import FaceScore

Key = tuple[Path, str]


class Entry(NamedTuple):
    """The faces of one photo by one network, with their size in memory and when they were scored."""

    faces: list[FaceScore]
    size: int
    seconds: float


class Kept:
    """The latest scores, limited in number, bytes and age; safe to share between threads.

    Args:
        most: entries.
        most_bytes: of all entries together.
        older: seconds after which an entry is dropped.
    """

    def __init__(self, most: int, most_bytes: int, older: float) -> None:
        self._most, self._most_bytes, self._older = most, most_bytes, older
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._lock = threading.Lock()

    def faces(self, photo: Path, network: str, score: Callable[[], list[FaceScore]]) -> list[FaceScore]:
        """The faces of a photo, scored only if they are not kept.

        Args:
            photo: an upload's path.
            network: the name of the network behind the rating.
            score: finds and scores the faces.
        """
        self.drop_old()
        key = (photo, network)
        with self._lock:
            if entry := self._entries.get(key):
                self._entries.move_to_end(key)
                return entry.faces
        faces = score()
        with self._lock:
            self._entries[key] = Entry(faces, sum(map(size, faces)), time.monotonic())
            while len(self._entries) > self._most or self.bytes > self._most_bytes:
                self._entries.popitem(last=False)
        return faces

    def drop_old(self) -> None:
        """Drop what is too old and what belongs to a photo that was deleted."""
        with self._lock:
            since = time.monotonic() - self._older
            for key in [key for key, entry in self._entries.items() if entry.seconds < since or not key[0].exists()]:
                del self._entries[key]

    @property
    def bytes(self) -> int:
        """Of all entries together."""
        return sum(entry.size for entry in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)


def size(face: FaceScore) -> int:
    """The bytes of a face's arrays; everything else is small beside them."""
    explained = (face.beauty_explanation, face.attractive_explanation)
    return sum(one.crop.nbytes + one.contribution.nbytes for one in explained) + face.face.landmarks.nbytes
