import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from facescore.results import figures
from facescore.results.study import Study
from facescore.runtime import ScoringNetwork
from facescore.settings import ASSETS, CHECKPOINTS


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.read("attractive")


def is_drawn(figure: Figure) -> bool:
    """Whether the figure can be drawn, and neither a panel nor a line or histogram in it is empty."""
    figure.savefig(io.BytesIO(), dpi=50)
    for axis in figure.axes:
        lines = all(len(np.atleast_1d(line.get_xdata())) for line in axis.get_lines())
        bars = not axis.patches or any(patch.get_window_extent().height > 0 for patch in axis.patches)
        if not (lines and bars and np.isfinite(axis.dataLim.get_points()).all()):
            return False
    return True


@pytest.mark.parametrize("draw", [figures.calibration, figures.confidence_histogram])
def test_a_figure_of_nothing_does_not_count_as_drawn(draw: Callable[[Study], Figure], study: Study) -> None:
    assert not is_drawn(draw(Study("empty", study.history, study.predictions[:0], study.wild, study.metrics)))


@pytest.mark.parametrize(
    "draw",
    [
        figures.training_curves,
        figures.confidence_histogram,
        figures.label_distribution,
        figures.calibration,
        figures.map_curves,
    ],
)
def test_every_figure_is_drawn_from_the_study(draw: Callable[[Study], Figure], study: Study) -> None:
    assert is_drawn(draw(study))


def test_the_curves_mark_the_epoch_of_the_least_validation_loss(study: Study) -> None:
    best = study.history["epoch"][study.history["val_loss"].argmin()]
    _, labels = figures.training_curves(study).axes[0].get_legend_handles_labels()
    assert f"best epoch, {best}" in labels


def test_the_labels_of_all_groups_add_up(study: Study) -> None:
    texts = [text.get_text() for text in figures.label_distribution(study).axes[0].texts]
    assert texts[-1].endswith(f"of {len(study.predictions):,}")
    assert len(texts) == 5


def test_the_surest_pictures_are_shown_where_the_data_set_is(study: Study, data: Path) -> None:
    figure = figures.surest(study, ScoringNetwork(CHECKPOINTS / "attractive", "binary"), data)
    assert len(figure.axes) == 40
    assert figure.axes[0].get_title().startswith(f"{study.predictions['prediction'].max():.0%}")
    assert figure.axes[20].get_title().startswith(f"{study.predictions['prediction'].min():.0%}")


def test_ten_average_faces_are_shipped(study: Study) -> None:
    assert len(list((ASSETS / "average_faces" / study.name).glob("decile-*.webp"))) == 10
