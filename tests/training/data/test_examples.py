from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import DataError
from facescore.datasets import scut
from facescore.faces.alignment import align, resize
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image, read_image
from facescore.networks import mobilefacenet, resnet50
from facescore.templates import ARCFACE, SCUT
from facescore.training import examples
from facescore.training.recipes import RECIPES
from tests.datasets.test_celeba import write as write_celeba
from tests.datasets.test_scut import NAMES
from tests.datasets.test_scut import write as write_scut
from tests.networks.test_mobilefacenet import initial_weights

SPLIT = "official partition"


@pytest.fixture
def pictures(tmp_path: Path, astronaut: Image, meadow: Image, monkeypatch: pytest.MonkeyPatch) -> Path:
    """SCUT's layout with the astronaut on every picture but one, which shows no face."""
    monkeypatch.setattr(examples, "carve_validation", lambda table, seed: table)
    folder = write_scut(tmp_path) / scut.FOLDER / "Images"
    folder.mkdir()
    for name in NAMES:
        image = resize(meadow if name == "CM3.jpg" else astronaut, 350, 350)
        PIL.Image.fromarray(image).save(folder / name, quality=95)
    return tmp_path


def test_faces_are_cut_as_they_are_when_served(pictures: Path, tmp_path: Path, detector: MTCNN) -> None:
    loaded = examples.load(RECIPES["beauty-mobilefacenet"], "60/40", pictures, tmp_path, tmp_path / "cache", detector)
    image = read_image(pictures / scut.FOLDER / "Images" / "AM2.jpg")
    (face,) = detector.detect(image)
    index = list(loaded.table["file"]).index("AM2.jpg")
    assert np.array_equal(loaded.crops[index], align(image, face.landmarks, ARCFACE))
    assert loaded.targets.dtype == np.float32
    assert loaded.targets.shape == (12, 1)


def test_no_picture_is_left_out_where_no_face_is_found(pictures: Path, tmp_path: Path, detector: MTCNN) -> None:
    loaded = examples.load(RECIPES["beauty-mobilefacenet"], "60/40", pictures, tmp_path, tmp_path / "cache", detector)
    assert list(loaded.table["file"]) == NAMES
    assert list(loaded.table["file"][~loaded.table["detected"]]) == ["CM3.jpg"]
    image = read_image(pictures / scut.FOLDER / "Images" / "CM3.jpg")
    assert np.array_equal(loaded.crops[-1], align(image, np.array(SCUT.points, np.float32), ARCFACE))


def test_crops_are_cut_once_and_shared_by_all_splits(pictures: Path, tmp_path: Path, detector: MTCNN) -> None:
    recipe = RECIPES["beauty-mobilefacenet"]
    first = examples.load(recipe, "60/40", pictures, tmp_path, tmp_path / "cache", detector)
    (cached,) = (tmp_path / "cache").iterdir()
    changed = cached.stat().st_mtime_ns
    again = examples.load(recipe, "fold 2", pictures, tmp_path, tmp_path / "cache", detector)
    assert [path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()] == [changed]
    assert np.array_equal(first.crops, again.crops)


def test_pictures_already_in_the_templates_frame_are_resized(tmp_path: Path, detector: MTCNN) -> None:
    loaded = examples.load(
        RECIPES["attractive-cam"], SPLIT, write_celeba(tmp_path), tmp_path, tmp_path / "cache", detector
    )
    assert loaded.crops.shape == (4, 64, 64, 3)
    assert loaded.table["detected"].all()
    assert len(loaded.part("train").crops) == 2


def test_faces_that_nobody_rated_are_learned_with_a_teachers_ratings(
    pictures: Path, tmp_path: Path, detector: MTCNN
) -> None:
    np.savez(tmp_path / mobilefacenet.WEIGHTS, allow_pickle=False, **initial_weights())
    np.savez(tmp_path / resnet50.WEIGHTS, nothing=np.zeros(1))
    recipe = replace(RECIPES["beauty-mobilefacenet"], unrated="celeba")
    loaded = examples.load(recipe, "60/40", write_celeba(pictures), tmp_path, tmp_path / "cache", detector)
    taught = loaded.table[loaded.table["dataset"] == "celeba"]
    assert list(taught["file"]) == ["000001.jpg", "000002.jpg"]
    assert set(taught["partition"]) == {"train"}
    rated = loaded.part("train").table.query("dataset == 'scut'")["target"]
    assert taught["target"].between(rated.min(), rated.max()).all()
    assert len(loaded.crops) == len(loaded.table) == 14


