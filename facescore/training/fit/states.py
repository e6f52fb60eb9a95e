"""What a run saves after every epoch, so that it can resume after being stopped, killed or cut off from its disk."""

import math
import zipfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore.errors import DataError
from facescore.files import PART, read_arrays, replacing, write_atomically, write_text
from facescore.training.fit.losses import CUSTOM_OBJECTS

BEST = "best.npz"  # the weights of the epoch with the lowest validation loss, or of the last without validation part
HISTORY = "history.csv"
NETWORK = "network.keras"
KEPT = 2  # states: if the newest is damaged, the one before it is used


def save_best(model: keras.Model, history: pd.DataFrame, run: Path, last: bool) -> None:
    """Save the network's weights if its validation loss is the lowest so far, or, with ``last``, in any case."""
    if last or history["val_loss"].argmin() == len(history) - 1:
        write_atomically(run / BEST, lambda file: np.savez(file, *model.get_weights()))


def load_best(run: Path) -> list[npt.NDArray[np.float32]]:
    """The weights of the epoch with the lowest validation loss.

    Raises:
        DataError: they are missing or damaged.
    """
    try:
        return list(read_arrays(run / BEST).values())
    except (FileNotFoundError, ValueError) as error:
        raise DataError(
            f"The weights of the best epoch, {run / BEST}, are missing or damaged. Delete that folder to start anew."
        ) from error


def save_network(model: keras.Model, run: Path) -> None:
    """Save the finished network for `keras.models.load_model`, and its summary for people to read."""
    with replacing(run / NETWORK) as beside:
        model.save(beside)
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    write_text(run / "summary.txt", "\n".join(lines) + "\n")


def save(model: keras.Model, history: pd.DataFrame, run: Path) -> None:
    """Save the whole state, history included, as one file, ``epoch-NNN.keras``, and keep only one older state.

    The history is also saved beside it, for people to read.
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
    """The newest undamaged state of a run that was interrupted, or None if there is none.

    Raises:
        DataError: there are states, and all of them are damaged.
    """
    for part in run.glob(f".*{PART}*"):  # of a process that was killed
        part.unlink()
    for path, history in _sound(run):
        try:
            model = keras.models.load_model(path, custom_objects=CUSTOM_OBJECTS)
        except (ValueError, TypeError, KeyError) as error:  # such as a state written by another version
            raise DataError(f"{path} cannot be loaded by this version. Delete that folder to start anew.") from error
        for newer in _states(run):
            if newer > path:
                newer.unlink()
        write_text(run / HISTORY, history.to_csv(index=False))
        print(f"Resuming after epoch {history['epoch'].iloc[-1]} of the run in {run}.")
        return model, history
    if _states(run):
        raise DataError(f"All states of the run in {run} are damaged. Delete that folder to start anew.")
    return None


def history(run: Path) -> pd.DataFrame:
    """One row per epoch, from the newest undamaged state of a run.

    Raises:
        DataError: there is none.
    """
    for _, found in _sound(run):
        return found
    raise DataError(f"The run in {run} is damaged. Delete that folder to start anew.")


def _states(run: Path) -> list[Path]:
    """All states, newest first."""
    return sorted(run.glob("epoch-*.keras"), reverse=True)


def _sound(run: Path) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Undamaged states, newest first, with their histories; a message names each damaged one."""
    for path in _states(run):
        history = _history(path)
        if history is None:
            print(f"{path} is damaged; the epoch before it is taken.")
        else:
            yield path, history


def _history(path: Path) -> pd.DataFrame | None:
    """The history within a state; None if the state is damaged."""
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
