"""The command on many photos: with processes, killed, and stopped."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from facescore import InvalidRequest, StorageError
from facescore.batch import local, manifest, parts
from facescore.batch.worker import Job
from facescore.settings import ROOT
from tests.batch import photos
from tests.server import heed_interrupts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two chunks of photos and a part of a third; one photo cannot be read."""
    folder = tmp_path_factory.mktemp("many")
    photos.save(folder, 70)
    (folder / "000" / "000007.jpg").write_text("hello")
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path) -> bytes:
    """The file that one process writes."""
    out = folder.parent / "expected.csv"
    with parts.opened(out, [str(folder)], Job()) as kept:
        for number, _, records in local.score(kept.left(), Job(), processes=1):
            kept.write(number, records)
        kept.finish(out)
    return out.read_bytes()


def start(folder: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "facescore", "rank", str(folder), "-o", str(out)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    )


def wait_for_chunks(process: subprocess.Popen[str], out: Path, count: int) -> None:
    while len(list(parts.folder_of(out).glob(f"*{parts.DONE}"))) < count and process.poll() is None:
        time.sleep(0.02)


def children(process: int) -> list[int]:
    """The processes of a pool that a process has started (Linux)."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(one) for one in listed if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def wait_for_end(processes: list[int]) -> None:
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{one}").exists() for one in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{one}").exists() for one in processes)


def test_killed_and_started_again_it_gives_the_rows_of_one_process(
    folder: Path, expected: bytes, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    with start(folder, out) as process:
        wait_for_chunks(process, out, 1)
        pool = children(process.pid)
        process.kill()
    processes = min(local.cores(), 3)
    assert len(pool) == (processes if processes > 1 else 0)
    wait_for_end(pool)
    assert not out.exists()
    process = start(folder, out)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert " of 70 photos were already done." in errors
    assert "69 faces in 70 photos" in output
    assert "1 could not be read" in output
    assert out.read_bytes() == expected
    assert len(expected.splitlines()) == 71
    assert list(tmp_path.iterdir()) == [out]


def test_ctrl_c_keeps_what_is_done(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with start(folder, out) as process:
        wait_for_chunks(process, out, 1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "of 70 photos. The same command resumes from there." in errors
    assert "Traceback" not in errors
    assert not out.exists()


def test_a_process_that_is_ended_ends_the_run_with_a_sentence(folder: Path) -> None:
    items = list(manifest.listed([str(folder)]))
    scored = local.score(enumerate(manifest.chunks(items, 8)), Job(), processes=2)
    next(scored)
    os.kill(children(os.getpid())[0], signal.SIGKILL)
    with pytest.raises(StorageError, match="Run the command again; with -o it resumes"):
        list(scored)


def test_what_a_process_refuses_is_said_as_here() -> None:
    with pytest.raises(InvalidRequest, match="AF, AM, CF, CM"):
        list(local.score([(0, [])], Job(group="XX"), processes=2))


@pytest.mark.slow
def test_killed_at_ten_random_moments_it_gives_the_same_rows(folder: Path, expected: bytes, tmp_path: Path) -> None:
    out, moments = tmp_path / "out.csv", random.Random(0)
    for _ in range(10):
        with start(folder, out) as process:
            time.sleep(moments.uniform(0.1, 4.0))
            process.kill()
    start(folder, out).communicate(timeout=120)
    assert out.read_bytes() == expected
    assert list(tmp_path.iterdir()) == [out]
