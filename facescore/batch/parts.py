"""The folder next to a result that holds the work done so far, so that an interrupted run can be resumed.

`OUT.parts` holds the list of photos as it was at the start, and a file of records for each finished chunk of it. Every
file is written under a temporary name and renamed: whenever a kill comes, a chunk is either done or not.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from facescore.batch import manifest, tables
from facescore.batch.manifest import Item
from facescore.batch.tables import Record
from facescore.batch.worker import Job
from facescore.errors import InvalidRequest, StorageError
from facescore.files import flush, locked, replacing, write_text
from facescore.scoring.scorer import NO_FACE

CHUNK = 32  # photos that one process scores in a row: the most that it must do again after a kill
DESCRIPTION, LIST, DONE = "job.json", "photos.jsonl", ".records.jsonl"


class Parts:
    """The finished part of one result.

    Args:
        folder: the folder, made by `opened`.

    Attributes:
        photos: how many photos there are in total.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with (folder / LIST).open("rb") as file:
            self.photos = sum(1 for _ in file)

    def left(self) -> Iterator[tuple[int, list[Item]]]:
        """The numbers and photos of the chunks that are not done."""
        done = set(self._done())
        with (self.folder / LIST).open("rb") as file:
            for number, chunk in enumerate(manifest.chunks(manifest.load(file), CHUNK)):
                if number not in done:
                    yield number, chunk

    def photos_done(self) -> int:
        """How many photos are in chunks that are done."""
        return sum(min(CHUNK, self.photos - number * CHUNK) for number in self._done())

    def write(self, number: int, records: Sequence[Record]) -> None:
        """Keep the records of a chunk.

        Raises:
            OSError: they cannot be written.
        """
        write_text(self._path(number), "".join(json.dumps(record) + "\n" for record in records))

    def records(self) -> Iterator[Record]:
        """The records of all chunks that are done, in the order of the photos."""
        for number in sorted(self._done()):
            with self._path(number).open("rb") as file:
                yield from map(json.loads, file)

    def finish(self, out: Path) -> Counter[str]:
        """Write the result, and remove this folder.

        Returns:
            The numbers of ``photos``, of ``faces``, of photos ``without`` one, and of those ``unread``.

        Raises:
            OSError: it cannot be written.
        """
        counts = Counter(photos=self.photos)
        ratings = np.fromiter(_ratings(self.records(), counts), np.float64)
        whole = self.folder / f"whole{out.suffix}"  # in here, so that a kill leaves nothing next to the result
        with replacing(whole) as temporary:
            tables.write(temporary, tables.ranked(map(tables.row, self.records()), ratings))
        whole.replace(out)
        flush(out.parent)
        _remove(self.folder)
        return counts

    def _done(self) -> Iterator[int]:
        return (int(path.name.removesuffix(DONE)) for path in self.folder.glob(f"[0-9]*{DONE}"))

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08}{DONE}"


@contextmanager
def opened(out: Path, inputs: Sequence[str], job: Job) -> Iterator[Parts]:
    """The parts of a result, new or from the run that is resumed; the folder is removed if nothing was done.

    Args:
        out: the path of the result.
        inputs: what the user named.
        job: the options, which are the same for all photos.

    Raises:
        StorageError: another process is writing the same result.
        InvalidRequest: the folder belongs to a run with other photos, options or networks.
        OSError: the folder cannot be written to.
    """
    folder = folder_of(out)
    photos = [name if "://" in name else str(Path(name).absolute()) for name in inputs]  # the same in any folder
    description = json.dumps({"photos": photos, **job.describe()}, indent=2)
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder))
        except BlockingIOError as error:
            raise StorageError(f"Another run is writing {out}. Wait until it ends, or name another file.") from error
        try:
            _begin(folder, description, inputs)
            yield Parts(folder)
        finally:
            if folder.is_dir() and next(folder.glob(f"*{DONE}"), None) is None:
                _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder of parts; what says that its list is complete goes first, so that a rest of it means nothing."""
    (folder / DESCRIPTION).unlink(missing_ok=True)
    shutil.rmtree(folder)


def _begin(folder: Path, description: str, inputs: Iterable[str]) -> None:
    """Write the list of photos, unless an earlier run did."""
    path = folder / DESCRIPTION
    known = path.read_text(encoding="utf-8") if path.exists() else None
    if known == description:
        return
    if known is not None and next(folder.glob(f"*{DONE}"), None):
        raise InvalidRequest(
            f"{folder} holds part of a run with other photos, options or networks. Use the same ones again, or "
            "delete that folder to start over."
        )
    path.unlink(missing_ok=True)  # of a run that was killed before anything was done
    for left in folder.glob(f"*{DONE}"):  # by a removal that was ended: of another list, perhaps
        left.unlink()
    items = manifest.listed(inputs)
    with replacing(folder / LIST) as temporary, temporary.open("xb") as file:
        manifest.save(items, file)
    write_text(path, description)  # last: its presence means that the list is complete


def _ratings(records: Iterable[Record], counts: Counter[str]) -> Iterator[float]:
    """The ratings of all faces; counts them, and the photos that have none."""
    for record in records:
        if record["face"]:
            counts["faces"] += 1
            yield record["beauty"]
        else:
            counts["without" if record["error"] == NO_FACE else "unread"] += 1


def folder_of(out: Path) -> Path:
    """The folder for the parts of a result."""
    return out.with_name(f"{out.name}.parts")
