"""The tables hold the numbers of the studies, and Markdown shows what they hold."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from facescore import checkpoints
from facescore.estimates import METRICS, Estimate, text
from facescore.results import readme, tables
from facescore.results.study import STUDIES, Study
from facescore.settings import CHECKPOINTS

STUDY = {path.name: Study.read(path.name) for path in sorted(STUDIES.iterdir())}
Rows = Callable[[dict[str, Any]], dict[str, Any]]
OF_METRICS: dict[str, tuple[Callable[[Any], pd.DataFrame], str, Rows]] = {
    "by_group": (tables.by_group, "test", lambda m: {k: v for k, v in m["test"].items() if k != "all"}),
    "in_the_wild": (tables.in_the_wild, "wild", lambda m: m["wild"]),
    "regions": (tables.regions, "regions", lambda m: m["regions"]),
    "robustness": (tables.changes, "robustness", lambda m: m["robustness"]),
    "invariance": (tables.changes, "invariance", lambda m: m["invariance"]),
    "by_true_score": (
        tables.by_true_score,
        "deciles",
        lambda m: {f"{part['lowest']:.2f} to {part['highest']:.2f}": part for part in m["deciles"]},
    ),
    "agreement": (
        tables.agreement,
        "agreement",
        lambda m: {f"{d}, {g}": v for d, groups in m["agreement"].items() for g, v in groups.items()},
    ),
}
CASES = [(table, name) for table, (_, key, _) in OF_METRICS.items() for name in STUDY if key in STUDY[name].metrics]


def cells(markdown: str) -> list[list[str]]:
    """The cells of every line of a Markdown table, its rule left out."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines()]
    return [lines[0], *lines[2:]]


def check_markdown(frame: pd.DataFrame) -> None:
    """Every cell is in its place in Markdown, under its name in words."""
    header, *lines = cells(tables.markdown(frame))
    words = tables.TITLES | {name: metric.title for name, metric in METRICS.items()}
    assert header[1:] == [words.get(column, column) for column in map(str, frame)]
    assert [line[0] for line in lines] == [str(name) for name in frame.index]
    for line, (_, row) in zip(lines, frame.iterrows(), strict=True):
        assert line[1:] == [text(cell, tables.FORMATS.get(str(name), str(name))) for name, cell in row.items()]


@pytest.mark.parametrize(("table", "name"), CASES)
def test_a_table_holds_what_was_measured(table: str, name: str) -> None:
    make, _, rows = OF_METRICS[table]
    frame, measured = make(STUDY[name].metrics), rows(STUDY[name].metrics)
    assert list(frame.index) == list(measured)
    for row, values in measured.items():
        for column in map(str, frame):
            cell = frame.loc[row, column]
            assert cell is values.get(column) or cell == values[column]
    assert not frame.isna().all().any()
    check_markdown(frame)


@pytest.mark.parametrize("name", STUDY)
def test_the_test_part_as_a_whole_is_the_mean_over_the_folds_where_there_are_several(name: str) -> None:
    metrics = STUDY[name].metrics
    frame, expected = tables.overall(metrics), metrics["test"]["all"] | metrics.get("folds", {})
    assert dict(frame.loc["all"]) == {column: expected[column] for column in map(str, frame)}
    assert {"accuracy", "auc"} < set(frame) or {"pearson", "mae"} < set(frame)
    check_markdown(frame)


@pytest.mark.parametrize("name", [name for name in STUDY if "map" in STUDY[name].metrics])
def test_deletion_and_insertion_are_compared_with_both_other_orders(name: str) -> None:
    areas = STUDY[name].metrics["map"]["areas"]
    frame = tables.deletion_insertion(STUDY[name].metrics)
    for order in ("random", "centre"):
        assert [frame.loc[order, kind] for kind in ("deletion", "insertion")] == [
            areas["deletion"][order],
            areas["insertion"][order],
        ]
    check_markdown(frame)


def test_the_served_networks_are_in_one_table() -> None:
    cards = [checkpoints.load(CHECKPOINTS / name) for name in readme.SERVED]
    frame = tables.served(cards)
    assert list(frame.index) == list(readme.SERVED)
    for card in cards:
        assert frame.loc[card.name, "split"] == card.metrics["split"]
        whole = card.metrics["test"]["all"] | card.metrics.get("folds", {})
        for column in frame.columns.drop("split"):
            assert frame.loc[card.name, column] == whole.get(column)
    check_markdown(frame)


def test_the_networks_of_celebas_label_are_compared_on_both_parts() -> None:
    frame = tables.celeba_networks(STUDY[name] for name in readme.OF_CELEBA)
    assert list(frame.index) == list(readme.OF_CELEBA)
    for name in frame.index:
        metrics = STUDY[name].metrics
        assert frame.loc[name, "accuracy"] == metrics["test"]["all"]["accuracy"]
        assert frame.loc[name, "validation_accuracy"] == metrics["validation"]["all"]["accuracy"]
        assert frame.loc[name, "parameters"] == metrics["training"]["parameters"]
    assert text(frame.loc["attractive", "validation_accuracy"], "accuracy") in tables.markdown(frame)
    check_markdown(frame)


def test_ours_stand_below_the_published_results() -> None:
    frame = tables.scut_networks(STUDY[name] for name in readme.OF_SCUT)
    assert list(frame.index) == [row[0] for row in tables.PUBLISHED] + list(readme.OF_SCUT)
    for name in readme.OF_SCUT:
        metrics = STUDY[name].metrics
        measured = metrics.get("folds", metrics["test"]["all"])
        assert frame.loc[name, "split"] == metrics["split"]
        assert [frame.loc[name, column] for column in ("pearson", "mae", "rmse")] == [
            measured[column] for column in ("pearson", "mae", "rmse")
        ]
    check_markdown(frame)


def test_every_data_set_that_the_served_rating_learned_is_a_row() -> None:
    metrics = STUDY["beauty"].metrics
    frame = tables.by_dataset(metrics)
    assert list(frame.index) == ["SCUT-FBP5500", "MEBeauty", "One Million Impressions"]
    for name, key in zip(frame.index, ("test", "wild", "omi"), strict=True):
        for column in ("pearson", "mae", "coverage"):
            assert frame.loc[name, column] == metrics[key]["all"][column]
    check_markdown(frame)


def test_a_column_that_no_row_has_is_left_out_and_a_missing_cell_is_a_dash() -> None:
    rows: dict[str, dict[str, Any]] = {"a": {"mae": Estimate(0.2, 0.1, 0.3)}, "b": {"count": 1200}}
    frame = tables.table(rows, ("count", "mae", "auc"), "group")
    assert cells(tables.markdown(frame)) == [
        ["group", "pictures", "mean absolute error"],
        ["a", "–", "0.200 (0.100 to 0.300)"],
        ["b", "1,200", "–"],
    ]
