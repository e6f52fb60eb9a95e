from typing import Any

from facescore.training import findings_wild


def value(middle: float) -> dict[str, float]:
    return {"value": middle, "low": middle - 0.01, "high": middle + 0.01}


def test_faces_in_the_wild_are_told_by_group() -> None:
    all_of_them = {"count": 194, "pearson": value(0.72), "mae": value(0.4), "signed_error": value(0.1)}
    text = findings_wild.wild({"wild": {"all": all_of_them | {"coverage": value(0.9)}}})
    assert "On 194 faces of MEBeauty" in text
    assert "| all | 194 | 0.720 (0.710 to 0.730) |" in text
    assert findings_wild.wild({}) == ""


def test_conditions_are_told_with_what_is_flagged() -> None:
    row: dict[str, Any] = {"median": 20.0, "count": 40, "mae": value(0.3), "coverage": value(0.8)}
    found = {"as they are": row, "size": [row | {"size": 24}], "thresholds": {"size": 20.0, "turn": 0.31}}
    text = findings_wild.conditions({"conditions": found})
    assert "| distance between the eyes, pixels | 24 | 40 |" in text
    assert "eyes less than 20 pixels apart; turned by 0.31 or more." in text
    assert findings_wild.conditions({}) == ""


def test_agreement_is_told_by_data_set_and_group() -> None:
    group = {"count": 40, "with_ratings": value(0.6), "with_scores": value(0.7)}
    text = findings_wild.agreement({"agreement": {"scut": {"AF": group}}})
    assert "| scut | AF | 40 | 0.600 (0.590 to 0.610) | 0.700 (0.690 to 0.710) |" in text
    assert findings_wild.agreement({}) == ""
