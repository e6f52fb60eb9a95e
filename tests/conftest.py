import os
from pathlib import Path

import numpy as np
import pytest

from facescore import Scorer, read_image
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.settings import ASSETS, Settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["HF_HUB_OFFLINE"] = "1"  # no test needs the network


@pytest.fixture(scope="session")
def astronaut_path() -> Path:
    return ASSETS / "examples" / "astronaut.jpg"


@pytest.fixture(scope="session")
def astronaut(astronaut_path: Path) -> Image:
    return read_image(astronaut_path)


@pytest.fixture(scope="session")
def hopper() -> Image:
    return read_image(ASSETS / "examples" / "grace_hopper.jpg")


@pytest.fixture(scope="session")
def two_faces(astronaut: Image, hopper: Image) -> Image:
    """Grace Hopper on the left, the astronaut on the right."""
    height = min(astronaut.shape[0], hopper.shape[0])
    return np.concatenate([hopper[:height], astronaut[:height]], axis=1)


@pytest.fixture(scope="session")
def meadow() -> Image:
    """A picture without a face."""
    return np.full((240, 320, 3), (90, 140, 70), np.uint8)


@pytest.fixture(scope="session")
def detector() -> MTCNN:
    return MTCNN()


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    return Scorer(Settings())


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the real data sets."""
    folder = Settings.read().data
    if folder is None:
        pytest.skip("needs the real data sets: set FACESCORE_DATA to their folder")
    return folder
