from dataclasses import replace

import pytest

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.intervals import Interval
from facescore.results.model_card import render
from facescore.results.study import Study
from facescore.settings import CHECKPOINTS


@pytest.fixture(scope="module")
def beauty() -> Card:
    return checkpoints.load(CHECKPOINTS / "beauty")


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in CHECKPOINTS.glob("*/card.json")))
def test_every_shipped_model_card_is_made_from_its_card_as_it_is(folder: str) -> None:
    written = (CHECKPOINTS / folder / "README.md").read_text(encoding="utf-8")
    assert written == render(checkpoints.load(CHECKPOINTS / folder))


def test_two_kinds_of_faces_have_intervals_of_their_own(beauty: Card) -> None:
    rows = (Interval(2.0, -0.1, 0.2, False), Interval(None, -0.3, 0.4, False), Interval(None, -0.7, 0.8, True))
    text = render(replace(beauty, intervals=rows))
    assert "for faces that look more like those of the first data set, below 2.00: -0.10 to +0.20; above: -0.30" in text
    assert "for faces that look more like those of the other data sets, above: -0.70 to +0.80)" in text
    assert "`wild float32[N]` is above 0" in text


def test_of_one_kind_of_face_nothing_is_said_of_the_wild(beauty: Card) -> None:
    text = render(replace(beauty, intervals=(Interval(None, -0.3, 0.4),), thresholds={}))
    assert ": above: -0.30 to +0.40)" in text
    assert "for faces that look" not in text
    assert "float32[N]` is above 0" not in text
    assert "`distance float32[N]`" not in text


def test_a_teacher_and_the_terms_of_its_pictures_are_named(beauty: Card) -> None:
    without = {name: value for name, value in beauty.data.items() if name != "unrated"}
    unrated = {"name": "CelebA", "source": "", "licence": "research only", "counts": {"train": 4560}}
    assert "teacher" not in render(replace(beauty, data=without))
    text = render(replace(beauty, data=without | {"unrated": unrated}))
    assert "4,560 unrated pictures of CelebA" in text
    assert "CelebA: research only" in text


@pytest.mark.parametrize("name", ["attractive", "beauty", "beauty-resnet50"])
def test_a_card_holds_the_metrics_of_its_study(name: str) -> None:
    assert checkpoints.load(CHECKPOINTS / name).metrics == Study.read(name).metrics
