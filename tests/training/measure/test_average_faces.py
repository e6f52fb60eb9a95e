from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import DataError, read_image
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.settings import ASSETS
from facescore.training.measure import average_faces
from tests.datasets.test_celeba import write

PICTURES = 500


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """CelebA with 500 gray pictures, each half as light as its number."""
    folder = write(tmp_path_factory.mktemp("data"), rows=PICTURES, pictures=PICTURES)
    for number, picture in enumerate(sorted((folder / "celeba" / "img_align_celeba").iterdir())):
        PIL.Image.fromarray(np.full((64, 64, 3), number // 2, np.uint8)).save(picture, quality=98)
    return folder


def table(people: int) -> pd.DataFrame:
    """The pictures, which show so many people in turn."""
    numbers = np.arange(PICTURES)
    return pd.DataFrame({"file": [f"{number:06d}.jpg" for number in numbers + 1], "identity": numbers % people})


def test_each_tenth_by_prediction_is_averaged(data: Path, tmp_path: Path, detector: MTCNN) -> None:
    shown = table(people=100)
    wanted = average_faces.tenths("network", shown.assign(prediction=-np.arange(float(PICTURES))))
    average_faces.write(tmp_path, wanted, shown, "celeba", data, detector)
    written = sorted((tmp_path / "network").iterdir())
    averages = [read_image(path).mean() for path in written]
    assert [path.name for path in written][::9] == ["decile-01.webp", "decile-10.webp"]
    assert averages == sorted(averages, reverse=True)
    assert averages[0] == pytest.approx(237, abs=2)
    assert averages[-1] == pytest.approx(12, abs=2)


def test_nobody_is_shown_among_too_few(data: Path, tmp_path: Path, detector: MTCNN) -> None:
    with pytest.raises(DataError, match="fewer than 50 people"):
        average_faces.write(tmp_path, {"few": [*table(100)["file"]]}, table(people=49), "celeba", data, detector)
    assert not list(tmp_path.iterdir())


def test_a_face_is_aligned_before_it_is_averaged(astronaut: Image, detector: MTCNN) -> None:
    portrait = average_faces.portrait(astronaut, "scut", detector)
    assert portrait.shape == (224, 224, 3)
    (face,) = detector.detect(portrait)
    expected = np.array(average_faces.TEMPLATES["scut"].points) * 224 / 350
    assert np.abs(face.landmarks - expected).max() < 8


def test_the_shipped_averages_are_small_and_as_large_as_their_pictures_allow() -> None:
    paths = sorted((ASSETS / "average_faces").rglob("*.webp"))
    assert len(paths) == 60
    assert max(path.stat().st_size for path in paths) < 15_000
    sizes = {path.parent.name: read_image(path).shape[0] for path in paths}
    assert sizes == {
        "attractive": 112, "celeba": 112, "beauty": 224, "beauty-resnet50": 224, "scut": 224, "mebeauty": 224,
        "male": 112
    }  # fmt: skip


def test_a_group_of_too_few_people_has_no_average() -> None:
    people = pd.DataFrame({"file": range(110), "identity": range(110), "group": ["male older"] * 60 + ["female"] * 50})
    assert {name: len(files) for name, files in average_faces.groups(people, "celeba").items()} == {
        "celeba/male-older": 60,
        "celeba/female": 50,
    }
    assert list(average_faces.groups(people[:-1], "celeba")) == ["celeba/male-older"]
