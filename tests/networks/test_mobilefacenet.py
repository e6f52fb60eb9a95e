from pathlib import Path

import keras
import numpy as np
import pytest

from facescore import DataError
from facescore.networks import mobilefacenet


def test_missing_initial_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"mobilefacenet\.npz are missing.*--weights"):
        mobilefacenet.load_initial_weights(keras.Model(), tmp_path)


def test_the_network_is_rebuilt_from_arrays_by_layer_and_variable(tmp_path: Path) -> None:
    source, target = mobilefacenet.build(), mobilefacenet.build()
    arrays = {
        f"{layer.name}/{variable.name}": np.asarray(variable)
        for layer in source.layers
        for variable in layer.weights
        if layer.name != "score"
    }
    np.savez(tmp_path / mobilefacenet.WEIGHTS, allow_pickle=False, **arrays)
    mobilefacenet.load_initial_weights(target, tmp_path)
    crops = np.random.default_rng(0).integers(0, 256, (2, 112, 112, 3), dtype=np.uint8)
    embedding, expected = (
        keras.Model(model.inputs, model.get_layer("embedding").output).predict(crops, verbose=0)
        for model in (target, source)
    )
    assert embedding.shape == (2, 512)
    assert np.allclose(embedding, expected)


def test_the_real_initial_weights_fit_every_layer_but_the_head(data: Path) -> None:
    weights = data.resolve().parent / "weights"
    if not (weights / mobilefacenet.WEIGHTS).is_file():
        pytest.skip(f"needs {mobilefacenet.WEIGHTS} in 'weights' beside FACESCORE_DATA")
    model = mobilefacenet.build()
    before = [np.asarray(variable).copy() for variable in model.get_layer("score").weights]
    mobilefacenet.load_initial_weights(model, weights)
    after = [np.asarray(variable) for variable in model.get_layer("score").weights]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert np.abs(model.get_layer("conv_1_batchnorm").get_weights()[2]).max() > 0.01
