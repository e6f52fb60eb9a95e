"""Arrays that an earlier process kept in an .npz file."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from facescore.files import write_atomically

Arrays = dict[str, npt.NDArray[Any]]


def read(path: Path) -> Arrays:
    """The arrays of an .npz file, whose sums are verified before anything in it is believed.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: it is damaged, or something else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip():
                raise ValueError("a sum is wrong")
        with np.load(path) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        raise
    except Exception as error:  # zipfile and numpy raise errors of a dozen kinds on damaged files
        raise ValueError(f"{path.name} is damaged") from error


def write(path: Path, arrays: Arrays) -> None:
    """Write arrays to an .npz file, whole or not at all."""
    write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def kept(path: Path, shapes: dict[str, tuple[int, ...] | None]) -> Arrays | None:
    """The arrays that a cache's file holds, or None where they have to be made (again).

    A damaged file, or one of other arrays, is named in a line.

    Args:
        path: the .npz file.
        shapes: of every array that it has to hold; None where any will do.
    """
    try:
        arrays = read(path)
    except FileNotFoundError:
        return None
    except ValueError:
        arrays = {}
    right = arrays.keys() == shapes.keys() and all(
        shape in (None, arrays[name].shape) for name, shape in shapes.items()
    )
    if not right:
        print(f"{path} is damaged and is made anew.")
    return arrays if right else None
