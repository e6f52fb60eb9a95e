"""Measure, for the networks as they are shipped, from where on a face has to be warned. It needs no training.

Every network is asked about pictures of its own validation parts, drawn by lot with a fixed seed.
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
from facescore.faces import Detector
from facescore.faces.alignment import CELEBA, TEMPLATES
from facescore.faces.covered import WEIGHTS
from facescore.files import write_text
from facescore.images import Image, read_image
from facescore.litert import Network
from facescore.settings import ASSETS, CHECKPOINTS
from facescore.training import conditions, covered, examples, pipeline
from facescore.training.examination import LARGE
from facescore.training.model_card import readme

NETWORKS = ("beauty", "beauty-resnet50", "attractive")
FACES, FACES_OF_LARGE = 240, 80  # pictures that a network is asked about, and one that is much slower
SEED = 0
COVERED = {"train": 260, "validation": 130}  # pictures of each data set


def export(data: Path, detector: Detector) -> Iterator[Path]:
    """Fit what tells covered faces, measure every shipped network, and rewrite its card, README and study.

    Args:
        data: the folder that holds the data sets.
        detector: finds the faces.

    Yields:
        Every file or folder that was written.

    Raises:
        DataError: a data set is not there.
        CheckpointError: a checkpoint is missing or damaged.
    """
    parts = {part: _pictures(data, part, number) for part, number in COVERED.items()}
    write_text(WEIGHTS, json.dumps(covered.fit(parts["train"], parts["validation"], detector)) + "\n")
    yield WEIGHTS
    for name in NETWORKS:
        yield rewrite(CHECKPOINTS / name, data, detector)


def rewrite(folder: Path, data: Path, detector: Detector) -> Path:
    """Measure one network and write what was found into its card, its README and its study.

    Args:
        folder: the checkpoint's folder, which is returned.
        data: the folder that holds the data sets.
        detector: finds the faces.
    """
    card, contents = checkpoints.read(folder, needs=("model.tflite",))
    ask = pipeline.of(Network(contents["model.tflite"], folder.name), card.task, TEMPLATES[card.template], detector)
    found = measure(ask, validation(card, folder, data), data, card)
    metrics = card.metrics | {"conditions": found}
    card = dataclasses.replace(card, metrics=metrics, thresholds=found["thresholds"])
    checkpoints.save(folder, card, contents, readme(card))
    write_text(ASSETS / "studies" / folder.name / "metrics.json", json.dumps(metrics, indent=1) + "\n")
    return folder


def measure(ask: pipeline.Ask, table: pd.DataFrame, data: Path, card: Card) -> dict[str, Any]:
    """`conditions.measure` on pictures of a validation part, drawn by lot.

    Args:
        ask: photos to predictions and conditions.
        table: ``file``, ``dataset`` and ``truth`` of the part.
        data: the folder that holds the data sets.
        card: the network's, for its size and its intervals.
    """
    number = FACES if card.metrics["training"]["parameters"] < LARGE else FACES_OF_LARGE
    chosen, photos = [], list[Image]()
    for row in np.random.default_rng(SEED).permutation(len(table)):
        photo = read_image(examples.paths(table.iloc[[row]], data)[0])
        if table["dataset"].iloc[row] != "celeba" or photo.shape[1::-1] == CELEBA.frame:  # others were made smaller
            chosen.append(row)
            photos.append(photo)
        if len(photos) == number:
            break
    return conditions.measure(ask, photos, table.iloc[chosen], card.intervals)


def validation(card: Card, folder: Path, data: Path) -> pd.DataFrame:
    """``file``, ``dataset`` and ``truth`` of the pictures on which a shipped network was validated.

    Args:
        card: the network's.
        folder: its checkpoint, whose ``predictions.csv`` names them where it learned two data sets.
        data: the folder that holds the data sets.
    """
    predictions = pd.read_csv(folder / "predictions.csv")
    if "part" in predictions:
        return predictions[predictions["part"] == "validation"].reset_index(drop=True)
    dataset, target = card.recipe["dataset"], card.recipe["target"]
    table = examples.LOADERS[dataset](data, card.data["split"])
    if "validation" not in set(table["partition"]):
        table = examples.carve_validation(table, card.recipe["seed"])
    table = table[table["partition"] == "validation"].reset_index(drop=True)
    return table.assign(dataset=dataset, truth=table[target].astype(np.float32))


def _pictures(data: Path, part: str, number: int) -> pd.DataFrame:
    """``path`` of so many pictures of each data set's part, drawn by lot, none of which a network is tested on."""
    folder = CHECKPOINTS / NETWORKS[0]
    card = checkpoints.load(folder)
    measured = pd.read_csv(folder / "predictions.csv")
    validated = set(measured["file"][measured["part"] == "validation"])
    of_scut = examples.carve_validation(scut.load(data, card.data["split"]), card.recipe["seed"])
    of_mebeauty = mebeauty.load(data)
    of_mebeauty = of_mebeauty[of_mebeauty["partition"] == "train"]
    inside = of_mebeauty["file"].isin(validated)
    kept = inside if part == "validation" else ~of_mebeauty["file"].isin(measured["file"])
    tables = [of_scut[of_scut["partition"] == part], of_mebeauty[kept]]
    of_celeba = celeba.load(data)
    tables.append(of_celeba[of_celeba["partition"] == part])
    return pd.concat([table.sample(min(number, len(table)), random_state=SEED) for table in tables])
