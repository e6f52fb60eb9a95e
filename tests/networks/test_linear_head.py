import importlib
from types import ModuleType

import keras
import numpy as np
import pytest

from facescore.litert import Network
from facescore.networks.linear_head import serving_model


@pytest.fixture(scope="module", params=["attractive_cnn", "mobilefacenet"])
def family(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(f"facescore.networks.{request.param}")


@pytest.fixture(scope="module")
def network(family: ModuleType) -> keras.Model:
    """A network with every variable moved off its initial value, batch norms' statistics too."""
    keras.utils.set_random_seed(0)
    model = family.build()
    rng = np.random.default_rng(0)
    for variable in model.variables:
        if "seed" not in variable.path:
            factor, offset = rng.uniform(0.8, 1.25, variable.shape), rng.uniform(0, 0.02, variable.shape)
            variable.assign(np.asarray(variable) * factor + offset)
    return model


@pytest.fixture(scope="module")
def crops(family: ModuleType) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (3, family.SIZE, family.SIZE, 3), dtype=np.uint8)


def test_the_served_score_is_the_networks_mean_over_crop_and_mirror_image(
    family: ModuleType, network: keras.Model, crops: np.ndarray
) -> None:
    head = family.linear_head(network)
    served = serving_model(network, head).predict(crops, verbose=0)
    straight, mirrored = (network.predict(batch, verbose=0)[:, 0] for batch in (crops, crops[:, :, ::-1]))
    assert np.allclose(served["score"], (straight + mirrored) / 2, atol=1e-3)
    assert np.allclose(head.bias + served["contribution"].sum(axis=(1, 2)), served["score"], atol=1e-3)
    assert served["contribution"].shape[1:] == head.kernel.shape[:2]


def test_litert_agrees_with_keras(
    family: ModuleType, network: keras.Model, crops: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from facescore.training.export import to_tflite

    served = serving_model(network, family.linear_head(network))
    path = tmp_path_factory.mktemp("export") / "model.tflite"
    path.write_bytes(to_tflite(served))
    expected, outputs = served.predict(crops, verbose=0), Network(path)(crops)
    assert set(outputs) == {"score", "contribution"}
    for name, values in outputs.items():
        assert np.allclose(values, expected[name], atol=1e-3), name
    assert np.allclose(Network(path)(crops[:1])["score"], expected["score"][:1], atol=1e-3)


def test_the_head_names_the_last_spatial_map(family: ModuleType, network: keras.Model) -> None:
    head = family.linear_head(network)
    assert network.get_layer(head.features).output.shape[1:] == head.kernel.shape
