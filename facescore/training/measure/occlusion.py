"""Fit the detector of covered faces on faces of the training parts with occlusions drawn over them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from facescore.faces import Detector, largest
from facescore.faces.alignment import align
from facescore.faces.covered import edges
from facescore.images import Image, read_image
from facescore.templates import ARCFACE
from facescore.training.data import occlusions
from facescore.training.data.changes import blur, brightness

FALSE_ALARMS = 0.02  # share of uncovered faces that get a warning
STRENGTH = 0.003  # inverse of the regularisation strength


def fit(train: pd.DataFrame, validation: pd.DataFrame, detector: Detector, seed: int = 0) -> dict[str, Any]:
    """Fit weights, and the bias at which two in a hundred uncovered validation faces get a warning.

    Args:
        train: ``path`` of the training pictures.
        validation: ``path`` of the validation pictures.
        detector: finds the faces, after they have been covered.
        seed: of the drawn occlusions.

    Returns:
        ``weights`` and ``bias``; ``faces``, the number of uncovered validation faces; ``false_alarms``, the share of
        them that get a warning; and ``found``, the share of the covered ones that do, by kind.
    """
    rng = np.random.default_rng(seed)
    seen, kinds = _examples(train, detector, rng, each=2)
    both = np.concatenate([[edges(crop) for crop in seen], [edges(crop[:, ::-1]) for crop in seen]])
    mean, spread = both.mean(axis=0), both.std(axis=0) + 1e-3
    covered = np.tile(kinds != "", 2)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500)
    weights = model.fit((both - mean) / spread, covered).coef_[0] / spread
    others, kinds = _examples(validation, detector, rng, each=len(occlusions.KINDS))
    scores = np.array([edges(crop) for crop in others]) @ weights
    bias = -float(np.quantile(scores[kinds == ""], 1 - FALSE_ALARMS))
    warned = pd.Series(scores + bias > 0).groupby(kinds).mean().round(4)
    return {
        "weights": [round(float(weight), 5) for weight in weights],
        "bias": round(bias, 5),
        "faces": int(np.sum(kinds == "")),
        "false_alarms": float(warned[""]),
        "found": {str(kind): float(share) for kind, share in warned.drop("").items()},
    }


def _examples(
    table: pd.DataFrame, detector: Detector, rng: np.random.Generator, each: int
) -> tuple[list[Image], npt.NDArray[np.str_]]:
    """Crops of each face uncovered and under ``each`` coverings, and the name of what covers it, empty for nothing.

    Photos are also blurred and darkened at random, so that neither is mistaken for a covering.
    """
    crops, kinds = [], []
    for path in tqdm(table["path"], desc="covering faces", unit=" pictures", disable=None):
        photo = _worsened(read_image(path), rng)
        faces = detector.detect(photo)
        if not faces:
            continue
        face = largest(faces)
        crops.append(align(photo, face.landmarks, ARCFACE))
        kinds.append("")
        for kind in rng.permutation(len(occlusions.KINDS))[:each]:
            changed = occlusions.cover(photo, face.landmarks, rng, occlusions.KINDS[kind])
            found = detector.detect(changed)
            if found:
                crops.append(align(changed, largest(found).landmarks, ARCFACE))
                kinds.append(occlusions.KINDS[kind].__name__)
    return crops, np.array(kinds)


def _worsened(photo: Image, rng: np.random.Generator) -> Image:
    if rng.random() < 0.3:
        photo = brightness(rng.uniform(0.15, 1.6))(photo)
    return blur(photo) if rng.random() < 0.2 else photo
