"""Trained network to a checkpoint folder. The only file that needs Keras' TensorFlow backend."""

import dataclasses
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.datasets import SOURCES, scut
from facescore.errors import DetectorError
from facescore.files import write_text
from facescore.training import intervals
from facescore.training.examination import Trained
from facescore.training.model_card import readme
from facescore.training.recipe import Recipe

UNITS = {"binary": "probability", "regression": "points on a scale of 1 to 5"}


def to_tflite(network: keras.Model, half: bool = False) -> bytes:
    """A .tflite file of a network, with its inputs and outputs under their Keras names.

    Args:
        network: a functional model; its batch size stays open.
        half: keep the weights in float16, in half of the space; they are computed with in float32.
    """
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    if half:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())


def export_network(
    folder: Path,
    recipe: Recipe,
    network: Trained,
    metrics: dict[str, Any],
    tables: dict[str, str],
) -> Card:
    """Write a scoring network's checkpoint.

    Args:
        folder: the checkpoint's folder.
        recipe: what was done.
        network: with a linear head. The mean map and the scale of the drawn map are taken from its validation part.
        metrics: what was measured.
        tables: the texts of ``history.csv`` and ``predictions.csv``.

    Raises:
        ValueError: the network has no linear head.
    """
    if network.model is None:
        raise ValueError(f"{recipe.name} has no linear head, so it cannot be served.")
    examples, contribution = network.examples, network.maps["validation"]
    mean = contribution.mean(axis=0)
    card = Card(
        name=recipe.name,
        title=recipe.title,
        task=recipe.task,
        network=recipe.network,
        initial_weights=recipe.initial_weights or "random",
        licence="non-commercial research only, after the terms of the data set and of the initial weights",
        limits=recipe.limits,
        label=recipe.target,
        unit=UNITS[recipe.task],
        template=recipe.template,
        input_size=examples.crops.shape[1],
        bias=network.bias,
        mean_contribution=tuple(tuple(round(float(value), 6) for value in row) for row in mean),
        contribution_scale=max(round(float(np.percentile(np.abs(contribution - mean), 95)), 6), 1e-6),  # a divisor
        data=_learned_from(recipe, network),
        recipe=dataclasses.asdict(recipe),
        metrics=metrics,
        interval_coverage=intervals.COVERAGE if network.intervals else 0.0,
        interval_coverage_on_test={
            group: values["coverage"]["value"] for group, values in metrics["test"].items() if "coverage" in values
        },
        intervals=network.intervals,
        thresholds=metrics["conditions"]["thresholds"] if "conditions" in metrics else {},
    )
    contents = {"model.tflite": network.model.read_bytes()} | {name: text.encode() for name, text in tables.items()}
    return checkpoints.save(folder, card, contents, readme(card))


def _learned_from(recipe: Recipe, network: Trained) -> dict[str, Any]:
    """The data set on whose scale the score is, with split and counts, and what was learned beside it.

    That is ``others``, whose ratings were learned, and ``unrated``, whose pictures a teacher rated.
    """
    table = network.examples.table

    def described(dataset: str) -> dict[str, Any]:
        """Source and terms, and how many pictures are in each part."""
        parts = table["partition"][table["dataset"] == dataset].value_counts()
        return {**SOURCES[dataset], "counts": {str(part): int(count) for part, count in parts.items()}}

    first, *others = recipe.datasets
    return {
        **described(first),
        "split": network.split,
        "cut at mean landmarks": [str(file) for file in table["file"][~table["detected"]]],
        "others": [described(other) for other in others],
        **({"unrated": described(recipe.unrated)} if recipe.unrated else {}),
    }


def export_scores(path: Path, data: Path) -> None:
    """Write the table of SCUT-FBP5500's ratings, ``group,score,count``.

    Raises:
        DataError: the data set is not there.
    """
    counts = scut.load_scores(data).groupby(["group", "score"]).size().rename("count").reset_index()
    write_text(path, counts.to_csv(index=False))


def export_detector(folder: Path) -> Card:
    """Convert MTCNN's three networks from the `mtcnn` package to ``checkpoints/face-detector``.

    Args:
        folder: the checkpoint's folder.

    Raises:
        DetectorError: the package is not installed.
    """
    try:
        from mtcnn.stages import StageONet, StagePNet, StageRNet
    except ImportError as error:
        raise DetectorError("The package mtcnn is not installed. Run 'pip install -r requirements-dev.txt'.") from error
    networks = {
        "pnet.tflite": _with_pixels_in(StagePNet().model, None, ("offsets", "face")),
        "rnet.tflite": _with_pixels_in(StageRNet().model, 24, ("offsets", "face")),
        "onet.tflite": _with_pixels_in(StageONet().model, 48, ("offsets", "landmarks", "face")),
    }
    notice = distribution("mtcnn").read_text("LICENSE") or ""
    contents = {name: to_tflite(network) for name, network in networks.items()} | {"LICENSE": notice.encode()}
    card = Card(
        name=folder.name,
        title="Finds faces and their five landmarks",
        task="detection",
        network="MTCNN: P-Net, R-Net and O-Net (Zhang et al. 2016, arXiv 1604.02878)",
        initial_weights=f"converted unchanged from the Python package mtcnn {version('mtcnn')} (MIT licence)",
        licence="MIT; see LICENSE",
        limits=(
            "Finds upright faces; a face turned by more than about 45° in the picture, seen from the side, or mostly "
            "covered may be missed.",
            "Faces smaller than about a twentieth of the photo's longer side are missed.",
            "It tells where a face is, not whose it is.",
        ),
    )
    return checkpoints.save(folder, card, contents, readme(card))


def _with_pixels_in(network: keras.Model, size: int | None, outputs: tuple[str, ...]) -> keras.Model:
    """The network with uint8 RGB crops as its input and named outputs."""
    crops = keras.Input((size, size, 3), dtype="uint8", name="crops")
    x = layers.Rescaling(1 / 128, offset=-127.5 / 128)(crops)
    return keras.Model(crops, dict(zip(outputs, network(x), strict=True)))
