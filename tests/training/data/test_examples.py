from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import DataError
from facescore.datasets import mebeauty, scut
from facescore.faces.alignment import align, resize
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image, read_image
from facescore.networks import faceres, mobilefacenet
from facescore.templates import ARCFACE, SCUT
from facescore.training.data import examples, identities, pseudo_labels, splits
from facescore.training.data.examples import Examples, Selection
from facescore.training.data.place import Place
from tests.datasets.test_celeba import write as write_celeba
from tests.datasets.test_scut import NAMES
from tests.datasets.test_scut import write as write_scut
from tests.networks.test_mobilefacenet import initial_weights
from tests.training.data.test_views import faceres_weights
from tests.training.shallow import use_fewer_views, use_shallow_networks

SPLIT = "official partition"
RATINGS = Selection(datasets=("scut",), target="score", template="arcface")
LABEL = Selection(datasets=("celeba",), target="Attractive", template="celeba")


@pytest.fixture
def pictures(tmp_path: Path, astronaut: Image, meadow: Image, monkeypatch: pytest.MonkeyPatch) -> Path:
    """SCUT's layout with the astronaut on every picture but one, which shows no face."""
    monkeypatch.setattr(splits, "hold_out_validation", lambda table: table)
    folder = write_scut(tmp_path) / scut.FOLDER / "Images"
    folder.mkdir()
    for name in NAMES:
        image = resize(meadow if name == "CM3.jpg" else astronaut, 350, 350)
        PIL.Image.fromarray(image).save(folder / name, quality=95)
    return tmp_path


def test_faces_are_cropped_as_they_are_when_served(pictures: Path, tmp_path: Path, detector: MTCNN) -> None:
    loaded = examples.load(RATINGS, "60/40", Place(pictures, tmp_path, tmp_path, detector))
    image = read_image(pictures / scut.FOLDER / "Images" / "AM2.jpg")
    (face,) = detector.detect(image)
    index = list(loaded.table["file"]).index("AM2.jpg")
    assert np.array_equal(loaded.crops[index], align(image, face.landmarks, ARCFACE))
    assert loaded.targets.dtype == np.float32
    assert loaded.targets.shape == (12, 1)


def test_no_picture_is_left_out_where_no_face_is_found(pictures: Path, tmp_path: Path, detector: MTCNN) -> None:
    loaded = examples.load(RATINGS, "60/40", Place(pictures, tmp_path, tmp_path, detector))
    assert list(loaded.table["file"]) == NAMES
    assert list(loaded.table["file"][~loaded.table["detected"]]) == ["CM3.jpg"]
    image = read_image(pictures / scut.FOLDER / "Images" / "CM3.jpg")
    assert np.array_equal(loaded.crops[-1], align(image, np.array(SCUT.points, np.float32), ARCFACE))


def test_crops_are_made_once_and_shared_by_all_splits(pictures: Path, tmp_path: Path, detector: MTCNN) -> None:
    selection = RATINGS
    first = examples.load(selection, "60/40", Place(pictures, tmp_path, tmp_path, detector))
    (cached,) = (tmp_path / "cache").iterdir()
    changed = cached.stat().st_mtime_ns
    again = examples.load(selection, "fold 2", Place(pictures, tmp_path, tmp_path, detector))
    assert [path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()] == [changed]
    assert np.array_equal(first.crops, again.crops)


def test_pictures_already_in_the_templates_frame_are_resized(tmp_path: Path, detector: MTCNN) -> None:
    loaded = examples.load(LABEL, SPLIT, Place(write_celeba(tmp_path), tmp_path, tmp_path, detector))
    assert loaded.crops.shape == (4, 64, 64, 3)
    assert loaded.table["detected"].all()
    assert len(loaded.part("train").crops) == 2


