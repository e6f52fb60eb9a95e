"""One .tflite network, run safely from any thread."""

import threading
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from facescore.errors import CheckpointError

THREADS = 2  # what a Hugging Face Space has
INPUT = "crops"
LEAST = 24  # side of the crop with which a network of crops of any size is tried out

Shape = tuple[int | None, ...]
"""Of a tensor, None where a side may be of any length: that of a batch always is."""


class Network:
    """A network in LiteRT with one input and named outputs; batches may be of any size.

    Args:
        content: of the .tflite file. A file that is read from anew could be another one by then, or be cut off while
            it is in use.
        name: what an error calls it.

    Raises:
        CheckpointError: it is not a network that takes uint8 ``crops`` and gives float32 outputs.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self._name = name
        if content[4:8] != b"TFL3":  # the format's identifier; what is anything else crashes some versions of LiteRT
            raise self._refused("is not a .tflite file")
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=THREADS)
            self._run = self._interpreter.get_signature_runner()
            inputs, outputs = self._run.get_input_details(), self._run.get_output_details()
        except (ValueError, RuntimeError) as error:  # whose text is LiteRT's own
            raise self._refused("cannot be run") from error
        if set(inputs) != {INPUT} or inputs[INPUT]["dtype"] is not np.uint8:
            raise self._refused("does not take crops of uint8")
        if any(output["dtype"] is not np.float32 for output in outputs.values()):
            raise self._refused("does not give float32")
        self.input = _shape(inputs[INPUT])
        self.outputs = {key: _shape(output) for key, output in outputs.items()}
        self._lock = threading.Lock()  # an interpreter holds one run's tensors

    def require(self, crop: Shape, outputs: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> None:
        """Check that it takes and gives what is expected of it, and try it out.

        Args:
            crop: height, width and channels of a crop.
            outputs: the shape of one crop's output, by name.
            optional: the same of outputs that may be missing.

        Raises:
            CheckpointError: it takes crops of another shape, its outputs have other names or shapes, or it fails.
        """
        if self.input != (None, *crop):
            raise self._refused("takes crops of another size than its card says")
        known = {key: (None, *shape) for key, shape in {**(optional or {}), **outputs}.items()}
        if not set(outputs) <= set(self.outputs) or any(shape != known.get(key) for key, shape in self.outputs.items()):
            raise self._refused("gives other outputs than its card says")
        try:
            found = self(np.zeros((1, *(side or LEAST for side in crop)), np.uint8))
        except (ValueError, RuntimeError) as error:
            raise self._refused("cannot be run") from error
        if not all(np.isfinite(values).all() for values in found.values()):
            raise self._refused("gives something other than numbers")

    def __call__(self, batch: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        """Run a batch, uint8[N, ...].

        Returns:
            The outputs by name, each with N rows.
        """
        with self._lock:
            outputs: dict[str, npt.NDArray[np.float32]] = self._run(crops=batch)
        return outputs

    def _refused(self, what: str) -> CheckpointError:
        return CheckpointError(
            f"The network {self._name} {what}. Restore it with 'git checkout -- checkpoints', or train it again."
        )


def _shape(tensor: Mapping[str, npt.NDArray[np.int32]]) -> Shape:
    return tuple(None if side < 0 else int(side) for side in tensor["shape_signature"])
