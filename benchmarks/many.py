"""Many photos: what one costs, how two cores compare with one, what grows with their number, and what a kill leaves.

    python benchmarks/many.py [--photos N] [--sizes N …] [--kills N] [--ray] [--publish]

The photos are 1280×960 JPEGs of about 180 kB, made from the two example pictures; from a thousand on, they are links to
the first ones. Ways that are compared take turns. Times of processes are processor times where a table says so, since
those do not depend on what else runs. --publish writes the tables into docs/scaling.md; --ray adds a cluster of this
machine's cores.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from operations import processor

from facescore import read_image
from facescore.batch import local, manifest, parts
from facescore.batch.manifest import Item
from facescore.batch.worker import Job, Worker
from facescore.images import Image
from facescore.results.readme import publish, table
from facescore.scoring.scorer import Scorer
from facescore.settings import ASSETS, ROOT

SCALING = ROOT / "docs" / "scaling.md"
WIDTH, HEIGHT = 1280, 960
DIFFERENT = 1000  # photos; the others are links to them
TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=1000, help="photos for the comparisons")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000], help="sizes to compare")
    parser.add_argument("--kills", type=int, default=10, help="moments at which a run is killed")
    parser.add_argument("--ray", action="store_true", help="measure Ray on this machine too")
    parser.add_argument("--publish", action="store_true", help="write the tables into docs/scaling.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "photos"
        make(folder, max(arguments.photos, *arguments.sizes))
        items = list(manifest.listed([str(folder)]))
        some = items[: arguments.photos]
        cost_table, cost = costs(some)
        sections = [cost_table, cores(some), growth(items[: max(arguments.sizes)], arguments.sizes)]
        if arguments.kills:
            sections.append(kills(some, arguments.kills, Path(name)))
        if arguments.ray:
            sections.append(clusters(some, Path(name), cost))
    text = "\n\n".join([*sections, machine()])
    print(text)
    if arguments.publish:
        publish("many", text, SCALING)


def make(folder: Path, count: int) -> None:
    """Write so many photos, 1,000 to a subfolder."""
    portraits = [read_image(ASSETS / "examples" / f"{name}.jpg") for name in ("astronaut", "grace_hopper")]
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number >= DIFFERENT:
            path.hardlink_to(folder / "000" / f"{number % DIFFERENT:06}.jpg")
            continue
        PIL.Image.fromarray(photo(portraits[number % 2], number)).save(path, "JPEG", quality=90)


def photo(portrait: Image, number: int) -> Image:
    """A portrait on a canvas, at a size, a place and a brightness that follow from the number."""
    generator = np.random.default_rng(number)
    side = round(HEIGHT * generator.uniform(0.6, 1.0))
    face = cv2.resize(portrait[: portrait.shape[1]], (side, side), interpolation=cv2.INTER_CUBIC)
    left, top = int(generator.integers(WIDTH - side + 1)), int(generator.integers(HEIGHT - side + 1))
    canvas = cv2.copyMakeBorder(face, top, HEIGHT - side - top, left, WIDTH - side - left, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.convertScaleAbs(canvas, alpha=generator.uniform(0.8, 1.1)), np.uint8)


@contextmanager
def on_one_core() -> Iterator[None]:
    """Keep this process, and those that it starts, to one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def costs(items: Sequence[Item]) -> tuple[str, float]:
    """Processor time of a photo in chunks, compared with one photo after the other, chunk by chunk in turns.

    Returns:
        The table, and the seconds of a core that a photo costs.
    """
    with on_one_core():
        worker = Worker(Job())  # it also sets the number of threads
        scorer = Scorer()

        def one_by_one(chunk: Sequence[Item]) -> None:
            for item in chunk:
                scorer.score(read_image(manifest.read(item.path)))

        def read(chunk: Sequence[Item]) -> None:
            for item in chunk:
                read_image(manifest.read(item.path))

        ways: dict[str, Callable[[Sequence[Item]], object]] = {"together": worker, "alone": one_by_one, "read": read}
        times: dict[str, list[float]] = {name: [] for name in ways}
        for chunk in manifest.chunks(items, parts.CHUNK):
            for name, way in ways.items():
                start = time.process_time()
                way(chunk)
                times[name].append((time.process_time() - start) / len(chunk))
    together, alone, decoded = (1000 * statistics.median(times[name][1:]) for name in ways)
    rows = table(
        (f"one photo on one core, median of {len(times['read']) - 1} chunks", "processor time, ms"),
        [
            ("one photo after the other, without maps drawn", f"{alone:.1f}"),
            ("in chunks, as `facescore rank` does", f"{together:.1f}"),
            ("**ratio** (bar: ≤ 1.1×)", f"**{together / alone:.2f}×**"),
            ("of it reading and decoding", f"{decoded:.1f}"),
        ],
    )
    size = statistics.mean(Path(item.path).stat().st_size for item in items)
    million = (
        f"A million such photos ({size / 1e3:.0f} kB each) take {1e6 * together / 3.6e6:.1f} core hours and "
        f"{1e6 * size / 1e9:.0f} GB of reading. A core reads {size / together / 1e3:.1f} MB/s, so 1 GB/s of network is "
        f"the limit from {1e9 * together / 1e3 / size:,.0f} cores on."
    )
    return f"{rows}\n\n{million}", together / 1000


