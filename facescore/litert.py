"""One .tflite file, run safely from any thread."""

import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

THREADS = 2  # what a Hugging Face Space has


class Network:
    """A network in LiteRT with one input and named outputs; batches may be of any size.

    Args:
        path: the .tflite file.
    """

    def __init__(self, path: Path) -> None:
        self._interpreter = Interpreter(model_path=str(path), num_threads=THREADS)
        self._run = self._interpreter.get_signature_runner()
        (self._input,) = self._run.get_input_details()
        self._lock = threading.Lock()  # an interpreter holds one run's tensors

    def __call__(self, batch: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        """Run a batch, uint8[N, ...].

        Returns:
            The outputs by name, each with N rows.
        """
        with self._lock:
            outputs: dict[str, npt.NDArray[np.float32]] = self._run(**{self._input: batch})
        return outputs
