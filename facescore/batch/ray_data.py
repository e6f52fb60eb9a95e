"""Score photos on a Ray cluster: each actor runs the pool's worker, and the result is a folder of Parquet files.

An actor writes a shard of the result in one step, under a name derived from its photos, so a shard that is done again
after a crash replaces itself. A run starts with the photos that no shard holds, so the same command resumes an
interrupted run and adds new photos.
"""

import hashlib
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from facescore.batch import manifest, tables
from facescore.batch.local import cores
from facescore.batch.manifest import Item
from facescore.batch.shards import PART, Shards, new_run
from facescore.batch.worker import Job, Worker
from facescore.errors import StorageError
from facescore.scoring.scorer import NO_FACE
from facescore.terminal import without_native_messages

SHARD = 256  # photos: some seconds of work, and a file of about 20 kB
LEFT = "left.parquet"  # the photos that are not done yet


class Rater:
    """An actor that scores the photos of shards and writes them.

    Args:
        job: the options, which are the same for all photos.
        out: the path or URL of the result.
        run: the name of the run.
        described: what the scores depend on, where the command runs.

    Raises:
        FaceScoreError: they would depend on something else here, or cannot be made.
    """

    def __init__(self, job: Job, out: str, run: str, described: dict[str, str]) -> None:
        if job.describe() != described:
            raise StorageError(
                "A node has another version, other checkpoints or other FACESCORE_ variables. Give every node the same."
            )
        with without_native_messages():
            self._worker = Worker(job)
        self._shards = Shards(out, run)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[int]]:
        """Score shards, each with its ``name`` and the ``id``, ``path`` and ``error`` of its photos."""
        for name, *photos in zip(*(batch[column] for column in ("name", "id", "path", "error")), strict=True):
            items = [Item(*map(str, one)) for one in zip(*photos, strict=True)]
            content = tables.parquet(map(tables.row, self._worker(items)))
            self._shards.put(f"{PART}{name}.parquet", content)
        return {"photos": [len(photos) for photos in batch["id"]]}


def score(
    inputs: Iterable[str], out: str, job: Job, address: str, begin: Callable[[int, int], Callable[[int], None]]
) -> Counter[str]:
    """Score all photos that are not done yet.

    Args:
        inputs: what the user named.
        out: the path or URL of the result, new or to be continued.
        job: the options, which are the same for all photos.
        address: ``local`` starts Ray on this machine, ``auto`` or ``HOST:PORT`` uses a cluster.
        begin: called with the number of all photos and of those already done; returns a function to call with the
            number of photos that have just been finished.

    Returns:
        The numbers of ``photos``, of ``faces``, of photos ``without`` one, and of those ``unread``.

    Raises:
        FaceScoreError: a network or Ray cannot be loaded, there is no cluster at the address, another run is writing
            into the folder, or it holds the results of another job.
    """
    shards = Shards(out, new_run())
    with shards.held():
        return _score(inputs, shards, job, address, begin)


def _score(
    inputs: Iterable[str], shards: Shards, job: Job, address: str, begin: Callable[[int, int], Callable[[int], None]]
) -> Counter[str]:
    """The body of `score`, under the folder's lock."""
    _keep_to_itself(address)
    import ray
    from ray.exceptions import RayError

    try:
        shards.begin(job)
        left = _Left(manifest.listed(inputs), {photo for (photo,) in shards.rows("photo")})
        number = _write_work(shards, left)
        advance = begin(left.total, left.before)
        if number:
            _connect(address)
            for batch in _scored(shards, number, job).iter_batches(batch_size=None):
                advance(int(sum(batch["photos"])))
    except RayError as error:
        reason = str(error).strip().splitlines()[-1]
        raise StorageError(f"Ray stopped the run: {reason} Finished work is kept: run the command again.") from error
    finally:
        ray.shutdown()
        shards.clear()
    return _counts(shards)


class _Left:
    """The items that are not done yet, to be read once; counts all items and those done before."""

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


def _write_work(shards: Shards, items: Iterable[Item]) -> int:
    """Write a manifest with one row per missing shard, and return the number of rows.

    A row is the unit that Ray moves and retries, so each shard is made as a whole, by one actor at a time.
    """
    arrow = tables.pyarrow()
    texts = arrow.list_(arrow.string())
    schema = arrow.schema({"name": arrow.string(), "id": texts, "path": texts, "error": texts}.items())
    shards.system.makedirs(shards.work, exist_ok=True)
    with shards.system.open(f"{shards.work}/{LEFT}", "wb") as file, arrow.parquet.ParquetWriter(file, schema) as writer:
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
    """The item, or, if its path is not UTF-8, an item with an error: Arrow takes only UTF-8."""
    try:
        item.path.encode()
    except UnicodeEncodeError:
        return Item(item.id, "", "Its name is not UTF-8. Rename it.")
    return item


def _keep_to_itself(address: str) -> None:
    """Before Ray is imported: switch off its usage reports and, on one machine, keep it unreachable from others."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # whatever stops a run is raised as an error too
    if address == "local":
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # on Linux too, this makes 127.0.0.1 the node's address
        os.environ.setdefault("RAY_worker_niceness", "0")  # as in the pool; by default all else goes first


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


def _scored(shards: Shards, number: int, job: Job) -> Any:
    """The numbers of photos of the shards, as they are done."""
    import ray
    from pyarrow.fs import FSSpecHandler, PyFileSystem

    resources: Any = ray.cluster_resources  # Ray has no types for it
    actors = max(1, min(number, int(resources().get("CPU", 1))))
    listed = ray.data.read_parquet(f"{shards.work}/{LEFT}", filesystem=PyFileSystem(FSSpecHandler(shards.system)))
    # A small file is read as one block, whatever number is asked for; read it before the actors take every core.
    listed = listed.repartition(number).materialize()
    return listed.map_batches(
        Rater,
        batch_size=1,
        fn_constructor_args=(job, shards.address, shards.run, job.describe()),
        compute=ray.data.ActorPoolStrategy(size=actors),
        num_cpus=1,
    )


def _counts(shards: Shards) -> Counter[str]:
    counts: Counter[str] = Counter()
    for face, error in shards.rows("face", "error"):
        counts["faces" if face else "without" if error == NO_FACE else "unread"] += 1
        counts["photos"] += face < 2
    return counts
