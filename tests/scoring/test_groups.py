"""The same scores compared with another group."""

import pytest

from facescore import Scorer
from facescore.errors import InvalidRequest
from facescore.images import Image
from facescore.scoring.groups import compared
from facescore.scoring.percentile import GROUPS


@pytest.mark.parametrize("group", GROUPS)
def test_comparing_again_gives_what_scoring_again_would(scorer: Scorer, astronaut: Image, group: str) -> None:
    (face,), (again,) = scorer.score(astronaut), scorer.score(astronaut, group)
    assert compared(face, scorer.distribution, group).to_dict() == again.to_dict()


def test_an_unknown_group_is_refused(scorer: Scorer, astronaut: Image) -> None:
    (face,) = scorer.score(astronaut)
    with pytest.raises(InvalidRequest):
        compared(face, scorer.distribution, "XX")
