from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore.faces.alignment import resize
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.networks import mobilefacenet, resnet50
from facescore.training import teacher
from tests.networks.test_mobilefacenet import initial_weights


def test_only_pictures_that_were_not_reduced_are_chosen_and_not_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [(178, 218), (64, 64), (178, 218), (89, 109), (178, 218), (178, 100)]
    paths = [tmp_path / f"{number}.jpg" for number in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        PIL.Image.new("RGB", size).save(path)
    table = pd.DataFrame({"file": [path.name for path in paths], "path": paths})
    assert list(teacher.choose(table, "celeba", seed=0)["file"]) == ["0.jpg", "2.jpg", "4.jpg"]
    monkeypatch.setattr(teacher, "MOST", 2)
    few = teacher.choose(table, "celeba", seed=0)
    assert len(few) == 2
    assert few.equals(teacher.choose(table, "celeba", seed=0))


def test_a_teacher_rates_by_what_it_sees_in_all_its_views() -> None:
    rng = np.random.default_rng(0)
    seen = {"narrow": rng.normal(size=(400, 2)), "long": np.repeat(rng.normal(size=(400, 2)), 50, axis=1)}
    views = {name: values.astype(np.float32) for name, values in seen.items()}
    truth = 3 + seen["narrow"][:, 0] + seen["long"][:, 0]
    known, unknown = ({name: view[rows] for name, view in views.items()} for rows in (slice(300), slice(300, None)))
    both = teacher.fit(known, truth[:300], ("narrow", "long"))(unknown)
    one = teacher.fit(known, truth[:300], ("long",))(unknown)
    assert np.corrcoef(both, truth[300:])[0, 1] > 0.9
    assert np.corrcoef(one, truth[300:])[0, 1] < 0.8
    assert abs(both.mean() - truth[300:].mean()) < 0.2


def test_ratings_that_count_little_hardly_move_the_teacher() -> None:
    rng = np.random.default_rng(0)
    views = {"one": rng.normal(size=(400, 3)).astype(np.float32)}
    truth = 3 + views["one"][:, 0].astype(np.float64)
    wrong = np.arange(400) % 4 == 0
    rated, weights = np.where(wrong, 8.0, truth), np.where(wrong, 1e-3, 1.0)
    same, certain = (teacher.fit(views, rated, ("one",), counted)(views) for counted in (None, weights))
    assert np.abs(certain - truth)[~wrong].mean() < 0.2 < np.abs(same - truth)[~wrong].mean()


def test_views_are_computed_once_and_mirrored_with_the_crop(
    tmp_path: Path, astronaut: Image, hopper: Image, detector: MTCNN
) -> None:
    np.savez(tmp_path / mobilefacenet.WEIGHTS, allow_pickle=False, **initial_weights())
    crops = np.stack([resize(image, 112, 112) for image in (astronaut, astronaut[:, ::-1], hopper)])
    first, mirrored, other = teacher._face(crops, tmp_path).reshape(3, 3, 3, -1)
    assert np.allclose(first, mirrored[:, ::-1], atol=1e-5)
    assert not np.allclose(first, other, atol=1e-5)
    np.savez(tmp_path / resnet50.WEIGHTS, nothing=np.zeros(1))
    PIL.Image.fromarray(astronaut).save(tmp_path / "a.png")
    table = pd.DataFrame({"file": ["a.png"], "path": [tmp_path / "a.png"]})
    views = teacher.views(table, "celeba", tmp_path, tmp_path, detector)
    assert set(views) == set(teacher.VIEWS)
    again = teacher.views(table, "celeba", tmp_path / "no weights are needed", tmp_path, detector)
    assert all(np.array_equal(view, again[name]) for name, view in views.items())
