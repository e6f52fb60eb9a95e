import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facescore.datasets import mebeauty, scut
from facescore.training.measure import metrics


def test_the_ceiling_is_the_correlation_with_noisy_ratings_of_a_perfect_prediction() -> None:
    rng = np.random.default_rng(0)
    perfect = rng.normal(3, 1, 20_000)
    noise = rng.uniform(0.1, 0.5, len(perfect))
    rated = perfect + rng.normal(0, np.sqrt(noise))
    assert metrics.ceiling(rated, noise) == pytest.approx(np.corrcoef(perfect, rated)[0, 1], abs=0.01)


def test_there_is_none_where_the_raters_differ_more_than_the_faces_or_are_not_known() -> None:
    rated = np.array([3.0, 3.1, 2.9])
    assert math.isnan(metrics.ceiling(rated, np.full(3, 1.0)))
    assert math.isnan(metrics.ceiling(rated, np.full(3, np.nan)))
    assert math.isnan(metrics.ceiling(rated[:1], np.zeros(1)))


def test_metrics_have_a_ceiling_where_the_noise_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "RESAMPLES", 20)
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"truth": rng.normal(3, 1, 50), "prediction": rng.normal(3, 1, 50), "group": ["a", "b"] * 25})
    found = metrics.measure(table.assign(noise=np.where(table["group"] == "a", 0.2, np.nan)), "regression")
    assert found["a"]["ceiling"].low < 0.9 < found["a"]["ceiling"].high
    assert "ceiling" not in found["b"]
    assert "ceiling" not in metrics.measure(table, "regression")["a"]


def test_the_noise_of_a_data_sets_ratings_is_on_the_scale_of_the_truth(data: Path) -> None:

    own = mebeauty.load(data).head(200)
    faces = own[["file"]].assign(dataset="mebeauty", truth=own["score"] / 2)
    noise = metrics.with_noise(faces, data)["noise"]
    assert np.allclose(noise, own["spread"] ** 2 / own["raters"] / 4)
    every = scut.load_scores(data).assign(dataset="scut").rename(columns={"score": "truth"})
    assert metrics.with_noise(every, data)["noise"].between(0.001, 0.02).all()
