"""Whole photos through finding, cutting and scoring, as they are served."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from tqdm import tqdm

from facescore.checkpoints import Task
from facescore.faces import Detector, condition, largest
from facescore.faces.alignment import Template, align
from facescore.images import Image
from facescore.training import evaluate

Ask = Callable[[Sequence[Image]], pd.DataFrame]
"""Photos to a row each: ``prediction`` as it is shown, what the network tells of `evaluate.TOLD`, and the `Condition`
of the largest face with its box's ``left``, ``top``, ``width`` and ``height``; nan where no face is found."""


def of(network: evaluate.Network, task: Task, template: Template, detector: Detector) -> Ask:
    """What answers for a network.

    Args:
        network: crops to ``score`` and what it tells of `evaluate.TOLD`.
        task: of the network.
        template: its cut.
        detector: finds the faces.
    """

    def ask(photos: Sequence[Image]) -> pd.DataFrame:
        """Find and cut the largest face of each photo, then score all of them at once."""
        faces = [detector.detect(photo) for photo in tqdm(photos, "finding faces", unit=" pictures", disable=None)]
        found = [
            (i, photo, largest(of_photo))
            for i, (photo, of_photo) in enumerate(zip(photos, faces, strict=True))
            if of_photo
        ]
        if not found:
            return pd.DataFrame({"prediction": np.full(len(photos), np.nan)})
        crops = np.stack([align(photo, face.landmarks, template) for _, photo, face in found])
        outputs = evaluate.apply(network, crops)
        told = {"prediction": evaluate.as_shown(outputs["score"], task), **evaluate.told(outputs)}
        conditions = [
            dataclasses.asdict(condition.measure(photo, face.landmarks))
            | dict(zip(("left", "top", "width", "height"), face.box, strict=True))
            for _, photo, face in found
        ]
        rows = [index for index, _, _ in found]
        return pd.DataFrame(conditions, index=rows).assign(**told).reindex(range(len(photos)))

    return ask
