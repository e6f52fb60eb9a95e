from typing import Any

from facescore.training import findings


def share(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


def metrics() -> dict[str, Any]:
    rates = {"true_share": share(0.3), "predicted_share": share(0.2), "false_negative_rate": share(0.4)}
    return {
        "test": {
            "all": {"count": 3000, "accuracy": share(0.8), "calibration_error": share(0.02)},
            "female, darkest quarter of cheeks, not Smiling": {"count": 90, **rates},
            "female, lightest quarter of cheeks, Smiling": {"count": 80, **rates, "true_share": share(0.7)},
        }
    }


def test_results_hold_every_group_with_intervals_and_a_dash_where_there_is_no_value() -> None:
    text = findings.results(metrics())
    assert "| all | 3,000 | 0.800 (0.790 to 0.810) | 0.020 (0.010 to 0.030) |" in text
    assert "| female, lightest quarter of cheeks, Smiling | 80 | 0.700 (0.690 to 0.710) | 0.200" in text


def test_the_known_failure_is_told_with_what_was_measured() -> None:
    text = findings.known_failure(metrics())
    assert "30% are labelled\n“Attractive” and 20% are predicted so" in text
    assert "40% of the former" in text


def test_what_was_not_measured_is_not_told() -> None:
    nothing = {"test": {"all": {"count": 1}}}
    assert findings.known_failure(nothing) == ""
    assert findings.calibration(nothing) == ""
