"""The parts of Stories & data, written ahead of time, so that the first visitor need not wait for them."""

import logging
import threading
import time
from collections.abc import Iterator
from functools import partial

from facescore.errors import FaceScoreError
from facescore.ui import data, male, networks, stories, write_ups
from facescore.ui.lanes import LANE
from facescore.ui.words import LANGUAGES

WAIT, REST = 10.0, 1.0  # seconds after the start, when the first visitors come, and between two parts

log = logging.getLogger(__name__)


def parts() -> Iterator[partial[str]]:
    """What a visitor may open, the most visited first; each is kept once it is written."""
    for language in LANGUAGES:
        for describe in (stories.describe, write_ups.describe, male.describe):
            yield partial(describe, language)
        for name in networks.studies():
            yield partial(networks.describe, name, language)
        for describe in (networks.compare, data.describe):
            yield partial(describe, language)


def draw(wait: float = WAIT, rest: float = REST) -> None:
    """Write every part, each once no photo is being scored.

    Args:
        wait: seconds before the first part.
        rest: seconds after each part.
    """
    time.sleep(wait)
    for part in parts():
        LANE.give_way()
        try:
            part()
        except (FaceScoreError, OSError, ValueError):
            log.exception("A part of Stories & data could not be drawn. Visitors who open it see the reason.")
        time.sleep(rest)


def start() -> threading.Thread:
    """Draw in the background, for as long as the process lives."""
    thread = threading.Thread(target=draw, name="ahead", daemon=True)
    thread.start()
    return thread
