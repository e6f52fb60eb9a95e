"""From a recipe to its study and checkpoint: what `python -m facescore train NAME` does."""

import importlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import keras
import numpy as np
import pandas as pd

from facescore.errors import DataError, StorageError
from facescore.files import locked, write_bytes, write_text
from facescore.intervals import Interval
from facescore.networks.linear_head import serving_model
from facescore.runtime import Network
from facescore.settings import ASSETS, CHECKPOINTS
from facescore.templates import TEMPLATES
from facescore.training import export, publish, recipes
from facescore.training.data.examples import Examples, Selection, load
from facescore.training.data.place import Place
from facescore.training.data.splits import BY_PERSON
from facescore.training.fit import calibration, loop, states
from facescore.training.measure import average_faces, conformal, examine, ood, outside, same_person
from facescore.training.measure.examine import Trained
from facescore.training.predict import Network as Applied
from facescore.training.predict import apply, predictions
from facescore.training.recipes import Recipe


def run(name: str, split: str | None, place: Place) -> dict[str, Any]:
    """Train or resume a recipe, measure it on the test part, and write its study and, if it is served, its checkpoint.

    Args:
        name: the recipe.
        split: one of its splits; None for the default.
        place: where data, weights and runs are.

    Returns:
        What was measured, as in ``metrics.json``.

    Raises:
        InvalidRequest: there is no such recipe or split.
        DataError: a data set, initial weights or the run is missing or damaged.
        StorageError: the disk is full, or another process is training this recipe there.
    """
    recipe = recipes.find(name)
    study, splits = recipes.splits_of(recipe, split)
    try:
        with locked(place.runs / recipe.name):
            return _run(recipe, study, splits, place)
    except BlockingIOError as error:
        raise StorageError(
            f"Another process is training {name} in {place.runs}. Wait for it to end, or name another folder by --runs."
        ) from error
    except OSError as error:
        raise StorageError(
            f"{error.filename or place.runs} cannot be used: {error.strerror or 'it cannot be written'}. What was "
            "trained is kept: make room, or set its permissions, and run the same command again."
        ) from error


def _run(recipe: Recipe, study: str, splits: tuple[str, ...], place: Place) -> dict[str, Any]:
    """The body of `run`, under its lock."""
    print(f"{study}: expected {recipe.expected}.")
    trained = [_train(recipe, one, place) for one in splits]
    if recipe.task == "regression" and "validation" not in trained[0].tables:
        trained = cross_fitted(trained)
    served = recipe.served and study == recipe.name
    metrics: dict[str, Any] = {"split": split_name(splits), "training": _training(trained)} | trained[0].fitted
    metrics |= measured(recipe, trained, served, place)
    publish.study(ASSETS / "studies" / study, trained, metrics)
    if served:
        publish.checkpoint(CHECKPOINTS / recipe.name, recipe, trained[0], metrics)
        _average_faces(recipe.name, trained, place)
    return metrics


def measured(recipe: Recipe, trained: list[Trained], served: bool, place: Place) -> dict[str, Any]:
    """Every measurement that a study holds, of one network per split; of a served one also what moves its score."""
    groups = examine.groups(trained, recipe.data["target"], place)
    metrics = examine.errors(trained, groups, place.data)
    if recipe.data["target"] == "Male":
        selection = Selection(**recipe.data)
        metrics["outside"] = outside.measure(trained, selection.side, selection.gray, place)
    if served:
        metrics |= examined(recipe, trained[0], place)
    return metrics


def examined(recipe: Recipe, trained: Trained, place: Place) -> dict[str, Any]:
    """What is measured on a served network beyond its errors."""
    found = examine.examine(trained, place) | examine.conditions(trained, place)
    if "celeba" in (*trained.datasets, recipe.data.get("pseudo_labelled")):
        found |= same_person.on_celeba(trained, place)
    return found


def split_name(splits: tuple[str, ...]) -> str:
    """The name of a study's splits in tables."""
    return splits[0] if len(splits) == 1 else f"five folds{' of persons' * (splits == BY_PERSON)}"


def _train(recipe: Recipe, split: str, place: Place) -> Trained:
    """Train on one split, and apply the network to the parts that it was not trained on."""
    family = importlib.import_module(f"facescore.networks.{recipe.family}")
    examples = load(Selection(**recipe.data), split, place)
    folder = place.run_of(recipe.name, split)
    _check_test_part(folder, examples)

    def build() -> keras.Model:
        """The network before its first epoch."""
        network: keras.Model = family.build(**recipe.options)
        if recipe.initial_weights:
            family.load_initial_weights(network, place.weights)
        return network

    plan = loop.Plan.of(recipe.fit)
    network = loop.fit(recipe.name, recipe.task, plan, examples, build, folder, settings_of(recipe))
    served = _served(recipe, family, network, examples, folder / "model.tflite")
    return trained_on(recipe, split, examples, served, states.history(folder), network.count_params())


class Served(NamedTuple):
    """A network as served: the fields of `Trained` that come from it."""

    network: Applied
    model: Path | None
    bias: float
    fitted: dict[str, float]


