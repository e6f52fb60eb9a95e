"""One experiment from its recipe to its study and checkpoint: what `python -m facescore train NAME` does."""

import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import pandas as pd

from facescore.checkpoints import Interval
from facescore.errors import DataError, StorageError
from facescore.faces import Detector, load_detector
from facescore.files import locked, write_bytes, write_text
from facescore.litert import Network
from facescore.networks.linear_head import serving_model
from facescore.settings import ASSETS, CHECKPOINTS, Settings
from facescore.training import (
    average_faces,
    blending,
    evaluate,
    examination,
    examples,
    export,
    familiarity,
    intervals,
    out_of_fold,
    recipes,
    states,
)
from facescore.training.examination import Trained
from facescore.training.examples import Examples
from facescore.training.fit import fit, require_finished
from facescore.training.groups import Masks, of_mebeauty
from facescore.training.heads import fit_head
from facescore.training.recipe import Recipe


def run(name: str, data: Path, weights: Path, runs: Path, settings: Settings) -> dict[str, Any]:
    """Train a recipe, or go on where it was stopped; measure it on the test part; write its study and checkpoint.

    Args:
        name: the recipe.
        data: the folder that holds the data sets.
        weights: the folder that holds initial weights.
        runs: where runs and cut crops are kept.
        settings: which detector cuts the faces.

    Returns:
        What was measured, as ``metrics.json`` holds it.

    Raises:
        InvalidRequest: there is no such recipe.
        DataError: data set, initial weights, or the study that the residuals come from are missing or damaged.
        StorageError: the disk is full, or another process is training this recipe there.
    """
    recipe = recipes.find(name)
    try:
        with locked(runs / recipe.name):
            return _run(recipe, data, weights, runs, settings)
    except BlockingIOError as error:
        raise StorageError(
            f"Another process is training {recipe.name} in {runs}. Wait for its end, or name another folder by --runs."
        ) from error
    except OSError as error:
        raise StorageError(
            f"{error.filename or runs} cannot be used: {error.strerror or 'it cannot be written'}. What was trained is "
            "kept: make room, or set its permissions, and run the same command again."
        ) from error


def _run(recipe: Recipe, data: Path, weights: Path, runs: Path, settings: Settings) -> dict[str, Any]:
    """What `run` does while no other process does it."""
    print(f"{recipe.name}: expected {recipe.expected}.")
    folds = out_of_fold.read(ASSETS / "studies", recipe) if recipe.residuals else None
    detector = load_detector(settings)
    trained = [_train(recipe, split, data, weights, runs, detector, folds) for split in recipe.splits]
    groups = examination.groups_of(recipe, trained, data, weights, runs / "cache", detector)
    tables = {part: _pooled(recipe, [one.tables[part] for one in trained]) for part in ("validation", "test")}
    metrics: dict[str, Any] = {"training": _training(trained)} | trained[0].fitted
    metrics |= _measure(recipe, trained, tables, groups)
    if recipe.served:
        metrics |= examination.examine_all(recipe, trained[0], data, runs / "cache", detector)
    if folds:
        metrics |= folds.metrics
    history = _pooled(recipe, [part.history for part in trained])
    texts = {
        "history.csv": history.to_csv(index=False),
        "predictions.csv": _shown(recipe, tables).to_csv(index=False),
    }
    for file, text in {**texts, "metrics.json": json.dumps(metrics, indent=1) + "\n"}.items():
        write_text(ASSETS / "studies" / recipe.name / file, text)
    if recipe.served:
        shown = examination.of_dataset(trained[0], "test", recipe.datasets[0])
        average_faces.write(ASSETS / "average_faces" / recipe.name, *shown[:2])
        export.export_network(CHECKPOINTS / recipe.name, recipe, trained[0], metrics, texts)
    return metrics


def _train(
    recipe: Recipe,
    split: str,
    data: Path,
    weights: Path,
    runs: Path,
    detector: Detector,
    folds: out_of_fold.Folds | None,
) -> Trained:
    """Train on one split, and apply the network, corrected, to the parts that it did not learn from."""
    family = importlib.import_module(f"facescore.networks.{recipe.network}")

    def build() -> keras.Model:
        """The network before its first epoch."""
        network: keras.Model = family.build(**recipe.options)
        if recipe.initial_weights:
            family.load_initial_weights(network, weights)
        return network

    every = examples.load(recipe, split, data, weights, runs / "cache", detector)
    folder = _run_folder(runs, recipe.name, split)
    if recipe.blends:
        keras_network, history, blended = _blend(recipe, split, runs, build(), every)
    else:
        keras_network, blended = fit(recipe, every, build, folder), {}
        history = _history(folder)
    network, path, bias, fitted = _applied(
        recipe, family, keras_network, every, folds.correction if folds else None, folder / "model.tflite"
    )
    outputs = {part: evaluate.apply(network, every.part(part).crops) for part in ("validation", "test")}
    tables = {p: evaluate.predictions(output, every.part(p), recipe.task) for p, output in outputs.items()}
    table_of_intervals: tuple[Interval, ...] = ()
    if recipe.task == "regression":
        table_of_intervals = intervals.fit(folds.residuals if folds else tables["validation"])
        tables = {part: intervals.bounds(table, table_of_intervals) for part, table in tables.items()}
    return Trained(
        split=split,
        task=recipe.task,
        examples=every,
        history=history,
        parameters=keras_network.count_params(),
        network=network,
        model=path,
        bias=bias,
        fitted=blended | fitted,
        intervals=table_of_intervals,
        tables=tables,
        maps={p: output["contribution"] for p, output in outputs.items() if "contribution" in output},
    )


