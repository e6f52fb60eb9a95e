"""Score photos on a Ray cluster: the pool's worker in actors, and a folder of Parquet files as the result.

The result is a folder in which every file, a shard, holds the rows of up to `SHARD` photos. An actor writes a shard in
one step, under a name that follows from its photos: done again after a crash, it replaces itself. A run begins with the
photos that no shard holds, so that the same command resumes one that was ended and adds photos that came since.
"""

import hashlib
import json
import logging
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import fsspec

from facescore.batch import manifest, tables
from facescore.batch.local import cores
from facescore.batch.manifest import Item
from facescore.batch.worker import Job, Worker
from facescore.errors import InvalidRequest, StorageError
from facescore.files import PART, write_bytes
from facescore.scoring.scorer import NO_FACE
from facescore.terminal import without_native_messages

SHARD = 256  # photos: some seconds of work, and a file of about 20 kB
DESCRIPTION = "_job.json"  # names with _ or . are skipped by those who read the folder


class Shards:
    """The folder that holds a result.

    Args:
        out: its path or fsspec URL.

    Raises:
        InvalidRequest: it is no folder of results, or fsspec cannot reach it.
    """

    def __init__(self, out: str) -> None:
        try:
            self.system, self.root = fsspec.url_to_fs(out if "://" in out else str(Path(out).absolute()))
            self.system.makedirs(self.root, exist_ok=True)
        except (OSError, ValueError, ImportError) as error:
            raise InvalidRequest(
                f"{out} cannot be created: {error}. Name a new folder whose name ends in .parquet."
            ) from error

    def begin(self, job: Job) -> None:
        """Note what the scores depend on.

        Raises:
            InvalidRequest: the folder holds those of another job.
        """
        path, description = f"{self.root}/{DESCRIPTION}", json.dumps(job.describe(), indent=2)
        if not self.system.exists(path):
            self.put(path, description.encode())
        elif self.system.cat_file(path).decode() != description:
            raise InvalidRequest(f"{self.root} holds the results of other options or networks. Name another folder.")

    def rows(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Some columns of all rows that are done."""
        arrow = tables.pyarrow()
        for path in sorted(self.system.glob(f"{self.root}/part-*.parquet")):
            with self.system.open(path, "rb") as file:
                # On this thread: one of Arrow's that frees a Python file's bytes as the process ends aborts it.
                table = arrow.parquet.read_table(file, columns=list(columns), use_threads=False, pre_buffer=False)
            yield from zip(*(table.column(name).to_pylist() for name in columns), strict=True)

    def put(self, path: str, content: bytes) -> None:
        """Write a file in one step, as object stores do anyway."""
        if "file" in self.system.protocol:
            write_bytes(Path(path), content)
        else:
            self.system.pipe_file(path, content)

    def clear(self) -> None:
        """Remove what this run needed, and what ended ones have left."""
        for name in (f".*{PART}*", "_work-*"):
            for path in self.system.glob(f"{self.root}/{name}"):
                self.system.rm_file(path)


class Rater:
    """An actor: scores a shard's photos and writes it.

    Args:
        job: what is the same for all photos.
        out: where the result is.
    """

    def __init__(self, job: Job, out: str) -> None:
        with without_native_messages():
            self._worker = Worker(job)
        self._shards = Shards(out)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[int]]:
        """Score shards, each with its ``name`` and the ``id``, ``path`` and ``error`` of its photos."""
        for name, *photos in zip(*(batch[column] for column in ("name", "id", "path", "error")), strict=True):
            items = [Item(*map(str, one)) for one in zip(*photos, strict=True)]
            content = tables.parquet(map(tables.row, self._worker(items)))
            self._shards.put(f"{self._shards.root}/part-{name}.parquet", content)
        return {"photos": [len(photos) for photos in batch["id"]]}


def score(
    inputs: Iterable[str], out: str, job: Job, address: str, begin: Callable[[int, int], Callable[[int], None]]
) -> Counter[str]:
    """Score all photos that are not done.

    Args:
        inputs: what the user named.
        out: where the result is, or goes on.
        job: what is the same for all photos.
        address: ``local`` starts Ray on this machine, ``auto`` or ``HOST:PORT`` uses a cluster.
        begin: called with the number of all photos and of those already done; returns a function to call with the
            number of photos that have just been finished.

    Returns:
        The numbers of ``photos``, of ``faces``, of photos ``without`` one, and of those ``unread``.

    Raises:
        FaceScoreError: a network or Ray is missing, the cluster cannot be reached, or the folder is another result's.
    """
    _keep_to_itself(address)
    import ray
    from ray.exceptions import RayError

    shards = Shards(out)
    shards.begin(job)
    work = f"{shards.root}/_work-{secrets.token_hex(8)}.parquet"
    try:
        left = _Left(manifest.listed(inputs), {photo for (photo,) in shards.rows("photo")})
        number = _write_work(shards, work, left)
        advance = begin(left.total, left.before)
        if number:
            _connect(address)
            for batch in _scored(shards, work, number, job, out).iter_batches(batch_size=None):
                advance(int(sum(batch["photos"])))
    except RayError as error:
        reason = str(error).strip().splitlines()[-1]
        raise StorageError(f"Ray stopped the run: {reason} Finished work is kept: run the command again.") from error
    finally:
        ray.shutdown()
        shards.clear()
    return _counts(shards)


class _Left:
    """The items whose ids are not yet done, and how many there are of both; to be read once."""

    def __init__(self, items: Iterable[Item], done: set[str]) -> None:
        self._items, self._done = items, done
        self.total = self.before = 0

    def __iter__(self) -> Iterator[Item]:
        for item in self._items:
            self.total += 1
            if item.id in self._done:
                self.before += 1
            else:
                yield item


def _write_work(shards: Shards, path: str, items: Iterable[Item]) -> int:
    """Write a manifest with one row per shard that is to be made, and return the number of rows.

    The row is the unit that Ray moves and tries again: a shard is made by one actor at a time, as a whole.
    """
    arrow = tables.pyarrow()
    texts = arrow.list_(arrow.string())
    schema = arrow.schema({"name": arrow.string(), "id": texts, "path": texts, "error": texts}.items())
    with shards.system.open(path, "wb") as file, arrow.parquet.ParquetWriter(file, schema) as writer:
        number = 0
        for chunk in manifest.chunks(map(_in_utf8, items), SHARD):
            number += 1
            ids, paths, errors = (list(column) for column in zip(*chunk, strict=True))
            name = hashlib.blake2b("\n".join(ids).encode(), digest_size=16).hexdigest()
            writer.write_table(
                arrow.Table.from_pylist([{"name": name, "id": ids, "path": paths, "error": errors}], schema)
            )
    return number


def _in_utf8(item: Item) -> Item:
    """The item, or why it cannot travel."""
    try:
        item.path.encode()
    except UnicodeEncodeError:
        return Item(item.id, "", "Its name is not UTF-8. Rename it.")
    return item


def _keep_to_itself(address: str) -> None:
    """Let Ray, when it is imported, report nothing to anybody, and on one machine be reachable from no other."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what ends a run is raised as an error too
    if address == "local":
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # on Linux too it makes 127.0.0.1 the node's address
        os.environ.setdefault("RAY_worker_niceness", "0")  # the pool's; by default whatever else runs goes first


def _connect(address: str) -> None:
    """Start Ray on this machine, or connect to a cluster."""
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address == "local":
            ray.init("local", num_cpus=cores(), include_dashboard=False, **quiet)
        else:
            ray.init(address, **quiet)
    except Exception as error:  # Ray raises plain exceptions here
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise StorageError(
            f"There is no Ray cluster at {address}: {reason}. Start one and name its address, or use --ray local."
        ) from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)


def _scored(shards: Shards, work: str, number: int, job: Job, out: str) -> Any:
    """The numbers of photos of the shards, as they are done."""
    import ray
    from pyarrow.fs import FSSpecHandler, PyFileSystem

    resources: Any = ray.cluster_resources  # Ray has no types for it
    actors = max(1, min(number, int(resources().get("CPU", 1))))
    listed = ray.data.read_parquet(work, filesystem=PyFileSystem(FSSpecHandler(shards.system)))
    # A small file is one block, whatever number is asked for; and it is read before the actors take every core.
    listed = listed.repartition(number).materialize()
    return listed.map_batches(
        Rater,
        batch_size=1,
        fn_constructor_args=(job, out),
        compute=ray.data.ActorPoolStrategy(size=actors),
        num_cpus=1,
    )


def _counts(shards: Shards) -> Counter[str]:
    counts: Counter[str] = Counter()
    for face, error in shards.rows("face", "error"):
        counts["faces" if face else "without" if error == NO_FACE else "unread"] += 1
        counts["photos"] += face < 2
    return counts
