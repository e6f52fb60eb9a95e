"""The crops of a data set's faces, cut once and kept on disk."""

import hashlib
import inspect
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from facescore.faces import Detector, alignment, largest
from facescore.files import write_atomically
from facescore.images import Image, read_image
from facescore.templates import CELEBA, SCUT, Template

MEBEAUTY = Template(
    name="mebeauty",
    frame=(240, 240),
    # The framing of the pictures at hand, which are cut loosely about the head; mean landmarks, by
    # benchmarks/detectors.py.
    points=((93.3, 104.2), (145.9, 102.8), (119.3, 134.7), (97.7, 161.3), (143.4, 160.1)),
    size=240,
)
FRAMES = {"celeba": CELEBA, "scut": SCUT, "mebeauty": MEBEAUTY}  # the framing of each data set's own pictures


def cut_all(
    table: pd.DataFrame, dataset: str, template: Template, cache: Path, detector: Detector
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Cut every picture, or take what an earlier run cut out of files of these names by the same cut and detector.

    The cache is in the order of the file names, so that all splits of a data set share it.

    Args:
        table: ``file`` and ``path`` a row.
        dataset: whose pictures these are.
        template: the cut.
        cache: where crops are kept, a file a data set and cut.
        detector: finds the landmarks where the pictures are not already in the template's frame.

    Returns:
        uint8[N, size, size, 3], and whether a face was found, bool[N].
    """
    frame = FRAMES[dataset]
    order = np.argsort(table["file"].to_numpy(), kind="stable")
    framed = template == frame
    what = [*table["file"].iloc[order], repr(template), inspect.getsource(alignment), "" if framed else repr(detector)]
    key = hashlib.sha256("|".join(what).encode()).hexdigest()[:12]
    path = cache / f"crops-{dataset}-{template.name}-{key}.npz"
    if not path.is_file():
        crops = np.zeros((len(table), template.size, template.size, 3), np.uint8)
        detected = np.zeros(len(table), bool)
        pictures = tqdm(table["path"].iloc[order], desc=f"cutting {dataset}", unit=" pictures", disable=None)
        for index, picture in enumerate(pictures):
            image = read_image(picture)
            if framed:
                crops[index], detected[index] = alignment.resize(image, template.size, template.size), True
            else:
                crops[index], detected[index] = _cut(image, template, frame, detector)
        write_atomically(path, lambda file: np.savez(file, crops=crops, detected=detected))
    back = np.argsort(order)
    with np.load(path) as arrays:
        return arrays["crops"][back], arrays["detected"][back]


def _cut(image: Image, template: Template, frame: Template, detector: Detector) -> tuple[Image, bool]:
    """The crop of the largest face, and whether one was found."""
    faces = detector.detect(image)
    if faces:
        return alignment.align(image, largest(faces).landmarks, template), True
    scale = np.array(image.shape[1::-1]) / np.array(frame.frame)
    return alignment.align(image, (np.array(frame.points) * scale).astype(np.float32), template), False
