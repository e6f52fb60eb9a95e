"""What a run keeps after every epoch, so that it can be stopped, killed or cut off from its disk and still go on."""

import math
import zipfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore import arrays
from facescore.errors import DataError
from facescore.files import PART, replacing, write_atomically, write_text
from facescore.training import objectives

BEST = "best.npz"  # the weights of the epoch with the least validation loss
HISTORY = "history.csv"
KEPT = 2  # states: where the newest one is damaged, the one before is taken


def save_best(model: keras.Model, history: pd.DataFrame, run: Path) -> None:
    """Keep the network's weights if its validation loss is the least so far."""
    if history["val_loss"].argmin() == len(history) - 1:
        write_atomically(run / BEST, lambda file: np.savez(file, *model.get_weights()))


def load_best(run: Path) -> list[npt.NDArray[np.float32]]:
    """The weights of the epoch with the least validation loss.

    Raises:
        DataError: they are missing or damaged.
    """
    try:
        return list(arrays.read(run / BEST).values())
    except (FileNotFoundError, ValueError) as error:
        raise DataError(
            f"The weights of the best epoch, {run / BEST}, are missing or damaged. Delete that folder to start anew."
        ) from error


def save(model: keras.Model, history: pd.DataFrame, run: Path) -> None:
    """Keep the whole state, its history within, as one file, ``epoch-NNN.keras``; older ones but one go.

    The history lies beside it too, for people.
    """
    text = history.to_csv(index=False)
    with replacing(run / f"epoch-{int(history['epoch'].iloc[-1]):03d}.keras") as beside:
        model.save(beside)
        with zipfile.ZipFile(beside, "a") as archive:
            archive.writestr(HISTORY, text)
    write_text(run / HISTORY, text)
    for older in _states(run)[KEPT:]:
        older.unlink()


def resume(run: Path) -> tuple[keras.Model, pd.DataFrame] | None:
    """The newest sound state of a run that was stopped, or None where there is none.

    Raises:
        DataError: there are states, and all of them are damaged.
    """
    for part in run.glob(f".*{PART}*"):  # of a process that was killed
        part.unlink()
    for path, history in _sound(run):
        try:
            model = keras.models.load_model(path, custom_objects=objectives.BY_NAME)
        except (ValueError, TypeError, KeyError) as error:  # such as a state that another version wrote
            raise DataError(f"{path} cannot be loaded by this version. Delete that folder to start anew.") from error
        for newer in _states(run):
            if newer > path:
                newer.unlink()
        write_text(run / HISTORY, history.to_csv(index=False))
        print(f"Going on after epoch {history['epoch'].iloc[-1]} of the run in {run}.")
        return model, history
    if _states(run):
        raise DataError(f"All states of the run in {run} are damaged. Delete that folder to start anew.")
    return None


def history(run: Path) -> pd.DataFrame | None:
    """A row an epoch, as the newest sound state of a run has it, or None where there is none."""
    return next((history for _, history in _sound(run)), None)


def _states(run: Path) -> list[Path]:
    """The newest first."""
    return sorted(run.glob("epoch-*.keras"), reverse=True)


def _sound(run: Path) -> Iterator[tuple[Path, pd.DataFrame]]:
    """States that are whole, the newest first, and their histories; a damaged one is named in a line."""
    for path in _states(run):
        history = _history(path)
        if history is None:
            print(f"{path} is damaged; the epoch before it is taken.")
        else:
            yield path, history


def _history(path: Path) -> pd.DataFrame | None:
    """The history within a state; None where the state is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip():
                return None
            with archive.open(HISTORY) as file:
                history = pd.read_csv(file)
    except Exception:  # zipfile raises errors of a dozen kinds on damaged files; what to do is the same for all
        return None
    whole = path.stem == f"epoch-{len(history) - 1:03d}" and all(map(math.isfinite, history["val_loss"]))
    return history if whole else None
