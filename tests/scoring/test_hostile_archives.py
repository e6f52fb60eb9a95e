"""Some 335 hostile archives, made by `tests/cases/hostile_archives.py`: rows or a sentence each, at a bounded cost."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from facescore.settings import ROOT

SECONDS, MEGABYTES = 2.0, 500  # of processor time for an archive's list or one photo, and above the idle process

CHILD = """
import json, sys, time
from pathlib import Path
from facescore import FaceScoreError, Scorer
from facescore.scoring import ranking

def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

scorer = Scorer()
list(ranking.score_photos(scorer, [("warm up", Path(sys.argv[2]))]))
idle = kilobytes("VmRSS")
for path in sorted(Path(sys.argv[1]).glob("*.zip")):
    clock = time.process_time()
    start, longest, notes = time.monotonic(), 0.0, set()
    try:
        sources = ranking.open_sources([(path.name, path)])
        for rows in ranking.score_photos(scorer, sources, seconds=20):
            longest, clock = max(longest, time.process_time() - clock), time.process_time()
            notes |= {str(row.error) if row.error else "a face" for row in rows}
    except FaceScoreError as error:
        notes = {str(error)}
    longest = max(longest, time.process_time() - clock)
    wall = time.monotonic() - start
    print(json.dumps({"name": path.name, "processor": longest, "wall": wall, "notes": sorted(notes)}))
print(json.dumps({"name": "memory", "megabytes": (kilobytes("VmHWM") - idle) / 1000}))
"""


def small_png() -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (40, 40), (90, 140, 70)).save(file, "PNG")
    return file.getvalue()


def many_scans() -> bytes:
    """A progressive JPEG of 40 megapixels, whose last scan comes fifty times."""
    file = io.BytesIO()
    PIL.Image.fromarray(np.zeros((5000, 8000), np.uint8)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    scan = data.rindex(b"\xff\xda")
    return data[:-2] + 49 * data[scan:-2] + data[-2:]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, astronaut_path: Path) -> dict[str, dict[str, Any]]:
    """What came of every archive, by name, in a process of their own."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "small.png").write_bytes(small_png())
    (folder / "prog50.jpg").write_bytes(many_scans())
    maker = ROOT / "tests" / "cases" / "hostile_archives.py"
    arguments = [folder / "archives", astronaut_path, folder / "small.png", folder]
    subprocess.run([sys.executable, maker, *arguments], check=True, capture_output=True, timeout=300)
    run = subprocess.run(
        [sys.executable, "-c", CHILD, folder / "archives", astronaut_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=900,
    )
    return {line["name"]: line for line in map(json.loads, run.stdout.splitlines())}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the process's memory from /proc")
def test_every_hostile_archive_gives_rows_or_a_sentence_at_a_bounded_cost(told: dict[str, dict[str, Any]]) -> None:
    archives = {name: line for name, line in told.items() if name != "memory"}
    assert len(archives) > 300
    assert all(line["notes"] for line in archives.values())
    assert all(note == "a face" or note.endswith(".") for line in archives.values() for note in line["notes"])
    assert {name: line for name, line in archives.items() if line["processor"] > SECONDS} == {}
    assert {name: line for name, line in archives.items() if line["wall"] > 20 + 5 * SECONDS} == {}
    assert told["memory"]["megabytes"] < MEGABYTES
    assert archives["ok.zip"]["notes"][-1] == "a face"
