from dataclasses import replace

import pytest
from facescore.training.model_card import readme

from facescore import checkpoints
from facescore.checkpoints import Card, Interval
from facescore.settings import CHECKPOINTS


@pytest.fixture(scope="module")
def beauty() -> Card:
    return checkpoints.load(CHECKPOINTS / "beauty")


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in CHECKPOINTS.glob("*/card.json")))
def test_every_shipped_model_card_is_made_from_its_card_as_it_is(folder: str) -> None:
    written = (CHECKPOINTS / folder / "README.md").read_text(encoding="utf-8")
    assert written == readme(checkpoints.load(CHECKPOINTS / folder))


def test_two_kinds_of_faces_have_intervals_of_their_own(beauty: Card) -> None:
    rows = (Interval(2.0, -0.1, 0.2, False), Interval(None, -0.3, 0.4, False), Interval(None, -0.7, 0.8, True))
    text = readme(replace(beauty, intervals=rows))
    assert "of faces like those of the first data set, by their look, below 2.00: -0.10 to +0.20; above: -0.30" in text
    assert "of faces in the wild, by their look, above: -0.70 to +0.80)" in text
    assert "`wild float32[N]` is above 0" in text


def test_of_one_kind_of_face_nothing_is_said_of_the_wild(beauty: Card) -> None:
    text = readme(replace(beauty, intervals=(Interval(None, -0.3, 0.4),), thresholds={}))
    assert ": above: -0.30 to +0.40)" in text
    assert "by their look" not in text
    assert "float32[N]` is above 0" not in text
    assert "`distance float32[N]`" not in text


def test_a_teacher_and_the_terms_of_its_pictures_are_told_of(beauty: Card) -> None:
    without = {name: value for name, value in beauty.data.items() if name != "unrated"}
    unrated = {"name": "CelebA", "source": "", "licence": "research only", "counts": {"train": 4560}}
    assert "teacher" not in readme(replace(beauty, data=without))
    text = readme(replace(beauty, data=without | {"unrated": unrated}))
    assert "4,560 pictures of CelebA that nobody rated" in text
    assert "CelebA: research only" in text
