"""The same worker on Ray: the rows of the pool, whatever ends on the way, and nobody asked or told."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from facescore import StorageError
from facescore.batch import ray_data
from facescore.batch.shards import Shards, new_run
from facescore.batch.tables import COLUMNS
from facescore.batch.worker import Job
from facescore.settings import ROOT
from tests.batch import photos
from tests.server import heed_interrupts

pytest.importorskip("ray", reason="needs the package ray: pip install -r requirements-dev.txt")

PHOTOS, SHARD = 40, 5  # so that few photos give many shards
PROGRAM = f"from facescore.batch import ray_data; ray_data.SHARD = {SHARD}; from facescore.cli import main; main()"
MARK = {"RAY_AUTH_TOKEN": secrets.token_hex(32)}  # in the environment of Ray's processes, and asked for by the cluster
HOME = "127.0.0.1"
OTHER = "Another run is writing into {}. Wait until it ends, or name another folder."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight shards of photos, one of which cannot be read."""
    folder = tmp_path_factory.mktemp("many") / "photos"
    photos.save(folder, PHOTOS)
    (folder / "000" / "000007.jpg").write_text("hello")
    return folder


def environment() -> dict[str, str]:
    """On this machine alone, with time to start; by default Ray's workers wait for whatever else runs."""
    loopback = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token"}
    return {**os.environ, **MARK, **loopback, "RAY_worker_niceness": "0", "RAY_raylet_start_wait_time_s": "300"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster of two workers on this machine."""
    with socket.socket() as probe:
        probe.bind((HOME, 0))
        port = probe.getsockname()[1]
    start = ["-m", "ray.scripts.scripts", "start", "--head", f"--port={port}", "--num-cpus=2"]
    subprocess.run(
        [sys.executable, *start, "--include-dashboard=false"], env=environment(), check=True, capture_output=True
    )
    yield f"{HOME}:{port}"
    for process in processes():
        os.kill(process, signal.SIGKILL)


def processes() -> list[int]:
    """Ray's processes: those that bear the mark, and those that they started, whose titles hide it (Linux)."""
    mark, marked, parents = "=".join(*MARK.items()).encode(), set(), {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                marked.add(int(entry.name))
        except OSError:  # it has ended
            continue
    return [process for process, parent in parents.items() if {process, parent} & marked]


def test_a_folder_whose_name_looks_like_a_glob_is_read_again(folder: Path, tmp_path: Path) -> None:
    shards = Shards(str(tmp_path / "out[1].parquet"), new_run())
    rater = ray_data.Rater(Job(), shards.address, shards.run, Job().describe())
    rater({"name": ["one"], "id": [["a"]], "path": [[str(folder / "000" / "000000.jpg")]], "error": [[""]]})
    assert list(shards.rows("photo")) == [("a",)]


def test_a_node_writes_into_the_folder_that_was_named_wherever_it_runs(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shards = Shards("out.parquet", new_run())
    monkeypatch.chdir(ROOT)
    rater = ray_data.Rater(Job(), shards.address, shards.run, Job().describe())
    rater({"name": ["one"], "id": [["a"]], "path": [[str(folder / "000" / "000000.jpg")]], "error": [[""]]})
    shards.clear()
    assert [path.name for path in (tmp_path / "out.parquet").iterdir()] == ["part-one.parquet"]


def test_a_node_that_would_score_differently_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described = Job().describe()
    monkeypatch.setenv("FACESCORE_DETECTOR", "yunet")
    with pytest.raises(StorageError, match="Give every node the same"):
        ray_data.Rater(Job(), str(tmp_path / "out.parquet"), new_run(), described)


def workers() -> list[int]:
    """The processes that hold an actor."""
    return [one for one in processes() if b"MapWorker" in Path(f"/proc/{one}/cmdline").read_bytes()]


def start(folder: Path, out: Path, address: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, "rank", str(folder), "-o", str(out), "--ray", address]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=-1, stderr=-1, text=True, preexec_fn=heed_interrupts
    )


def wait_for_shards(process: subprocess.Popen[str], out: Path, count: int) -> None:
    while len(list(out.glob("part-*"))) < count and process.poll() is None:
        time.sleep(0.02)


def table(out: Path) -> pd.DataFrame:
    rows = pd.read_parquet(out, dtype_backend="numpy_nullable", columns=list(COLUMNS))
    return rows.sort_values(["photo", "face"], ignore_index=True)


@pytest.fixture(scope="module")
def expected(folder: Path) -> pd.DataFrame:
    """The table of the pool."""
    out = folder.parent / "pool.parquet"
    command = [sys.executable, "-m", "facescore", "rank", str(folder), "-o", str(out)]
    subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    return table(out)


def assert_same(out: Path, expected: pd.DataFrame) -> None:
    """Compare the rows; a score may differ in its last digit, with the photos that were scored together."""
    pd.testing.assert_frame_equal(table(out), expected, rtol=0, atol=0.101)
    assert (table(out)["beauty"] - expected["beauty"]).abs().max() < 0.0011
    assert not list(out.glob(".*"))


def temporary(out: Path) -> set[Path]:
    """The folders that hold a run's temporary files."""
    return set(out.glob("_work-*"))


def finished(process: subprocess.Popen[str]) -> tuple[str, str]:
    output, errors = process.communicate(timeout=400)
    assert process.returncode == 2, errors  # a photo could not be read
    assert f"{PHOTOS - 1} faces in {PHOTOS} photos. No face was found in 0; 1 could not be read" in output
    return output, errors


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    cluster: str, folder: Path, expected: pd.DataFrame, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    process = start(folder, out, cluster)
    wait_for_shards(process, out, 2)
    two = workers()
    assert len(two) == 2, process.communicate() if process.poll() else ""
    os.kill(two[0], signal.SIGKILL)
    finished(process)
    assert_same(out, expected)
    assert not temporary(out)
    assert len(list(out.glob("part-*.parquet"))) == PHOTOS // SHARD


@pytest.mark.slow
def test_a_second_run_into_the_same_folder_is_refused_and_does_not_harm_the_first(
    cluster: str, folder: Path, expected: pd.DataFrame, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    first = start(folder, out, cluster)
    wait_for_shards(first, out, 1)
    second = start(folder, out, cluster)
    said = second.communicate(timeout=120)
    assert first.poll() is None
    assert (second.returncode, said) == (2, ("", f"facescore: {OTHER.format(out)}\n"))
    finished(first)
    assert_same(out, expected)
    assert not temporary(out)


@pytest.mark.slow
def test_a_driver_that_is_killed_goes_on_where_it_was(
    cluster: str, folder: Path, expected: pd.DataFrame, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    with start(folder, out, cluster) as process:
        wait_for_shards(process, out, 2)
        process.kill()
    of_the_killed = temporary(out)
    kept = {shard: shard.stat().st_mtime_ns for shard in out.glob("part-*.parquet")}
    _, errors = finished(start(folder, out, cluster))
    assert f" of {PHOTOS} photos were already done." in errors
    assert_same(out, expected)
    assert {shard: shard.stat().st_mtime_ns for shard in kept} == kept
    assert temporary(out) == of_the_killed


def listening(process: int) -> set[str]:
    """The addresses at which a process listens, as Linux writes them: the least significant byte first."""
    entries = [line.split() for kind in ("tcp", "tcp6") for line in Path(f"/proc/net/{kind}").read_text().splitlines()]
    addresses = {entry[9]: entry[1].split(":")[0] for entry in entries if entry[3] == "0A"}
    links = list[str]()
    with suppress(FileNotFoundError):  # the process has ended since it was listed
        for link in Path(f"/proc/{process}/fd").iterdir():
            with suppress(FileNotFoundError):  # it has closed this one
                links.append(str(link.readlink()))
    return {addresses[link[8:-1]] for link in links if link.startswith("socket:[") and link[8:-1] in addresses}


LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


@pytest.mark.slow
def test_on_this_machine_it_listens_to_nobody_else(folder: Path, expected: pd.DataFrame, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    process = start(folder, out, "local")
    wait_for_shards(process, out, 1)
    addresses = set[str]().union(*map(listening, processes()))
    _, errors = finished(process)
    assert addresses
    assert addresses <= LOOPBACK
    said = [line for line in errors.splitlines() if "Set ray log level" not in line]  # which Ray cannot be kept from
    assert said == []
    assert_same(out, expected)
    assert not temporary(out)
    for _ in range(6):  # what Arrow's threads leave must not end the process by a signal, which they did at every other
        _, errors = finished(start(folder, out, "local"))  # all is done, so Ray isn't even started
        assert errors == f"{PHOTOS} of {PHOTOS} photos were already done.\n"


def test_what_ray_cannot_write_is_said_before_the_work(tmp_path: Path, astronaut_path: Path) -> None:
    (tmp_path / "file.parquet").touch()
    for out, said in (("a.csv", "--ray writes a folder of Parquet files"), ("file.parquet", "is a file, and --ray")):
        _, errors = start(astronaut_path, tmp_path / out, "local").communicate(timeout=120)
        assert said in errors
        assert "Traceback" not in errors


def test_what_another_run_is_writing_is_left_to_it(tmp_path: Path, astronaut_path: Path) -> None:
    out = tmp_path / "out.parquet"
    program = f"""
from facescore.batch.shards import Shards, new_run
with Shards({str(out)!r}, new_run()).held():
    print("held", flush=True)
    input()
"""
    other = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdin=-1, stdout=-1, text=True)
    assert other.stdout
    assert other.stdout.readline() == "held\n"
    second = start(astronaut_path, out, "local")
    assert second.communicate(timeout=120) == ("", f"facescore: {OTHER.format(out)}\n")
    assert second.returncode == 2
    other.kill()
    other.communicate()
    with Shards(str(out), new_run()).held():
        assert [path.name for path in out.iterdir()] == ["_lock"]
