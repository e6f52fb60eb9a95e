"""Fit the detector of covered faces, on faces with occlusions drawn over them, and write its weights."""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from facescore.datasets import celeba, mebeauty, scut
from facescore.faces import Detector, largest
from facescore.faces.alignment import align
from facescore.faces.covered import WEIGHTS, edges
from facescore.files import write_text
from facescore.images import Image, read_image
from facescore.templates import ARCFACE
from facescore.training.data import occlusions
from facescore.training.data.changes import blur, brightness
from facescore.training.data.splits import hold_out_validation

SPLIT = "fold 1"  # of SCUT-FBP5500
SEED = 0  # of the pictures, and of the drawn occlusions
COVERED = {"train": 260, "validation": 130}  # pictures of each data set
FALSE_ALARMS = 0.02  # share of uncovered faces that get a warning
STRENGTH = 0.003  # inverse of the regularisation strength


def export(data: Path, detector: Detector) -> Path:
    """Fit weights, and the bias at which two in a hundred uncovered validation faces get a warning; write both.

    The file holds ``weights`` and ``bias``; ``faces``, the number of uncovered validation faces; ``false_alarms``, the
    share of them that get a warning; and ``found``, the share of the covered ones that do, by kind.

    Raises:
        DataError: a data set is missing.
    """
    rng = np.random.default_rng(SEED)
    train, validation = (_pictures(data, part, number) for part, number in COVERED.items())
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
    fitted = {
        "weights": [round(float(weight), 5) for weight in weights],
        "bias": round(bias, 5),
        "faces": int(np.sum(kinds == "")),
        "false_alarms": float(warned[""]),
        "found": {str(kind): float(share) for kind, share in warned.drop("").items()},
    }
    write_text(WEIGHTS, json.dumps(fitted) + "\n")
    return WEIGHTS


def _pictures(data: Path, part: str, number: int) -> pd.DataFrame:
    """``path`` of ``number`` random pictures from this part of each data set; none is of an official test part."""
    tables = hold_out_validation(scut.load(data, SPLIT)), mebeauty.load(data), celeba.load(data)
    parts = [table[table["partition"] == part] for table in tables]
    return pd.concat([table.sample(min(number, len(table)), random_state=SEED) for table in parts])


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
        photo = brightness(photo, rng.uniform(0.15, 1.6))
    return blur(photo) if rng.random() < 0.2 else photo
