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
    """A function that applies a network to photos."""

    def ask(photos: Sequence[Image]) -> pd.DataFrame:
        """Find and crop the largest face of each photo, then score all of them at once."""
        crops, rows = [], {}
        for index, photo in enumerate(tqdm(photos, "detecting faces", unit=" pictures", disable=None)):
            if faces := detector.detect(photo):
                face = largest(faces)
                crops.append(align(photo, face.landmarks, template))
                crop = align(photo, face.landmarks, ARCFACE)
                measured = dataclasses.asdict(quality.measure(crop, face.landmarks, *photo.shape[1::-1]))
                rows[index] = measured | dict(zip(("left", "top", "width", "height"), face.box, strict=True))
        if not rows:
            return pd.DataFrame({"prediction": np.full(len(photos), np.nan)})
        outputs = apply(network, np.stack(crops))
        table = pd.DataFrame.from_dict(rows, orient="index")
        table = table.assign(prediction=as_shown(outputs["score"], task), **others(outputs))
        return table.reindex(range(len(photos)))

    return ask
