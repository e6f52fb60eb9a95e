"""Short jobs overtake long ones: a ranking of many photos pauses between two of them while one photo is scored."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

PATIENCE = 0.5  # seconds that a long job waits before each of its photos, so that it always comes to its end

T = TypeVar("T")


class Lane:
    """Counts the short jobs that are running; safe to share between threads.

    Args:
        patience: seconds that a long job waits for them at most, each time.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._running = 0
        self._free = threading.Condition()

    @contextmanager
    def short(self) -> Iterator[None]:
        """A short job: long ones wait while it runs."""
        with self._free:
            self._running += 1
        try:
            yield
        finally:
            with self._free:
                self._running -= 1
                if not self._running:
                    self._free.notify_all()

    def give_way(self) -> None:
        """Wait until no short job is running, or until patience ends."""
        with self._free:
            self._free.wait_for(lambda: not self._running, self.patience)

    def after_others(self, photos: Iterable[T]) -> Iterator[T]:
        """The parts of a long job; before each, `give_way`."""
        self.give_way()
        for photo in photos:
            yield photo
            self.give_way()


LANE = Lane()
"""The lane of the whole page."""
