import os
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import DataError
from facescore.faces.alignment import resize
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.networks import mobilefacenet, resnet50
from facescore.training.data import pseudo_labels
from tests.networks.test_mobilefacenet import initial_weights


def test_only_pictures_that_were_not_reduced_are_chosen_and_not_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [(178, 218), (64, 64), (178, 218), (89, 109), (178, 218), (178, 100)]
    paths = [tmp_path / f"{number}.jpg" for number in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        PIL.Image.new("RGB", size).save(path)
    table = pd.DataFrame({"file": [path.name for path in paths], "path": paths})
    assert list(pseudo_labels.choose(table, "celeba", seed=0)["file"]) == ["0.jpg", "2.jpg", "4.jpg"]
    monkeypatch.setattr(pseudo_labels, "MOST", 2)
    few = pseudo_labels.choose(table, "celeba", seed=0)
    assert len(few) == 2
    assert few.equals(pseudo_labels.choose(table, "celeba", seed=0))


def test_the_teacher_rates_by_all_its_views_however_long_each_is() -> None:
    rng = np.random.default_rng(0)
    seen = {"narrow": rng.normal(size=(400, 2)), "long": np.repeat(rng.normal(size=(400, 2)), 50, axis=1)}
    views = {name: values.astype(np.float32) for name, values in seen.items()}
    truth = 3 + seen["narrow"][:, 0] + seen["long"][:, 0]

    def rated(*names: str) -> np.ndarray:
        """The last hundred faces, rated by a teacher that has these views of the others."""
        known, unknown = ({name: views[name][rows] for name in names} for rows in (slice(300), slice(300, None)))
        return pseudo_labels.fit(known, truth[:300])(unknown)

    both = rated("narrow", "long")
    assert np.corrcoef(both, truth[300:])[0, 1] > 0.9
    assert all(np.corrcoef(rated(name), truth[300:])[0, 1] < 0.8 for name in views)
    assert abs(both.mean() - truth[300:].mean()) < 0.2


def test_views_are_computed_once_and_mirrored_with_the_crop(
    tmp_path: Path, astronaut: Image, hopper: Image, detector: MTCNN
) -> None:
    np.savez(tmp_path / mobilefacenet.WEIGHTS, allow_pickle=False, **initial_weights())
    crops = np.stack([resize(image, 112, 112) for image in (astronaut, astronaut[:, ::-1], hopper)])
    first, mirrored, other = pseudo_labels._face(crops, tmp_path).reshape(3, 3, 3, -1)
    assert np.allclose(first, mirrored[:, ::-1], atol=1e-5)
    assert not np.allclose(first, other, atol=1e-5)
    np.savez(tmp_path / resnet50.WEIGHTS, nothing=np.zeros(1))
    PIL.Image.fromarray(astronaut).save(tmp_path / "a.png")
    table = pd.DataFrame({"file": ["a.png"], "path": [tmp_path / "a.png"]})
    views = pseudo_labels.views(table, "celeba", tmp_path, tmp_path, detector)
    assert set(views) == set(pseudo_labels.VIEWS)
    again = pseudo_labels.views(table, "celeba", tmp_path / "no weights are needed", tmp_path, detector)
    assert all(np.array_equal(view, again[name]) for name, view in views.items())
    os.utime(tmp_path / "a.png", (0, 0))  # a picture that has changed voids what is kept
    with pytest.raises(DataError, match="are missing"):
        pseudo_labels.views(table, "celeba", tmp_path / "none", tmp_path, detector)
