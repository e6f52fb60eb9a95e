"""One experiment from its recipe to its study and checkpoint: what `python -m facescore train NAME` does."""

import importlib
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from facescore.checkpoints import Interval
from facescore.errors import DataError
from facescore.faces import Detector, load_detector
from facescore.files import write_atomically, write_text
from facescore.litert import Network
from facescore.networks.linear_head import serving_model
from facescore.settings import ASSETS, CHECKPOINTS, Settings
from facescore.training import average_faces, evaluate, examination, examples, export, out_of_fold, recipes
from facescore.training.examination import Trained
from facescore.training.fit import fit
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
        DataError: data set, initial weights, or the study that the residuals come from are not there.
    """
    recipe = recipes.find(name)
    print(f"{recipe.name}: expected {recipe.expected}.")
    residuals, correction, out_of_fold_metrics = _study_of_folds(recipe) if recipe.residuals else (None, None, {})
    detector = load_detector(settings)
    trained = [_train(recipe, split, data, weights, runs, detector, correction) for split in recipe.splits]
    groups = examination.groups_of(recipe, trained, data, weights, runs / "cache", detector)
    test = _pooled(recipe, [part.tables["test"] for part in trained])
    metrics: dict[str, Any] = (
        {"training": _training(trained)} | trained[0].fitted | _measure(recipe, trained, test, groups)
    )
    if len(trained) > 1:
        metrics |= out_of_fold.measure(test)
    if recipe.served:
        first, *others = recipe.datasets
        metrics |= examination.examine(recipe, trained[0], first, data, detector)
        if others:
            metrics["examined_wild"] = examination.examine(recipe, trained[0], others[0], data, detector)
    metrics |= out_of_fold_metrics
    history = _pooled(recipe, [part.history for part in trained])
    shown = test if len(recipe.datasets) > 1 else test.drop(columns="dataset")
    tables = {"history.csv": history.to_csv(index=False), "predictions.csv": shown.to_csv(index=False)}
    for file, text in {**tables, "metrics.json": json.dumps(metrics, indent=1) + "\n"}.items():
        write_text(ASSETS / "studies" / recipe.name / file, text)
    if recipe.served:
        _ship(recipe, trained[0], residuals, metrics, tables)
    return metrics


def _train(
    recipe: Recipe,
    split: str,
    data: Path,
    weights: Path,
    runs: Path,
    detector: Detector,
    correction: tuple[float, float] | None,
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
    folder = runs / (recipe.shares_runs_with or recipe.name) / split.replace(" ", "-").replace("/", "-")
    keras_network = fit(recipe, every, build, folder)
    network: evaluate.Network
    if hasattr(family, "linear_head"):
        head, fitted = fit_head(recipe, family, keras_network, every.part("validation"), correction)
        path = folder / "model.tflite"
        content = export.to_tflite(serving_model(keras_network, head), recipe.half)
        write_atomically(path, lambda file: file.write(content))
        network = Network(path)
    else:
        path, fitted = None, {}

        def network(crops: evaluate.Crops) -> dict[str, Any]:
            """The network as it was published: no mirror image, no map."""
            return {"score": keras_network.predict_on_batch(crops)[:, 0]}

    outputs = {part: evaluate.apply(network, every.part(part).crops) for part in ("validation", "test")}
    return Trained(
        split=split,
        task=recipe.task,
        examples=every,
        history=pd.read_csv(folder / "history.csv"),
        parameters=keras_network.count_params(),
        network=network,
        model=path,
        bias=head.bias if path else 0.0,
        fitted=fitted,
        tables={p: evaluate.predictions(output["score"], every.part(p), recipe.task) for p, output in outputs.items()},
        maps={p: output["contribution"] for p, output in outputs.items() if "contribution" in output},
    )


def _pooled(recipe: Recipe, tables: list[pd.DataFrame]) -> pd.DataFrame:
    """The splits' tables as one, with a column that names the split where there are several."""
    if len(tables) == 1:
        return tables[0]
    named = [table.assign(split=split) for table, split in zip(tables, recipe.splits, strict=True)]
    return pd.concat(named, ignore_index=True)


