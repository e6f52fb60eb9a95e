from pathlib import Path

import keras
import numpy as np
import pytest

from facescore import DataError
from facescore.networks import resnet50
from facescore.networks.linear_head import serving_model
from tests.networks.called import run


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    return resnet50.build()


def test_the_map_adds_up_to_the_score_of_a_crop_and_its_mirror_image(model: keras.Model) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    head = resnet50.linear_head(model)
    served = run(serving_model(model, head), crops)
    mean = (run(model, crops) + run(model, crops[:, :, ::-1]))[:, 0] / 2
    assert served["contribution"].shape == (2, 7, 7)
    assert np.allclose(served["score"], mean, atol=1e-3)
    assert np.allclose(head.bias + served["contribution"].sum(axis=(1, 2)), mean, atol=1e-3)


def test_four_stages_are_set_and_the_fifth_stays_random(tmp_path: Path) -> None:
    model = resnet50.build()
    arrays = {
        f"{layer.name}/{variable.name}": np.full(variable.shape, 0.5, np.float16)
        for layer in model.layers
        for variable in layer.weights
        if layer.name.startswith(("conv1", "conv2", "conv3", "conv4", "conv5_block1_preact"))
    }
    np.savez(tmp_path / resnet50.WEIGHTS, allow_pickle=False, **arrays)
    resnet50.load_initial_weights(model, tmp_path)
    assert (np.asarray(model.get_layer("conv4_block6_3_conv").kernel) == 0.5).all()
    assert (np.asarray(model.get_layer("conv5_block1_preact_bn").gamma) == 0.5).all()
    assert not (np.asarray(model.get_layer("conv5_block1_1_conv").kernel) == 0.5).any()


def test_missing_initial_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"resnet50v2_imagenet_to_conv4\.npz are missing.*--weights"):
        resnet50.load_initial_weights(keras.Model(), tmp_path)
