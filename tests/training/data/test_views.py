import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import DataError
from facescore.faces.alignment import resize
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.networks import faceres, mobilefacenet, resnet50
from facescore.training.data import views
from facescore.training.data.place import Place
from tests.networks.test_mobilefacenet import initial_weights
from tests.training.shallow import use_shallow_networks


def test_views_are_computed_once_and_mirrored_with_the_crop(
    tmp_path: Path, astronaut: Image, hopper: Image, detector: MTCNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_shallow_networks(monkeypatch)
    np.savez(tmp_path / mobilefacenet.WEIGHTS, allow_pickle=False, **initial_weights())
    crops = np.stack([resize(image, 112, 112) for image in (astronaut, astronaut[:, ::-1], hopper)])
    first, mirrored, other = views._face(tmp_path).predict_on_batch(crops).reshape(3, 3, 3, -1)
    assert np.allclose(first, mirrored[:, ::-1], atol=1e-5)
    assert not np.allclose(first, other, atol=1e-5)
    np.savez(tmp_path / resnet50.WEIGHTS, nothing=np.zeros(1))
    PIL.Image.fromarray(astronaut).save(tmp_path / "a.png")
    table = pd.DataFrame({"file": ["a.png"], "path": [tmp_path / "a.png"]})
    np.savez(tmp_path / faceres.WEIGHTS, allow_pickle=False, **faceres_weights())
    place = Place(tmp_path, tmp_path, tmp_path, detector)
    seen = views.look_at(table, "celeba", views.SOURCES, place)
    assert set(seen) == {"face", "wider", "loose", "means", "spreads"}
    again = views.look_at(table, "celeba", views.SOURCES, replace(place, weights=tmp_path / "none"))
    assert all(np.array_equal(view, again[name]) for name, view in seen.items())
    os.utime(tmp_path / "a.png", (0, 0))  # a picture that has changed voids what is kept
    with pytest.raises(DataError, match="are missing"):
        views.look_at(table, "celeba", views.SOURCES, replace(place, weights=tmp_path / "none"))


def faceres_weights() -> dict[str, np.ndarray]:
    """Random weights of the right shapes, of a size that keeps the maps alive."""
    rng, inside, arrays = np.random.default_rng(0), 32, {}
    shapes = {"conv1": (3, 3, 3, 32)}
    for number, width in enumerate(faceres.WIDTHS, 1):
        shapes |= {f"conv_dw_{number}": (3, 3, inside, 1), f"conv_pw_{number}": (1, 1, inside, width)}
        inside = width
    for name, shape in shapes.items():
        fan = shape[0] * shape[1] * (1 if "dw" in name else shape[2])
        arrays[f"{name}/kernel"] = rng.normal(0, (2 / fan) ** 0.5, shape).astype(np.float16)
        arrays[f"{name}/bias"] = np.zeros(shape[2] if "dw" in name else shape[3], np.float16)
    return arrays


def test_another_recogniser_gives_two_views_that_do_not_depend_on_the_side(tmp_path: Path, astronaut: Image) -> None:
    np.savez(tmp_path / faceres.WEIGHTS, allow_pickle=False, **faceres_weights())
    crop = resize(astronaut, faceres.SIZE, faceres.SIZE)
    model = views.SOURCES[-1].model(tmp_path)
    means, spreads = model.predict_on_batch(np.stack([crop, crop[:, ::-1], 255 - crop]))
    assert (means.shape, spreads.shape) == ((3, 1024), (3, 512))
    for view in (means, spreads):
        assert np.allclose(view[0], view[1], atol=1e-4)
        assert not np.allclose(view[0], view[2], atol=1e-2)
