"""Average faces: what can be shown of a data set whose pictures may not be shown."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import PIL.Image
from tqdm import tqdm

from facescore.datasets import SOURCES
from facescore.errors import DataError
from facescore.faces import Detector
from facescore.faces.alignment import align, resize
from facescore.files import write_atomically
from facescore.images import Image
from facescore.templates import CELEBA, MEBEAUTY, SCUT
from facescore.training.data.crops import find_landmarks, read_picture

TENTHS = 10
FEWEST = 50  # people in an average, so that nobody can be recognised
HEAD, SIDE = slice(30, 196), slice(6, 172)  # of CelebA's frame: a square that keeps the hair
SIZES = {"celeba": 112, "scut": 224, "mebeauty": 224}  # pixels; most of CelebA's pictures on disk are small
TEMPLATES = {"scut": SCUT, "mebeauty": replace(MEBEAUTY, size=SIZES["mebeauty"])}

Wanted = dict[str, list[str]]
"""The files behind every average, by the average's name."""


def groups(table: pd.DataFrame, dataset: str) -> Wanted:
    """The files of each of a data set's groups, without those of fewer than 50 people (``identity``, if known)."""
    people = table.get("identity", table["file"]).groupby(table["group"]).nunique()
    kept = table[table["group"].map(people) >= FEWEST]
    return {f"{dataset}/{str(group).replace(' ', '-')}": [*rows["file"]] for group, rows in kept.groupby("group")}


def tenths(name: str, predictions: pd.DataFrame) -> Wanted:
    """The files of each tenth of a network's test part, from the lowest predictions to the highest."""
    ordered = predictions.sort_values("prediction", kind="stable")["file"]
    parts = np.array_split(np.arange(len(ordered)), TENTHS)
    return {f"{name}/decile-{number:02d}": [*ordered.iloc[rows]] for number, rows in enumerate(parts, 1)}


def write(folder: Path, wanted: Wanted, table: pd.DataFrame, dataset: str, data: Path, detector: Detector) -> None:
    """Write averages of a data set's pictures, each read once.

    Args:
        folder: where they go, ``NAME.webp``.
        wanted: the files behind each.
        table: the data set's ``file`` and, where it is known, ``identity``, the person.
        dataset: its name.
        data: the folder that holds the data sets.
        detector: finds the faces where the pictures are not aligned.

    Raises:
        DataError: an average would show fewer than 50 people, or a picture is missing or damaged.
    """
    persons = pd.Series(table.get("identity", table["file"]).to_numpy(), table["file"])
    for name, files in wanted.items():
        if persons[files].nunique() < FEWEST:
            raise DataError(f"The average {name} would show fewer than {FEWEST} people. Use a larger data set.")
    sums = {name: np.zeros((SIZES[dataset], SIZES[dataset], 3)) for name in wanted}
    shown = pd.Series(wanted).explode()
    averages = shown.groupby(shown).groups  # the names of the averages that each file is in
    pictures = data / SOURCES[dataset]["pictures"]
    for file, names in tqdm(averages.items(), f"averaging {dataset}", unit=" pictures", disable=None):
        picture = portrait(read_picture(pictures / file), dataset, detector)
        for name in names:
            sums[name] += picture
    for name, total in sums.items():
        average = PIL.Image.fromarray(np.rint(total / len(wanted[name])).astype(np.uint8))
        write_atomically(folder / f"{name}.webp", partial(average.save, format="WEBP", quality=97, method=6))


def portrait(picture: Image, dataset: str, detector: Detector) -> Image:
    """A data set's picture as it is averaged: aligned, with the hair.

    CelebA's pictures are aligned already; landmarks that are found again in its small ones blur their average.
    """
    if dataset == "celeba":
        frame = cv2.resize(picture, CELEBA.frame, interpolation=cv2.INTER_CUBIC)
        return resize(np.asarray(frame[HEAD, SIDE], np.uint8), SIZES[dataset], SIZES[dataset])
    landmarks, _ = find_landmarks(picture, TEMPLATES[dataset], detector)
    return align(picture, landmarks, TEMPLATES[dataset])
