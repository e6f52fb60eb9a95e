"""Average faces: what can be shown of a data set whose pictures may not be shown."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image

from facescore.errors import DataError
from facescore.files import write_atomically
from facescore.training.data.examples import Examples

BANDS = 10
FEWEST = 50  # people in an average, so that nobody can be recognised


def write(folder: Path, examples: Examples, predictions: pd.DataFrame) -> None:
    """Write the average crop of each tenth of the faces, from the lowest predictions to the highest.

    Args:
        folder: where ``decile-01.png`` to ``decile-10.png`` go.
        examples: one part of a data set.
        predictions: of the same rows.

    Raises:
        DataError: a tenth shows fewer than 50 people.
    """
    order = np.argsort(predictions["prediction"].to_numpy(), kind="stable")
    persons = examples.table.get("identity", examples.table["file"]).to_numpy()
    for number, rows in enumerate(np.array_split(order, BANDS), 1):
        if len(set(persons[rows])) < FEWEST:
            raise DataError(f"A tenth of the test part shows fewer than {FEWEST} people. Use a larger data set.")
        average = PIL.Image.fromarray(np.rint(examples.crops[rows].mean(axis=0)).astype(np.uint8))
        write_atomically(folder / f"decile-{number:02d}.png", partial(average.save, format="PNG"))
