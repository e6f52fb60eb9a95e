"""Experiments in miniature: less of whatever is tested elsewhere, since it is most of what they take."""

import pytest

from facescore.networks import mobilefacenet
from facescore.training.data import views
from facescore.training.measure import attribution, examine, metrics, reliability


def use_shallow_networks(patch: pytest.MonkeyPatch) -> None:
    """Build every MobileFaceNet with three residual blocks in place of twelve; the layers it has stay the same."""
    residuals = mobilefacenet._residuals
    patch.setattr(mobilefacenet, "_residuals", lambda x, name, blocks, inside: residuals(x, name, 1, inside))


def use_fewer_views(patch: pytest.MonkeyPatch) -> None:
    """Rate pictures by two of the four frozen networks; `test_views` has all of them."""
    patch.setattr(views, "SOURCES", views.SOURCES[::3])


def measure_less(patch: pytest.MonkeyPatch) -> None:
    """Measure what a study holds on few faces, levels of a change, steps and resamples."""
    patch.setattr(metrics, "RESAMPLES", 20)
    patch.setattr(examine, "FACES", 4)
    patch.setattr(attribution, "STEPS", 3)
    fewer = {name: (title, levels[:2], change) for name, (title, levels, change) in reliability.CHANGES.items()}
    patch.setattr(reliability, "CHANGES", fewer)
