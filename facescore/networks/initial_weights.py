"""What networks start from: .npz files that are had apart from the project, with ``layer/variable`` as keys."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from facescore.errors import DataError


def read(folder: Path, name: str) -> dict[str, npt.NDArray[np.float32]]:
    """The arrays of a file of initial weights.

    Raises:
        DataError: the file is not there.
    """
    path = folder / name
    if not path.is_file():
        raise DataError(f"The initial weights {path} are missing. Name the folder that holds {name} by --weights.")
    with np.load(path) as arrays:
        return {key: arrays[key].astype(np.float32) for key in arrays.files}
