"""Score chunks of photos on this machine: in one process per core, or in this process if there is little to do."""

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from facescore.batch.manifest import Item
from facescore.batch.tables import Record
from facescore.batch.worker import Job, Worker
from facescore.errors import FaceScoreError, StorageError
from facescore.processes import follow_parent
from facescore.terminal import without_native_messages

AHEAD = 2  # chunks queued for each process, so that it never waits for the next one

_worker: Worker | FaceScoreError | None = None  # in a process of the pool; an error if it could not be made


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def score(
    chunks: Iterable[tuple[int, Sequence[Item]]], job: Job, processes: int
) -> Iterator[tuple[int, int, list[Record]]]:
    """Score chunks of photos, and yield each as soon as it is done.

    Args:
        chunks: the number and the photos of each.
        job: the options, which are the same for all photos.
        processes: how many to start; with one, the work is done in this process.

    Yields:
        The number of a chunk, how many photos it had, and their records.

    Raises:
        FaceScoreError: a checkpoint cannot be loaded, there is no such group or network, or a process ended early.
    """
    if processes == 1:
        yield from _alone(chunks, job)
        return
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _start, (job,))
    waiting = iter(chunks)
    pending: dict[Future[list[Record]], tuple[int, int]] = {}
    try:
        while True:
            for number, items in islice(waiting, AHEAD * processes - len(pending)):
                pending[pool.submit(_score, items)] = number, len(items)
            if not pending:
                return
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                yield *pending.pop(future), future.result()
    except BrokenProcessPool as error:
        raise StorageError(
            "A worker process ended early, perhaps for lack of memory. Run the command again; with -o it resumes."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _alone(chunks: Iterable[tuple[int, Sequence[Item]]], job: Job) -> Iterator[tuple[int, int, list[Record]]]:
    with without_native_messages():
        worker = Worker(job, threads=cores())
    for number, items in chunks:
        yield number, len(items), worker(items)


def _start(job: Job) -> None:
    """Prepare a process of the pool: it leaves Ctrl-C to its parent, and ends when its parent does."""
    global _worker
    follow_parent()
    try:
        with without_native_messages():
            _worker = Worker(job)
    except FaceScoreError as error:
        _worker = error


def _score(items: Sequence[Item]) -> list[Record]:
    if isinstance(_worker, FaceScoreError):
        raise _worker
    assert _worker is not None
    return _worker(items)
