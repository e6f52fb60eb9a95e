"""What is found out about a trained network beyond its error: for whom, what else moves it, where it looks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore.checkpoints import Interval, Task
from facescore.faces import Detector
from facescore.faces.alignment import ARCFACE, TEMPLATES
from facescore.images import Image
from facescore.training import (
    agreement,
    attribution,
    conditions,
    cutting,
    evaluate,
    examples,
    groups,
    look_alikes,
    pipeline,
    robustness,
)
from facescore.training.evaluate import Network, Numbers
from facescore.training.examples import Examples
from facescore.training.groups import Masks
from facescore.training.pipeline import Ask
from facescore.training.recipe import Recipe

PARTS = ("train", "validation", "test")
FACES = 400  # on which changes of photos and orders of places are tried out
FACES_OF_LARGE = 50  # for networks of more numbers than the next line says, which are much slower
LARGE = 5_000_000


@dataclass(frozen=True)
class Trained:
    """One split's network, and what it says of the parts that it did not learn from.

    Attributes:
        split: the official split.
        task: ``binary`` or ``regression``.
        examples: every part.
        history: a row an epoch.
        parameters: how many numbers the network has.
        network: crops to ``score`` and, where it has a linear head, ``contribution``.
        model: the .tflite file; None where the network is as it was published.
        bias: what no place of the map contributes.
        fitted: what was fitted on the validation part after training.
        intervals: the interval table for new scores; empty for a probability.
        tables: predictions of ``validation`` and ``test``.
        maps: contributions of both, float32[N, h, w].
    """

    split: str
    task: Task
    examples: Examples
    history: pd.DataFrame
    parameters: int
    network: Network
    model: Path | None
    bias: float
    fitted: dict[str, float]
    intervals: tuple[Interval, ...]
    tables: dict[str, pd.DataFrame]
    maps: dict[str, npt.NDArray[np.float32]]


def groups_of(
    recipe: Recipe, trained: Sequence[Trained], data: Path, weights: Path, cache: Path, detector: Detector
) -> Masks:
    """Groups of the pooled test parts beyond those of the data set's own column, bool[N] each.

    Of CelebA the labels; of MEBeauty ethnicities and sexes; of SCUT-FBP5500 the folds, and the faces without a
    look-alike in the training part. Where a network learned several data sets, the groups are those of the first.

    Raises:
        DataError: the weights of the face recogniser, which tells look-alikes, are not there.
    """
    first = recipe.datasets[0]
    if first == "celeba":
        return groups.of_celeba(trained[0].examples.part("test"), TEMPLATES[recipe.template])
    if first == "mebeauty":
        return groups.of_mebeauty(trained[0].tables["test"])
    recipe_of_faces = replace(
        recipe, template=ARCFACE.name, dataset="scut", measured_on=(), auxiliary=False, unrated=""
    )
    aligned = examples.load(recipe_of_faces, recipe.splits[0], data, weights, cache, detector)
    embeddings = pd.DataFrame(look_alikes.embed(aligned.crops, weights), index=aligned.table["file"])
    alone, split = [], []
    for part in trained:
        table = part.examples.table[part.examples.table["dataset"] == first]
        inside = {name: embeddings.loc[table["file"][table["partition"] == name]].to_numpy() for name in PARTS}
        learned = np.concatenate([inside["train"], inside["validation"]])
        alone.append(~look_alikes.has_one(inside["test"], learned))
        split += [part.split] * len(inside["test"])
    found = {"without look-alikes": np.concatenate(alone)}
    return found | ({name: np.array(split) == name for name in recipe.splits} if len(trained) > 1 else {})


def examine_all(recipe: Recipe, trained: Trained, data: Path, cache: Path, detector: Detector) -> dict[str, Any]:
    """What is found out about a network that is served: `examine` of every data set that it learned, and more.

    What is found on the first data set stands by itself, on a second one under ``examined_wild``. For ratings there are
    also the conditions under which the error grows, and the agreement with the network of CelebA's label.
    """
    ask = pipeline.of(trained.network, trained.task, TEMPLATES[recipe.template], detector)
    first, *others = recipe.datasets
    found = examine(recipe, trained, ask, first, data)
    for other in others:
        found["examined_wild"] = examine(recipe, trained, ask, other, data)
    if recipe.task == "regression":
        chosen = trained.tables["validation"]
        photos = [cutting.read_picture(path) for path in examples.paths(chosen, data)]
        found["conditions"] = conditions.measure(ask, photos, chosen, trained.intervals)
        found["agreement"] = agreement.measure(trained.tables["test"], data, cache, detector)
    return found


def examine(recipe: Recipe, trained: Trained, ask: Ask, dataset: str, data: Path) -> dict[str, Any]:
    """What else moves the score, where the network looks, and whether its map is true; on the test part.

    Args:
        recipe: of the network.
        trained: a network with a linear head.
        ask: whole photos to the network's scores.
        dataset: whose pictures, of those that were learned.
        data: the folder that holds the data sets.
    """
    test, _, contributions = of_dataset(trained, "test", dataset)
    validation, _, others_contributions = of_dataset(trained, "validation", dataset)
    rng = np.random.default_rng(recipe.seed)
    chosen = rng.permutation(len(test.crops))[: FACES if trained.parameters < LARGE else FACES_OF_LARGE]
    others = validation.crops[rng.integers(0, len(validation.crops), len(chosen))]
    prediction = evaluate.as_shown(trained.bias + contributions.sum(axis=(1, 2)), trained.task)
    mean_score = trained.bias + float(others_contributions.sum(axis=(1, 2)).mean())
    contributions = contributions - others_contributions.mean(axis=0)
    if dataset == "celeba":
        moved = {"robustness": robustness.measure(_on_crops(trained), list(test.crops), robustness.OF_CROPS)}
    else:
        photos = [cutting.read_picture(path) for path in examples.paths(test.table.iloc[chosen], data)]
        moved = {"invariance": robustness.measure_photos(_scores(ask), photos)}
    return moved | {
        "regions": attribution.where_it_looks(contributions, prediction, TEMPLATES[recipe.template]),
        "map": attribution.is_the_map_true(
            trained.network, test.crops[chosen], contributions[chosen], others, mean_score
        ),
    }


def of_dataset(
    trained: Trained, partition: str, dataset: str
) -> tuple[Examples, pd.DataFrame, npt.NDArray[np.float32]]:
    """One data set's examples in a part, what was predicted of them, and their maps."""
    part = trained.examples.part(partition)
    inside = (part.table["dataset"] == dataset).to_numpy()
    chosen = replace(part, table=part.table[inside].reset_index(drop=True), crops=part.crops[inside])
    return chosen, trained.tables[partition][inside].reset_index(drop=True), trained.maps[partition][inside]


def _on_crops(trained: Trained) -> Callable[[Sequence[Image]], Numbers]:
    """Crops to scores as they are shown."""
    return lambda crops: evaluate.as_shown(evaluate.apply(trained.network, np.stack(crops))["score"], trained.task)


def _scores(ask: Ask) -> Callable[[Sequence[Image]], Numbers]:
    """Photos to scores alone."""
    return lambda photos: ask(photos)["prediction"].to_numpy(np.float64)