def _applied(
    recipe: Recipe,
    family: ModuleType,
    keras_network: keras.Model,
    every: Examples,
    correction: tuple[float, float] | None,
    path: Path,
) -> tuple[evaluate.Network, Path | None, float, dict[str, float]]:
    """What answers for a trained network, its file, its bias, and what was fitted for its head.

    With a linear head it is what is served, written to ``path``; without one, the network as it was published, with
    neither mirror image nor map.
    """
    if not hasattr(family, "linear_head"):
        return lambda crops: {"score": keras_network.predict_on_batch(crops)[:, 0]}, None, 0.0, {}
    head, fitted = fit_head(recipe, family, keras_network, every.part("validation"), correction)
    familiar = None
    if recipe.task == "regression":
        several = len(recipe.datasets) > 1
        familiar = familiarity.fit(keras_network, head.features, every.part("train"), contrast=several)
    content = export.to_tflite(serving_model(keras_network, head, familiar), recipe.half)
    write_bytes(path, content)
    return Network(content, f"{recipe.name}/{path.name}"), path, head.bias, fitted


def _run_folder(runs: Path, name: str, split: str) -> Path:
    return runs / name / split.replace(" ", "-").replace("/", "-")


def _history(folder: Path) -> pd.DataFrame:
    """A row an epoch.

    Raises:
        DataError: the run has no sound state.
    """
    found = states.history(folder)
    if found is None:
        raise DataError(f"The run in {folder} is damaged. Delete that folder to start anew.")
    return found


def _blend(
    recipe: Recipe, split: str, runs: Path, network: keras.Model, every: Examples
) -> tuple[keras.Model, pd.DataFrame, dict[str, float]]:
    """The network between those of other recipes, all their histories, and the first one's share."""
    folders = [_run_folder(runs, name, split) for name in recipe.blends]
    for folder, name in zip(folders, recipe.blends, strict=True):
        require_finished(folder, recipes.find(name))
    share = blending.blend(network, folders, every.part("validation"))
    histories = [_history(folder).assign(network=name) for folder, name in zip(folders, recipe.blends, strict=True)]
    return network, pd.concat(histories, ignore_index=True), {"share_of_weights": share}


def _pooled(recipe: Recipe, tables: list[pd.DataFrame]) -> pd.DataFrame:
    """The splits' tables as one, with a column that names the split where there are several."""
    if len(tables) == 1:
        return tables[0]
    named = [table.assign(split=split) for table, split in zip(tables, recipe.splits, strict=True)]
    return pd.concat(named, ignore_index=True)


def _training(trained: list[Trained]) -> dict[str, Any]:
    """What training took in all, how large the network is, and which epoch was best (of several splits, the mean).

    Of a network between others the epochs are those of the last.
    """
    histories = [
        part.history[part.history["network"] == part.history["network"].iloc[-1]].reset_index(drop=True)
        if "network" in part.history
        else part.history
        for part in trained
    ]
    best = [history["epoch"][history["val_loss"].argmin()] for history in histories]
    return {
        "parameters": trained[0].parameters,
        "epochs": round(float(np.mean([history["epoch"].iloc[-1] for history in histories]))),
        "best_epoch": round(float(np.mean(best))),
        "seconds": round(float(sum(part.history["seconds"].sum() for part in trained))),
    }


def _shown(recipe: Recipe, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What ``predictions.csv`` holds: the test part; of several data sets the validation parts too, named by ``part``.

    Of the faces of a second data set most are only in a validation part, and the residuals there are needed later.
    """
    if len(recipe.datasets_measured) == 1:
        return tables["test"].drop(columns="dataset")
    return pd.concat([table.assign(part=part) for part, table in tables.items()], ignore_index=True)


def _measure(recipe: Recipe, trained: list[Trained], tables: dict[str, pd.DataFrame], groups: Masks) -> dict[str, Any]:
    """Metrics of the parts that were not learned from: of the first data set, and ``wild`` of a second one."""
    first, *others = recipe.datasets_measured
    validation, test = tables["validation"], tables["test"]
    of_first = test[test["dataset"] == first]
    measured: dict[str, Any] = {
        "validation": {"all": _as_a_whole(recipe, validation, first, _persons(trained, "validation"))},
        "test": evaluate.measure(of_first, recipe.task, _persons(trained, "test"), groups),
    }
    if recipe.task == "regression":
        measured["deciles"] = evaluate.by_decile(of_first)
    if len(trained) > 1:
        measured |= out_of_fold.measure(of_first)
    for other in others:
        wild = test[test["dataset"] == other]
        if other in recipe.datasets:
            measured["validation_wild"] = {"all": _as_a_whole(recipe, validation, other, None)}
        # Every split's network is asked about the same pictures, so whole pictures are resampled.
        measured["wild"] = evaluate.measure(wild, recipe.task, wild["file"], of_mebeauty(wild))
    return measured


def _as_a_whole(recipe: Recipe, table: pd.DataFrame, dataset: str, persons: pd.Series | None) -> dict[str, Any]:
    """Metrics of one data set's pictures, not by group."""
    inside = table["dataset"] == dataset
    chosen = None if persons is None else persons[inside.to_numpy()]
    return dict(evaluate.measure(table[inside].assign(group="all"), recipe.task, chosen)["all"])


def _persons(trained: list[Trained], partition: str) -> pd.Series | None:
    """Who is on each picture, where the data set says so."""
    return pd.concat([part.examples.part(partition).table for part in trained]).get("identity")
