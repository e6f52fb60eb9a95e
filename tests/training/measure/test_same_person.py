import numpy as np
import pandas as pd
import pytest

from facescore.training.measure import metrics, same_person

PEOPLE, EACH = 300, 4


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Four pictures each of many people, whose conditions differ at random."""
    monkeypatch.setattr(metrics, "RESAMPLES", 50)
    rng = np.random.default_rng(0)
    columns = [column for factor in same_person.FACTORS.values() for column in factor]
    table = pd.DataFrame(rng.random((PEOPLE * EACH, len(columns))), columns=columns)
    return table.assign(
        identity=np.repeat(np.arange(PEOPLE), EACH),
        Attractive=rng.random(len(table)) < 0.5,
        shown=rng.random(len(table)),
    )


def of_the_person(pictures: pd.DataFrame) -> pd.Series:
    return pictures["identity"] / PEOPLE


def test_a_score_that_depends_on_the_person_alone_has_a_correlation_of_one(pictures: pd.DataFrame) -> None:
    own = of_the_person(pictures)
    found = same_person.measure(pictures.assign(score=own + 1e-6 * pictures["glare"], shown=own))
    assert (found["people"], found["pictures"]) == (PEOPLE, PEOPLE * EACH)
    assert found["icc"].value == pytest.approx(1, abs=1e-4)
    assert found["same"].value == 0
    assert found["others"].value == pytest.approx(1 / 3, abs=0.02)  # as between two uniform numbers


def test_a_score_that_does_not_depend_on_the_person_has_none(pictures: pd.DataFrame) -> None:
    found = same_person.measure(pictures.assign(score=pictures["shown"]))
    assert found["icc"].low < 0 < found["icc"].high
    assert found["icc_of_label"].low < 0 < found["icc_of_label"].high
    assert found["same"].value == pytest.approx(found["others"].value, abs=0.05)
    assert all(share.value < 0.02 for share in found["explained"].values())


def test_the_correlation_is_the_share_of_the_variance_between_people(pictures: pd.DataFrame) -> None:
    spread = pictures["shown"] / pictures["shown"].std() * of_the_person(pictures).std()
    found = same_person.measure(pictures.assign(score=of_the_person(pictures) + spread))
    assert found["icc"].value == pytest.approx(0.5, abs=0.1)
    assert found["icc"].low < 0.5 < found["icc"].high


def test_what_moves_the_score_of_one_person_is_found(pictures: pd.DataFrame) -> None:
    moved = 3 * pictures["turn"] ** 2 + pictures["Smiling"] + 10 * of_the_person(pictures)
    explained = same_person.measure(pictures.assign(score=moved))["explained"]
    assert explained["pose"].value == pytest.approx(0.9, abs=0.06)
    assert explained["expression"].value == pytest.approx(0.1, abs=0.06)
    assert explained["light"].value < 0.02
    assert explained["all"].value > 0.99