def test_pseudo_labelled_faces_are_learned_with_a_teachers_ratings(
    two_data_sets: Path, tmp_path: Path, detector: MTCNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_shallow_networks(monkeypatch)
    use_fewer_views(monkeypatch)
    np.savez(tmp_path / faceres.WEIGHTS, allow_pickle=False, **faceres_weights())
    np.savez(tmp_path / mobilefacenet.WEIGHTS, allow_pickle=False, **initial_weights())
    selection = replace(RATINGS, datasets=("scut", "mebeauty"), pseudo_labelled="celeba")
    data = write_celeba(two_data_sets)
    loaded = examples.load(selection, "joint fold 1", Place(data, tmp_path, tmp_path, detector))
    labelled = loaded.table[loaded.table["dataset"] == "celeba"]
    assert list(labelled["file"]) == ["000001.jpg", "000002.jpg"]
    assert set(labelled["partition"]) == {"train"}
    rated = loaded.part("train").table.query("dataset == 'mebeauty'")["target"]
    assert labelled["target"].between(rated.min(), rated.max()).all()
    assert len(loaded.crops) == len(loaded.table) == 26


def test_a_link_gives_both_the_same_mean_and_spread() -> None:
    assert examples.link(pd.Series([1.0, 2.0, 3.0]), pd.Series([2.0, 4.0, 6.0])) == pytest.approx((0.5, 0.0))


def write_mebeauty(folder: Path, image: Image) -> None:
    """Twelve faces, two officially for validation, of one person at several brightnesses."""
    scores, names = folder / mebeauty.FOLDER / "scores", [f"female/asian/{number}.png" for number in range(12)]
    scores.mkdir(parents=True)
    for part, rows in (("train", range(10)), ("validation", range(10, 12))):
        lines = [f"images/{names[row]} {2 + row / 2}\n" for row in rows]
        (scores / mebeauty.PARTS[part]).write_text("".join(lines))
    for number, name in enumerate(names):
        path = folder / mebeauty.SOURCE["pictures"] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray((image * (0.5 + number / 30)).astype(np.uint8)).save(path)


@pytest.fixture
def two_data_sets(pictures: Path, astronaut: Image, monkeypatch: pytest.MonkeyPatch) -> Path:
    """SCUT-FBP5500's layout, and MEBeauty's, in which nobody is taken for anybody else."""
    write_mebeauty(pictures, resize(astronaut, 240, 240))
    monkeypatch.setattr(identities, "embed", lambda crops, weights: np.eye(len(crops), dtype=np.float32))
    return pictures


def load_two(folder: Path, selection: Selection, detector: MTCNN) -> tuple[Examples, pd.DataFrame, pd.DataFrame]:
    """All examples, and the rows of each data set."""
    loaded = examples.load(selection, "joint fold 1", Place(folder, folder, folder, detector))
    first, second = (loaded.table[loaded.table["dataset"] == name] for name in ("scut", "mebeauty"))
    return loaded, first, second


def test_a_second_data_set_is_learned_on_the_scale_of_the_first(two_data_sets: Path, detector: MTCNN) -> None:
    loaded, first, second = load_two(two_data_sets, replace(RATINGS, datasets=("scut", "mebeauty")), detector)
    assert dict(second["partition"].value_counts()) == {"train": 9, "test": 3}
    train = [table["target"][table["partition"] == "train"] for table in (first, second)]
    assert train[0].mean() == pytest.approx(train[1].mean(), abs=1e-5)
    assert train[0].std() == pytest.approx(train[1].std(), abs=1e-5)
    assert np.corrcoef(second["target"], second["score"])[0, 1] == pytest.approx(1, abs=1e-5)
    assert list(first["target"]) == list(first["score"].astype(np.float32))
    assert loaded.learned == ("target",)
    assert len(loaded.crops) == len(loaded.table) == 24


def test_the_target_comes_first_among_what_is_learned(tmp_path: Path, detector: MTCNN) -> None:
    selection = replace(LABEL, auxiliary=True)
    loaded = examples.load(selection, SPLIT, Place(write_celeba(tmp_path), tmp_path, tmp_path, detector))
    assert loaded.learned == ("target", "Male", "Young", "Pale_Skin", "Eyeglasses", "Smiling", "Heavy_Makeup")
    assert loaded.targets.shape == (4, 7)
    assert list(loaded.targets[:, 0]) == [0, 1, 0, 1]


def test_only_targets_of_the_training_part_are_distilled(
    tmp_path: Path, detector: MTCNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / faceres.WEIGHTS, allow_pickle=False, **faceres_weights())
    monkeypatch.setattr(pseudo_labels, "out_of_fold", lambda seen, labels, persons: np.full(len(labels), 0.5))
    selection = replace(LABEL, distilled=True)
    loaded = examples.load(selection, SPLIT, Place(write_celeba(tmp_path), tmp_path, tmp_path, detector))
    assert set(loaded.part("train").targets[:, 0]) <= {0.25, 0.75}
    assert set(loaded.part("validation").targets[:, 0]) | set(loaded.part("test").targets[:, 0]) <= {0.0, 1.0}
    assert len(loaded.part("train").crops) == 2


def test_a_missing_data_set_is_named(tmp_path: Path, detector: MTCNN) -> None:
    with pytest.raises(DataError, match="SCUT-FBP5500"):
        examples.load(RATINGS, "60/40", Place(tmp_path, tmp_path, tmp_path, detector))
