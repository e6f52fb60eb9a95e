"""The crops and targets that a network learns from and is measured on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore.datasets import celeba, mebeauty, omi, scut
from facescore.faces import Detector
from facescore.templates import TEMPLATES
from facescore.training.data import crops as cropping
from facescore.training.data import identities, pseudo_labels, splits, whole_pictures


def _omi(data: Path) -> pd.DataFrame:
    """One Million Impressions with ``score``, and as ``group`` how most people would describe the face."""
    table = omi.load(data)
    sex = np.where(table["gender"] < 50, "female", "male")
    look = table[list(omi.ETHNICITIES)].idxmax(axis=1).astype(str).str.replace("_", " ")
    return table.rename(columns={"attractive": "score"}).assign(partition="test", group=look + " " + sex)


LOADERS: dict[str, Callable[[Path, str], pd.DataFrame]] = {
    "celeba": lambda data, split: splits.of_celeba(celeba.load(data), split),
    "scut": scut.load,
    "mebeauty": lambda data, split: mebeauty.load(data),
    "omi": lambda data, split: _omi(data),
}


@dataclass(frozen=True)
class Selection:
    """Which pictures and labels are learned.

    Attributes:
        datasets: ``celeba``, ``scut``, ``mebeauty``; all targets are on the scale of the first.
        target: the column that is learned.
        template: name of the crops' template.
        side: learn whole pictures squashed to this side instead of crops, if they are in the template's frame.
        gray: learn them without colour.
        measured_on: further data sets on which the network is measured but not trained.
        pseudo_labelled: a data set whose training part is learned with ratings by a teacher, which is fitted on the
            last of ``datasets``; empty for none.
        aligned: whether the data sets' pictures are aligned already, so that mean landmarks place every crop.
        auxiliary: whether to learn a data set's other labels too, with half of the loss.
        seed: of the validation part and of the choice of pseudo-labelled pictures.
    """

    datasets: tuple[str, ...]
    target: str
    template: str
    side: int = 0
    gray: bool = False
    measured_on: tuple[str, ...] = ()
    pseudo_labelled: str = ""
    aligned: bool = False
    auxiliary: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Examples:
    """Crops with their rows.

    Attributes:
        table: one row per crop: ``file``, ``group``, ``partition``, ``dataset``, ``target`` and the data set's other
            labels; ``detected`` is false where no face was found and the data set's mean landmarks placed the crop;
            ``identity`` is the person, where known.
        crops: uint8[N, size, size, 3], or uint8[N, side, side] without colour, in the table's order.
        learned: the columns that a network's units learn.
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
        return self.where((self.table["partition"] == partition).to_numpy())

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Examples":
        """The chosen examples.

        Args:
            chosen: bool[N].
        """
        return Examples(self.table[chosen].reset_index(drop=True), self.crops[chosen], self.learned)


def load(selection: Selection, split: str, data: Path, weights: Path, cache: Path, detector: Detector) -> Examples:
    """Every picture of a split, cropped; a validation part is taken from the training part where the split has none.

    Where no face is found, the data set's mean landmarks place the crop. Ratings of a second data set are brought to
    the scale of the first by the mean and standard deviation of both training parts. If a data set is only measured
    on, everything but its test part is left out; pseudo-labelled faces are in the training part only.

    Args:
        selection: what is learned.
        split: an official split.
        data: the folder that holds the data sets.
        weights: the folder of initial weights, which include those of the recogniser that compares identities.
        cache: where crops are kept, one folder per data set and template.
        detector: finds the landmarks where the data set's pictures are not already in the template's frame.

    Raises:
        DataError: a data set or weights are missing, or pictures are missing or damaged.
    """
    tables, crops = [], []
    for dataset in (*selection.datasets, *selection.measured_on):
        table = LOADERS[dataset](data, split)
        if selection.side:
            cropped = whole_pictures.load(table, selection.side, selection.gray, cache)
            detected = np.ones(len(table), bool)
        else:
            finds = None if selection.aligned else detector
            cropped, detected = cropping.crop_all(table, dataset, TEMPLATES[selection.template], cache, finds)
        if dataset == "mebeauty":
            table = splits.split_by_identity(table, identities.embed(cropped, weights), selection.seed)
        elif "validation" not in set(table["partition"]):
            table = splits.hold_out_validation(table, selection.seed)
        target = table[selection.target].astype(np.float32)
        tables.append(table.assign(target=target, detected=detected, dataset=dataset))
        crops.append(cropped)
    for number, table in enumerate(tables[1:], 1):
        slope, intercept = link(*(one["target"][one["partition"] == "train"] for one in (tables[0], table)))
        tables[number] = table.assign(target=(intercept + slope * table["target"]).astype(np.float32))
    for table in tables[len(selection.datasets) :]:
        table["partition"] = table["partition"].where(table["partition"] == "test", "left out")
    if selection.pseudo_labelled:
        rated, others = tables[len(selection.datasets) - 1], LOADERS[selection.pseudo_labelled](data, split)
        table, cropped = _pseudo_labelled(selection, rated, others, weights, cache, detector)
        tables.append(table)
        crops.append(cropped)
    joined = pd.concat(tables, ignore_index=True).drop(columns="path")
    learned: tuple[str, ...] = ("target",)
    if selection.auxiliary:
        learned += tuple(joined.select_dtypes(bool).columns.drop(["detected", selection.target]))
    return Examples(joined, crops[0] if len(crops) == 1 else np.concatenate(crops), learned)


def _pseudo_labelled(
    selection: Selection, rated: pd.DataFrame, others: pd.DataFrame, weights: Path, cache: Path, detector: Detector
) -> tuple[pd.DataFrame, npt.NDArray[np.uint8]]:
    """Unrated training examples, with a teacher's ratings as their targets."""
    dataset = selection.pseudo_labelled
    table = pseudo_labels.choose(others[others["partition"] == "train"], dataset, selection.seed)
    cropped, detected = cropping.crop_all(table, dataset, TEMPLATES[selection.template], cache, detector)
    rated = rated[rated["partition"] == "train"]
    views = [
        pseudo_labels.views(one, name, weights, cache, detector)
        for one, name in ((rated, selection.datasets[-1]), (table, dataset))
    ]
    target = pseudo_labels.fit(views[0], rated["target"].to_numpy())(views[1]).astype(np.float32)
    kept = table[["file", "path", "group", "partition"]]
    return kept.assign(target=target, detected=detected, dataset=dataset), cropped


def link(kept: pd.Series, changed: pd.Series) -> tuple[float, float]:
    """Slope and intercept that give some ratings the mean and standard deviation of others.

    Args:
        kept: ratings whose scale is kept.
        changed: ratings whose scale is changed.
    """
    slope = kept.std() / changed.std()
    return float(slope), float(kept.mean() - slope * changed.mean())
