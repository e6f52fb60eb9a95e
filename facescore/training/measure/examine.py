"""Everything that is measured on a trained network: for whom it errs, what else moves its score, where it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore.checkpoints import Task
from facescore.datasets import scut
from facescore.images import Image
from facescore.intervals import Interval
from facescore.templates import ARCFACE, CELEBA, Template
from facescore.training.data import crops as cropping
from facescore.training.data import identities
from facescore.training.data.examples import JOINT, Examples
from facescore.training.data.place import Place
from facescore.training.measure import agreement, attribution, metrics, reliability, robustness
from facescore.training.measure.photos import Ask, asking
from facescore.training.measure.subgroups import Masks, by_looks, of_celeba, of_mebeauty, of_omi
from facescore.training.predict import Network, Numbers, apply, as_shown

FACES = 400  # on which changes of photos and orders of places are tested
FACES_OF_LARGE = 50  # for networks with more parameters than LARGE, which are much slower
CHANGED, CHANGED_OF_LARGE = 240, 80  # on which sizes, blurs and exposures are tested
LARGE = 5_000_000


@dataclass(frozen=True)
class Trained:
    """One split's network, and its predictions for the parts that it was not trained on.

    Attributes:
        split: the official split.
        task: ``binary`` or ``regression``.
        datasets: the data sets that it learned; its scores are on the scale of the first.
        template: of its crops.
        examples: every part.
        history: one row per epoch.
        parameters: the number of the network's parameters.
        network: from crops to ``score`` and, where it has a linear head, ``contribution``.
        model: the .tflite file; None where the network has no linear head.
        bias: the part of the score that no place of the map contributes.
        counts: how many pictures of each data set were in each part.
        fitted: what was fitted on the validation part after training.
        intervals: the interval table for new scores; empty for a probability.
        tables: predictions for ``validation`` and ``test``.
        maps: contributions of both, float32[N, h, w].
    """

    split: str
    task: Task
    datasets: tuple[str, ...]
    template: Template
    examples: Examples
    history: pd.DataFrame
    parameters: int
    network: Network
    model: Path | None
    bias: float
    counts: dict[str, dict[str, int]]
    fitted: dict[str, float]
    intervals: tuple[Interval, ...]
    tables: dict[str, pd.DataFrame]
    maps: dict[str, npt.NDArray[np.float32]]

    @property
    def joint(self) -> bool:
        """Whether it is one of the joint folds, which have no validation part: nothing is chosen on them."""
        return self.split.startswith(JOINT)


def errors(trained: Sequence[Trained], groups: Masks, data: Path) -> dict[str, Any]:
    """Metrics on the parts that were not learned: of the first data set, under ``wild`` of MEBeauty, and of ``omi``.

    Args:
        trained: one network per split.
        groups: further groups of the first data set's pooled test parts.
        data: the folder that holds the data sets.
    """
    task, (first, *others) = trained[0].task, trained[0].datasets
    test, looks = pooled(trained, "test"), _rows(trained, "test")
    found: dict[str, Any] = {}
    of_first = test[test["dataset"] == first]
    if task == "regression":
        of_first = metrics.with_noise(of_first, data)
    if not trained[0].joint:  # the faces of other joint folds are in the test part of another network
        validation, persons = pooled(trained, "validation"), _rows(trained, "validation").get("identity")
        found["validation"] = {"all": metrics.measure(validation.assign(group="all"), task, persons)["all"]}
    found["test"] = metrics.measure(of_first, task, looks.get("identity"), groups)
    if task == "regression":
        found["deciles"] = metrics.by_decile(of_first)
    if task == "regression" and len(trained) > 1:
        found["folds"] = metrics.mean_over_folds(of_first)
    for other in others:
        rows = metrics.with_noise(test[test["dataset"] == other].reset_index(drop=True), data)
        known = looks[looks["dataset"] == other]
        if other == "omi":
            found["omi"] = metrics.measure(rows, task, groups=of_omi(known))
        else:
            found["wild"] = metrics.measure(rows, task, known.get("person"), of_mebeauty(rows))
            found["wild_folds"] = metrics.mean_over_folds(rows)
    return found


def pooled(trained: Sequence[Trained], partition: str) -> pd.DataFrame:
    """The predictions of all splits in one table; a column ``split`` names the split where there are several."""
    if len(trained) == 1:
        return trained[0].tables[partition]
    return pd.concat([one.tables[partition].assign(split=one.split) for one in trained], ignore_index=True)


def _rows(trained: Sequence[Trained], partition: str) -> pd.DataFrame:
    """What the data sets say about the same pictures."""
    return pd.concat([one.examples.part(partition).table for one in trained])


def groups(trained: Sequence[Trained], target: str, place: Place) -> Masks:
    """Groups of the first data set's pooled test parts beyond those in its table, bool[N] each.

    For CelebA these are the labels; for SCUT-FBP5500, the folds and the faces without identity overlap with the
    training part.

    Raises:
        DataError: the weights of the face recogniser, which compares identities, are missing.
    """
    first = trained[0].datasets[0]
    if target == "Male":
        return by_looks(_rows(trained, "test"))
    if first == "celeba":
        return of_celeba(trained[0].examples.part("test"), trained[0].template)
    pictures = scut.load(place.data, "60/40")
    aligned, _ = cropping.crop_all(pictures, first, ARCFACE, place.cache, place.detector)
    embeddings = pd.DataFrame(identities.embed(aligned, place.weights), index=pictures["file"])
    alone, split = [], []
    for part in trained:
        table = part.examples.table[part.examples.table["dataset"] == first]
        tested = (table["partition"] == "test").to_numpy()
        faces = embeddings.loc[table["file"]].to_numpy()
        alone.append(~identities.overlap(faces[tested], faces[~tested]))
        split += [part.split] * int(tested.sum())
    folds = {one.split.removeprefix(JOINT): np.array(split) == one.split for one in trained if len(trained) > 1}
    return {"no identity overlap": np.concatenate(alone)} | folds


def examine(trained: Trained, place: Place) -> dict[str, Any]:
    """What is measured on a served network beyond its errors.

    Results on a second data set are under ``examined_wild``. For ratings there is also the agreement with the network
    for CelebA's label.
    """
    ask = asking(trained.network, trained.task, trained.template, place.detector)
    first, *others = trained.datasets
    found = _examine(trained, ask, first, place.data)
    for other in others[:1]:
        found["examined_wild"] = _examine(trained, ask, other, place.data)
    if trained.task == "regression":
        found["agreement"] = agreement.measure(trained.tables["test"], place)
    return found


def conditions(trained: Trained, place: Place) -> dict[str, Any]:
    """`reliability.measure` as ``conditions``, on a part's full-size photos in a random order; nothing without any.

    It is the validation part, or, of a joint fold, which has learned all but its test part, that one.
    """
    ask = asking(trained.network, trained.task, trained.template, place.detector)
    table = trained.tables["test" if trained.joint else "validation"].sample(frac=1, random_state=0)
    photos = [cropping.read_picture(path) for path in cropping.paths(table, place.data)]
    # Many copies of CelebA's pictures were downsized.
    sizes = [photo.shape[1::-1] for photo in photos]
    whole = [size == CELEBA.frame or of != "celeba" for size, of in zip(sizes, table["dataset"], strict=True)]
    if not any(whole):
        return {}
    changed = CHANGED if trained.parameters < LARGE else CHANGED_OF_LARGE
    shown = list(compress(photos, whole))
    return {"conditions": reliability.measure(ask, shown, table[whole], trained.intervals, changed)}


def _examine(trained: Trained, ask: Ask, dataset: str, data: Path) -> dict[str, Any]:
    """What else moves the score, where the network looks, and whether its map is faithful; on the test part."""
    test, contributions = _of_dataset(trained, "test", dataset)
    validation, others_contributions = _of_dataset(trained, "validation", dataset)
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(test.crops))[: FACES if trained.parameters < LARGE else FACES_OF_LARGE]
    others = validation.crops[rng.integers(0, len(validation.crops), len(chosen))]
    prediction = as_shown(trained.bias + contributions.sum(axis=(1, 2)), trained.task)
    mean_score = trained.bias + float(others_contributions.sum(axis=(1, 2)).mean())
    contributions = contributions - others_contributions.mean(axis=0)

    def of_crops(crops: Sequence[Image]) -> Numbers:
        """Scores as they are shown."""
        return as_shown(apply(trained.network, np.stack(crops))["score"], trained.task)

    def of_photos(photos: Sequence[Image]) -> Numbers:
        """Scores as they are shown; nan where no face was found."""
        return ask(photos)["prediction"].to_numpy(np.float64)

    if dataset == "celeba":
        moved = {"robustness": robustness.measure(of_crops, list(test.crops), robustness.OF_CROPS)}
    else:
        photos = [cropping.read_picture(path) for path in cropping.paths(test.table.iloc[chosen], data)]
        moved = {"invariance": robustness.measure_photos(of_photos, photos)}
    shown, maps = test.crops[chosen], contributions[chosen]
    return moved | {
        "regions": attribution.where_it_looks(contributions, prediction, trained.template),
        "map": attribution.is_the_map_true(trained.network, shown, maps, others, mean_score),
    }


def _of_dataset(trained: Trained, partition: str, dataset: str) -> tuple[Examples, npt.NDArray[np.float32]]:
    """One data set's examples in a part, and their maps."""
    part = trained.examples.part(partition)
    inside = (part.table["dataset"] == dataset).to_numpy()
    return part.where(inside), trained.maps[partition][inside]
