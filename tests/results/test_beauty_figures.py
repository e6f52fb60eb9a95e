from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest
from matplotlib.figure import Figure

from facescore.results import figures
from facescore.results.study import Study
from facescore.training.measure import metrics
from tests.results.test_figures import is_drawn


@pytest.fixture(scope="module")
def study() -> Study:
    """Two folds of a network that shrinks to the middle, trained in two phases."""
    rng = np.random.default_rng(0)
    truth = rng.normal(3, 0.6, 200).clip(1, 5)
    predictions = pd.DataFrame(
        {
            "file": [f"{index}.jpg" for index in range(200)],
            "group": np.tile(["AF", "AM", "CF", "CM"], 50),
            "truth": truth,
            "prediction": 3 + 0.8 * (truth - 3) + rng.normal(0, 0.1, 200),
            "split": np.repeat(["fold 1", "fold 2"], 100),
        }
    )
    epochs = pd.DataFrame({"epoch": range(5), "only_head": [np.nan, 1, 1, 0, 0]})
    for column in ("loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error"):
        epochs[column] = [0.5, 0.4, 0.3, 0.1, 0.2]
    history = pd.concat([epochs.assign(split=fold) for fold in ("fold 1", "fold 2")], ignore_index=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "RESAMPLES", 20)
        measured = {
            "test": metrics.measure(predictions, "regression"),
            "validation": {},
            "deciles": metrics.by_decile(predictions),
            "folds": metrics.mean_over_folds(predictions),
        }
    return Study("made", history, predictions, predictions[:0], measured)


@pytest.mark.parametrize(
    "draw",
    [
        figures.training_curves,
        figures.scatter,
        figures.distributions,
        figures.error_by_decile,
    ],
)
def test_every_figure_is_drawn_from_the_study(draw: Callable[[Study], Figure], study: Study) -> None:
    assert is_drawn(draw(study))


def test_the_curves_of_several_folds_are_their_mean_with_the_heads_epochs_marked(study: Study) -> None:
    _, labels = figures.training_curves(study).axes[0].get_legend_handles_labels()
    assert {"best epoch, 3", "the head alone is trained"} < set(labels)


def test_without_a_validation_part_no_epoch_is_called_the_best(study: Study) -> None:
    without = replace(study, metrics={name: value for name, value in study.metrics.items() if name != "validation"})
    _, labels = figures.training_curves(without).axes[0].get_legend_handles_labels()
    assert {"training crops, unchanged", "the head alone is trained"} < set(labels)
    assert not any("best epoch" in label for label in labels)


def test_every_group_has_its_colour_and_name_in_the_scatter(study: Study) -> None:
    _, labels = figures.scatter(study).axes[0].get_legend_handles_labels()
    assert labels == ["Asian women", "Asian men", "Caucasian women", "Caucasian men"]


def test_faces_in_the_wild_are_coloured_by_sex(study: Study) -> None:
    groups = np.tile(["asian female", "black male"], len(study.predictions) // 2)
    wild = replace(study, wild=study.predictions.assign(group=groups))
    _, labels = figures.scatter_wild(wild).axes[0].get_legend_handles_labels()
    assert labels == ["women", "men"]


def test_how_ratings_are_distributed_is_drawn_for_every_group() -> None:
    figure = figures.ratings_by_group()
    assert is_drawn(figure)
    assert [axis.get_title().split(" (")[0] for axis in figure.axes] == [
        "Asian women",
        "Asian men",
        "Caucasian women",
        "Caucasian men",
    ]


def test_samples_come_from_the_top_the_middle_and_the_bottom(study: Study, tmp_path: Path) -> None:
    for name in study.predictions["file"]:
        PIL.Image.new("RGB", (32, 32)).save(tmp_path / name)
    titles = [axis.get_title() for axis in figures.samples(study, tmp_path).axes]
    rated = [float(title.split()[1]) for title in titles]
    assert rated == sorted(rated, reverse=True)
    assert rated[0] == pytest.approx(study.predictions["truth"].max(), abs=0.01)
    assert rated[-1] == pytest.approx(study.predictions["truth"].min(), abs=0.01)
