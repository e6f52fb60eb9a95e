import numpy as np
import pandas as pd
import pytest

from facescore.training.measure import metrics


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Five folds of a network that halves the distance from the middle."""
    rng = np.random.default_rng(0)
    truth = rng.normal(3, 0.7, 500)
    prediction = 3 + (truth - 3) / 2 + rng.normal(0, 0.05, 500)
    return pd.DataFrame({"split": np.repeat([f"fold {k}" for k in range(1, 6)], 100), "truth": truth}).assign(
        prediction=prediction
    )


def test_the_mean_over_the_folds_is_the_mean_of_each_folds_value(
    table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "RESAMPLES", 200)
    found = metrics.mean_over_folds(table)
    each = [np.corrcoef(rows["truth"], rows["prediction"])[0, 1] for _, rows in table.groupby("split")]
    assert found["pearson"].value == pytest.approx(np.mean(each), abs=1e-4)
    assert found["pearson"].low < found["pearson"].value < found["pearson"].high


def test_shrinkage_to_the_middle_shows_in_the_deciles(table: pd.DataFrame) -> None:
    deciles = metrics.by_decile(table)
    assert len(deciles) == 10
    assert sum(part["count"] for part in deciles) == len(table)
    assert deciles[0]["signed_error"].low > 0 > deciles[-1]["signed_error"].high
    assert deciles[0]["highest"] <= deciles[1]["lowest"]
