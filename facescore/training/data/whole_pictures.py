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
    """Squash every picture to a square, or reuse the file that an earlier run made from the same pictures.

    The file's name holds the side and a hash of the pictures, so other pictures or another side make another file.

    Returns:
        uint8[N, side, side], or uint8[N, side, side, 3] with colour; a memory map.

    Raises:
        DataError: a picture is missing or damaged.
    """
    shape = (len(table), side, side) if gray else (len(table), side, side, 3)
    path = cache / f"{'gray' if gray else 'colour'}-{side}-{cropping.key_of_pictures(table)}.npy"
    if not _is_whole(path, shape):
        with replacing(path) as temporary:
            pictures = np.lib.format.open_memmap(temporary, "w+", np.uint8, shape)
            for row, of_row in enumerate(tqdm(table["path"], f"resizing to {side}", unit=" pictures", disable=None)):
                pictures[row] = small(cropping.read_picture(of_row), side, gray)
            pictures.flush()
    return np.lib.format.open_memmap(path, "r")


def small(picture: Image, side: int, gray: bool) -> Pictures:
    """A picture squashed to a square, uint8[side, side], or with colour uint8[side, side, 3]."""
    squashed = resize(picture, side, side)
    return np.asarray(cv2.cvtColor(squashed, cv2.COLOR_RGB2GRAY), dtype=np.uint8) if gray else squashed


def _is_whole(path: Path, shape: tuple[int, ...]) -> bool:
    """Whether the file is there and undamaged; a damaged one is named."""
    try:
        found = np.lib.format.open_memmap(path, "r")
        whole = found.shape == shape and found.dtype == np.uint8
    except FileNotFoundError:
        return False
    except ValueError:  # it was cut off, or is another kind of file
        whole = False
    if not whole:
        print(f"{path} is damaged and will be replaced.")
    return whole
