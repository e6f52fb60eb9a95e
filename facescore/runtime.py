"""Run .tflite networks from any thread: uint8 crops in, named outputs out. Needs LiteRT, not TensorFlow."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from facescore import checkpoints
from facescore.checkpoints import Task
from facescore.errors import CheckpointError
from facescore.templates import TEMPLATES

_threads = 2  # what a Hugging Face Space has
INPUT = "crops"
MODEL = "model.tflite"
LEAST = 24  # side of the trial crop for networks that take crops of any size

Shape = tuple[int | None, ...]
"""The shape of a tensor; None where any length is allowed, as always for the batch."""


def use_threads(number: int) -> None:
    """Set how many threads each network that is loaded from now on uses; two by default."""
    global _threads
    _threads = number


class Network:
    """A LiteRT network with one input and named outputs; batches may be of any size.

    Args:
        content: content of the .tflite file, not its path: the file could be replaced or truncated while in use.
        name: how errors refer to the network.

    Raises:
        CheckpointError: it is not a network that takes uint8 ``crops`` and returns float32 outputs.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self._name = name
        if content[4:8] != b"TFL3":  # the format's identifier; other content crashes some versions of LiteRT
            raise self._refused("is not a .tflite file")
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=_threads)
            self._run = self._interpreter.get_signature_runner()
            inputs, outputs = self._run.get_input_details(), self._run.get_output_details()
        except (ValueError, RuntimeError) as error:  # their messages are LiteRT's own
            raise self._refused("cannot be run") from error
        if set(inputs) != {INPUT} or inputs[INPUT]["dtype"] is not np.uint8:
            raise self._refused("does not take crops of uint8")
        if any(output["dtype"] is not np.float32 for output in outputs.values()):
            raise self._refused("does not return float32")
        self.input = _shape(inputs[INPUT])
        self.outputs = {key: _shape(output) for key, output in outputs.items()}
        self._lock = threading.Lock()  # an interpreter holds the tensors of a single run

    def require(self, crop: Shape, outputs: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> None:
        """Check the network's input and outputs, and run it once.

        Args:
            crop: height, width and channels of a crop.
            outputs: the shape of each output for one crop, by name.
            optional: the same for outputs that may be missing.

        Raises:
            CheckpointError: the shape of the input or the names or shapes of the outputs differ, or the run fails.
        """
        if self.input != (None, *crop):
            raise self._refused("takes crops of a size that its card does not state")
        known = {key: (None, *shape) for key, shape in {**(optional or {}), **outputs}.items()}
        if not set(outputs) <= set(self.outputs) or any(shape != known.get(key) for key, shape in self.outputs.items()):
            raise self._refused("returns outputs that its card does not state")
        try:
            found = self(np.zeros((1, *(side or LEAST for side in crop)), np.uint8))
        except (ValueError, RuntimeError) as error:
            raise self._refused("cannot be run") from error
        if not all(np.isfinite(values).all() for values in found.values()):
            raise self._refused("returns values that are not finite")

    def __call__(self, batch: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        """Run a batch, uint8[N, ...].

        Returns:
            The outputs by name, with N rows each.
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


class Outputs(NamedTuple):
    """The outputs of a scoring network for a batch of crops.

    Attributes:
        scores: float32[N]; logits where the card's task is ``binary``.
        contributions: float32[N, h, w], where ``score = card.bias + contribution.sum()``.
        distances: float32[N]: how unlike the training faces each face is; training faces lie at about 1. nan if the
            network has no such output.
        wild: float32[N]: above 0 if a face looks more like the training faces in the wild than like those of the data
            set whose scale the score uses; nan if the network has no such output.
    """

    scores: npt.NDArray[np.float32]
    contributions: npt.NDArray[np.float32]
    distances: npt.NDArray[np.float32]
    wild: npt.NDArray[np.float32]


class ScoringNetwork:
    """A checkpoint's network, verified against its card.

    Args:
        folder: the checkpoint's folder.
        task: the task that the network must have been trained for: ``binary`` or ``regression``.

    Raises:
        CheckpointError: the checkpoint is missing or damaged, or does not hold a network for the task.
    """

    def __init__(self, folder: Path, task: Task) -> None:
        self.card, contents = checkpoints.read(folder, needs=(MODEL,))
        remedy = "Restore it with 'git checkout -- checkpoints'."
        open_ended = bool(self.card.intervals) and self.card.intervals[-1].below is None
        if self.card.task != task or self.card.template not in TEMPLATES or (task == "regression" and not open_ended):
            raise CheckpointError(f"The checkpoint {folder.name} does not hold a network for {task}. {remedy}")
        self.template = TEMPLATES[self.card.template]
        size, mean = self.template.size, self.card.mean_contribution
        if self.card.input_size != size or not mean or not mean[0] or not self.card.contribution_scale:
            raise CheckpointError(f"The card of {folder.name} does not describe its crops or its map. {remedy}")
        self._network = Network(contents[MODEL], f"{folder.name}/{MODEL}")
        outputs: dict[str, Shape] = {"score": (), "contribution": (len(mean), len(mean[0]))}
        self._network.require((size, size, 3), outputs, optional={"distance": (), "wild": ()})

    def __call__(self, crops: npt.NDArray[np.uint8]) -> Outputs:
        """Score a batch of crops; each score and map is the mean over the crop and its mirror image.

        Args:
            crops: uint8[N, size, size, 3], aligned to `template`.
        """
        outputs = self._network(crops)
        unknown = np.full(len(crops), np.nan, np.float32)
        optional = (outputs.get(name, unknown) for name in ("distance", "wild"))
        return Outputs(outputs["score"], outputs["contribution"], *optional)
