from pathlib import Path

import pytest

from facescore import InvalidSetting
from facescore.settings import Settings


def test_without_variables_the_embedded_detector_is_used() -> None:
    assert Settings.read({}) == Settings(detector="mtcnn", yunet_model=None, data=None)


def test_empty_variables_count_as_unset() -> None:
    assert Settings.read({"FACESCORE_DETECTOR": "", "FACESCORE_DATA": ""}) == Settings()


def test_variables_are_read() -> None:
    settings = Settings.read(
        {"FACESCORE_DETECTOR": "yunet", "FACESCORE_YUNET_MODEL": "y.onnx", "FACESCORE_DATA": "data"}
    )
    assert settings == Settings(detector="yunet", yunet_model=Path("y.onnx"), data=Path("data"))


def test_a_meaningless_value_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(InvalidSetting, match=r"mtcnn, yunet; received 'haar'"):
        Settings.read({"FACESCORE_DETECTOR": "haar"})
