"""One experiment from its recipe to its study and checkpoint: what `python -m facescore train NAME` does."""

import importlib
import json
from pathlib import Path

import keras

from facescore.checkpoints import Card
from facescore.faces import load_detector
from facescore.files import write_text
from facescore.networks.linear_head import serving_model
from facescore.settings import ASSETS, CHECKPOINTS, Settings
from facescore.training import evaluate, examples, recipes
from facescore.training.export import export_network
from facescore.training.fit import fit


def run(name: str, data: Path, weights: Path, runs: Path, settings: Settings) -> Card:
    """Train a recipe, or go on where it was stopped; measure it on the test part; write its study and checkpoint.

    Args:
        name: the recipe.
        data: the folder that holds the data sets.
        weights: the folder that holds initial weights.
        runs: where runs and cut crops are kept.
        settings: which detector cuts the faces.

    Returns:
        The card of the checkpoint that was written.

    Raises:
        InvalidRequest: there is no such recipe.
        DataError: data set or initial weights are not there.
    """
    recipe = recipes.find(name)
    print(f"{recipe.name}: expected {recipe.expected}.")
    family = importlib.import_module(f"facescore.networks.{recipe.network}")

    def build() -> keras.Model:
        """The network before its first epoch."""
        network: keras.Model = family.build()
        if recipe.initial_weights:
            family.load_initial_weights(network, weights)
        return network

    every = examples.load(recipe, data, runs / "cache", load_detector(settings))
    network = fit(recipe, every, build, runs / recipe.name)
    head = family.linear_head(network)
    served = serving_model(network, head)

    test = every.part("test")
    predictions = evaluate.predict(served, test, recipe.task)
    metrics = evaluate.measure(predictions, recipe.task, persons=test.table.get("identity"))
    texts = {
        "history.csv": (runs / recipe.name / "history.csv").read_text(),
        "predictions.csv": predictions.to_csv(index=False),
    }
    for file, text in {**texts, "metrics.json": json.dumps(metrics, indent=1) + "\n"}.items():
        write_text(ASSETS / "studies" / recipe.name / file, text)
    return export_network(CHECKPOINTS / recipe.name, recipe, served, head, every, predictions, metrics, texts)
