"""Read mutated pictures for a while: ``python -m tests.fuzz --minutes 10``.

Prints how many were read and refused, the slowest and the largest; ends with 1, and keeps the file, where one ends in
anything but an image or a sentence, or goes beyond the bar of 2 s of processor time and 500 MB.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from facescore import FaceScoreError, Scorer, read_image
from facescore.settings import Settings
from tests.cost import Cost, measured
from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import seeds

BATCH = 250  # mutations that one process reads before a fresh one goes on
MOST_PIXELS = 1_000_000  # of what the scorer gets


def batch(number: int, scorer: Scorer | None, share: float, keep: Path) -> Iterator[Cost]:
    """Read one batch of mutated pictures in this process; the file that is being read lies at ``keep``."""
    files, random = seeds(), Random(number)
    names = list(files)
    for count in range(BATCH):
        name = random.choice(names)
        data = mutated(files[name], list(files.values()), random)
        keep.write_bytes(data)
        yield measured(f"{number}.{count} {name}", lambda data=data: read_image(data))  # type: ignore[misc]
        if scorer is not None and random.random() < share:
            yield score(f"{number}.{count} {name} scored", scorer, data)


def score(name: str, scorer: Scorer, data: bytes) -> Cost:
    """Score what a mutated picture shows; here only the outcome counts."""
    start = time.process_time()
    try:
        image = read_image(data)
        if image.size > 3 * MOST_PIXELS:
            return Cost("too large to score", 0, 0, "read")
        scorer.score(image)
    except FaceScoreError:
        return Cost("nothing to score", 0, 0, "read")
    return Cost(name, min(time.process_time() - start, 1.0), 0, "read")


def in_child(number: int, scorer: Scorer | None, share: float, keep: Path) -> Iterator[Cost]:
    """One batch in a child of this process; where it dies, the last cost says so."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(send, "w", encoding="utf-8") as pipe:
            for cost in batch(number, scorer, share, keep):
                print(json.dumps(cost), file=pipe, flush=True)
                if not cost.is_within:
                    break
        os._exit(0)
    os.close(send)
    with os.fdopen(receive, encoding="utf-8") as pipe:
        for line in pipe:
            yield Cost(*json.loads(line))
    _, status = os.waitpid(child, 0)
    if status:
        yield Cost(f"batch {number}", 0, 0, f"died with status {status}")


def main() -> int:
    """Read until the time is over or a file fails; the exit status."""
    parser = argparse.ArgumentParser(description="Read mutated pictures.")
    parser.add_argument("--minutes", type=float, default=10, help="how long")
    parser.add_argument("--scored", type=float, default=0.05, help="the share that is scored too")
    parser.add_argument("--seed", type=int, default=0, help="of the first batch")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failure.bin"), help="where a file that fails is kept")
    chosen = parser.parse_args()
    scorer = Scorer(Settings()) if chosen.scored else None
    counts: Counter[str] = Counter()
    slowest = largest = Cost("", 0, 0, "")
    until, number = time.monotonic() + 60 * chosen.minutes, chosen.seed
    while time.monotonic() < until:
        for cost in in_child(number, scorer, chosen.scored, chosen.keep):
            kind = "scored" if cost.name.endswith("scored") else cost.outcome if cost.outcome == "read" else "refused"
            counts[kind] += cost.name.startswith(str(number))
            slowest = max(slowest, cost, key=lambda one: one.seconds)
            largest = max(largest, cost, key=lambda one: one.megabytes)
            if not cost.is_within:
                print(f"{cost}\nThe file is kept: {chosen.keep}", file=sys.stderr)
                return 1
        number += 1
    chosen.keep.unlink(missing_ok=True)
    print(f"{dict(counts)} in {number - chosen.seed} batches\nslowest: {slowest}\nlargest: {largest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
