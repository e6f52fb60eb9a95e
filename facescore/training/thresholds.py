"""Measure the levels at which a face gets a warning, for the networks as shipped. No network is trained.

Every network is measured on pictures of its own validation parts, drawn at random with a fixed seed.
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.datasets import celeba, mebeauty, scut
from facescore.estimates import to_json
from facescore.faces import Detector
from facescore.faces.covered import WEIGHTS
from facescore.files import write_text
from facescore.images import Image
from facescore.results import model_card
from facescore.results.study import STUDIES
from facescore.runtime import MODEL, Network
from facescore.settings import CHECKPOINTS
from facescore.templates import CELEBA, TEMPLATES
from facescore.training.data import crops as cropping
from facescore.training.data.examples import LOADERS
from facescore.training.data.splits import hold_out_validation
from facescore.training.measure import occlusion, reliability
from facescore.training.measure.examine import LARGE
from facescore.training.measure.photos import Ask, asking

NETWORKS = ("beauty", "beauty-resnet50", "attractive")
DATASETS = {"SCUT-FBP5500": "scut", "CelebA": "celeba"}
FACES, FACES_OF_LARGE = 240, 80  # pictures that are changed, and fewer for a much slower network
SEED = 0
COVERED = {"train": 260, "validation": 130}  # pictures of each data set


def export(data: Path, detector: Detector) -> Iterator[Path]:
    """Fit the detector of covered faces, measure every shipped network, and rewrite its card, README and study.

    Args:
        data: the folder that holds the data sets.
        detector: finds the faces.

    Yields:
        Every file or folder that was written.

    Raises:
        DataError: a data set is missing.
        CheckpointError: a checkpoint is missing or damaged.
    """
    parts = {part: _pictures(data, part, number) for part, number in COVERED.items()}
    write_text(WEIGHTS, json.dumps(occlusion.fit(parts["train"], parts["validation"], detector)) + "\n")
    yield WEIGHTS
    for name in NETWORKS:
        yield rewrite(CHECKPOINTS / name, data, detector)


def rewrite(folder: Path, data: Path, detector: Detector) -> Path:
    """Measure one network and write the results into its card, its README and its study.

    Args:
        folder: the checkpoint's folder, which is returned.
        data: the folder that holds the data sets.
        detector: finds the faces.
    """
    card, contents = checkpoints.read(folder, needs=(MODEL,))
    ask = asking(Network(contents[MODEL], folder.name), card.task, TEMPLATES[card.template], detector)
    found = measure(ask, validation(card, data), data, card)
    card = dataclasses.replace(card, metrics=card.metrics | {"conditions": found}, thresholds=found["thresholds"])
    checkpoints.save(folder, card, contents, model_card.render(card))
    write_text(STUDIES / folder.name / "metrics.json", to_json(card.metrics))
    return folder


def measure(ask: Ask, table: pd.DataFrame, data: Path, card: Card) -> dict[str, Any]:
    """`reliability.measure` on the pictures of a validation part; those that are changed are drawn at random.

    Args:
        ask: from photos to predictions and image quality.
        table: ``file``, ``dataset`` and ``truth`` of the part.
        data: the folder that holds the data sets.
        card: the network's, for its size and its intervals.
    """
    changed = FACES if card.metrics["training"]["parameters"] < LARGE else FACES_OF_LARGE
    chosen, photos = [], list[Image]()
    for row in np.random.default_rng(SEED).permutation(len(table)):
        photo = cropping.read_picture(cropping.paths(table.iloc[[row]], data)[0])
        if table["dataset"].iloc[row] != "celeba" or photo.shape[1::-1] == CELEBA.frame:  # others were downsized
            chosen.append(row)
            photos.append(photo)
    return reliability.measure(ask, photos, table.iloc[chosen], card.intervals, changed)


def validation(card: Card, data: Path) -> pd.DataFrame:
    """``file``, ``dataset`` and ``truth`` of the pictures on which a shipped network was validated.

    Args:
        card: the network's; if it learned two data sets, its study names the pictures.
        data: the folder that holds the data sets.
    """
    predictions = pd.read_csv(STUDIES / card.name / "predictions.csv")
    if "part" in predictions:
        return predictions[predictions["part"] == "validation"].reset_index(drop=True)
    dataset = DATASETS[card.data["name"]]
    table = LOADERS[dataset](data, card.data["split"])
    if "validation" not in set(table["partition"]):
        table = hold_out_validation(table, SEED)
    table = table[table["partition"] == "validation"].reset_index(drop=True)
    return table.assign(dataset=dataset, truth=table[card.label].astype(np.float32))


def _pictures(data: Path, part: str, number: int) -> pd.DataFrame:
    """``path`` of ``number`` random pictures from this part of each data set; none is a test picture."""
    split = checkpoints.load(CHECKPOINTS / NETWORKS[0]).data["split"]
    measured = pd.read_csv(STUDIES / NETWORKS[0] / "predictions.csv")
    validated = set(measured["file"][measured["part"] == "validation"])
    of_scut = hold_out_validation(scut.load(data, split), SEED)
    of_mebeauty = mebeauty.load(data)
    of_mebeauty = of_mebeauty[of_mebeauty["partition"] == "train"]
    inside = of_mebeauty["file"].isin(validated)
    kept = inside if part == "validation" else ~of_mebeauty["file"].isin(measured["file"])
    of_celeba = celeba.load(data)
    tables = [of_scut[of_scut["partition"] == part], of_mebeauty[kept], of_celeba[of_celeba["partition"] == part]]
    return pd.concat([table.sample(min(number, len(table)), random_state=SEED) for table in tables])
