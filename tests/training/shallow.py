"""Networks with one block where there are several: building them is most of what an experiment in miniature takes."""

import pytest

from facescore.networks import mobilefacenet


def use_shallow_networks(patch: pytest.MonkeyPatch) -> None:
    """Build every MobileFaceNet with three residual blocks in place of twelve; the layers it has stay the same."""
    residuals = mobilefacenet._residuals
    patch.setattr(mobilefacenet, "_residuals", lambda x, name, blocks, inside: residuals(x, name, 1, inside))
