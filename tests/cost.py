"""What reading a picture costs, measured in a process of its own: ``python -m tests.cost FOLDER`` prints it as JSON."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import PIL.Image

from facescore import InvalidImage, read_image

MOST_SECONDS, MOST_MEGABYTES = 2.0, 500.0
"""The bar for one picture: seconds of processor time, and megabytes above what the idle process holds."""


class Cost(NamedTuple):
    """What one call took.

    Attributes:
        name: of what was read.
        seconds: of processor time.
        megabytes: at the peak, above those of the idle process.
        outcome: "read", the sentence with which it was refused, or what ended the process.
    """

    name: str
    seconds: float
    megabytes: float
    outcome: str

    @property
    def is_within(self) -> bool:
        """Whether it was read or refused within the bar."""
        ended_well = self.outcome == "read" or self.outcome.endswith(".")
        return ended_well and self.seconds <= MOST_SECONDS and self.megabytes <= MOST_MEGABYTES


def megabytes(key: str) -> float:
    """Memory of this process in Linux: ``VmRSS`` is what it holds, ``VmHWM`` its peak."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(key))


def forget_peak() -> None:
    """Let the peak of this process's memory begin anew."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def measured(name: str, call: Callable[[], object]) -> Cost:
    """What a call costs within this process.

    Args:
        name: of what it reads.
        call: reads it.
    """
    forget_peak()
    idle, start = megabytes("VmRSS"), time.process_time()
    try:
        call()
        outcome = "read"
    except InvalidImage as error:
        outcome = str(error)
    return Cost(name, time.process_time() - start, megabytes("VmHWM") - idle, outcome)


def read_by_a_child(path: Path) -> Cost:
    """What it costs to read a picture in a child of this process, which starts idle and may die."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        cost = measured(path.name, lambda: read_image(path))
        os.write(send, json.dumps(cost).encode())
        os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return Cost(*json.loads(answer)) if answer else Cost(path.name, 0, 0, f"died with status {status}")


def costs(folder: Path) -> Iterator[Cost]:
    """What each picture of a folder costs."""
    read_image(np.zeros((64, 64, 3), np.uint8))
    PIL.Image.preinit()
    return (read_by_a_child(path) for path in sorted(folder.iterdir()))


if __name__ == "__main__":
    for cost in costs(Path(sys.argv[1])):
        print(json.dumps(cost), flush=True)
