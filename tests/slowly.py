"""Photos that take long, whatever the machine."""

import time
from typing import Any

import pytest

from facescore.scoring import ranking


def score_slowly(patch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let every photo of a ranking take some seconds more."""
    quick = ranking.score_photo

    def slow(*asked: Any) -> list[ranking.Row]:
        time.sleep(seconds)
        return quick(*asked)

    patch.setattr(ranking, "score_photo", slow)
