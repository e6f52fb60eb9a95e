"""The crops and targets that a recipe learns from, cut once and kept on disk."""

import hashlib
import inspect
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import train_test_split
from tqdm import tqdm

from facescore.datasets import celeba, scut
from facescore.faces import Detector, alignment, largest
from facescore.faces.alignment import CELEBA, SCUT, TEMPLATES, Template
from facescore.files import write_atomically
from facescore.images import Image, read_image
from facescore.training.recipes import Recipe

VALIDATION_SHARE = 0.1
FRAMES = {"celeba": CELEBA, "scut": SCUT}  # the framing of each data set's own pictures


@dataclass(frozen=True)
class Examples:
    """Crops with their rows.

    Attributes:
        table: ``file``, ``group``, ``partition``, ``target`` and the data set's other labels a row; ``detected`` is
            false where no face was found and the crop was cut at the data set's mean landmarks instead; ``identity``
            says who it is, where that is known.
        crops: uint8[N, size, size, 3], in the table's order.
        auxiliary: columns that are learned beside the target.
    """

    table: pd.DataFrame
    crops: npt.NDArray[np.uint8]
    auxiliary: tuple[str, ...] = ()

    @property
    def truth(self) -> npt.NDArray[np.float32]:
        """float32[N]: 0 or 1, or a rating."""
        return self.table["target"].to_numpy(np.float32)

    @property
    def targets(self) -> npt.NDArray[np.float32]:
        """float32[N, 1 + auxiliary]: the truth and what is learned beside it."""
        return self.table[["target", *self.auxiliary]].to_numpy(np.float32)

    def part(self, partition: str) -> "Examples":
        """The examples of one partition: train, validation or test."""
        chosen = (self.table["partition"] == partition).to_numpy()
        return Examples(self.table[chosen].reset_index(drop=True), self.crops[chosen], self.auxiliary)


def load(recipe: Recipe, split: str, data: Path, cache: Path, detector: Detector) -> Examples:
    """The recipe's examples, with a validation part carved out of the training part where the split has none.

    Every picture of the split is there: where no face is found, the data set's mean landmarks place the cut.

    Args:
        recipe: what is to be learned.
        split: one of its splits.
        data: the folder that holds the data sets.
        cache: where cut crops are kept, a file a data set and cut.
        detector: finds the landmarks where the data set's pictures are not already in the template's frame.

    Raises:
        DataError: the data set is not there.
        InvalidImage: one of its pictures is damaged or missing.
    """
    table = celeba.load(data) if recipe.dataset == "celeba" else scut.load(data, split)
    if "validation" not in set(table["partition"]):
        table = carve_validation(table, recipe.seed)
    crops, detected = _cached_crops(table, recipe, cache, detector)
    labels = table.select_dtypes(bool).columns
    auxiliary = tuple(labels.drop(recipe.target)) if recipe.auxiliary else ()
    target = table[recipe.target].astype(np.float32)
    return Examples(table.drop(columns="path").assign(target=target, detected=detected), crops, auxiliary)


def carve_validation(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Move a tenth of the training part, each group in its share, into a validation part."""
    train = table.index[table["partition"] == "train"]
    _, held_out = train_test_split(
        train, test_size=VALIDATION_SHARE, random_state=seed, stratify=table.loc[train, "group"]
    )
    return table.assign(partition=table["partition"].where(~table.index.isin(held_out), "validation"))


def _cached_crops(
    table: pd.DataFrame, recipe: Recipe, cache: Path, detector: Detector
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Cut every picture, or take what an earlier run cut out of files of these names by the same cut and detector.

    The cache is in the order of the file names, so that all splits of a data set share it.
    """
    template, frame = TEMPLATES[recipe.template], FRAMES[recipe.dataset]
    order = np.argsort(table["file"].to_numpy(), kind="stable")
    framed = template == frame
    what = [*table["file"].iloc[order], repr(template), inspect.getsource(alignment), "" if framed else repr(detector)]
    key = hashlib.sha256("|".join(what).encode()).hexdigest()[:12]
    path = cache / f"crops-{recipe.dataset}-{template.name}-{key}.npz"
    if not path.is_file():
        crops = np.zeros((len(table), template.size, template.size, 3), np.uint8)
        detected = np.zeros(len(table), bool)
        pictures = tqdm(table["path"].iloc[order], desc=f"cutting {recipe.dataset}", unit=" pictures", disable=None)
        for index, picture in enumerate(pictures):
            image = read_image(picture)
            if framed:
                crops[index], detected[index] = alignment.resize(image, template.size, template.size), True
            else:
                crops[index], detected[index] = _cut(image, template, frame, detector)
        write_atomically(path, lambda file: np.savez(file, crops=crops, detected=detected))
    back = np.argsort(order)
    with np.load(path) as arrays:
        return arrays["crops"][back], arrays["detected"][back]


def _cut(image: Image, template: Template, frame: Template, detector: Detector) -> tuple[Image, bool]:
    """The crop of the largest face, and whether one was found."""
    faces = detector.detect(image)
    if faces:
        return alignment.align(image, largest(faces).landmarks, template), True
    scale = np.array(image.shape[1::-1]) / np.array(frame.frame)
    return alignment.align(image, (np.array(frame.points) * scale).astype(np.float32), template), False
