"""The folder of a run on a Ray cluster: one job, one run at a time, and temporary files that are removed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facescore import InvalidRequest, StorageError
from facescore.batch.shards import MOMENT, Shards, new_run
from facescore.batch.worker import Job


def test_results_of_other_options_are_not_mixed_in(tmp_path: Path) -> None:
    out = str(tmp_path / "out.parquet")
    for _ in range(2):
        Shards(out, new_run()).begin(Job())
    with pytest.raises(InvalidRequest, match="other options or networks"):
        Shards(out, new_run()).begin(Job(group="AF"))


def test_a_run_removes_its_temporary_files_and_no_other_runs(tmp_path: Path) -> None:
    moments = {"ours": 0, "another": 0, "long interrupted": 3}
    now = datetime.now(UTC)
    runs = {name: f"{now - timedelta(days=days):{MOMENT}}-{name}" for name, days in moments.items()}
    shards = {name: Shards(str(tmp_path / "out.parquet"), run) for name, run in runs.items()}
    for name, one in shards.items():
        one.put(f"part-{name}.parquet", b"shard")
        Path(one.work, ".0123.part.parquet").touch()  # as left by a process that was killed
    shards["ours"].clear()
    left = {path.name for path in (tmp_path / "out.parquet").iterdir()}
    assert left == {*(f"part-{name}.parquet" for name in moments), Path(shards["another"].work).name}
    assert [path.name for path in Path(shards["another"].work).iterdir()] == [".0123.part.parquet"]


def test_two_runs_never_write_into_the_same_folder(tmp_path: Path) -> None:
    out = str(tmp_path / "out.parquet")
    for _ in range(2):  # a lock that was released keeps nobody out
        with (
            Shards(out, new_run()).held(),
            pytest.raises(StorageError, match="Another run is writing into"),
            Shards(out, new_run()).held(),
        ):
            pass


def test_an_object_store_has_no_locks_and_is_used_all_the_same() -> None:
    with Shards("memory://scores.parquet", new_run()).held(), Shards("memory://scores.parquet", new_run()).held():
        pass
