"""The crops and targets that a network learns from and is measured on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore.datasets import celeba, mebeauty, omi, scut
from facescore.faces import Detector
from facescore.faces.yunet import YuNet
from facescore.templates import TEMPLATES
from facescore.training.data import crops as cropping
from facescore.training.data import identities, pseudo_labels, splits, views, whole_pictures

JOINT = "joint "  # joint fold 1 to joint fold 5: a fold of every data set; no part of them is for validation


def _omi(data: Path) -> pd.DataFrame:
    """One Million Impressions with ``score``, and as ``group`` how most people would describe the face."""
    table = omi.load(data)
    sex = np.where(table["gender"] < 50, "female", "male")
    look = table[list(omi.ETHNICITIES)].idxmax(axis=1).astype(str).str.replace("_", " ")
    return table.rename(columns={"attractive": "score"}).assign(partition="test", group=look + " " + sex)


YUNET = "face_detection_yunet_2023mar.onnx"  # in the folder of initial weights
LOADERS: dict[str, Callable[[Path, str], pd.DataFrame]] = {
    "celeba": lambda data, split: splits.of_celeba(celeba.load(data), split),
    "scut": lambda data, split: scut.load(data, split.removeprefix(JOINT)),
    "mebeauty": lambda data, split: mebeauty.load(data),
    "omi": lambda data, split: _omi(data),
}


@dataclass(frozen=True)
class Selection:
    """Which pictures and labels are learned.

    Attributes:
        datasets: ``celeba``, ``scut``, ``mebeauty``, ``omi``; all targets are on the scale of the first.
        target: the column that is learned.
        template: name of the crops' template.
        side: learn whole pictures squashed to this side instead of crops, if they are in the template's frame.
        gray: learn them without colour.
        pseudo_labelled: a data set whose training part is learned with ratings by a teacher, which is fitted on
            ``datasets`` but the first; empty for none. The targets of those data sets' training parts are then the
            means of their ratings and of what a teacher says that has not learned that person.
        taught: whether the targets of a label's training part are the means of the labels and of the probabilities
            that a teacher, which has not learned that person, gives them.
        both_detectors: whether to learn crops by YuNet's landmarks too, so that either detector gives the same score.
        aligned: whether the data sets' pictures are aligned already, so that mean landmarks place every crop.
        auxiliary: whether to learn a data set's other labels too, with half of the loss.
        seed: of the validation part and of the choice of pseudo-labelled pictures.
    """

    datasets: tuple[str, ...]
    target: str
    template: str
    side: int = 0
    gray: bool = False
    pseudo_labelled: str = ""
    taught: bool = False
    both_detectors: bool = False
    aligned: bool = False
    auxiliary: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Examples:
    """Crops with their rows.

    Attributes:
        table: one row per crop: ``file``, ``group``, ``partition``, ``dataset``, ``target`` and the data set's other
            labels; ``detected`` is false where no face was found and the data set's mean landmarks placed the crop;
            ``identity`` or, of MEBeauty's joint folds, ``person`` is the person, where known.
        crops: uint8[N, size, size, 3], or uint8[N, side, side] without colour, in the table's order.
        learned: the columns that a network's units learn.
        others: the same faces cropped by another detector's landmarks, where they are learned too.
    """

    table: pd.DataFrame
    crops: npt.NDArray[np.uint8]
    learned: tuple[str, ...] = ("target",)
    others: npt.NDArray[np.uint8] | None = None

    @property
    def targets(self) -> npt.NDArray[np.float32]:
        """float32[N, learned]: 0 or 1, or ratings."""
        return self.table[list(self.learned)].to_numpy(np.float32)

    def part(self, partition: str) -> "Examples":
        """The examples of one partition: train, validation or test."""
        return self.where((self.table["partition"] == partition).to_numpy())

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Examples":
        """The chosen examples.

        Args:
            chosen: bool[N].
        """
        others = None if self.others is None else self.others[chosen]
        return Examples(self.table[chosen].reset_index(drop=True), self.crops[chosen], self.learned, others)


def load(selection: Selection, split: str, data: Path, weights: Path, cache: Path, detector: Detector) -> Examples:
    """Every picture of a split, cropped; a validation part is taken from the training part of official splits without.

    Where no face is found, the data set's mean landmarks place the crop. Ratings of a second data set are brought to
    the scale of the first by the mean and standard deviation of both training parts. Pseudo-labelled faces are in the
    training part only.

    Args:
        selection: what is learned.
        split: an official split, or a joint fold.
        data: the folder that holds the data sets.
        weights: the folder of initial weights, which include those of the recogniser that compares identities.
        cache: where crops are kept, one folder per data set and template.
        detector: finds the landmarks where the data set's pictures are not already in the template's frame.

    Raises:
        DataError: a data set or weights are missing, or pictures are missing or damaged.
    """
    tables, crops = [], []
    for dataset in selection.datasets:
        table = LOADERS[dataset](data, split)
        if selection.side:
            cropped = whole_pictures.load(table, selection.side, selection.gray, cache)
            detected = np.ones(len(table), bool)
        else:
            finds = None if selection.aligned else detector
            cropped, detected = cropping.crop_all(table, dataset, TEMPLATES[selection.template], cache, finds)
        table = _partitioned(table, dataset, split, cropped, weights, selection.seed)
        target = table[selection.target].astype(np.float32)
        tables.append(table.assign(target=target, detected=detected, dataset=dataset))
        crops.append(cropped)
    for number, table in enumerate(tables[1:], 1):
        slope, intercept = link(*(one["target"][one["partition"] == "train"] for one in (tables[0], table)))
        tables[number] = table.assign(target=(intercept + slope * table["target"]).astype(np.float32))
    if selection.taught:
        tables[0] = _taught(tables[0], selection.datasets[0], weights, cache, detector)
    if selection.pseudo_labelled:
        unrated = LOADERS[selection.pseudo_labelled](data, split)
        tables[1:], cropped = _pseudo_labelled(selection, tables[1:], unrated, weights, cache, detector)
        crops.append(cropped)
    every = pd.concat(tables, ignore_index=True)
    others = _by_yunet(every, selection, weights, cache) if selection.both_detectors else None
    joined = every.drop(columns="path")
    learned: tuple[str, ...] = ("target",)
    if selection.auxiliary:
        learned += tuple(joined.select_dtypes(bool).columns.drop(["detected", selection.target]))
    return Examples(joined, crops[0] if len(crops) == 1 else np.concatenate(crops), learned, others)


def _partitioned(
    table: pd.DataFrame, dataset: str, split: str, crops: npt.NDArray[np.uint8], weights: Path, seed: int
) -> pd.DataFrame:
    """A data set's table with the parts of a split."""
    fold = int(split[-1]) if split.startswith(JOINT) else 0
    if dataset == "mebeauty":
        return splits.identity_fold(table, identities.embed(crops, weights), fold, seed)
    if dataset == "omi":
        return splits.hashed_fold(table, fold)
    if fold or "validation" in set(table["partition"]):
        return table
    return splits.hold_out_validation(table, seed)