def _training(trained: list[Trained]) -> dict[str, Any]:
    """What training took in all, how large the network is, and which epoch was best (of several splits, the mean)."""
    histories = [part.history for part in trained]
    best = [history["epoch"][history["val_loss"].argmin()] for history in histories]
    return {
        "parameters": trained[0].parameters,
        "epochs": round(float(np.mean([history["epoch"].iloc[-1] for history in histories]))),
        "best_epoch": round(float(np.mean(best))),
        "seconds": round(float(sum(history["seconds"].sum() for history in histories))),
    }


def _measure(recipe: Recipe, trained: list[Trained], test: pd.DataFrame, groups: Masks) -> dict[str, Any]:
    """Metrics of the parts that were not learned from: of the first data set, and ``wild`` of a second one."""
    first = test["dataset"] == recipe.datasets[0]
    measured = {
        "validation": {"all": _measure_validation(recipe.datasets[0], trained)},
        "test": evaluate.measure(test[first], recipe.task, _persons(trained, "test"), groups),
    }
    if len(recipe.datasets) == 1:
        return measured
    wild = test[~first]
    return measured | {
        "validation_wild": {"all": _measure_validation(recipe.datasets[1], trained)},
        "wild": evaluate.measure(wild, recipe.task, groups=of_mebeauty(wild)),
    }


def _measure_validation(dataset: str, trained: list[Trained]) -> dict[str, Any]:
    """Metrics of one data set's validation parts as a whole."""
    table = pd.concat([part.tables["validation"] for part in trained], ignore_index=True).assign(group="all")
    persons = _persons(trained, "validation")
    inside = table["dataset"] == dataset
    chosen = None if persons is None else persons[inside.to_numpy()]
    return dict(evaluate.measure(table[inside], trained[0].task, chosen)["all"])


def _persons(trained: list[Trained], partition: str) -> pd.Series | None:
    """Who is on each picture, where the data set says so."""
    return pd.concat([part.examples.part(partition).table for part in trained]).get("identity")


def _study_of_folds(recipe: Recipe) -> tuple[pd.DataFrame, tuple[float, float] | None, dict[str, Any]]:
    """Predictions out of the folds that are not the recipe's own, corrected; the correction; and what was measured.

    The correction of the shrinkage to the middle is a line, which leaves a network's map exact, and is only made where
    it lowered the error out of fold.

    Raises:
        DataError: the study is not there.
    """
    folder = ASSETS / "studies" / recipe.residuals
    try:
        table = pd.read_csv(folder / "predictions.csv")
        metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(
            f"The interval table of {recipe.name} comes from the study {recipe.residuals}, which is not there. "
            f"Run 'python -m facescore train {recipe.residuals}' first."
        ) from error
    shown = ("test", "folds", "deciles", "correction")
    measured = {"out_of_fold": {"study": recipe.residuals} | {name: metrics[name] for name in shown}}
    others = table[~table["split"].isin(recipe.splits)]
    if metrics["correction"]["linear"]["rmse"] >= metrics["correction"]["none"]["rmse"]:
        return others, None, measured
    slope, intercept = out_of_fold.fit_correction(others)
    return others.assign(prediction=intercept + slope * others["prediction"]), (slope, intercept), measured


def _ship(
    recipe: Recipe, network: Trained, residuals: pd.DataFrame | None, metrics: dict[str, Any], tables: dict[str, str]
) -> None:
    """Write the checkpoint and the average faces."""
    average_faces.write(ASSETS / "average_faces" / recipe.name, network.examples.part("test"), network.tables["test"])
    intervals: tuple[Interval, ...] = ()
    coverage: dict[str, float] = {}
    if recipe.task == "regression":
        intervals = evaluate.conformal_intervals(network.tables["validation"] if residuals is None else residuals)
        coverage = evaluate.interval_coverage(network.tables["test"], intervals)
    export.export_network(CHECKPOINTS / recipe.name, recipe, network, intervals, coverage, metrics, tables)
