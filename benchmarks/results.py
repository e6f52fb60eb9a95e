"""The networks' test results, from their cards and studies.

    python benchmarks/results.py

prints the tables and puts them into README and docs/beyond-two-ethnicities.md.
"""

from pathlib import Path

import pandas as pd
import report
from scipy import stats

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.settings import ASSETS, CHECKPOINTS
from facescore.training import findings, findings_wild
from facescore.training.findings import NAMES, OVERALL
from facescore.ui.figures import Study, networks_table, published_table, wild_table

STUDIES = ASSETS / "studies"
SHIPPED = ("beauty", "beauty-resnet50", "attractive")
OF_CELEBA = ("attractive-simple", "attractive-hotornot", "attractive-cam", "attractive")
OF_SCUT = ("beauty-resnet50-60-40", "beauty-mobilefacenet-60-40", "beauty-resnet50", "beauty-mobilefacenet", "beauty")
ASKED = 0.15  # of each group's mean signed error, at most
COMPARED = ("beauty-scut", "beauty")
ALONE = ("mebeauty", "mebeauty-taught")
IN_THE_WILD = (
    "beauty-mobilefacenet-60-40",
    "beauty-wide",
    "beauty-wide-moments",
    "beauty-wide-affine",
    "beauty-taught-60-40",
    "beauty-60-40",
    *("beauty-scut", "beauty-both", "beauty-taught", "beauty"),
)


def main() -> None:
    """Print and publish."""
    rows = [row for name in SHIPPED for row in results(checkpoints.load(CHECKPOINTS / name))]
    publish("results", report.markdown(("network", "test pictures", "metric", "value", "95 % interval"), rows))
    publish("networks", as_markdown(networks_table([Study.read(name) for name in OF_CELEBA])))
    publish("published", as_markdown(published_table([Study.read(name) for name in OF_SCUT])))
    wild = [Study.read(name) for name in IN_THE_WILD]
    publish("wild", as_markdown(wild_table(wild)))
    publish("links", as_markdown(wild_table(wild)), report.WILD)
    publish("alone", alone(), report.WILD)
    for name in COMPARED:
        groups = findings.measured_table(Study.read(name).metrics["wild"], findings_wild.WILD)
        publish(name, groups, report.WILD)
    publish("chance", chance("beauty"), report.WILD)


def alone() -> str:
    """The networks that learned MEBeauty's ratings and no others, as a whole, and the last one by group."""
    of = {name: Study.read(name).metrics["test"] for name in ALONE}
    whole = {f"all, by `{name}`": groups["all"] for name, groups in of.items()}
    groups = {name: values for name, values in of[ALONE[-1]].items() if name != "all"}
    return findings.measured_table(whole | groups, findings_wild.WILD)


def as_markdown(table: pd.DataFrame) -> str:
    """A data frame as a Markdown table."""
    return report.markdown(tuple(map(str, table.columns)), [tuple(row) for row in table.itertuples(index=False)])


def publish(name: str, table: str, page: Path = report.README) -> None:
    """Print a table and put it into README, or another page."""
    print(f"{table}\n")
    report.publish(name, table, page)


def chance(name: str) -> str:
    """How many groups in the wild an unbiased network would have inside ±0.15, and all of them how often.

    The mean of a group's errors is taken as normal about 0, with the spread that the errors have in that group.
    """
    table = pd.read_csv(STUDIES / name / "predictions.csv")
    table = table[(table["dataset"] == "mebeauty") & (table["part"] == "test")]
    errors = (table["prediction"] - table["truth"]).groupby(table["group"])
    inside = 2 * stats.norm.cdf(ASKED / errors.sem()) - 1
    return (
        f"With so few faces even a network without any bias, whose errors spread as those of `{name}` do, would have "
        f"{inside.sum():.1f} of the {len(inside)} groups within {ASKED} in the mean, and all of them in "
        f"{inside.prod():.1%} of such samples; `{name}` has {(errors.mean().abs() <= ASKED).sum()}."
    )


def results(card: Card) -> list[tuple[str, ...]]:
    """One row a metric over the whole test part."""
    measured = card.metrics["test"]["all"]
    pictures = f"{measured['count']:,} of {card.data['name']} ({card.data['split']})"
    return [
        (card.name, pictures, NAMES[name], f"{value['value']:.3f}", f"{value['low']:.3f} to {value['high']:.3f}")
        for name, value in measured.items()
        if name in OVERALL and name != "count"
    ]


if __name__ == "__main__":
    main()
