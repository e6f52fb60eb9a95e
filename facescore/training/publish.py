"""Write the results of a run: its study and, for a network that is served, its checkpoint."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.datasets import SOURCES, celeba, mebeauty, scut
from facescore.estimates import to_json
from facescore.faces import Detector
from facescore.files import write_text
from facescore.results import model_card
from facescore.results.study import Study
from facescore.runtime import MODEL
from facescore.training.measure import average_faces, conformal, examine
from facescore.training.measure.examine import Trained
from facescore.training.recipes import RECIPES, Recipe

LICENCE = "non-commercial research only, under the terms of the data sets and of the initial weights"
UNITS = {"binary": "probability", "regression": "points on a scale of 1 to 5"}


def study(folder: Path, trained: list[Trained], metrics: dict[str, Any]) -> None:
    """Write ``metrics.json``, ``history.csv`` and ``predictions.csv``, of the test parts of all splits."""
    shown = examine.pooled(trained, "test")
    if len(trained[0].datasets) == 1:
        shown = shown.drop(columns="dataset")
    if trained[0].task == "binary":  # short, since whole data sets are predicted
        shown = shown.astype({"truth": int}).round({"prediction": 6})  # so that none is rounded to one half
    histories = [one.history for one in trained]
    if len(trained) > 1:
        histories = [one.history.assign(split=one.split) for one in trained]
    write_text(folder / "history.csv", pd.concat(histories, ignore_index=True).to_csv(index=False))
    write_text(folder / "predictions.csv", shown.to_csv(index=False))
    write_text(folder / "metrics.json", to_json(metrics))


def checkpoint(folder: Path, recipe: Recipe, trained: Trained, metrics: dict[str, Any]) -> None:
    """Write card, network and model card."""
    if trained.model is None:
        raise ValueError(f"{recipe.name} has no linear head, so it cannot be served.")
    mean = trained.maps["validation"].mean(axis=0)
    card = Card(
        name=recipe.name,
        title=recipe.title,
        task=recipe.task,
        network=recipe.family,
        initial_weights=recipe.initial_weights or "random",
        licence=LICENCE,
        limits=recipe.limits,
        label=recipe.data["target"],
        unit=UNITS[recipe.task],
        template=trained.template.name,
        input_size=trained.examples.crops.shape[1],
        bias=trained.bias,
        mean_contribution=tuple(tuple(round(float(value), 6) for value in row) for row in mean),
        contribution_scale=max(round(float(np.percentile(np.abs(trained.maps["validation"] - mean), 95)), 6), 1e-6),
        data=_data(recipe, trained),
        recipe=dataclasses.asdict(recipe),
        metrics=metrics,
        interval_coverage=conformal.COVERAGE if trained.intervals else 0.0,
        interval_coverage_on_test=_coverage(metrics),
        intervals=trained.intervals,
        thresholds=_thresholds(metrics),
    )
    checkpoints.save(folder, card, {MODEL: trained.model.read_bytes()}, model_card.render(card))


def measured_again(folder: Path, metrics: dict[str, Any]) -> None:
    """Write new measurements into a checkpoint's card and README."""
    card, contents = checkpoints.read(folder, needs=(MODEL,))
    coverage, thresholds = _coverage(metrics), _thresholds(metrics)
    card = dataclasses.replace(card, metrics=metrics, interval_coverage_on_test=coverage, thresholds=thresholds)
    checkpoints.save(folder, card, contents, model_card.render(card))


def _coverage(metrics: dict[str, Any]) -> dict[str, float]:
    """The share of true ratings within the interval, by group of the test part."""
    return {group: values["coverage"].value for group, values in metrics["test"].items() if "coverage" in values}


def _thresholds(metrics: dict[str, Any]) -> dict[str, float]:
    """The levels at which a face gets a warning; none where they were not measured."""
    return dict(metrics.get("conditions", {}).get("thresholds", {}))


def _data(recipe: Recipe, trained: Trained) -> dict[str, Any]:
    """The data sets with split and counts: the first, the ``others`` that were learned, and the ``unrated`` one."""
    table = trained.examples.table

    def described(dataset: str) -> dict[str, Any]:
        """Source and terms, and how many pictures are in each part."""
        return {**SOURCES[dataset], "counts": trained.counts[dataset]}

    first, *others = trained.datasets
    unrated = recipe.data.get("pseudo_labelled")
    return {
        **described(first),
        "split": trained.split,
        "cropped at mean landmarks": [str(file) for file in table["file"][~table["detected"]]],
        "others": [described(other) for other in others],
        **({"unrated": described(unrated)} if unrated else {}),
    }


def averages(folder: Path, data: Path, detector: Detector) -> None:
    """Write the average faces: of each served network's tenths, and of each data set's groups.

    The groups' pictures lie in a folder per data set, and ``groups.json`` says how many faces each shows. CelebA's are
    of its test part, like the tenths of the network that learned from it.

    Raises:
        DataError: a data set is missing or damaged, or a tenth shows fewer than 50 people.
    """
    tables = {
        "celeba": celeba.load(data).query("partition == 'test'"),
        "scut": scut.load(data, "fold 1"),
        "mebeauty": mebeauty.load(data),
    }
    counts: dict[str, dict[str, int]] = {}
    for dataset, table in tables.items():
        wanted = average_faces.groups(table, dataset)
        counts[dataset] = {name.rpartition("/")[2]: len(files) for name, files in wanted.items()}
        for name, one in RECIPES.items():
            if one.served and one.data["datasets"][0] == dataset:
                wanted |= average_faces.tenths(name, Study.read(name).predictions)
        average_faces.write(folder, wanted, table, dataset, data, detector)
    write_text(folder / "groups.json", to_json(counts))
