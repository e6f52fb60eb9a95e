import importlib
from types import ModuleType
from typing import NamedTuple

import keras
import numpy as np
import pandas as pd
import pytest

from facescore.networks.linear_head import LinearHead, pooled_head, serving_model
from facescore.runtime import Network
from facescore.training.data.examples import Examples
from facescore.training.measure import ood
from facescore.training.recipes import RECIPES
from tests.networks.called import run
from tests.training.shallow import use_shallow_networks


def pooled() -> tuple[keras.Model, LinearHead]:
    """A small network that ends in global average pooling."""
    crops = keras.Input((24, 24, 3), dtype="uint8")
    x = keras.layers.Rescaling(1 / 255)(crops)
    x = keras.layers.Conv2D(8, 3, strides=4, activation="relu", name="features")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = shaken(keras.Model(crops, keras.layers.Dense(1, name="score")(x)))
    return model, pooled_head(model, features="features", dense="score")


def of_recipe(name: str) -> tuple[keras.Model, LinearHead]:
    """The network of a recipe whose checkpoint is served, with fewer blocks: depth changes nothing of its head."""
    family: ModuleType = importlib.import_module(f"facescore.networks.{RECIPES[name].family}")
    with pytest.MonkeyPatch.context() as patch:
        use_shallow_networks(patch)
        model = shaken(family.build(**RECIPES[name].options))
    return model, family.linear_head(model)


def shaken(model: keras.Model) -> keras.Model:
    """The network with every variable moved off its initial value."""
    rng = np.random.default_rng(0)
    for variable in model.variables:
        if "seed" not in variable.path:
            factor, offset = rng.uniform(0.8, 1.25, variable.shape), rng.uniform(0, 0.02, variable.shape)
            variable.assign(np.asarray(variable) * factor + offset)
    return model


SMALL = [name for name, recipe in RECIPES.items() if recipe.served and not recipe.half]  # test_resnet50 has the other


@pytest.fixture(scope="module", params=["pooled", *SMALL])
def network(request: pytest.FixtureRequest) -> tuple[keras.Model, LinearHead]:
    keras.utils.set_random_seed(0)
    return pooled() if request.param == "pooled" else of_recipe(request.param)


