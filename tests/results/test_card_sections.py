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


def test_what_the_folds_told_is_on_the_card() -> None:
    errors = {"pearson": 0.94, "mae": 0.18}
    folds = {
        "test": {"all": {"count": 5500, "pearson": share(0.94)}, "AF": {"count": 2000, "pearson": share(0.95)}},
        "folds": {"pearson": share(0.941)},
        "correction": {"none": errors, "linear": {**errors, "mae": 0.17}},
    }
    text = findings.out_of_fold({"out_of_fold": folds})
    assert "5,500\nfaces" in text
    assert "| AF | 2,000 | 0.950 (0.940 to 0.960) |" in text
    assert "| Pearson correlation | 0.941 (0.931 to 0.951) |" in text
    assert "| linear | 0.9400 | 0.1700 |" in text
    assert findings.out_of_fold({}) == ""


def test_errors_are_told_by_true_score_beside_what_people_reach() -> None:
    decile = {"lowest": 1.0, "highest": 2.0, "count": 550, "mae": share(0.2), "signed_error": share(0.1)}
    text = findings.by_score({"deciles": [decile]})
    assert "| 1.00 to 2.00 | 0.200 (0.190 to 0.210) | 0.100 (0.090 to 0.110) |" in text
    assert findings.RATERS in text
    assert findings.by_score({}) == ""


def test_a_network_between_others_tells_its_share_and_its_line() -> None:
    text = findings.calibration({"share_of_weights": 0.4, "slope": 0.96, "intercept": 0.14})
    assert "40% of one that learned the first data set alone" in text
    assert "0.960 times the score +0.140" in text


def test_changes_of_photos_are_told_apart_from_changes_of_crops() -> None:
    moved = {"gray": {"mean_absolute_change": share(0.1), "mean_change": share(0.0), "count": 12}}
    text = findings.robustness({"invariance": moved}, "points")
    assert "test part's photos, through finding and cutting" in text
    assert "| gray | 0.100 (0.090 to 0.110) | 0.000 (-0.010 to 0.010) | 12 |" in text
    text = findings.robustness({"robustness": moved}, "probability")
    assert "test part's crops" in text
    assert "| gray | 0.100 (0.090 to 0.110) | 0.000 (-0.010 to 0.010) |" in text