def test_the_validation_part_is_a_tenth_of_the_training_part_with_each_group_in_its_share() -> None:
    table = pd.DataFrame({"group": ["AF"] * 200 + ["CM"] * 100 + ["AF"] * 50})
    table["partition"] = ["train"] * 300 + ["test"] * 50
    carved = examples.carve_validation(table, seed=0)
    held_out = carved[carved["partition"] == "validation"]
    assert dict(held_out["group"].value_counts()) == {"AF": 20, "CM": 10}
    assert (carved["partition"][300:] == "test").all()
    pd.testing.assert_frame_equal(carved, examples.carve_validation(table, seed=0))
    assert not carved.equals(examples.carve_validation(table, seed=1))


def test_look_alikes_are_in_one_part() -> None:
    """Forty people with three pictures each, the last of which is officially for validation with some of the people."""
    person = np.repeat(np.arange(40), 3)
    embeddings = np.eye(40, dtype=np.float32)[person]
    table = pd.DataFrame({"group": np.where(person % 2, "asian female", "black male")})
    table["partition"] = np.where((person < 5) | ((person < 10) & (np.arange(120) % 3 == 2)), "validation", "train")
    split = examples.split_by_look_alikes(table, embeddings, seed=0).assign(person=person)
    assert set(split["person"][split["partition"] == "test"]) == {0, 1, 2, 3, 4}
    assert set(split["person"][split["partition"] == "left out"]) == {5, 6, 7, 8, 9}
    train, validation = (set(split["person"][split["partition"] == part]) for part in ("train", "validation"))
    assert not train & validation
    held_out = split[split["partition"] == "validation"]["group"].value_counts()
    assert len(held_out) == 2
    assert 8 <= held_out.sum() <= 14


def test_a_link_gives_both_training_parts_the_same_mean_and_spread() -> None:
    scale = pd.DataFrame({"target": [1.0, 2.0, 3.0, 5.0], "partition": ["train"] * 3 + ["test"]})
    other = pd.DataFrame({"target": [2.0, 4.0, 6.0, 100.0], "partition": ["train"] * 3 + ["test"]})
    assert examples.link(scale, other) == pytest.approx((0.5, 0.0))


def test_a_second_data_set_is_linked_and_may_have_a_unit_of_its_own() -> None:
    table = pd.DataFrame({"dataset": ["scut", "mebeauty"], "target": [3.0, 2.5]})
    assert examples._learned(table, RECIPES["beauty-wide-moments"]) == (table, ("target",))
    own, learned = examples._learned(table, RECIPES["beauty-wide"])
    assert learned == ("scut", "mebeauty")
    assert own[list(learned)].to_numpy() == pytest.approx(np.array([[3.0, np.nan], [np.nan, 2.5]]), nan_ok=True)


def test_the_target_comes_first_among_what_is_learned(tmp_path: Path, detector: MTCNN) -> None:
    loaded = examples.load(RECIPES["attractive"], SPLIT, write_celeba(tmp_path), tmp_path, tmp_path / "cache", detector)
    assert loaded.learned == ("target", "Male", "Young", "Pale_Skin", "Eyeglasses", "Smiling", "Heavy_Makeup")
    assert loaded.targets.shape == (4, 7)
    assert np.array_equal(loaded.targets[:, 0], loaded.truth)
    assert list(loaded.truth) == [0, 1, 0, 1]


def test_a_missing_data_set_is_named(tmp_path: Path, detector: MTCNN) -> None:
    with pytest.raises(DataError, match="SCUT-FBP5500"):
        examples.load(RECIPES["beauty-mobilefacenet"], "60/40", tmp_path, tmp_path, tmp_path, detector)
