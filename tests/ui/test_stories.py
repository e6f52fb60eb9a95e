import re

import pytest

from facescore.estimates import Estimate
from facescore.results.study import Study
from facescore.ui import drawings, stories
from facescore.ui.pieces import read_study
from facescore.ui.words import LANGUAGES, say
from facescore.ui.written import WRITTEN


@pytest.fixture(autouse=True)
def fresh() -> None:
    WRITTEN.clear()


def cards(html: str) -> dict[str, str]:
    """Every card by its title."""
    return {re.findall("<h3>(.*?)</h3>", card)[0]: card for card in html.split("<article")[1:]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_has_one_number_one_picture_and_the_tables_behind_them(language: str) -> None:
    for card in cards(stories.describe(language)).values():
        assert card.count("class='big'") == card.count("<figure") == card.count("<details>") == 1
        assert "<table" in card.partition("<details>")[2]


def test_the_shares_are_those_of_the_study() -> None:
    groups = read_study("attractive").metrics["test"]
    shown = cards(stories.describe("en"))
    women, men = (groups[name]["true_share"].value for name in ("female young", "male older"))
    assert f"{women:.0%} / {men:.0%}" in shown[say("stories.ticked")]
    missed = groups["not Heavy_Makeup"]["false_negative_rate"]
    assert f"{missed.value:.0%} <small>{missed.low:.0%} to {missed.high:.0%}</small>" in shown[say("stories.missed")]


def test_the_missed_share_that_is_shown_large_is_measured_well() -> None:
    missed = read_study("attractive").metrics["test"][stories.PLAIN]["false_negative_rate"]
    assert missed.high - missed.low < 0.12


def test_the_raters_are_counted_from_their_means() -> None:
    assert drawings.raters() == 60


def test_a_value_lies_inside_its_interval_on_the_line() -> None:
    row = drawings.Row("a group", Estimate(0.25, 0.2, 0.4), "25%")
    line = drawings.rows([row], "shares", highest=0.5)
    assert "left:40.0%;width:40.0%" in line
    assert "left:50.0%" in line


def test_the_same_person_twice_is_told_as_soon_as_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    study = read_study("attractive")
    without = {name: value for name, value in study.metrics.items() if name != "same_person"}
    found = {
        "people": 717,
        "pictures": 3210,
        "icc": Estimate(0.72, 0.69, 0.75),
        "icc_of_label": Estimate(0.53, 0.49, 0.57),
        "same": Estimate(0.12, 0.11, 0.13),
        "others": Estimate(0.41, 0.4, 0.42),
        "explained": {"light": Estimate(0.1, 0.08, 0.12), "all": Estimate(0.3, 0.25, 0.35)},
    }
    shown = {}
    for name, metrics in (("before", without), ("after", {**without, "same_person": found})):
        replaced = Study(study.name, study.history, study.predictions, study.wild, metrics)
        monkeypatch.setattr(stories, "read_study", lambda one, it=replaced: it if one == it.name else read_study(one))
        WRITTEN.clear()
        shown[name] = cards(stories.describe("en"))
    assert len(shown["after"]) == len(shown["before"]) + 1
    assert "0.53" in shown["after"][say("stories.same")]
    assert "3,210" in shown["after"][say("stories.same")]


@pytest.mark.parametrize("name", ["celeba/female-young", "attractive/decile-10"])
def test_an_average_face_is_part_of_the_page(name: str) -> None:
    assert drawings.average_faces({name: "so many faces"}, "averages").count('src="data:image/webp;base64,') == 1
