"""The result tables in README and docs, updated by ``python -m facescore export results``."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from scipy import stats

from facescore import checkpoints
from facescore.estimates import text
from facescore.files import write_text
from facescore.results import male_study
from facescore.results.study import STUDIES, UNSEEN, Study
from facescore.results.tables import (
    celeba_networks,
    in_the_wild,
    markdown,
    mebeauty_networks,
    same_person,
    scut_networks,
    served,
    unseen,
    wild_networks,
    within_person,
)
from facescore.settings import CHECKPOINTS, ROOT

README = ROOT / "README.md"
RESULTS = ROOT / "docs" / "results.md"
MALE = ROOT / "docs" / "male.md"
PERFORMANCE = ROOT / "docs" / "performance.md"

SERVED = ("beauty", "beauty-resnet50", "attractive")
OF_CELEBA = ("attractive-simple", "attractive-hotornot", "attractive-cam", "attractive")
OF_SCUT = ("beauty-resnet50-60-40", "beauty-mobilefacenet-60-40", "beauty-resnet50", "beauty-mobilefacenet", "beauty")
IN_THE_WILD = ("beauty-mobilefacenet-60-40", "beauty-scut", "beauty-both", "beauty-pseudo-labels", "beauty")
SEEN_TWICE = ("attractive", "beauty")
SMALL = 0.15  # points: the target for the mean signed error of each group


def write() -> None:
    """Write every result table into its page."""
    cards = [checkpoints.load(CHECKPOINTS / name) for name in SERVED]
    publish("served", markdown(served(cards)), README)
    publish("celeba", markdown(celeba_networks(map(Study.read, OF_CELEBA))), RESULTS)
    publish("scut", markdown(scut_networks(map(Study.read, OF_SCUT))), RESULTS)
    publish("wild", markdown(wild_networks(map(Study.read, IN_THE_WILD))), RESULTS)
    for name in ("beauty-scut", "beauty"):
        publish(name, markdown(in_the_wild(Study.read(name).metrics)), RESULTS)
    publish("chance", chance("beauty"), RESULTS)
    publish("labels", labels("beauty"), RESULTS)
    publish("mebeauty", markdown(mebeauty_networks([])), RESULTS)
    publish("omi", markdown(unseen(Study.read("beauty-on-omi", UNSEEN).metrics)), RESULTS)
    publish("same-person", markdown(same_person(map(Study.read, SEEN_TWICE))), RESULTS)
    publish("within-person", markdown(within_person(map(Study.read, SEEN_TWICE))), RESULTS)
    for name, shown in male_study.tables().items():
        publish(name, markdown(shown), MALE)


def publish(name: str, table: str, page: Path) -> None:
    """Replace the text of a page between ``<!-- NAME -->`` and ``<!-- /NAME -->``, so that no number is typed by hand.

    Raises:
        ValueError: the page does not contain these markers exactly once.
    """
    text = page.read_text(encoding="utf-8")
    block = f"<!-- {name} -->\n\n{table.strip()}\n\n<!-- /{name} -->"
    text, count = re.subn(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _: block, text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{page.name} has {count} places marked {name!r}; it needs exactly one.")
    write_text(page, text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table of strings."""
    return pd.DataFrame(rows, columns=list(header)).to_markdown(index=False, disable_numparse=True)


def chance(name: str) -> str:
    """In how many groups in the wild an unbiased network would err by at most 0.15 on average, and how often in all.

    The mean error of a group is assumed to be normal around 0, with the standard error measured in that group.
    """
    table = pd.read_csv(STUDIES / name / "predictions.csv")
    table = table[(table["dataset"] == "mebeauty") & (table["part"] == "test")]
    errors = (table["prediction"] - table["truth"]).groupby(table["group"])
    inside = 2 * stats.norm.cdf(SMALL / errors.sem()) - 1
    return (
        f"With so few faces, even an unbiased network whose errors spread like those of `{name}` would have "
        f"{inside.sum():.1f} of the {len(inside)} groups within {SMALL} on average, and all of them in "
        f"{inside.prod():.1%} of such samples; `{name}` has {(errors.mean().abs() <= SMALL).sum()}."
    )


def labels(name: str) -> str:
    """How the ratings that cannot be right, and are left out, would change the correlation."""
    metrics = Study.read(name).metrics
    without, included = metrics["wild"]["all"], metrics["wild_with_left_out"]
    count = included["count"] - without["count"]
    return (
        "Rows of MEBeauty whose individual ratings all agree (standard deviation 0) are left out, for this alone. "
        f"The measured part has {count}. With it, the correlation of `{name}` would be "
        f"{text(included['pearson'], 'pearson')} over {included['count']} faces; without it, it is "
        f"{text(without['pearson'], 'pearson')} over {without['count']}."
    )
