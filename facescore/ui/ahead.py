"""The parts of Stories & data, written ahead of time, so that the first visitor need not wait for them.

Another process writes them: the libraries that draw figures would otherwise stay in the page's memory.
"""

import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

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
    """Have every part written, each once no photo is being scored.

    Args:
        wait: seconds before the first part.
    """
    time.sleep(wait)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _start) as writer:
        for part in parts():
            LANE.give_way()
            try:
                written.keep(part, writer.submit(part).result())
            except (FaceScoreError, OSError, ValueError):
                log.exception("A part of Stories & data could not be written. Visitors who open it see the reason.")
            except RuntimeError:  # that process was ended, or this one is ending
                log.warning("No more of Stories & data is written ahead; each part is written when it is opened.")
                return


def start() -> threading.Thread:
    """Have them written in the background, for as long as the process lives."""
    thread = threading.Thread(target=draw, name="ahead", daemon=True)
    thread.start()
    return thread


def _start() -> None:
    follow_parent()
    if hasattr(os, "nice"):
        os.nice(NICE)
