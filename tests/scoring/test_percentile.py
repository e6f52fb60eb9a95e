from pathlib import Path

import pytest

from facescore import CheckpointError, InvalidRequest
from facescore.scoring.percentile import GROUPS, ScoreDistribution


@pytest.fixture(scope="module")
def distribution() -> ScoreDistribution:
    return ScoreDistribution()


@pytest.mark.parametrize(("score", "percentile"), [(3.7, 80), (2.85, 52), (3.15, 64)])
def test_the_published_pairs_hold(distribution: ScoreDistribution, score: float, percentile: float) -> None:
    assert distribution.percentile(score) == pytest.approx(percentile, abs=2)


@pytest.mark.parametrize("group", GROUPS)
def test_percentiles_rise_from_0_to_100(distribution: ScoreDistribution, group: str) -> None:
    percentiles = [distribution.percentile(1 + step / 100, group) for step in range(401)]
    assert percentiles == sorted(percentiles)
    assert percentiles[0] < 0.2
    assert percentiles[-1] == 100


def test_a_group_has_its_own_distribution(distribution: ScoreDistribution) -> None:
    assert distribution.percentile(3.2, "AM") > distribution.percentile(3.2, "AF") + 10


def test_ratings_equal_to_the_score_count_half(tmp_path: Path) -> None:
    rows = [f"{group},1,1\n{group},2,2\n{group},4,1\n" for group in ("AF", "AM", "CF", "CM")]
    (tmp_path / "scores.csv").write_text("group,score,count\n" + "".join(rows))
    distribution = ScoreDistribution(tmp_path / "scores.csv")
    expected = {0.5: 0, 1: 12.5, 1.5: 31.25, 2: 50, 3: 68.75, 4: 87.5, 4.5: 100}
    assert {score: distribution.percentile(score, "AF") for score in expected} == pytest.approx(expected)
    assert distribution.percentile(3) == pytest.approx(68.75)


def test_an_unknown_group_is_refused_with_the_known_ones(distribution: ScoreDistribution) -> None:
    with pytest.raises(InvalidRequest, match="all, AF, AM, CF, CM"):
        distribution.percentile(3, "XX")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "a,b\n1,2\n",
        "group,score,count\n",
        "group,score,count\nAF,x,1\n",
        "group,score,count\nAF,3,1\n",
        "group,score,count\nAF,3\n",
        "group,score,count\nAF,3," + "1" * 200_000,
        "\0",
    ],
    ids=range(8),
)
def test_a_missing_or_damaged_table_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "scores.csv").write_text(text)
    with pytest.raises(CheckpointError, match="git checkout"):
        ScoreDistribution(tmp_path / "scores.csv")
