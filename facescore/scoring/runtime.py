"""One checkpoint, ready to run: uint8 crops in, scores and maps out. Needs LiteRT, not TensorFlow."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from facescore import checkpoints
from facescore.checkpoints import Task
from facescore.errors import CheckpointError
from facescore.faces.alignment import TEMPLATES
from facescore.litert import Network, Shape

MODEL = "model.tflite"


class Answers(NamedTuple):
    """What a network says of a batch of crops.

    Attributes:
        scores: float32[N]; logits where the card's task is ``binary``.
        contributions: float32[N, h, w], with ``score = card.bias + contribution.sum()``.
        distances: float32[N]: how unlike the training faces each is, which lie at about 1; nan where the network does
            not tell.
        wild: float32[N]: above 0 where a face looks more like those in the wild that the network learned than like
            those of the data set on whose scale the score is; nan where the network does not tell.
    """

    scores: npt.NDArray[np.float32]
    contributions: npt.NDArray[np.float32]
    distances: npt.NDArray[np.float32]
    wild: npt.NDArray[np.float32]


class Runtime:
    """A scoring network.

    Args:
        folder: the checkpoint's folder.
        task: what the network has to be for: ``binary`` or ``regression``.

    Raises:
        CheckpointError: the checkpoint is missing, damaged, or does not hold a network for the task.
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
            raise CheckpointError(f"The card of {folder.name} says nothing of its crops or its map. {remedy}")
        self._network = Network(contents[MODEL], f"{folder.name}/{MODEL}")
        outputs: dict[str, Shape] = {"score": (), "contribution": (len(mean), len(mean[0]))}
        self._network.require((size, size, 3), outputs, optional={"distance": (), "wild": ()})

    def __call__(self, crops: npt.NDArray[np.uint8]) -> Answers:
        """Score a batch of crops; each score and map is the mean over the crop and its mirror image.

        Args:
            crops: uint8[N, size, size, 3], cut with `template`.
        """
        outputs = self._network(crops)
        unknown = np.full(len(crops), np.nan, np.float32)
        told = (outputs.get(name, unknown) for name in ("distance", "wild"))
        return Answers(outputs["score"], outputs["contribution"], *told)
