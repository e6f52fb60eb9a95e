from pathlib import Path

import keras
import numpy as np
import pytest

from facescore.networks import small


def pictures(side: int = 50) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (4, side, side), dtype=np.uint8)


@pytest.mark.parametrize("head", ["sigmoid", "softmax", "relu"])
@pytest.mark.parametrize("layout", ["cnn", "rnn", "lstm"])
def test_pictures_become_logits_and_a_saved_network_gives_the_same(layout: str, head: str, tmp_path: Path) -> None:
    network = small.build(layout, 50, head=head)
    logits = network.predict_on_batch(pictures())
    assert logits.shape == (4, 1)
    assert np.isfinite(logits).all()
    network.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    assert np.allclose(loaded.predict_on_batch(pictures()), logits, atol=1e-5)


def test_a_cnn_has_two_blocks_and_takes_colour_too() -> None:
    names = [type(layer).__name__ for layer in small.build("cnn", 100).layers]
    assert names.count("Conv2D") == names.count("MaxPooling2D") == 2
    assert small.build("cnn", 50, colour=True).input_shape == (None, 50, 50, 3)


def test_the_softmax_of_two_classes_is_the_sigmoid_of_the_logit() -> None:
    network = small.build("cnn", 50, head="softmax")
    classes = keras.Model(network.inputs, network.get_layer("classes").output).predict_on_batch(pictures())
    expected = np.exp(classes[:, 1]) / np.exp(classes).sum(axis=1)
    logits = network.predict_on_batch(pictures())[:, 0]
    assert np.allclose(1 / (1 + np.exp(-logits)), expected, atol=1e-5)


def test_the_relu_is_the_probability() -> None:
    network = small.build("cnn", 50, head="relu")
    relu = keras.Model(network.inputs, network.get_layer("probability").output).predict_on_batch(pictures())[:, 0]
    probability = 1 / (1 + np.exp(-network.predict_on_batch(pictures())[:, 0]))
    assert np.allclose(probability, relu.clip(small.CERTAIN, 1 - small.CERTAIN), atol=1e-5)


@pytest.mark.parametrize(("regularizer", "kind"), [("l1", "L1"), ("l2", "L2")])
def test_kernels_below_the_head_are_regularized(regularizer: str, kind: str) -> None:
    layers = [layer for layer in small.build("cnn", 50, regularizer=regularizer).layers if hasattr(layer, "kernel")]
    kinds = [type(layer.kernel_regularizer).__name__ for layer in layers]
    assert kinds == [kind] * 3 + ["NoneType"]
    assert len(small.build("logistic", 50).trainable_variables) == 2
