"""The parts of Stories & data, written ahead of time, so that the first visitor need not wait for them.

Another process writes them: the libraries that draw figures would otherwise stay in the page's memory.
"""

import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection

from facescore.errors import FaceScoreError
from facescore.processes import follow_parent
from facescore.ui import data, male, networks, stories, write_ups, written
from facescore.ui.lanes import LANE
from facescore.ui.words import LANGUAGES

WAIT = 2.0  # seconds after the start, so that the page is served first
NICE = 19  # how much that process leaves the processors to others

log = logging.getLogger(__name__)


def parts() -> Iterator[partial[str]]:
    """What a visitor may open, the most visited first."""
    for language in LANGUAGES:
        for describe in (stories.describe, write_ups.describe, male.describe):
            yield partial(describe, language)
        for name in networks.studies():
            yield partial(networks.describe, name, language)
        for describe in (networks.compare, data.describe):
            yield partial(describe, language)


def draw(wait: float = WAIT) -> None:
    """Have every part written, giving way to photos before each.

    Args:
        wait: seconds before the first part.
    """
    time.sleep(wait)
    spawning = multiprocessing.get_context("spawn")
    ours, its = spawning.Pipe()
    # A daemon ends at once with this process; a pool of concurrent.futures would first finish what it is at.
    writer = spawning.Process(target=_write, args=(its,), daemon=True)
    writer.start()
    its.close()  # so that ours ends when that process does
    with ours:
        for part in parts():
            LANE.give_way()
            try:
                ours.send(part)
                text = ours.recv()
            except (EOFError, OSError):  # that process was ended, or this one is ending
                if threading.main_thread().is_alive():
                    log.warning("No more of Stories & data is written ahead; each part is written when it is opened.")
                break
            if text is not None:
                written.keep(part, text)
    writer.join()  # it ends with its connection


def start() -> threading.Thread:
    """Have them written in the background, for as long as the process lives."""
    thread = threading.Thread(target=draw, name="ahead", daemon=True)
    thread.start()
    return thread


def _write(connection: Connection) -> None:
    """In a process of its own: write the parts that are sent, and send back each text, or None."""
    follow_parent()
    if hasattr(os, "nice"):
        os.nice(NICE)
    while True:
        try:
            part: partial[str] = connection.recv()
        except EOFError:  # all is written
            return
        try:
            connection.send(part())
        except (FaceScoreError, OSError, ValueError):
            log.exception("A part of Stories & data could not be written. Visitors who open it see the reason.")
            connection.send(None)
