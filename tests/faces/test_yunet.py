import os
from pathlib import Path

import numpy as np
import pytest

from facescore import DetectorError
from facescore.faces import Face, load_detector
from facescore.faces.mtcnn import MTCNN
from facescore.faces.yunet import YuNet
from facescore.images import Image
from facescore.settings import Settings


def model_file() -> Path:
    if model := os.environ.get("FACESCORE_YUNET_MODEL"):
        return Path(model)
    pytest.skip("needs YuNet's model file: set FACESCORE_YUNET_MODEL")


@pytest.fixture(scope="module")
def yunet() -> YuNet:
    detector = load_detector(Settings(detector="yunet", yunet_model=model_file()))
    assert isinstance(detector, YuNet)
    return detector


def apart(one: Face, other: Face) -> float:
    """The mean distance between the landmarks of two detectors, in distances between the eyes."""
    eyes = np.linalg.norm(other.landmarks[0] - other.landmarks[1])
    return float(np.linalg.norm(one.landmarks - other.landmarks, axis=1).mean() / eyes)


def test_a_face_gets_the_same_landmarks_from_either_detector(
    yunet: YuNet, detector: MTCNN, two_faces: Image, astronaut: Image, hopper: Image
) -> None:
    for photo in (two_faces, astronaut, hopper):
        ours, theirs = detector.detect(photo), yunet.detect(photo)
        assert len(ours) == len(theirs) > 0
        assert max(map(apart, ours, theirs)) < 0.03


def test_where_the_embedded_detector_sees_no_face_yunets_own_landmarks_stay(
    yunet: YuNet, detector: MTCNN, astronaut: Image
) -> None:
    lying = np.ascontiguousarray(np.rot90(astronaut))
    (own,), (placed,) = YuNet(model_file()).detect(lying), yunet.detect(lying)
    assert detector.landmarks(lying, [own]) == [None]
    assert np.array_equal(placed.landmarks, own.landmarks)


def test_a_picture_without_a_face_gives_an_empty_list(yunet: YuNet, meadow: Image) -> None:
    assert yunet.detect(meadow) == []


def test_a_model_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match=r"nowhere\.onnx cannot be read"):
        YuNet(tmp_path / "nowhere.onnx")


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(3000), bytes(2_000_000)], ids=range(4))
def test_a_file_that_is_no_model_is_refused(content: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.onnx").write_bytes(content)
    with pytest.raises(DetectorError, match=r"text\.onnx.*(is not face_detection_yunet|cannot be read)"):
        YuNet(tmp_path / "text.onnx")
    assert capfd.readouterr() == ("", "")


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(DetectorError, match="cannot be read"):
            YuNet(path)


def test_a_damaged_model_is_refused(yunet: YuNet, tmp_path: Path) -> None:
    content = bytearray(model_file().read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(DetectorError, match=r"or is damaged\. Download it again"):
        YuNet(tmp_path / "model.onnx")


def test_without_file_and_hub_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(DetectorError, match="FACESCORE_YUNET_MODEL"):
        YuNet()
