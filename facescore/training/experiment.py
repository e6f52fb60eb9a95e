"""One experiment from its recipe to its study and checkpoint: what `python -m facescore train NAME` does."""

import importlib
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore.checkpoints import Interval
from facescore.faces import load_detector
from facescore.faces.alignment import TEMPLATES
from facescore.files import write_atomically, write_text
from facescore.litert import Network
from facescore.networks.linear_head import LinearHead, serving_model
from facescore.settings import ASSETS, CHECKPOINTS, Settings
from facescore.training import attribution, average_faces, evaluate, examples, export, groups, recipes, robustness
from facescore.training.examples import Examples
from facescore.training.fit import fit
from facescore.training.recipes import Recipe

INTERVAL_BINS = 3


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
        DataError: data set or initial weights are not there.
    """
    recipe = recipes.find(name)
    print(f"{recipe.name}: expected {recipe.expected}.")
    family = importlib.import_module(f"facescore.networks.{recipe.network}")

    def build() -> keras.Model:
        """The network before its first epoch."""
        network: keras.Model = family.build(**recipe.options)
        if recipe.initial_weights:
            family.load_initial_weights(network, weights)
        return network

    every = examples.load(recipe, data, runs / "cache", load_detector(settings))
    network = fit(recipe, every, build, runs / recipe.name)
    history = pd.read_csv(runs / recipe.name / "history.csv")
    metrics: dict[str, Any] = {"training": _training(history, network)}
    if not recipe.served:
        tables, _ = _predict(recipe, every, lambda crops: {"score": network.predict_on_batch(crops)[:, 0]})
        metrics |= _measure(recipe, every, tables)
        _write_study(recipe, history, tables["test"], metrics)
        return metrics

    head, fitted = _calibrated(recipe, network, family.linear_head(network), every.part("validation"))
    model = runs / recipe.name / "model.tflite"
    content = export.to_tflite(serving_model(network, head))
    write_atomically(model, lambda file: file.write(content))
    served = Network(model)
    tables, maps = _predict(recipe, every, served)
    metrics |= fitted | _measure(recipe, every, tables) | _examine(recipe, served, head, every, tables["test"], maps)
    texts = _write_study(recipe, history, tables["test"], metrics)
    average_faces.write(ASSETS / "average_faces" / recipe.name, every.part("test"), tables["test"])
    intervals: tuple[Interval, ...] = ()
    coverage: dict[str, float] = {}
    if recipe.task == "regression":
        intervals = evaluate.conformal_intervals(tables["validation"], INTERVAL_BINS)
        coverage = evaluate.interval_coverage(tables["test"], intervals)
    contents = {name: text.encode() for name, text in texts.items()} | {model.name: content}
    export.export_network(
        CHECKPOINTS / recipe.name, recipe, head, every, maps["validation"], intervals, coverage, metrics, contents
    )
    return metrics


def _predict(
    recipe: Recipe, every: Examples, network: evaluate.Network
) -> tuple[dict[str, pd.DataFrame], dict[str, npt.NDArray[np.float32]]]:
    """Predictions of the validation and the test part, and the maps where the network has them."""
    outputs = {part: evaluate.apply(network, every.part(part).crops) for part in ("validation", "test")}
    tables = {
        part: evaluate.predictions(output["score"], every.part(part), recipe.task) for part, output in outputs.items()
    }
    return tables, {part: output["contribution"] for part, output in outputs.items() if "contribution" in output}


def _write_study(recipe: Recipe, history: pd.DataFrame, test: pd.DataFrame, metrics: dict[str, Any]) -> dict[str, str]:
    """Write the study's folder, and return the tables that the checkpoint holds too."""
    texts = {"history.csv": history.to_csv(index=False), "predictions.csv": test.to_csv(index=False)}
    for file, text in {**texts, "metrics.json": json.dumps(metrics, indent=1) + "\n"}.items():
        write_text(ASSETS / "studies" / recipe.name / file, text)
    return texts


def _training(history: pd.DataFrame, network: keras.Model) -> dict[str, Any]:
    """What training took, and how large the network is."""
    return {
        "parameters": network.count_params(),
        "epochs": int(history["epoch"].iloc[-1]),
        "best_epoch": int(history["epoch"][history["val_loss"].argmin()]),
        "seconds": round(float(history["seconds"].sum())),
    }


def _calibrated(
    recipe: Recipe, network: keras.Model, head: LinearHead, validation: Examples
) -> tuple[LinearHead, dict[str, float]]:
    """The head of a probability, divided by the temperature that the validation part asks for."""
    if recipe.task != "binary":
        return head, {}
    logits = evaluate.apply(serving_model(network, head).predict_on_batch, validation.crops)["score"]
    temperature = evaluate.temperature(validation.truth.astype(np.float64), logits.astype(np.float64))
    return head.cooled(temperature), {"temperature": round(temperature, 4)}


def _measure(recipe: Recipe, every: Examples, parts: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Metrics of the validation part as a whole, and of the test part for all and by group."""
    validation, test = every.part("validation"), every.part("test")
    further = groups.of_celeba(test, TEMPLATES[recipe.template]) if recipe.dataset == "celeba" else {}
    whole = parts["validation"].assign(group="all")
    return {
        "validation": {"all": evaluate.measure(whole, recipe.task, validation.table.get("identity"))["all"]},
        "test": evaluate.measure(parts["test"], recipe.task, test.table.get("identity"), further),
    }


def _examine(
    recipe: Recipe,
    served: Network,
    head: LinearHead,
    every: Examples,
    table: pd.DataFrame,
    maps: dict[str, npt.NDArray[np.float32]],
) -> dict[str, Any]:
    """What else moves the score of a served network, where it looks, and whether its map is true; on the test part."""
    template, test = TEMPLATES[recipe.template], every.part("test")
    validation = every.part("validation").crops
    contributions = maps["test"] - maps["validation"].mean(axis=0)
    rng = np.random.default_rng(recipe.seed)
    chosen = rng.permutation(len(test.crops))[: attribution.FACES]
    mean_score = head.bias + float(maps["validation"].sum(axis=(1, 2)).mean())
    others = validation[rng.integers(0, len(validation), len(chosen))]
    prediction = table["prediction"].to_numpy(np.float64)
    return {
        "robustness": robustness.measure(served, test, prediction, recipe.task),
        "regions": attribution.where_it_looks(contributions, prediction, template),
        "map": attribution.is_the_map_true(served, test.crops[chosen], contributions[chosen], others, mean_score),
    }
