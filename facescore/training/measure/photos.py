"""Score whole photos as in serving: detection, alignment, network."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from tqdm import tqdm

from facescore.checkpoints import Task
from facescore.faces import Detector, largest, quality
from facescore.faces.alignment import align
from facescore.images import Image
from facescore.templates import ARCFACE, Template
from facescore.training.predict import Network, apply, as_shown, others

Ask = Callable[[Sequence[Image]], pd.DataFrame]
"""From photos to one row each: ``prediction`` as shown, the network's other outputs, and the `Quality` and box of the
largest face; nan where no face was found."""


def asking(network: Network, task: Task, template: Template, detector: Detector) -> Ask:
    """A function that applies a network to photos.

    Args:
        network: from crops to ``score`` and its other outputs.
        task: of the network.
        template: of its crops.
        detector: finds the faces.
    """

    def ask(photos: Sequence[Image]) -> pd.DataFrame:
        """Find and crop the largest face of each photo, then score all of them at once."""
        faces = [detector.detect(photo) for photo in tqdm(photos, "finding faces", unit=" pictures", disable=None)]
        found = [
            (index, photo, largest(of_photo))
            for index, (photo, of_photo) in enumerate(zip(photos, faces, strict=True))
            if of_photo
        ]
        if not found:
            return pd.DataFrame({"prediction": np.full(len(photos), np.nan)})
        crops = np.stack([align(photo, face.landmarks, template) for _, photo, face in found])
        outputs = apply(network, crops)
        measured = [
            dataclasses.asdict(
                quality.measure(align(photo, face.landmarks, ARCFACE), face.landmarks, *photo.shape[1::-1])
            )
            | dict(zip(("left", "top", "width", "height"), face.box, strict=True))
            for _, photo, face in found
        ]
        table = pd.DataFrame(measured, index=[index for index, _, _ in found])
        table = table.assign(prediction=as_shown(outputs["score"], task), **others(outputs))
        return table.reindex(range(len(photos)))

    return ask
