"""One checkpoint, ready to run: uint8 crops in, scores and maps out. Needs LiteRT, not TensorFlow."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from facescore import checkpoints
from facescore.errors import CheckpointError
from facescore.faces.alignment import TEMPLATES
from facescore.litert import Network


class Runtime:
    """A scoring network.

    Args:
        folder: the checkpoint's folder.

    Raises:
        CheckpointError: the checkpoint is missing, damaged, or does not hold a scoring network.
    """

    def __init__(self, folder: Path) -> None:
        self.card = checkpoints.load(folder)
        if self.card.template not in TEMPLATES or "model.tflite" not in self.card.files:
            raise CheckpointError(f"The checkpoint {folder.name} does not hold a scoring network. Name another one.")
        self.template = TEMPLATES[self.card.template]
        self._network = Network(folder / "model.tflite")

    def __call__(self, crops: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Score a batch of crops; each score and map is the mean over the crop and its mirror image.

        Args:
            crops: uint8[N, size, size, 3], cut with `template`.

        Returns:
            Scores float32[N] (logits where the card's task is ``binary``) and contributions float32[N, h, w], with
            ``score = card.bias + contribution.sum()``.
        """
        outputs = self._network(crops)
        return outputs["score"], outputs["contribution"]
