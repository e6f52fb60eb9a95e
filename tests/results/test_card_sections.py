from dataclasses import replace
from typing import Any

import pytest

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.estimates import Estimate
from facescore.results import card_sections, model_card
from facescore.settings import CHECKPOINTS


@pytest.fixture(scope="module")
def card() -> Card:
    return replace(checkpoints.load(CHECKPOINTS / "attractive"), metrics={})


def share(value: float) -> Estimate:
    return Estimate(value, value - 0.01, value + 0.01)


RATES = {"true_share": share(0.3), "predicted_share": share(0.2), "false_negative_rate": share(0.4)}
TEST = {
    "all": {"count": 3000, "accuracy": share(0.8), "calibration_error": share(0.02)},
    "female, darkest quarter of cheeks, not Smiling": {"count": 90, **RATES},
    "female, lightest quarter of cheeks, Smiling": {"count": 80, **RATES, "true_share": share(0.7)},
}
MOVED = {"gray": {"mean_absolute_change": share(0.1), "mean_change": share(0.0), "count": 12}}
EXAMINED: dict[str, dict[str, Any]] = {
    "regions": {"mouth": {"area": 0.1, "all": share(0.2), "highest": 0.3, "lowest": 0.15}},
    "map": {
        "faces": 40,
        "map_beats_both": True,
        "areas": {kind: {"random": share(0.2), "centre": share(0.1)} for kind in ("deletion", "insertion")},
    },
}


def sections(card: Card, **metrics: Any) -> str:
    """The sections of a card of which only this was measured."""
    return card_sections.render(replace(card, metrics={"test": {"all": {"count": 1}}, **EXAMINED, **metrics}))


def test_results_hold_every_group_with_intervals_and_a_dash_where_there_is_no_value(card: Card) -> None:
    measured = {"test": TEST, "robustness": MOVED, "temperature": 1.25, **EXAMINED}
    text = model_card.render(replace(card, metrics=measured))
    assert "80.0% (79.0% to 81.0%)" in text
    line = next(line for line in text.splitlines() if line.startswith("| female, lightest quarter"))
    assert "| 80 " in line
    assert "70.0% (69.0% to 71.0%)" in line
    assert "temperature of 1.250" in text
    assert "differ by 0.020 (0.010 to 0.030) on average" in text


def test_the_known_failure_comes_with_what_was_measured(card: Card) -> None:
    text = sections(card, test=TEST, robustness=MOVED)
    assert "30% are labelled\n“Attractive” and 20% are predicted so" in text
    assert "40% of the former" in text


def test_what_was_not_measured_has_no_section(card: Card) -> None:
    titles = [line for line in sections(card, robustness=MOVED).splitlines() if line.startswith("## ")]
    assert titles == ["## What else moves the score", "## Where it looks"]


def test_errors_by_true_score_stand_beside_what_people_reach(card: Card) -> None:
    decile = {"lowest": 1.0, "highest": 2.0, "count": 550, "mae": share(0.2), "signed_error": share(0.1)}
    text = sections(card, robustness=MOVED, deciles=[decile])
    (line,) = [line for line in text.splitlines() if line.startswith("| 1.00 to 2.00")]
    assert [cell.strip() for cell in line.split("|")[2:4]] == ["0.200 (0.190 to 0.210)", "0.100 (0.090 to 0.110)"]
    assert card_sections.RATERS in text


@pytest.mark.parametrize(("kind", "words"), [("invariance", "photos, through detection"), ("robustness", "crops")])
def test_changes_of_photos_are_told_apart_from_changes_of_crops(card: Card, kind: str, words: str) -> None:
    text = sections(card, **{kind: MOVED})
    assert f"test part's {words}" in text
    (line,) = [line for line in text.splitlines() if line.startswith("| gray")]
    assert "0.100 (0.090 to 0.110)" in line
    assert ("| 12 " in line) == (kind == "invariance")
    assert (f"crops are {card.input_size} pixels wide" in text) == (kind == "robustness")


def test_faces_that_are_not_changed_have_no_change_of_their_score(card: Card) -> None:
    row = {"median": 20.0, "count": 40, "change": share(0.1), "accuracy": share(0.8)}
    unchanged = row | {"change": share(0.0)}
    found = {"as they are": unchanged, "size": [row | {"size": 24}], "turn": [unchanged | {"turn": 0.1}]}
    text = sections(card, robustness=MOVED, conditions=found | {"thresholds": {"turn": 0.3}})
    changes = [[cell.strip() for cell in line.split("|")][2:5:2] for line in text.splitlines() if "| 40 " in line]
    assert changes == [["", "–"], ["24", "0.100 (0.090 to 0.110)"], ["0.1", "–"]]


def test_a_map_that_is_not_better_is_not_called_an_explanation(card: Card) -> None:
    worse = {**EXAMINED["map"], "map_beats_both": False}
    assert "The map is not better than both other orders" in sections(card, robustness=MOVED, map=worse)
    assert "do not take it for an explanation" in sections(card, robustness=MOVED, map=worse)
    assert "it is shown as an explanation" in sections(card, robustness=MOVED)
