"""Short jobs pass long ones."""

import threading
import time

from facescore.ui.lanes import Lane


def test_a_long_job_waits_for_short_ones_and_then_goes_on() -> None:
    lane = Lane(patience=10)
    done: list[int] = []

    def rank() -> None:
        done.extend(lane.after_others(range(3)))

    with lane.short(), lane.short():
        worker = threading.Thread(target=rank)
        worker.start()
        time.sleep(0.05)
        assert done == []
    worker.join(timeout=5)
    assert done == [0, 1, 2]


def test_a_long_job_waits_between_two_photos_too() -> None:
    lane, done = Lane(patience=10), list[int]()
    photos = lane.after_others(range(2))
    assert next(photos) == 0
    with lane.short():
        worker = threading.Thread(target=lambda: done.extend(photos))
        worker.start()
        time.sleep(0.05)
        assert done == []
    worker.join(timeout=5)
    assert done == [1]


def test_a_long_job_is_never_starved() -> None:
    lane = Lane(patience=0.01)
    with lane.short():
        assert list(lane.after_others(range(3))) == [0, 1, 2]


def test_a_short_job_that_fails_lets_the_long_ones_go_on() -> None:
    lane = Lane(patience=10)
    try:
        with lane.short():
            raise ValueError
    except ValueError:
        pass
    started = time.monotonic()
    lane.give_way()
    assert time.monotonic() - started < 1
