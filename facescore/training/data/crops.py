"""The crops of a data set's faces, made once and cached on disk."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from facescore.datasets import SOURCES
from facescore.errors import DataError, InvalidImage
from facescore.faces import Detector, largest
from facescore.faces.alignment import align, resize
from facescore.files import Arrays, cached_arrays, write_arrays
from facescore.images import Image, read_image
from facescore.templates import CELEBA, MEBEAUTY, OMI, SCUT, Template
from facescore.training.predict import Crops

# The framing of each data set's own pictures.
FRAMES = {"celeba": CELEBA, "scut": SCUT, "mebeauty": MEBEAUTY, "omi": OMI}
SHARD = 100  # pictures per cache file, and so the most that are cropped again after an interruption
NAMED = 3  # pictures that an error names


def crop_all(
    table: pd.DataFrame, dataset: str, template: Template, cache: Path, detector: Detector | None
) -> tuple[Crops, npt.NDArray[np.bool_]]:
    """Crop every picture, or reuse the crops that an earlier run made from the same files in the same way.

    The cache is ordered by file name, so that all splits of a data set share it. It grows by one file per 100 pictures,
    so that an interrupted run can be resumed; a file that is damaged, or whose pictures have changed, is made again.

    Args:
        table: one row per picture, with ``file`` and ``path``.
        dataset: the data set's name.
        template: of the crops.
        cache: where crops are kept, one folder per data set and template.
        detector: finds the landmarks where the pictures are not already in the template's frame; None takes the mean
            landmarks of a data set whose pictures are aligned.

    Returns:
        uint8[N, size, size, 3], and whether a face was found, or not searched for, bool[N].

    Raises:
        DataError: pictures are missing or damaged. The crops of the others are kept.
    """
    order = np.argsort(table["file"].to_numpy(), kind="stable")
    folder = cache / f"crops-{dataset}-{template.name}-{key_of_cropping(dataset, template, detector)}"
    crops = np.zeros((len(table), template.size, template.size, 3), np.uint8)
    detected = np.zeros(len(table), bool)
    refused: list[str] = []
    with tqdm(total=len(table), desc=f"cropping {dataset}", unit=" pictures", disable=None) as progress:
        for start in range(0, len(table), SHARD):
            rows = order[start : start + SHARD]
            path = folder / f"{start:06d}-{key_of_pictures(table.iloc[rows])}.npz"
            shard = cached_arrays(path, {"crops": crops[rows].shape, "detected": rows.shape})
            if shard is None:
                shard, errors = _crop_shard(table["path"].iloc[rows], template, FRAMES[dataset], detector)
                refused += errors
                if not errors:
                    write_arrays(path, shard)
            crops[rows], detected[rows] = shard["crops"], shard["detected"]
            progress.update(len(rows))
    if refused:
        raise DataError(
            f"{len(refused):,} of {len(table):,} pictures of {dataset} cannot be read. {' '.join(refused[:NAMED])} "
            "Take them from the data set's download again; the crops of the others are kept."
        )
    return crops, detected


def key_of_cropping(dataset: str, template: Template, detector: Detector | None) -> str:
    """A hash of what else crops depend on: the template, the detector, and what `align` does to a picture."""
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8)
    sample = align(noise, np.array(SCUT.points, np.float32) * 0.8, template)
    finds = "" if template == FRAMES[dataset] else repr(detector)
    return _short(f"{template!r}|{finds}".encode() + sample.tobytes())


def key_of_pictures(table: pd.DataFrame) -> str:
    """A hash of the pictures' names, and of the size and modification time of each that exists."""
    stats = [path.stat() for path in table["path"] if path.is_file()]
    return _short("|".join([*table["file"], *(f"{stat.st_size} {stat.st_mtime_ns}" for stat in stats)]).encode())


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def paths(table: pd.DataFrame, data: Path) -> list[Path]:
    """The paths of a table's pictures, by ``file`` and ``dataset``, in the folder that holds the data sets."""
    folders = (data / SOURCES[dataset]["pictures"] for dataset in table["dataset"])
    return [folder / file for folder, file in zip(folders, table["file"], strict=True)]


def read_picture(path: Path) -> Image:
    """A data set's picture, uint8[H, W, 3].

    Raises:
        DataError: it is missing or damaged; the message names it.
    """
    try:
        return read_image(path)
    except InvalidImage as error:
        raise DataError(f"{path}: {error}") from error


def _crop_shard(
    paths: Iterable[Path], template: Template, frame: Template, detector: Detector | None
) -> tuple[Arrays, list[str]]:
    """Crops, whether a face was found in each, and the errors of pictures that cannot be read."""
    found, errors = [], []
    for path in paths:
        try:
            image = read_picture(path)
        except DataError as error:
            errors.append(str(error))
            image = np.zeros((*frame.frame[::-1], 3), np.uint8)
        if template == frame:
            found.append((resize(image, template.size, template.size), True))
        elif detector is None:
            whole = resize(image, *frame.frame)  # many of CelebA's pictures were squashed
            found.append((align(whole, np.array(frame.points, np.float32), template), True))
        else:
            landmarks, detected = find_landmarks(image, frame, detector)
            found.append((align(image, landmarks, template), detected))
    crops, with_face = zip(*found, strict=True)
    return {"crops": np.stack(crops), "detected": np.array(with_face)}, errors


def find_landmarks(image: Image, frame: Template, detector: Detector) -> tuple[npt.NDArray[np.float32], bool]:
    """The landmarks of the largest face, or the mean ones of a data set's frame, and whether a face was found."""
    if faces := detector.detect(image):
        return largest(faces).landmarks, True
    scale = np.array(image.shape[1::-1]) / np.array(frame.frame)
    return (np.array(frame.points) * scale).astype(np.float32), False
