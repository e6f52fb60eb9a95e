import io
import json
from pathlib import Path

import pytest

from facescore import DataError
from facescore.estimates import Estimate
from facescore.results import male_study
from facescore.results.figures import male
from facescore.results.male_questions import ANSWERS, BY_PERSON, EXAMINED, NETWORKS
from facescore.results.study import STUDIES


@pytest.mark.parametrize(
    ("name", "measured", "verdict"),
    [
        ("cnn at 50", Estimate(0.95, 0.94, 0.96), "agrees"),
        ("cnn at 50", Estimate(0.93, 0.92, 0.94), "differs"),
        ("l1", Estimate(-0.1, -0.2, -0.05), "agrees"),
        ("l1", Estimate(0.1, 0.05, 0.2), "differs"),
        ("l1", Estimate(-0.01, -0.02, 0.01), "undecided"),
        ("lstm", Estimate(0.1, 0.05, 0.2), ""),
        ("rnn outside", Estimate(0.85, 0.8, 0.92), "agrees"),
        ("rnn outside", Estimate(0.3, 0.2, 0.4), "differs"),
        ("overfitting", 4, "agrees"),
        ("overfitting", 9, "differs"),
    ],
)
def test_an_answer_agrees_where_the_interval_allows(name: str, measured: Estimate | int, verdict: str) -> None:
    assert male_study.verdict(ANSWERS[name], measured) == verdict


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"male\.json cannot be read.*git checkout"):
        male_study.read(tmp_path / "male.json")
    (tmp_path / "male.json").write_text("{")
    with pytest.raises(DataError, match=r"male\.json cannot be read"):
        male_study.answers(tmp_path / "male.json")


def test_every_question_has_an_answer_beside_the_reports() -> None:
    answers = male_study.answers()
    assert list(answers.index) == list(ANSWERS)
    assert set(answers["verdict"]) <= {"agrees", "differs", "undecided", ""}
    shown, by = answers["shown"].to_dict(), answers["by"].to_dict()
    assert "points" in shown["cnn by size"]
    assert shown["cnn at 50"].endswith("%)")
    assert "points" in by["cnn at 50"]
    assert shown["overfitting"] == "none of them"  # the last epoch's validation loss is the lowest


def test_all_labels_are_counted() -> None:
    counts = male_study.exploration()
    assert counts.to_numpy().sum() == 202_599
    assert counts.loc["female"].sum() > counts.loc["male"].sum()  # as the report says
    assert counts["young"].sum() > counts["older"].sum()


def test_the_served_network_is_the_best_one_and_above_its_bar() -> None:
    networks = male_study.networks(NETWORKS)
    assert list(networks.index) == list(NETWORKS)
    accuracy = networks["accuracy"].map(lambda cell: cell.value)
    assert accuracy.idxmax() == "male"
    assert networks["seconds"].drop("male").sum() + male_study.networks(BY_PERSON)["seconds"].sum() < 7200


def test_groups_and_mistakes_name_every_examined_network() -> None:
    assert set(EXAMINED) < set(male_study.by_group().columns)
    rows = set(male_study.mistakes().index)
    assert {f"{name}: women taken for men" for name in EXAMINED} < rows
    assert {"all women", "all men"} < rows
    assert "under 30" in male_study.outside().columns


def test_every_metric_is_formatted_as_on_other_pages() -> None:
    networks = male_study.tables()["networks"]
    assert networks["accuracy"].str.contains("%").all()
    assert not networks["AUC"].str.contains("%").any()
    assert {"women", "men", "epochs (best)"} < set(networks.columns)


def test_tables_are_text() -> None:
    for table in male_study.tables().values():
        assert table.map(lambda cell: isinstance(cell, str)).all(axis=None)


def test_the_figures_are_drawn() -> None:
    for figure in (male.exploration(), male.curves({"male-cnn-50": "CNN", "male-cnn-50-l1": "CNN, L1"})):
        figure.savefig(io.BytesIO(), dpi=50)
        assert all(axis.has_data() for axis in figure.axes)


def test_what_the_studies_cost_to_keep_is_small() -> None:
    sizes = [path.stat().st_size for path in STUDIES.glob("male*/*")]
    assert json.loads((STUDIES / "male" / "metrics.json").read_text())["test"]
    assert sum(sizes) < 6_000_000
