"""What networks start from: .npz files that are had apart from the project, with ``layer/variable`` as keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facescore import arrays
from facescore.errors import DataError


@contextmanager
def read(folder: Path, name: str) -> Iterator[dict[str, npt.NDArray[np.float32]]]:
    """The arrays of a file of initial weights, while a network is given them.

    Raises:
        DataError: the file is not there, is damaged, or lacks what the network asks for.
    """
    path = folder / name
    try:
        yield {key: values.astype(np.float32) for key, values in arrays.read(path).items()}
    except FileNotFoundError as error:
        raise DataError(
            f"The initial weights {path} are missing. Name the folder that holds {name} by --weights."
        ) from error
    except (LookupError, ValueError) as error:  # of arrays that are missing, of other shapes, or no numbers
        raise DataError(
            f"The initial weights {path} are damaged, or another network's. Take the file from its source again."
        ) from error
