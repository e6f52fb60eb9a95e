from pathlib import Path

import keras
import numpy as np
import pytest

from facescore import DataError
from facescore.networks import mobilefacenet
from facescore.networks.linear_head import serving_model
from tests.networks.called import run


def initial_weights() -> dict[str, np.ndarray]:
    """Random initial weights in their stored form, with separate batch norms."""
    rng = np.random.default_rng(0)
    made: dict[str, np.ndarray] = {}
    for layer in mobilefacenet.build().layers:
        if layer.name.endswith("_conv2d"):
            kernel, bias = layer.get_weights()
            name = layer.name.removesuffix("_conv2d")
            made[f"{name}_conv2d/kernel"] = rng.normal(0, 0.1, kernel.shape).astype(np.float32)
            for variable in ("gamma", "beta", "moving_mean", "moving_variance"):
                made[f"{name}_batchnorm/{variable}"] = rng.uniform(0.5, 1.5, bias.shape).astype(np.float32)
        elif layer.name.endswith("_relu"):
            made[f"{layer.name}/alpha"] = rng.uniform(0, 0.5, layer.alpha.shape).astype(np.float32)
    made["pre_fc1/kernel"] = rng.normal(0, 0.1, (512, 128)).astype(np.float32)
    for variable in ("pre_fc1/bias", "fc1/gamma", "fc1/beta", "fc1/moving_mean", "fc1/moving_variance"):
        made[variable] = rng.uniform(0.5, 1.5, 128).astype(np.float32)
    return made


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    return initial_weights()


@pytest.fixture(scope="module")
def folder(arrays: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    np.savez(folder / mobilefacenet.WEIGHTS, allow_pickle=False, **arrays)
    return folder


def with_batch_norm(
    convolution: keras.layers.Layer, name: str, arrays: dict[str, np.ndarray], x: np.ndarray
) -> np.ndarray:
    """The output of the convolution and batch norm of that name for ``x``."""
    norm = keras.layers.BatchNormalization(epsilon=mobilefacenet.EPSILON)
    model = keras.Sequential([keras.Input(x.shape[1:]), convolution, norm])
    convolution.set_weights([arrays[f"{name}_conv2d/kernel"]])
    norm.set_weights([arrays[f"{name}_batchnorm/{v}"] for v in ("gamma", "beta", "moving_mean", "moving_variance")])
    return np.asarray(run(model, x))


def test_missing_initial_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"mobilefacenet\.npz are missing.*--weights"):
        mobilefacenet.load_initial_weights(keras.Model(), tmp_path)


@pytest.mark.parametrize(
    ("name", "convolution"),
    [
        ("conv_1", keras.layers.Conv2D(64, 3, 2, use_bias=False)),
        ("res_4_block2_conv_dw", keras.layers.DepthwiseConv2D(3, use_bias=False)),
        ("res_5_block1_conv_proj", keras.layers.Conv2D(128, 1, use_bias=False)),
        ("conv_6dw7_7", keras.layers.DepthwiseConv2D(7, use_bias=False)),
    ],
)
def test_a_convolution_does_what_it_did_with_its_batch_norm(
    name: str, convolution: keras.layers.Layer, arrays: dict[str, np.ndarray], folder: Path
) -> None:
    model = mobilefacenet.build()
    mobilefacenet.load_initial_weights(model, folder)
    layer = model.get_layer(f"{name}_conv2d")
    x = np.random.default_rng(1).normal(size=(2, 14, 14, layer.input.shape[3])).astype(np.float32)
    assert np.allclose(np.asarray(layer(x)), with_batch_norm(convolution, name, arrays, x), atol=1e-4)


def test_every_layer_but_the_head_is_set(arrays: dict[str, np.ndarray], folder: Path) -> None:
    model = mobilefacenet.build()
    before = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    mobilefacenet.load_initial_weights(model, folder)
    for name, weights in before.items():
        after = model.get_layer(name).get_weights()
        same = all(np.array_equal(a, b) for a, b in zip(weights, after, strict=True))
        assert same == (name == "score")


def test_the_global_convolution_of_another_map_weighs_an_even_map_the_same(
    arrays: dict[str, np.ndarray], folder: Path
) -> None:
    model = mobilefacenet.build(size=64, margin=8, resolution=96)
    mobilefacenet.load_initial_weights(model, folder)
    layer = model.get_layer("conv_6dw7_7_conv2d")
    x = np.random.default_rng(1).normal(size=(1, 1, 1, 512)).astype(np.float32)
    even = with_batch_norm(
        keras.layers.DepthwiseConv2D(7, use_bias=False), "conv_6dw7_7", arrays, np.tile(x, (1, 7, 7, 1))
    )
    assert np.allclose(np.asarray(layer(np.tile(x, (1, 6, 6, 1)))), even, atol=1e-3)


def test_the_real_initial_weights_fit(data: Path) -> None:
    weights = data.resolve().parent / "weights"
    if not (weights / mobilefacenet.WEIGHTS).is_file():
        pytest.skip(f"needs {mobilefacenet.WEIGHTS} in 'weights' beside FACESCORE_DATA")
    model = mobilefacenet.build()
    mobilefacenet.load_initial_weights(model, weights)
    crops = np.full((1, 112, 112, 3), 128, np.uint8)
    features = run(keras.Model(model.inputs, model.get_layer("embedding").output), crops)
    assert np.isfinite(features).all()
    assert 0.01 < np.abs(features).mean() < 10


def scaled(model: keras.Model, crops: np.ndarray) -> keras.Model:
    """The network with units whose outputs are around 1, not around 0 as with random weights."""
    head = model.get_layer("score")
    weights, bias = head.get_weights()
    head.set_weights([weights / np.abs(run(model, crops)).max(axis=0), bias + 0.5])
    return model


@pytest.fixture(scope="module")
def crops() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, 112, 112, 3), dtype=np.uint8)


@pytest.mark.parametrize("embedding", [True, False])
def test_the_map_adds_up_to_the_score_of_a_crop_and_its_mirror_image(embedding: bool, crops: np.ndarray) -> None:
    keras.utils.set_random_seed(0)
    model = scaled(mobilefacenet.build(embedding=embedding), crops)
    head = mobilefacenet.linear_head(model)
    served = run(serving_model(model, head), crops)
    mean = (run(model, crops) + run(model, crops[:, :, ::-1]))[:, 0] / 2
    assert served["contribution"].shape == (2, 7, 7)
    assert np.abs(mean - 0.5).max() > 0.1
    assert np.allclose(served["score"], mean, atol=1e-4)
    assert np.allclose(head.bias + served["contribution"].sum(axis=(1, 2)), mean, atol=1e-4)


def test_the_served_score_is_the_first_units(crops: np.ndarray) -> None:
    keras.utils.set_random_seed(0)
    model = scaled(mobilefacenet.build(embedding=False, outputs=2), crops)
    served = serving_model(model, mobilefacenet.linear_head(model)).predict_on_batch(crops)
    mean = (run(model, crops) + run(model, crops[:, :, ::-1])) / 2
    assert np.allclose(served["score"], mean[:, 0], atol=1e-4)
    assert not np.allclose(served["score"], mean[:, 1], atol=0.1)
