"""The crops of a data set's faces, cut once and kept on disk."""

import hashlib
import inspect
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from facescore import arrays
from facescore.errors import DataError, InvalidImage
from facescore.faces import Detector, alignment, largest
from facescore.faces.alignment import CELEBA, SCUT, Template
from facescore.images import Image, read_image

MEBEAUTY = Template(
    name="mebeauty",
    frame=(240, 240),
    # The framing of the pictures at hand, which are cut loosely about the head; mean landmarks, by
    # benchmarks/detectors.py.
    points=((93.3, 104.2), (145.9, 102.8), (119.3, 134.7), (97.7, 161.3), (143.4, 160.1)),
    size=240,
)
FRAMES = {"celeba": CELEBA, "scut": SCUT, "mebeauty": MEBEAUTY}  # the framing of each data set's own pictures
SHARD = 100  # pictures, whose crops are one file of the cache: no more are cropped again after a stop
NAMED = 3  # pictures that an error names


def cut_all(
    table: pd.DataFrame, dataset: str, template: Template, cache: Path, detector: Detector
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Crop every picture, or take what an earlier run cropped out of files of these names by the same cut and detector.

    The cache is in the order of the file names, so that all splits of a data set share it. It grows by a file every
    100 pictures, so a run that was stopped goes on; a damaged file is made anew.

    Args:
        table: ``file`` and ``path`` a row.
        dataset: whose pictures these are.
        template: the cut.
        cache: where crops are kept, a folder for each data set and cut.
        detector: finds the landmarks where the pictures are not already in the template's frame.

    Returns:
        uint8[N, size, size, 3], and whether a face was found, bool[N].

    Raises:
        DataError: pictures are missing or damaged. The crops of the others are kept.
    """
    order = np.argsort(table["file"].to_numpy(), kind="stable")
    framed = template == FRAMES[dataset]
    what = [*table["file"].iloc[order], repr(template), inspect.getsource(alignment), "" if framed else repr(detector)]
    key = hashlib.sha256("|".join(what).encode()).hexdigest()[:12]
    folder = cache / f"crops-{dataset}-{template.name}-{key}"
    crops = np.zeros((len(table), template.size, template.size, 3), np.uint8)
    detected = np.zeros(len(table), bool)
    refused: list[str] = []
    with tqdm(total=len(table), desc=f"cropping {dataset}", unit=" pictures", disable=None) as progress:
        for start in range(0, len(table), SHARD):
            rows = order[start : start + SHARD]
            path = folder / f"{start:06d}.npz"
            shard = arrays.kept(path, {"crops": crops[rows].shape, "detected": rows.shape})
            if shard is None:
                shard, errors = _crop(table["path"].iloc[rows], template, FRAMES[dataset], detector)
                refused += errors
                if not errors:
                    arrays.write(path, shard)
            crops[rows], detected[rows] = shard["crops"], shard["detected"]
            progress.update(len(rows))
    if refused:
        raise DataError(
            f"{len(refused):,} of {len(table):,} pictures of {dataset} cannot be read. {' '.join(refused[:NAMED])} "
            "Take them from the data set's download again; the crops of the others are kept."
        )
    return crops, detected


def read_picture(path: Path) -> Image:
    """A data set's picture, uint8[H, W, 3].

    Raises:
        DataError: it is missing or damaged; the message names it.
    """
    try:
        return read_image(path)
    except InvalidImage as error:
        raise DataError(f"{path}: {error}") from error


def _crop(
    paths: Iterable[Path], template: Template, frame: Template, detector: Detector
) -> tuple[arrays.Arrays, list[str]]:
    """Crops and whether a face was found, and what is wrong with pictures that cannot be read."""
    found, errors = [], []
    for path in paths:
        try:
            image = read_picture(path)
        except DataError as error:
            errors.append(str(error))
            image = np.zeros((*frame.frame[::-1], 3), np.uint8)
        if template == frame:
            found.append((alignment.resize(image, template.size, template.size), True))
        else:
            found.append(_cut(image, template, frame, detector))
    crops, detected = zip(*found, strict=True)
    return {"crops": np.stack(crops), "detected": np.array(detected)}, errors


def _cut(image: Image, template: Template, frame: Template, detector: Detector) -> tuple[Image, bool]:
    """The crop of the largest face, and whether one was found."""
    faces = detector.detect(image)
    if faces:
        return alignment.align(image, largest(faces).landmarks, template), True
    scale = np.array(image.shape[1::-1]) / np.array(frame.frame)
    return alignment.align(image, (np.array(frame.points) * scale).astype(np.float32), template), False