def trained_on(
    recipe: Recipe,
    split: str,
    examples: Examples,
    served: Served,
    history: pd.DataFrame,
    parameters: int,
    intervals: tuple[Interval, ...] = (),
) -> Trained:
    """A network with its predictions for the validation and the test part; without intervals, they are fitted."""
    parts = [part for part in ("validation", "test") if part in set(examples.table["partition"])]
    outputs = {part: apply(served.network, examples.part(part).crops) for part in parts}
    tables = {part: predictions(output, examples.part(part).table, recipe.task) for part, output in outputs.items()}
    if recipe.task == "regression" and "validation" in tables:
        intervals = intervals or conformal.fit(tables["validation"])
        tables = {part: conformal.bounds(table, intervals) for part, table in tables.items()}
    partitions = examples.table.groupby("dataset")["partition"]
    return Trained(
        split=split,
        task=recipe.task,
        datasets=recipe.data["datasets"],
        template=TEMPLATES[recipe.data["template"]],
        examples=examples,
        history=history,
        parameters=parameters,
        counts={str(dataset): dict(Counter(parts).most_common()) for dataset, parts in partitions},
        intervals=intervals,
        tables=tables,
        maps={part: output["contribution"] for part, output in outputs.items() if "contribution" in output},
        **served._asdict(),
    )


def _check_test_part(folder: Path, examples: Examples) -> None:
    """Keep which pictures a run is tested on, or check that they are still the same: none may have been learned.

    Raises:
        DataError: the test part has changed since the run was started.
    """
    tested = examples.part("test").table
    path, names = folder / "test.txt", "\n".join(sorted(tested["dataset"] + "/" + tested["file"]))
    if not path.is_file():
        write_text(path, names)
    elif path.read_text(encoding="utf-8") != names:
        raise DataError(
            f"The test part has changed since the run in {folder} was started, so it may have been learned. Delete "
            "that folder to start anew."
        )


def cross_fitted(trained: list[Trained]) -> list[Trained]:
    """The networks of joint folds, each with what the others predict for the faces that they have not learned.

    That is what its intervals are made from: its own fold, which shares no face with another, is measured with them.
    """
    found = []
    for one in trained:
        others = [other for other in trained if other is not one]
        tables = {
            "validation": pd.concat([other.tables["test"] for other in others], ignore_index=True),
            "test": one.tables["test"],
        }
        intervals = conformal.fit(tables["validation"])
        test, *unlearned = (fold.examples.part("test") for fold in (one, *others))
        rows = [part.table.assign(partition="validation") for part in unlearned]
        crops = np.concatenate([part.crops for part in unlearned])
        both = pd.concat([test.table, *rows], ignore_index=True), np.concatenate([test.crops, crops])
        maps = {"validation": apply(one.network, crops)["contribution"], "test": one.maps["test"]}
        bounded = {part: conformal.bounds(table, intervals) for part, table in tables.items()}
        found.append(replace(one, examples=Examples(*both), intervals=intervals, tables=bounded, maps=maps))
    return found


def _average_faces(name: str, trained: list[Trained], place: Place) -> None:
    """Write the average faces of the tenths of the pooled test parts."""
    dataset = trained[0].datasets[0]
    table, shown = trained[0].examples.table, examine.pooled(trained, "test")
    table, shown = table[table["dataset"] == dataset], shown[shown["dataset"] == dataset]
    tenths = average_faces.tenths(name, shown)
    average_faces.write(ASSETS / "average_faces", tenths, table, dataset, place.data, place.detector)


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """The settings that must match for a run to be resumed: all that determine how one network is trained."""
    names = ("task", "data", "family", "options", "initial_weights", "fit")
    return {name: getattr(recipe, name) for name in names}


def _served(recipe: Recipe, family: ModuleType, network: keras.Model, examples: Examples, path: Path) -> Served:
    """The network as served, calibrated, and its file.

    A network without a linear head is applied as published, with neither mirror image nor map.
    """
    if not hasattr(family, "linear_head"):
        return Served(lambda crops: {"score": network.predict_on_batch(crops)[:, 0]}, None, 0.0, {})
    head, familiarity = family.linear_head(network), None
    fitted: dict[str, float] = {}
    if recipe.task == "binary":
        head, fitted = calibration.with_temperature(head, network, examples.part("validation"))
    else:
        several = len(recipe.data["datasets"]) > 1
        familiarity = ood.fit(network, head.features, examples.part("train"), contrast=several)
    content = export.to_tflite(serving_model(network, head, familiarity), recipe.half)
    write_bytes(path, content)
    return Served(Network(content, f"{recipe.name}/{path.name}"), path, head.bias, fitted)


def _training(trained: list[Trained]) -> dict[str, Any]:
    """Total training time, and the mean over the splits of the epochs and of the epoch that was taken."""
    histories = [one.history for one in trained]
    last = [history["epoch"].iloc[-1] for history in histories]
    best = last if trained[0].joint else [history["epoch"][history["val_loss"].argmin()] for history in histories]
    return {
        "parameters": trained[0].parameters,
        "epochs": round(float(np.mean(last))),
        "best_epoch": round(float(np.mean(best))),
        "seconds": round(float(sum(history["seconds"].sum() for history in histories))),
    }
