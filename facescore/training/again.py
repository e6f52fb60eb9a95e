"""Measure networks again without training: what `python -m facescore measure NAME` does."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.errors import InvalidRequest
from facescore.estimates import to_json
from facescore.files import write_text
from facescore.results.study import STUDIES, Study
from facescore.runtime import MODEL, Network
from facescore.settings import CHECKPOINTS
from facescore.templates import TEMPLATES
from facescore.training import publish, recipes
from facescore.training.data import crops as cropping
from facescore.training.data.examples import JOINT, LOADERS, Examples
from facescore.training.data.place import Place
from facescore.training.data.splits import hold_out_validation
from facescore.training.measure import metrics as errors
from facescore.training.measure.examine import Trained
from facescore.training.run import Served, examined, measured, trained_on


def measure(name: str, place: Place) -> dict[str, Any]:
    """Measure a study again without training, and rewrite it; a shipped network is applied again, with its card.

    Of a network that shares its study with those of other folds, which are not shipped, only what it alone shows is
    measured. The predictions of a network that is not shipped stay as they are.

    Returns:
        What was measured, as in ``metrics.json``.

    Raises:
        DataError: the study, a data set or initial weights are missing or damaged.
        CheckpointError: the checkpoint is missing or damaged.
        InvalidRequest: the network of a label's study is not shipped.
    """
    folder = STUDIES / name
    metrics = Study.read(name, STUDIES).metrics
    if not (CHECKPOINTS / name).is_dir():
        if "mae" not in metrics["test"]["all"]:
            raise InvalidRequest(f"The network of the study {name} is not part of the project. Train it to measure it.")
        table = errors.with_noise(pd.read_csv(folder / "predictions.csv").assign(dataset="scut"), place.data)
        metrics["test"] |= errors.measure(table, "regression")
        write_text(folder / "metrics.json", to_json(metrics))
        return metrics
    trained, recipe = load(name, place), recipes.find(name)
    if trained.joint:
        metrics |= examined(recipe, trained, place)
        write_text(folder / "metrics.json", to_json(metrics))
    else:
        metrics |= measured(recipe, [trained], served=True, place=place)
        publish.study(folder, [trained], metrics)
    publish.measured_again(CHECKPOINTS / name, metrics)
    return metrics


def load(name: str, place: Place) -> Trained:
    """A shipped network with its predictions for its validation and test parts.

    Raises:
        CheckpointError: the checkpoint is missing or damaged.
        DataError: a data set is missing.
    """
    card, contents = checkpoints.read(CHECKPOINTS / name, needs=(MODEL,))
    recipe, template = recipes.find(name), TEMPLATES[card.template]
    finds = None if recipe.data.get("aligned") else place.detector
    tables, crops = [], []
    for dataset, rows in parts(card, place.data).groupby("dataset", sort=False):
        cropped, detected = cropping.crop_all(rows, str(dataset), template, place.cache, finds)
        tables.append(rows.assign(detected=detected))
        crops.append(cropped)
    examples = Examples(pd.concat(tables, ignore_index=True), np.concatenate(crops))
    served = Served(Network(contents[MODEL], name), CHECKPOINTS / name / MODEL, card.bias, {})
    history, parameters = Study.read(name, STUDIES).history, card.metrics["training"]["parameters"]
    return trained_on(recipe, card.data["split"], examples, served, history, parameters, card.intervals)


def parts(card: Card, data: Path) -> pd.DataFrame:
    """The rows of a shipped network's validation and test parts, and for ratings of its training part.

    If it learned several data sets, its study names the pictures, and those of other folds, which it has learned, are
    the validation part. The columns are ``file``, ``path``, ``group``, ``partition``, ``dataset``, ``target``, and a
    single data set's others.
    """
    split = card.data["split"]
    if split.startswith(JOINT):
        table = pd.read_csv(STUDIES / card.name / "predictions.csv").rename(columns={"truth": "target"})
        partition = np.where(table["split"] == split, "test", "validation")
        table = table[["file", "group", "dataset", "target"]].assign(partition=partition)
        return table.assign(path=pd.Series(cropping.paths(table, data), table.index))
    dataset = recipes.find(card.name).data["datasets"][0]
    table = LOADERS[dataset](data, split)
    if "validation" not in set(table["partition"]):
        table = hold_out_validation(table)
    table = table.assign(dataset=dataset, target=table[card.label].astype(np.float32))
    return table[(table["partition"] != "train") | (card.task == "regression")].reset_index(drop=True)
