import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from facescore.ui.figures import Study
from matplotlib.figure import Figure

from facescore import DataError
from facescore.runtime import ScoringNetwork
from facescore.settings import ASSETS, CHECKPOINTS
from facescore.ui import figures

NETWORKS = ("attractive-simple", "attractive-hotornot", "attractive-cam", "attractive")


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.read("attractive")


def drawn(figure: Figure) -> np.ndarray:
    """The figure's pixels."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=50)
    return np.asarray(PIL.Image.open(buffer).convert("RGB"))


@pytest.mark.parametrize(
    "draw",
    [
        figures.training_curves,
        figures.confidence_histogram,
        figures.label_distribution,
        figures.calibration,
        figures.group_figures,
        figures.map_curves,
        figures.average_faces,
    ],
)
def test_every_figure_is_drawn_from_the_study(draw: Callable[[Study], Figure], study: Study) -> None:
    pixels = drawn(draw(study))
    assert (pixels != 255).mean() > 0.01


def test_the_curves_mark_the_epoch_of_the_least_validation_loss(study: Study) -> None:
    best = study.history["epoch"][study.history["val_loss"].argmin()]
    _, labels = figures.training_curves(study).axes[0].get_legend_handles_labels()
    assert f"best epoch, {best}" in labels


def test_the_networks_stand_in_one_table() -> None:
    table = figures.networks_table([Study.read(name) for name in NETWORKS])
    assert list(table["network"]) == list(NETWORKS)
    assert table.notna().all(axis=None)
    assert table["test accuracy"].str.fullmatch(r"\d\d\.\d% \(\d\d\.\d% to \d\d\.\d%\)").all()


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
    assert len(list((ASSETS / "average_faces" / study.name).glob("*.png"))) == 10


def test_a_missing_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"study attractive cannot be read.*git checkout -- assets"):
        Study.read("attractive", tmp_path)
