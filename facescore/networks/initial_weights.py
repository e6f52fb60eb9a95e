"""Initial weights of the networks: .npz files kept outside the project, with ``layer/variable`` as keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facescore.errors import DataError
from facescore.files import read_arrays


@contextmanager
def read(folder: Path, name: str) -> Iterator[dict[str, npt.NDArray[np.float32]]]:
    """Read a file of initial weights; errors in loading them into a network name the file.

    Raises:
        DataError: the file is missing, is damaged, or lacks arrays that the network needs.
    """
    path = folder / name
    try:
        yield {key: values.astype(np.float32) for key, values in read_arrays(path).items()}
    except FileNotFoundError as error:
        raise DataError(
            f"The initial weights {path} are missing. Name the folder that holds {name} with --weights."
        ) from error
    except (LookupError, ValueError) as error:  # missing arrays, other shapes, or not numbers
        raise DataError(
            f"The initial weights {path} are damaged, or belong to another network. Download the file again."
        ) from error
