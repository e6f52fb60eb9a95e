"""The result tables in README and docs, updated by ``python -m facescore export results``."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from scipy import stats

from facescore import checkpoints
from facescore.files import write_text
from facescore.results import male_study
from facescore.results.study import Study
from facescore.results.tables import (
    by_dataset,
    celeba_networks,
    in_the_wild,
    markdown,
    mebeauty_networks,
    of_every_age,
    same_person,
    scut_networks,
    served,
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
SEEN_TWICE = ("attractive", "beauty")
SMALL = 0.12  # points: the target for the mean signed error of each group


def write() -> None:
    """Write every result table into its page."""
    cards = [checkpoints.load(CHECKPOINTS / name) for name in SERVED]
    publish("served", markdown(served(cards)), README)
    publish("celeba", markdown(celeba_networks(map(Study.read, OF_CELEBA))), RESULTS)
    publish("scut", markdown(scut_networks(map(Study.read, OF_SCUT))), RESULTS)
    rating = Study.read("beauty")
    publish("joint", markdown(by_dataset(rating.metrics)), RESULTS)
    publish("wild", markdown(in_the_wild(rating.metrics)), RESULTS)
    publish("chance", chance(rating), RESULTS)
    publish("mebeauty", markdown(mebeauty_networks([rating])), RESULTS)
    publish("omi", markdown(of_every_age(rating.metrics)), RESULTS)
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


def chance(study: Study) -> str:
    """In how many groups in the wild an unbiased network would err by at most `SMALL` on average, and how often in all.

    The mean error of a group is assumed to be normal around 0, with the standard error measured in that group.
    """
    errors = (study.wild["prediction"] - study.wild["truth"]).groupby(study.wild["group"])
    inside = 2 * stats.norm.cdf(SMALL / errors.sem()) - 1
    return (
        f"Even an unbiased network with the same spread of errors as `{study.name}` would have "
        f"{inside.sum():.1f} of the {len(inside)} groups within {SMALL} on average, and all of them in "
        f"{inside.prod():.1%} of such samples; `{study.name}` has {(errors.mean().abs() <= SMALL).sum()}."
    )
