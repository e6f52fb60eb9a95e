from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore.datasets import omi
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.templates import CELEBA
from facescore.training.data.examples import Examples
from facescore.training.data.place import Place
from facescore.training.measure import metrics, outside
from facescore.training.measure.examine import Trained
from facescore.training.predict import Crops


@pytest.fixture
def data(tmp_path: Path, astronaut: Image, meadow: Image) -> Path:
    """Two pictures of one face, a dark one said to be masculine and old, and one without a face."""
    (tmp_path / omi.FOLDER / "images").mkdir(parents=True)
    pictures = {"1.jpg": astronaut, "2.jpg": (astronaut * 0.5).astype(np.uint8), "3.jpg": meadow}
    for file, picture in pictures.items():
        PIL.Image.fromarray(picture).save(tmp_path / omi.FOLDER / "images" / file)
    columns = ["file", "attractive", "sd", "raters", "age", "gender", *omi.ETHNICITIES]
    rows = [
        [file, 50, 20, 30, age, gender] + [0] * 7
        for file, age, gender in zip(pictures, (25, 60, 20), (10, 90, 10), strict=True)
    ]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / omi.FOLDER / omi.RATINGS, index=False)
    return tmp_path


def trained(shapes: list[tuple[int, ...]], shift: float = 0) -> Trained:
    """A network that takes dark crops for men's, and notes what it is given."""

    def network(crops: Crops) -> dict[str, np.ndarray]:
        shapes.append(crops.shape[1:])
        return {"score": shift + 60 - crops.reshape(len(crops), -1).mean(axis=1)}

    examples = Examples(pd.DataFrame(), np.zeros((0, 64, 64, 3), np.uint8))
    return Trained(
        "official", "binary", ("celeba",), CELEBA, examples, pd.DataFrame(), 1, network, None, 0, {}, {}, (), {}, {}
    )


@pytest.mark.parametrize(
    ("side", "gray", "shape"), [(50, True, (50, 50)), (50, False, (50, 50, 3)), (0, False, (64, 64, 3))]
)
def test_faces_are_found_and_given_as_the_network_learned_them(
    side: int, gray: bool, shape: tuple[int, ...], data: Path, detector: MTCNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)
    shapes: list[tuple[int, ...]] = []
    found = outside.measure([trained(shapes)], side, gray, Place(data, data, data, detector))
    assert set(shapes) == {shape}
    assert found["not_found"] == 1
    assert found["all"]["count"] == 2
    assert {"female", "male", "under 30", "50 and older"} < set(found)
    assert "30 to 50" not in found


def test_several_networks_answer_with_their_mean_logit(
    data: Path, detector: MTCNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)
    sure, unsure = trained([], shift=500), trained([], shift=-1000)
    place = Place(data, data, data, detector)
    assert outside.measure([sure], 50, True, place)["all"]["predicted_share"].value == 1
    assert outside.measure([sure, unsure], 50, True, place)["all"]["predicted_share"].value == 0
