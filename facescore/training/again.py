"""Measure networks again without training: what `python -m facescore measure NAME` does."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.datasets import mebeauty
from facescore.errors import InvalidRequest
from facescore.estimates import to_json
from facescore.faces import Detector, load_detector
from facescore.files import write_text
from facescore.results.study import STUDIES, UNSEEN, Study
from facescore.runtime import MODEL, Network
from facescore.settings import CHECKPOINTS, Settings
from facescore.templates import TEMPLATES
from facescore.training import publish, recipes
from facescore.training.data import crops as cropping
from facescore.training.data.examples import LOADERS, Examples, link
from facescore.training.data.splits import hold_out_validation
from facescore.training.measure import conformal, examine
from facescore.training.measure.examine import Trained
from facescore.training.predict import apply, predictions
from facescore.training.run import Place, measured

DATASETS = {"SCUT-FBP5500": "scut", "CelebA": "celeba"}
SEED = 0  # of the validation part of data sets that have none


def measure(name: str, data: Path, weights: Path, runs: Path, settings: Settings) -> dict[str, Any]:
    """Measure a study again without training, and rewrite it; a shipped network is applied again, with its card.

    The predictions of a network that is not shipped stay as they are. Pictures whose rating cannot be right are left
    out of either.

    Args:
        name: the study; ``NAME-on-omi``, in ``assets/unseen``, is that of a shipped network on a data set that it has
            never seen.
        data: the folder that holds the data sets.
        weights: the folder that holds initial weights.
        runs: where crops are kept.
        settings: which detector finds the faces.

    Returns:
        What was measured, as in ``metrics.json``.

    Raises:
        DataError: the study, a data set or initial weights are missing or damaged.
        CheckpointError: the checkpoint is missing or damaged.
        InvalidRequest: the network of a label's study is not shipped.
    """
    folder, place = STUDIES / name, Place(data, weights, runs, load_detector(settings))
    network, _, unseen = name.partition("-on-")
    metrics = Study.read(network, STUDIES).metrics
    if unseen:
        trained = load(network, unseen, data, place.cache, place.detector)
        metrics = {"split": "never seen", "training": metrics["training"]}
        metrics |= examine.unseen(trained, data, place.cache, place.detector)
        publish.study(UNSEEN / name, [trained], metrics)
    elif (CHECKPOINTS / name).is_dir():
        trained = load(name, "", data, place.cache, place.detector)
        metrics |= measured(recipes.find(name), [trained], served=True, place=place)
        publish.study(folder, [trained], metrics)
        publish.measured_again(CHECKPOINTS / name, metrics)
    elif "mae" not in metrics["test"]["all"]:
        raise InvalidRequest(f"The network of the study {name} is not part of the project. Train it to measure it.")
    else:
        table = pd.read_csv(folder / "predictions.csv")
        if "part" in table:
            table = without_wrong(table, data)
            write_text(folder / "predictions.csv", table.to_csv(index=False))
        found = examine.without_network(table if "part" in table else table.assign(dataset="scut", part="test"), data)
        metrics |= found | {"test": metrics["test"] | found["test"]}
        write_text(folder / "metrics.json", to_json(metrics))
    return metrics


def load(name: str, unseen: str, data: Path, cache: Path, detector: Detector) -> Trained:
    """A shipped network with its predictions for its validation and test parts, or for a data set it has never seen.

    Args:
        name: the checkpoint's.
        unseen: that data set; empty for the network's own parts.
        data: the folder that holds the data sets.
        cache: where crops are kept.
        detector: finds the faces.

    Raises:
        CheckpointError: the checkpoint is missing or damaged.
        DataError: a data set is missing.
    """
    card, contents = checkpoints.read(CHECKPOINTS / name, needs=(MODEL,))
    network, task, template = Network(contents[MODEL], name), card.task, TEMPLATES[card.template]
    tables, crops = [], []
    finds = None if recipes.find(name).data.get("aligned") else detector
    table = other(unseen, card, data) if unseen else parts(card, data)
    for dataset, rows in table.groupby("dataset", sort=False):
        cropped, detected = cropping.crop_all(rows, str(dataset), template, cache, finds)
        tables.append(rows.assign(detected=detected))
        crops.append(cropped)
    examples = Examples(pd.concat(tables, ignore_index=True), np.concatenate(crops))
    measured_parts = sorted(set(examples.table["partition"]) - {"train"})
    outputs = {part: apply(network, examples.part(part).crops) for part in measured_parts}
    found = {part: predictions(output, examples.part(part).table, task) for part, output in outputs.items()}
    if card.intervals:
        found = {part: conformal.bounds(table, card.intervals) for part, table in found.items()}
    return Trained(
        split=card.data["split"],
        task=task,
        datasets=tuple(dict.fromkeys(examples.table["dataset"])),
        template=template,
        examples=examples,
        history=pd.read_csv(STUDIES / name / "history.csv"),
        parameters=card.metrics["training"]["parameters"],
        network=network,
        model=CHECKPOINTS / name / MODEL,
        bias=card.bias,
        fitted={},
        intervals=card.intervals,
        tables=found,
        maps={part: output["contribution"] for part, output in outputs.items()},
    )


def parts(card: Card, data: Path) -> pd.DataFrame:
    """The rows of a shipped network's validation and test parts, and for ratings of one data set of its training part.

    ``left out`` are those whose rating cannot be right.

    Args:
        card: the network's; if it learned several data sets, its study names the pictures.
        data: the folder that holds the data sets.

    Returns:
        ``file``, ``path``, ``group``, ``partition``, ``dataset``, ``target``, and a single data set's other columns.
    """
    listed = pd.read_csv(STUDIES / card.name / "predictions.csv")
    if "part" in listed:
        table = without_wrong(listed, data).rename(columns={"truth": "target", "part": "partition"})
        paths = pd.Series(cropping.paths(table, data), table.index)
        return table[["file", "group", "partition", "dataset", "target"]].assign(path=paths)
    dataset = DATASETS[card.data["name"]]
    table = LOADERS[dataset](data, card.data["split"])
    if "validation" not in set(table["partition"]):
        table = hold_out_validation(table, SEED)
    table = table.assign(dataset=dataset, target=table[card.label].astype(np.float32))
    return table[(table["partition"] != "train") | (card.task == "regression")].reset_index(drop=True)


def other(dataset: str, card: Card, data: Path) -> pd.DataFrame:
    """The rows of a data set that a network has never seen, all as ``test``, as `parts` returns them.

    Its ratings are brought to the scale of the network's by mean and standard deviation.

    Raises:
        DataError: the data set, or the one that the network learned, is missing.
    """
    learned = LOADERS[DATASETS[card.data["name"]]](data, card.data["split"])
    table = LOADERS[dataset](data, card.data["split"])
    slope, intercept = link(learned[card.label][learned["partition"] == "train"], table[card.label])
    return table.assign(dataset=dataset, target=(intercept + slope * table[card.label]).astype(np.float32))


def without_wrong(listed: pd.DataFrame, data: Path) -> pd.DataFrame:
    """A study's table of predictions, with pictures whose rating cannot be right in a part of their own, ``left out``.

    Raises:
        DataError: MEBeauty is missing.
    """
    return listed.assign(part=listed["part"].mask(listed["file"].isin(mebeauty.left_out(data)), "left out"))
