import numpy as np
import pytest

from facescore.networks import attractive_cnn


@pytest.mark.parametrize("layout", ["simple", "hotornot", "cam"])
def test_every_layout_makes_crops_into_logits(layout: str) -> None:
    network = attractive_cnn.build(layout)
    crops = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)
    logits = network.predict_on_batch(crops)
    assert logits.shape == (2, 1)


def test_layouts_are_those_of_the_write_ups() -> None:
    filters = {
        layout: [layer.filters for layer in attractive_cnn.build(layout).layers if hasattr(layer, "filters")]
        for layout in ("simple", "hotornot", "cam")
    }
    assert filters == {"simple": [], "hotornot": [32, 64, 128], "cam": [32, 64, 64, 128, 256]}
    cam = [layer for layer in attractive_cnn.build("cam").layers if hasattr(layer, "filters")]
    assert [layer.kernel_regularizer is not None for layer in cam] == [False, False, True, True, True]
