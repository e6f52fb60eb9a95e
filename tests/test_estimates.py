import pytest

from facescore.estimates import Estimate, text


@pytest.mark.parametrize(
    ("cell", "metric", "expected"),
    [
        (Estimate(0.9284, 0.9239, 0.9321), "pearson", "0.928 (0.924 to 0.932)"),
        (Estimate(0.8151, 0.797, 0.833), "accuracy", "81.5% (79.7% to 83.3%)"),
        (1100, "count", "1,100"),
        (None, "mae", "–"),
    ],
)
def test_a_measured_number_is_written_with_its_interval(cell: object, metric: str, expected: str) -> None:
    assert text(cell, metric) == expected


@pytest.mark.parametrize("metric", ["signed_error", "coverage"])
def test_no_zero_has_a_sign(metric: str) -> None:
    assert "-" not in text(Estimate(-0.0002, -0.00001, 0.0001), metric)
