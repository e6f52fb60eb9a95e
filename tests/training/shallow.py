"""Networks with one block where there are several: building them is most of what an experiment in miniature takes."""

import keras
import pytest

from facescore.networks import mobilefacenet


def use_shallow_networks(patch: pytest.MonkeyPatch) -> None:
    """Build every MobileFaceNet with three residual blocks in place of twelve; the layers it has stay the same."""
    residuals = mobilefacenet._residuals

    def one(x: keras.KerasTensor, name: str, blocks: int, inside: int) -> keras.KerasTensor:
        return residuals(x, name, min(blocks, 1), inside)

    patch.setattr(mobilefacenet, "_residuals", one)
