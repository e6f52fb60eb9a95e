import numpy as np
import pandas as pd
import pytest

from facescore.faces.alignment import align
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.templates import ARCFACE
from facescore.training.measure.photos import asking
from facescore.training.predict import Crops


def brightness(crops: Crops) -> dict[str, np.ndarray]:
    """A network whose score is the mean brightness."""
    means = crops.mean(axis=(1, 2, 3)).astype(np.float32)
    return {"score": means, "distance": means / 100}


def test_the_face_of_each_photo_is_cropped_and_scored_as_it_is_when_served(
    astronaut: Image, hopper: Image, meadow: Image, detector: MTCNN
) -> None:
    found = asking(brightness, "regression", ARCFACE, detector)([astronaut, meadow, hopper])
    for row, photo in ((0, astronaut), (2, hopper)):
        crop = align(photo, detector.detect(photo)[0].landmarks, ARCFACE)
        assert found["prediction"][row] == pytest.approx(crop.mean(), rel=1e-5)
        assert found["distance"][row] == pytest.approx(crop.mean() / 100, rel=1e-5)
        assert found["size"][row] > 20
    assert found.loc[1].isna().all()


def test_a_logit_is_shown_as_a_probability(astronaut: Image, detector: MTCNN) -> None:
    found = asking(lambda crops: {"score": np.zeros(len(crops))}, "binary", ARCFACE, detector)([astronaut])
    assert list(found["prediction"]) == [0.5]


def test_where_no_photo_has_a_face_nothing_is_predicted(meadow: Image, detector: MTCNN) -> None:
    found = asking(brightness, "regression", ARCFACE, detector)([meadow, meadow])
    pd.testing.assert_frame_equal(found, pd.DataFrame({"prediction": [np.nan, np.nan]}))