@pytest.fixture(scope="module")
def crops(network: tuple[keras.Model, LinearHead]) -> np.ndarray:
    size = network[0].inputs[0].shape[1]
    return np.random.default_rng(1).integers(0, 256, (3, size, size, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def served(network: tuple[keras.Model, LinearHead], crops: np.ndarray) -> dict[str, np.ndarray]:
    """What is served of the crops."""
    outputs: dict[str, np.ndarray] = run(serving_model(*network), crops)
    assert set(outputs) == {"score", "contribution"}
    return outputs


class Told(NamedTuple):
    """Faces of two data sets, every second one of the other, without red, and a network that tells them apart."""

    crops: np.ndarray
    second: np.ndarray
    litert: Network


@pytest.fixture(scope="module")
def told(network: tuple[keras.Model, LinearHead]) -> Told:
    from facescore.training.export import to_tflite

    model, head = network
    size = model.inputs[0].shape[1]
    rng = np.random.default_rng(0)
    second = np.arange(60) % 2 == 1
    light = rng.uniform(0.3, 1, (60, 1, 1, 3))
    light[second, ..., 0] = 0
    crops = (rng.integers(0, 256, (60, size, size, 3)) * light).astype(np.uint8)
    table = pd.DataFrame({"dataset": np.where(second, "mebeauty", "scut")})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ood, "COMPONENTS", 8)  # as many as a few crops can determine
        familiar = ood.fit(model, head.features, Examples(table[:40], crops[:40]), contrast=True)
    return Told(crops, second, Network(to_tflite(serving_model(model, head, familiar)), "made"))


def test_the_served_score_is_the_networks_mean_over_crop_and_mirror_image(
    network: tuple[keras.Model, LinearHead], crops: np.ndarray, served: dict[str, np.ndarray]
) -> None:
    model, head = network
    straight, mirrored = (run(model, batch)[:, 0] for batch in (crops, crops[:, :, ::-1]))
    assert np.allclose(served["score"], (straight + mirrored) / 2, atol=1e-3)
    assert np.allclose(head.bias + served["contribution"].sum(axis=(1, 2)), served["score"], atol=1e-3)


def test_litert_agrees_with_keras(told: Told, crops: np.ndarray, served: dict[str, np.ndarray]) -> None:
    outputs = told.litert(crops)
    assert set(outputs) == {"score", "contribution", "distance", "wild"}
    for name, values in served.items():  # telling data sets apart changes neither
        assert np.allclose(outputs[name], values, atol=1e-3), name
    assert np.allclose(told.litert(crops[:1])["score"], served["score"][:1], atol=1e-3)


def test_a_network_that_tells_nothing_apart_has_two_outputs_in_litert_too() -> None:
    from facescore.training.export import to_tflite

    made = serving_model(*pooled())
    crops = np.random.default_rng(1).integers(0, 256, (3, 24, 24, 3), dtype=np.uint8)
    expected, outputs = run(made, crops), Network(to_tflite(made), "made")(crops)
    assert set(outputs) == {"score", "contribution"}
    for name, values in outputs.items():
        assert np.allclose(values, expected[name], atol=1e-3), name


def test_a_scaled_head_scales_score_and_contributions(
    network: tuple[keras.Model, LinearHead], crops: np.ndarray, served: dict[str, np.ndarray]
) -> None:
    model, head = network
    after = run(serving_model(model, head.scaled(0.5)), crops)
    assert np.allclose(after["contribution"], served["contribution"] / 2, atol=1e-5)
    assert np.allclose(after["score"], served["score"] / 2, atol=1e-5)


def test_training_crops_lie_at_a_distance_of_about_one_and_two_data_sets_are_told_apart(told: Told) -> None:
    served, mirrored = (told.litert(crops) for crops in (told.crops, told.crops[:, :, ::-1]))
    distances = served["distance"]
    assert np.sqrt(np.mean(distances[:40] ** 2)) == pytest.approx(1, abs=0.05)
    assert np.allclose(mirrored["distance"], distances, rtol=1e-3)
    white = told.litert(np.full_like(told.crops[:1], 255))
    assert white["distance"][0] > 1.5 * distances[:40].max()
    assert np.mean((served["wild"][40:] > 0) == told.second[40:]) >= 0.8
    assert np.allclose(mirrored["wild"], served["wild"], rtol=1e-3, atol=1e-3)


def test_of_one_data_set_nothing_is_told_apart(network: tuple[keras.Model, LinearHead], crops: np.ndarray) -> None:
    model, head = network
    table = pd.DataFrame({"dataset": ["scut"] * len(crops)})
    familiar = ood.fit(model, head.features, Examples(table, crops), contrast=False)
    assert familiar.contrast is None
    assert set(serving_model(model, head, familiar).output) == {"score", "contribution", "distance"}


def test_what_the_network_does_not_look_at_contributes_nothing(
    network: tuple[keras.Model, LinearHead], crops: np.ndarray, served: dict[str, np.ndarray]
) -> None:
    model, head = network
    size, cells = crops.shape[1], served["contribution"].shape[1]
    assert cells == head.kernel.shape[0] + 2 * head.border
    margin = head.border * size // cells
    changed = np.full_like(crops, 90)
    changed[:, margin : size - margin, margin : size - margin] = crops[
        :, margin : size - margin, margin : size - margin
    ]
    after = run(serving_model(model, head), changed)
    assert np.allclose(after["score"], served["score"], atol=1e-4)
    inside = served["contribution"][:, head.border : cells - head.border, head.border : cells - head.border]
    assert np.allclose(inside.sum(axis=(1, 2)), served["contribution"].sum(axis=(1, 2)), atol=1e-4)
