"""The crops and targets that a recipe learns from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from facescore.datasets import SOURCES, celeba, mebeauty, scut
from facescore.faces import Detector
from facescore.faces.alignment import TEMPLATES
from facescore.training import cutting, look_alikes, teacher
from facescore.training.recipe import Recipe

VALIDATION_SHARE = 0.1
LOADERS: dict[str, Callable[[Path, str], pd.DataFrame]] = {
    "celeba": lambda data, split: celeba.load(data),
    "scut": scut.load,
    "mebeauty": lambda data, split: mebeauty.load(data),
}


@dataclass(frozen=True)
class Examples:
    """Crops with their rows.

    Attributes:
        table: ``file``, ``group``, ``partition``, ``dataset``, ``target`` and the data set's other labels a row;
            ``detected`` is false where no face was found and the crop was cut at the data set's mean landmarks instead;
            ``identity`` says who it is, where that is known.
        crops: uint8[N, size, size, 3], in the table's order.
        learned: the columns that a network's units learn; nan where a row tells nothing.
    """

    table: pd.DataFrame
    crops: npt.NDArray[np.uint8]
    learned: tuple[str, ...] = ("target",)

    @property
    def truth(self) -> npt.NDArray[np.float32]:
        """float32[N]: 0 or 1, or a rating."""
        return self.table["target"].to_numpy(np.float32)

    @property
    def targets(self) -> npt.NDArray[np.float32]:
        """float32[N, learned]."""
        return self.table[list(self.learned)].to_numpy(np.float32)

    def part(self, partition: str) -> "Examples":
        """The examples of one partition: train, validation or test."""
        chosen = (self.table["partition"] == partition).to_numpy()
        return Examples(self.table[chosen].reset_index(drop=True), self.crops[chosen], self.learned)


def load(recipe: Recipe, split: str, data: Path, weights: Path, cache: Path, detector: Detector) -> Examples:
    """The recipe's examples, with a validation part carved out of the training part where the split has none.

    Every picture of the split is there: where no face is found, the data set's mean landmarks place the cut. Ratings of
    a second data set are linked to the scale of the first by the mean and spread of both training parts. Of a data set
    that is only measured on, everything but the test part is left out; faces that a teacher rated are in the training
    part only.

    Args:
        recipe: what is to be learned.
        split: one of its splits.
        data: the folder that holds the data sets.
        weights: the folder of initial weights, among them those that tell look-alikes.
        cache: where cut crops are kept, a file a data set and cut.
        detector: finds the landmarks where the data set's pictures are not already in the template's frame.

    Raises:
        DataError: a data set or weights are not there, or pictures are missing or damaged.
    """
    tables, crops = [], []
    for dataset in recipe.datasets_measured:
        table = LOADERS[dataset](data, split)
        cut, detected = cutting.cut_all(table, dataset, TEMPLATES[recipe.template], cache, detector)
        if dataset == "mebeauty":
            table = split_by_look_alikes(table, look_alikes.embed(cut, weights), recipe.seed)
        elif "validation" not in set(table["partition"]):
            table = carve_validation(table, recipe.seed)
        target = table[recipe.target].astype(np.float32)
        tables.append(table.assign(target=target, detected=detected, dataset=dataset))
        crops.append(cut)
    for number, table in enumerate(tables[1:], 1):
        slope, intercept = link(tables[0], table)
        tables[number] = table.assign(target=(intercept + slope * table["target"]).astype(np.float32))
    for number, dataset in enumerate(recipe.datasets_measured):
        if dataset in recipe.measured_on:
            parts = tables[number]["partition"]
            tables[number] = tables[number].assign(partition=parts.where(parts == "test", "left out"))
    if recipe.unrated:
        rated, others = tables[len(recipe.datasets) - 1], LOADERS[recipe.unrated](data, split)
        table, cut = _taught(recipe, rated, others, weights, cache, detector)
        tables.append(table)
        crops.append(cut)
    joined, learned = _learned(pd.concat(tables, ignore_index=True).drop(columns="path"), recipe)
    return Examples(joined, np.concatenate(crops), learned)


def _taught(
    recipe: Recipe, rated: pd.DataFrame, others: pd.DataFrame, weights: Path, cache: Path, detector: Detector
) -> tuple[pd.DataFrame, npt.NDArray[np.uint8]]:
    """Training examples that nobody rated, with a teacher's ratings as their targets."""
    table = teacher.choose(others[others["partition"] == "train"], recipe.unrated, recipe.seed)
    crops, detected = cutting.cut_all(table, recipe.unrated, TEMPLATES[recipe.template], cache, detector)
    rated = rated[rated["partition"] == "train"]
    views = [
        teacher.views(one, name, weights, cache, detector)
        for one, name in ((rated, recipe.datasets[-1]), (table, recipe.unrated))
    ]
    target = teacher.fit(views[0], rated["target"].to_numpy())(views[1]).astype(np.float32)
    kept = table[["file", "path", "group", "partition"]]
    return kept.assign(target=target, detected=detected, dataset=recipe.unrated), crops