def _by_yunet(table: pd.DataFrame, selection: Selection, weights: Path, cache: Path) -> npt.NDArray[np.uint8]:
    """The crops of all data sets by YuNet's landmarks."""
    detector = YuNet(weights / YUNET)
    return np.concatenate(
        [
            cropping.crop_all(rows, str(dataset), TEMPLATES[selection.template], cache, detector)[0]
            for dataset, rows in table.groupby("dataset", sort=False)
        ]
    )


def _pseudo_labelled(
    selection: Selection,
    rated: list[pd.DataFrame],
    others: pd.DataFrame,
    weights: Path,
    cache: Path,
    detector: Detector,
) -> tuple[list[pd.DataFrame], npt.NDArray[np.uint8]]:
    """Rated examples, with a teacher's opinion in the training part's targets; then unrated ones, and their crops."""
    dataset = selection.pseudo_labelled
    table = pseudo_labels.choose(others[others["partition"] == "train"], dataset, selection.seed)
    cropped, detected = cropping.crop_all(table, dataset, TEMPLATES[selection.template], cache, detector)
    *seen, unrated = (
        views.look_at(one, name, views.SOURCES, weights, cache, detector)
        for one, name in zip([*rated, table], [*selection.datasets[1:], dataset], strict=True)
    )
    train = np.concatenate([one["partition"] == "train" for one in rated])
    known = {name: np.concatenate([of_one[name] for of_one in seen])[train] for name in unrated}
    ratings = np.concatenate([one["target"] for one in rated])[train]
    target = pseudo_labels.fit(known, ratings)(unrated).astype(np.float32)
    kept = table[["file", "path", "group", "partition"]].assign(target=target, detected=detected, dataset=dataset)
    taught = np.concatenate([one["target"] for one in rated])
    persons = np.concatenate([one.get("person", one["file"]).astype(str) for one in rated])[train]
    taught[train] = pseudo_labels.beside(known, ratings, persons)
    parts = np.split(taught, np.cumsum([len(one) for one in rated])[:-1])
    return [*(one.assign(target=part) for one, part in zip(rated, parts, strict=True)), kept], cropped


def _taught(table: pd.DataFrame, dataset: str, weights: Path, cache: Path, detector: Detector) -> pd.DataFrame:
    """A label's table, with what a teacher says in the targets of the training part."""
    train = (table["partition"] == "train").to_numpy()
    rows = table[train].reset_index(drop=True)
    seen = views.look_at(rows, dataset, views.SOURCES[-1:], weights, cache, detector)
    said = pseudo_labels.out_of_fold(seen, rows["target"].to_numpy(), rows["identity"].to_numpy())
    target = table["target"].to_numpy(np.float32, copy=True)
    target[train] = (target[train] + said) / 2
    return table.assign(target=target)


def link(kept: pd.Series, changed: pd.Series) -> tuple[float, float]:
    """Slope and intercept that give some ratings the mean and standard deviation of others.

    Args:
        kept: ratings whose scale is kept.
        changed: ratings whose scale is changed.
    """
    slope = kept.std() / changed.std()
    return float(slope), float(kept.mean() - slope * changed.mean())