def cores(items: Sequence[Item], turns: int = 3) -> str:
    """Photos per second of one core and of two, in turns; without the start of the processes."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(turns):
        for number, record in rates.items():
            record.append(rate(items, number))
    one, two = (statistics.median(record) for record in rates.values())
    return table(
        (f"{len(items):,} photos, median of {turns}", "photos/s"),
        [("one core", f"{one:.1f}"), ("two cores", f"{two:.1f}"), ("**ratio** (bar: ≥ 1.8×)", f"**{two / one:.2f}×**")],
    )


def rate(items: Sequence[Item], processes: int) -> float:
    """Photos per second from the first finished chunk to the last; one process is kept to one core."""
    with on_one_core() if processes == 1 else tempfile.TemporaryDirectory():
        scored = local.score(enumerate(manifest.chunks(items, parts.CHUNK)), Job(), processes)
        next(scored)
        start = time.monotonic()
        done = sum(count for _, count, _ in scored)
        return done / (time.monotonic() - start)


def growth(items: Sequence[Item], sizes: Sequence[int]) -> str:
    """Memory and processor time per photo of one run, when so many photos are done.

    The first chunk of each process pays for its start, so costs are counted from there.
    """
    rows: list[tuple[str, str, str]] = []
    first: tuple[int, float] | None = None
    done, peak, left = 0, 0.0, sorted(sizes)
    measured: list[tuple[int, float, float]] = []
    for _, count, _ in local.score(enumerate(manifest.chunks(items, parts.CHUNK)), Job(), local.cores()):
        done += count
        seconds, megabytes = usage()
        peak = max(peak, megabytes)
        if first is None and done >= parts.CHUNK * local.cores():
            first = done, seconds
        while first and left and done >= left[0] and done > first[0]:
            left.pop(0)
            measured.append((done, peak, 1000 * (seconds - first[1]) / (done - first[0])))
    rows = [(f"{number:,}", f"{peak:.0f}", f"{cost:.1f}") for number, peak, cost in measured]
    (_, least, cheap), (_, most, dear) = measured[0], measured[-1]
    rows.append(
        ("**ratio, last to first** (bar: 0.95× to 1.05×)", f"**{most / least:.2f}×**", f"**{dear / cheap:.2f}×**")
    )
    return table(("photos done, in one run", "peak memory of the processes, MB", "processor time per photo, ms"), rows)


def usage() -> tuple[float, float]:
    """Processor seconds and resident megabytes of the processes that score (Linux)."""
    seconds = megabytes = 0.0
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    for process in children:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / TICK
        megabytes += int(fields[21]) * os.sysconf("SC_PAGESIZE") / 1e6
    return seconds, megabytes


def command(items: Sequence[Item], out: Path, *options: str) -> list[str]:
    """The command that ranks the photos."""
    listed = out.parent / "photos.txt"
    listed.write_text("".join(f"{item.path}\n" for item in items))
    return [sys.executable, "-m", "facescore", "rank", str(listed), "-o", str(out), *options]


def started(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """A command that runs beside this program, whatever it prints."""
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kills(items: Sequence[Item], number: int, folder: Path) -> str:
    """Whether a run that is killed at random moments writes the same file as one that is not."""
    whole, killed, moments = folder / "whole.csv", folder / "killed.csv", random.Random(0)
    start = time.monotonic()
    subprocess.run(command(items, whole), cwd=ROOT, check=True, capture_output=True)
    seconds = time.monotonic() - start
    alive = 0
    for _ in range(number):
        with started(command(items, killed)) as process:
            time.sleep(moments.uniform(0, seconds / number))
            alive += process.poll() is None
            process.kill()
    subprocess.run(command(items, killed), cwd=ROOT, check=True, capture_output=True)
    same = "is the same, byte for byte" if whole.read_bytes() == killed.read_bytes() else "DIFFERS"
    return f"Killed at {alive} random moments and started again each time, the result of {len(items):,} photos {same}."


def clusters(items: Sequence[Item], folder: Path, cost: float) -> str:
    """Ray on this machine with a quarter of the photos and with all, and what the model says of the second run.

    Args:
        items: the photos.
        folder: for the results.
        cost: of a photo, in seconds of a core.
    """
    less = len(items) // 4
    few, many = (ray_seconds(items[:count], folder) for count in (less, len(items)))
    predicted = few[0] + (len(items) - less) * cost / local.cores()
    return table(
        ("Ray on this machine, photos", "seconds", "to the first shard", "by the model, from the first row"),
        [
            (f"{less:,}", f"{few[0]:.0f}", f"{few[1]:.0f}", ""),
            (f"{len(items):,}", f"{many[0]:.0f}", f"{many[1]:.0f}", f"{predicted:.0f}"),
        ],
    )


def ray_seconds(items: Sequence[Item], folder: Path) -> tuple[float, float]:
    """Seconds of a whole run, and to its first shard."""
    out = folder / f"ray-{len(items)}.parquet"
    start, first = time.monotonic(), 0.0
    with started(command(items, out, "--ray", "local")) as process:
        while process.poll() is None:
            if not first and any(out.glob("part-*")):
                first = time.monotonic() - start
            time.sleep(0.1)
    if process.returncode:
        sys.exit(f"The run on Ray failed with exit status {process.returncode}, so it says nothing about speed.")
    return time.monotonic() - start, first


def machine() -> str:
    """What it was measured on."""
    return f"Measured on {local.cores()} cores ({processor()}), load average {os.getloadavg()[0]:.1f}."


if __name__ == "__main__":
    main()
