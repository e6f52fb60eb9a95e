"""Photos in, records out: the work of one process in a pool, or of one Ray actor."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice

import cv2

from facescore import __version__
from facescore.batch import manifest
from facescore.batch.manifest import Item
from facescore.batch.tables import Record
from facescore.errors import InvalidImage
from facescore.faces import covered
from facescore.images import Image, read_image
from facescore.runtime import use_threads
from facescore.scoring.percentile import ALL
from facescore.scoring.scorer import BEAUTY_NETWORKS, NO_FACE, FaceScore, Scorer
from facescore.settings import ASSETS, CHECKPOINTS, Settings

TOGETHER = 8  # photos whose faces are scored in one batch
PIXELS = 16_000_000  # of those photos together, so that memory stays bounded; a larger photo is scored alone
READERS = 2  # photos read and decoded while others are scored, which hides the time that storage takes


@dataclass(frozen=True)
class Job:
    """The options of a run, which are the same for all photos.

    Attributes:
        group: the faces that percentiles compare with: ``all``, AF, AM, CF or CM.
        network: the network behind the rating.
    """

    group: str = ALL
    network: str = BEAUTY_NETWORKS[0]

    def describe(self) -> dict[str, str]:
        """Everything that scores depend on: results of runs that differ in any of it are never mixed."""
        settings = Settings.read()
        networks = {self.network, BEAUTY_NETWORKS[0], "attractive", "face-detector"}
        cards = sorted(CHECKPOINTS / name / "card.json" for name in networks)
        files = hashlib.sha256()
        for path in (*cards, covered.WEIGHTS, ASSETS / "scut_scores.csv"):
            files.update(path.read_bytes() if path.is_file() else b"")  # a worker reports what is missing
        detector = {"detector": settings.detector, "yunet_model": str(settings.yunet_model)}
        return asdict(self) | detector | {"version": __version__, "files": files.hexdigest()}


class Worker:
    """A scorer with threads that read ahead.

    Args:
        job: the options.
        threads: how many threads the networks may use.

    Raises:
        FaceScoreError: a checkpoint or the detector cannot be loaded, or there is no such group or network.
    """

    def __init__(self, job: Job, threads: int = 1) -> None:
        use_threads(threads)
        cv2.setNumThreads(threads)
        self._scorer, self._group = Scorer(beauty=job.network), job.group
        self._scorer.score_many([], job.group)  # an unknown group is refused before any work
        self._readers = ThreadPoolExecutor(READERS)

    def __call__(self, items: Iterable[Item]) -> list[Record]:
        """The records of some photos, in their order; a photo that cannot be read is a record with its error."""
        return [record for photos in _together(self._read_ahead(items)) for record in self._scored(photos)]

    def _read_ahead(self, items: Iterable[Item]) -> Iterator[tuple[Item, Image | InvalidImage]]:
        """Each photo, read while earlier ones are scored."""
        items, ahead = iter(items), deque[tuple[Item, Future[Image | InvalidImage]]]()
        while True:
            ahead += ((item, self._readers.submit(_image, item)) for item in islice(items, READERS + 1 - len(ahead)))
            if not ahead:
                return
            item, image = ahead.popleft()
            yield item, image.result()

    def _scored(self, photos: Sequence[tuple[Item, Image | InvalidImage]]) -> Iterator[Record]:
        images = [image for _, image in photos if not isinstance(image, InvalidImage)]
        scores = iter(self._scorer.score_many(images, self._group))
        for item, image in photos:
            if isinstance(image, InvalidImage):
                yield {"photo": item.id, "face": 0, "error": str(image)}
            else:
                yield from _records(item.id, next(scores))


def _image(item: Item) -> Image | InvalidImage:
    try:
        return InvalidImage(item.error) if item.error else read_image(manifest.read(item.path))
    except InvalidImage as error:
        return error


def _together(
    photos: Iterable[tuple[Item, Image | InvalidImage]],
) -> Iterator[list[tuple[Item, Image | InvalidImage]]]:
    """Consecutive photos, few enough to be held in memory at once."""
    held: list[tuple[Item, Image | InvalidImage]] = []
    pixels = 0
    for item, image in photos:
        more = 0 if isinstance(image, InvalidImage) else image.shape[0] * image.shape[1]
        if held and (len(held) == TOGETHER or pixels + more > PIXELS):
            yield held
            held, pixels = [], 0
        held.append((item, image))
        pixels += more
    if held:
        yield held


def _records(photo: str, faces: list[FaceScore]) -> list[Record]:
    if not faces:
        return [{"photo": photo, "face": 0, "error": NO_FACE}]
    return [{"photo": photo, "face": number, **face.to_dict()} for number, face in enumerate(faces, 1)]
