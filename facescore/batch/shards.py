"""The folder that holds the result of a run on a Ray cluster, on a disk or in an object store.

Every file of the result, a shard, holds the rows of many photos.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec

from facescore.batch import tables
from facescore.batch.worker import Job
from facescore.errors import InvalidRequest, StorageError, reason
from facescore.files import flush, locked, write_bytes

DESCRIPTION, LOCK = "_job.json", "_lock"  # programs that read the folder skip names that start with _ or .
PART = "part-"  # and then a shard's name
WORK, MOMENT = "_work-", "%Y%m%dT%H%M%SZ"  # a run's temporary files are in a folder whose name says when it began
INTERRUPTED = timedelta(days=1)  # after this, a run's temporary files are nobody's: all but a shard's are read at once


class Shards:
    """The folder that holds a result.

    Args:
        out: its path or fsspec URL.
        run: the name of the run, as made by `new_run`.

    Attributes:
        address: the same path or URL, from any folder.
        work: where this run, and no other one, keeps its temporary files.

    Raises:
        InvalidRequest: the folder cannot be created, or fsspec cannot reach it.
    """

    def __init__(self, out: str, run: str) -> None:
        self.address = out if "://" in out else str(Path(out).absolute())
        try:
            self.system, self.root = fsspec.url_to_fs(self.address)
            self.system.makedirs(self.root, exist_ok=True)
        except (OSError, ValueError, ImportError) as error:
            raise InvalidRequest(
                f"{out} cannot be created: {error}. Name a new folder whose name ends in .parquet."
            ) from error
        self.run, self.work = run, f"{self.root}/{WORK}{run}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs out of a folder of a file system; an object store has no locks.

        Raises:
            StorageError: another run is writing into the folder.
            InvalidRequest: the file system has no locks.
        """
        with ExitStack() as stack:
            if self._on_disk():
                try:
                    stack.enter_context(locked(Path(self.root), LOCK))
                except BlockingIOError as error:
                    raise StorageError(
                        f"Another run is writing into {self.root}. Wait until it ends, or name another folder."
                    ) from error
                except OSError as error:
                    raise InvalidRequest(
                        f"{self.root} cannot be locked: {reason(error)}. Name a folder on another disk."
                    ) from error
            yield

    def begin(self, job: Job) -> None:
        """Write down what the scores depend on.

        Raises:
            InvalidRequest: the folder holds the results of another job.
        """
        path, description = f"{self.root}/{DESCRIPTION}", json.dumps(job.describe(), indent=2)
        if not self.system.exists(path):
            self.put(DESCRIPTION, description.encode())
        elif self.system.cat_file(path).decode() != description:
            raise InvalidRequest(f"{self.root} holds the results of other options or networks. Name another folder.")

    def rows(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Some columns of all finished rows."""
        arrow = tables.pyarrow()
        for path in self._paths(PART):
            with self.system.open(path, "rb") as file:
                # Without Arrow's threads: one that frees a Python file's bytes while the process ends would crash it.
                table = arrow.parquet.read_table(file, columns=list(columns), use_threads=False, pre_buffer=False)
            yield from zip(*(table.column(name).to_pylist() for name in columns), strict=True)

    def put(self, name: str, content: bytes) -> None:
        """Write a file of the result in one step, as object stores always do."""
        if not self._on_disk():
            self.system.pipe_file(f"{self.root}/{name}", content)
            return
        temporary = Path(self.work, name)
        write_bytes(temporary, content)
        temporary.replace(Path(self.root, name))
        flush(Path(self.root))

    def clear(self) -> None:
        """Remove the temporary files of this run and of interrupted ones.

        Whether a run has been interrupted cannot be seen from another machine, so those of others are kept for a day.
        """
        old = f"{WORK}{datetime.now(UTC) - INTERRUPTED:{MOMENT}}"
        for path in self._paths(WORK):
            if _name(path) == WORK + self.run or _name(path) < old:
                # An actor of a run that was stopped may still be writing; what it leaves goes with the next run's.
                with suppress(OSError):
                    self.system.rm(path, recursive=True)

    def _on_disk(self) -> bool:
        return "file" in self.system.protocol

    def _paths(self, start: str) -> list[str]:
        """The paths in the folder whose names start so; not by a glob, as which the folder's name might be read."""
        self.system.invalidate_cache()  # other processes write here, too
        return sorted(path for path in self.system.ls(self.root, detail=False) if _name(path).startswith(start))


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def new_run() -> str:
    """A name for a run that no other one has, and that says when it began."""
    return f"{datetime.now(UTC):{MOMENT}}-{secrets.token_hex(8)}"
