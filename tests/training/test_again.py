"""Measuring again without training; what a shipped network then gives is tested in test_run and test_folds."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from facescore import InvalidRequest, checkpoints
from facescore.faces.mtcnn import MTCNN
from facescore.settings import CHECKPOINTS
from facescore.training import again
from facescore.training.data import crops as cropping
from facescore.training.data.place import Place
from tests.datasets.test_celeba import write as write_celeba
from tests.datasets.test_scut import write as write_scut


def test_a_labels_study_without_its_network_is_not_measured(tmp_path: Path, detector: MTCNN) -> None:
    with pytest.raises(InvalidRequest, match="male-cnn-50 is not part of the project"):
        again.measure("male-cnn-50", Place(tmp_path, tmp_path, tmp_path, detector))


def test_people_are_compared_with_those_of_the_training_part_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tenth(table: pd.DataFrame) -> pd.DataFrame:
        first = table.index[table["partition"] == "train"][0]
        return table.assign(partition=table["partition"].where(table.index != first, "validation"))

    monkeypatch.setattr(again, "hold_out_validation", tenth)
    card = checkpoints.load(CHECKPOINTS / "beauty-resnet50")
    assert set(again.parts(card, write_scut(tmp_path))["partition"]) == {"train", "validation", "test"}


@pytest.mark.parametrize(("name", "detects"), [("male", False), ("attractive", True)])
def test_pictures_are_cropped_as_they_were_learned(
    tmp_path: Path, detector: MTCNN, monkeypatch: pytest.MonkeyPatch, name: str, detects: bool
) -> None:
    asked: list[bool] = []

    def noted(table: pd.DataFrame, dataset: str, template: Any, cache: Path, finds: Any) -> tuple[Any, Any]:
        asked.append(finds is not None)
        return np.zeros((len(table), template.size, template.size, 3), np.uint8), np.ones(len(table), bool)

    monkeypatch.setattr(cropping, "crop_all", noted)
    again.load(name, Place(write_celeba(tmp_path), tmp_path, tmp_path, detector))
    assert asked == [detects]
