"""Whole pictures, made small once and kept on disk as memory maps."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from facescore.faces.alignment import resize
from facescore.files import replacing
from facescore.images import Image
from facescore.training.data import crops as cropping

Pictures = npt.NDArray[np.uint8]


def load(table: pd.DataFrame, side: int, gray: bool, cache: Path) -> Pictures:
    """Resize every picture, or reuse the file that an earlier run made from the same pictures.

    The file's name holds the side and a hash of the pictures, so other pictures or another side make another file.

    Args:
        table: one row per picture, with ``file`` and ``path``.
        side: to which a whole picture is squashed, pixels.
        gray: whether to drop the colour.
        cache: where the files are kept.

    Returns:
        uint8[N, side, side], or uint8[N, side, side, 3] with colour; a memory map.

    Raises:
        DataError: a picture is missing or damaged.
    """
    shape = (len(table), side, side) if gray else (len(table), side, side, 3)
    path = cache / f"{'gray' if gray else 'colour'}-{side}-{cropping.key_of_pictures(table)}.npy"
    found = _open(path, shape)
    if found is None:
        with replacing(path) as temporary:
            pictures = np.lib.format.open_memmap(temporary, "w+", np.uint8, shape)
            for row, of_row in enumerate(tqdm(table["path"], f"resizing to {side}", unit=" pictures", disable=None)):
                pictures[row] = small(cropping.read_picture(of_row), side, gray)
            pictures.flush()
        return np.lib.format.open_memmap(path, "r")
    return found


def small(picture: Image, side: int, gray: bool) -> Pictures:
    """A picture squashed to a square, uint8[side, side], or with colour uint8[side, side, 3]."""
    squashed = resize(picture, side, side)
    return np.asarray(cv2.cvtColor(squashed, cv2.COLOR_RGB2GRAY), dtype=np.uint8) if gray else squashed


def _open(path: Path, shape: tuple[int, ...]) -> Pictures | None:
    """The file, or None if it is missing; a damaged one is named and made again."""
    try:
        found = np.lib.format.open_memmap(path, "r")
    except FileNotFoundError:
        return None
    except ValueError:  # it was cut off, or is another kind of file
        found = None
    if found is None or found.shape != shape or found.dtype != np.uint8:
        print(f"{path} is damaged and will be replaced.")
        return None
    return found
