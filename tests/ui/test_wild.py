import re

import pytest

from facescore.estimates import Estimate
from facescore.ui import pieces, wild
from facescore.ui.words import LANGUAGES, say

STUDY = "beauty"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_group_in_the_wild_is_told_in_words(language: str) -> None:
    groups = pieces.read_study(STUDY).metrics["wild"]
    html = wild.groups(STUDY, language)
    assert html.count("<tr") == len(groups) + 1
    assert f"{groups['all']['count']:,}" in html
    for group in groups:
        assert f'<th scope="row">{pieces.group_name(group, language)}</th>' in html
    if language == "zh":
        assert not re.search(r"<th[^>]*>[a-z ]+</th>", html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_faces_of_every_age_are_told_in_groups_that_are_not_too_small(language: str) -> None:
    groups = pieces.read_study(STUDY).metrics["omi"]
    html = wild.describe(STUDY, language)
    assert say("wild.ages_caption", language, count=f"{groups['all']['count']:,}") in html
    for group, row in groups.items():
        if row["count"] >= 20:
            assert f'<th scope="row">{pieces.group_name(group, language)}</th>' in html
    assert pieces.group_name("islander", language) not in html


def test_nothing_is_said_of_what_was_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wild.describe("beauty-mobilefacenet", "en") == ""
    alone = {"wild": pieces.read_study(STUDY).metrics["wild"]}
    monkeypatch.setattr(wild, "read_study", lambda _: type("Study", (), {"metrics": alone}))
    html = wild.describe("made", "en")
    assert say("wild.heading") in html
    assert say("wild.conditions") not in html


def test_conditions_and_agreement_are_told_where_they_were_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    value = Estimate(0.5, 0.4, 0.6)
    row = {"median": 20.0, "count": 40, "mae": value, "coverage": value}
    metrics = {
        "conditions": {"as they are": row, "size": [row | {"size": 24}], "thresholds": {"size": 20.0, "turn": 0.3}},
        "agreement": {"scut": {"AF": {"count": 40, "with_ratings": value, "with_scores": value}}},
    }
    monkeypatch.setattr(wild, "read_study", lambda _: type("Study", (), {"metrics": metrics}))
    html = wild.describe("made", "en")
    assert say("wild.level_size", level="24") in html
    assert say("wild.level_of_size", threshold="20") in html
    assert say("wild.as_they_are") in html
    assert say("score.group_AF") in html


def test_faces_that_are_not_changed_have_no_change_of_their_score(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"median": 20.0, "count": 40, "change": Estimate(0.1, 0.05, 0.15), "accuracy": Estimate(0.8, 0.7, 0.9)}
    unchanged = row | {"change": Estimate(0.0, 0.0, 0.0)}
    found = {
        "as they are": unchanged,
        "size": [row | {"size": 24}],
        "turn": [unchanged | {"turn": 0.1}],
        "thresholds": {},
    }
    monkeypatch.setattr(wild, "read_study", lambda _: type("Study", (), {"metrics": {"conditions": found}}))
    html = wild.describe("made", "en")
    assert "0.100" in html
    assert "0.000" not in html