def paths(table: pd.DataFrame, data: Path) -> list[Path]:
    """Where the pictures of a table's rows, ``file`` and ``dataset``, are below the folder that holds the data sets."""
    folders = (data / SOURCES[dataset]["pictures"] for dataset in table["dataset"])
    return [folder / file for folder, file in zip(folders, table["file"], strict=True)]


def _learned(table: pd.DataFrame, recipe: Recipe) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The table with the columns that are learned, and their names."""
    if not recipe.auxiliary:
        return table, ("target",)
    if len(recipe.datasets) == 1:
        return table, ("target", *table.select_dtypes(bool).columns.drop(["detected", recipe.target]))
    own = {name: table["target"].where(table["dataset"] == name) for name in recipe.datasets}
    return table.assign(**own), recipe.datasets


def link(scale: pd.DataFrame, other: pd.DataFrame) -> tuple[float, float]:
    """Slope and intercept that give one training part's targets the mean and the spread of another's.

    Args:
        scale: examples on the scale that is kept.
        other: examples on the scale that is changed.
    """
    kept, changed = (table["target"][table["partition"] == "train"] for table in (scale, other))
    slope = kept.std() / changed.std()
    return float(slope), float(kept.mean() - slope * changed.mean())


def carve_validation(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Move a tenth of the training part, each group in its share, into a validation part."""
    train = table.index[table["partition"] == "train"]
    _, held_out = train_test_split(
        train, test_size=VALIDATION_SHARE, random_state=seed, stratify=table.loc[train, "group"]
    )
    return table.assign(partition=table["partition"].where(~table.index.isin(held_out), "validation"))


def split_by_look_alikes(table: pd.DataFrame, embeddings: look_alikes.Embeddings, seed: int) -> pd.DataFrame:
    """Split a data set in which people recur, so that nobody is learned from and tested on.

    Args:
        table: with the official parts train and validation.
        embeddings: of the same faces.
        seed: of what is held out.

    Returns:
        The table with other parts: the official validation part is ``test``, but for its pictures with a look-alike in
        the official training part, which are ``left out``; a tenth of that training part, whole groups of look-alikes
        and each group of the data set in its share, is ``validation``.
    """
    official = (table["partition"] == "train").to_numpy()
    part = np.where(official, "train", "test").astype(object)
    part[~official] = np.where(
        look_alikes.has_one(embeddings[~official], embeddings[official]), "left out", part[~official]
    )
    folds = StratifiedGroupKFold(round(1 / VALIDATION_SHARE), shuffle=True, random_state=seed)
    rows = np.flatnonzero(official)
    _, held_out = next(folds.split(rows, table["group"].to_numpy()[rows], look_alikes.families(embeddings[rows])))
    part[rows[held_out]] = "validation"
    return table.assign(partition=part)
