"""What the networks learned from: CelebA's labels, and the ratings of SCUT-FBP5500 and MEBeauty, as HTML."""

from functools import cache
from html import escape

import pandas as pd

from facescore.scoring.percentile import ALL
from facescore.settings import ASSETS
from facescore.ui.pieces import figure, group_name, is_on_disk, read_card, table, term
from facescore.ui.words import say

PARTS = ("train", "validation", "test")


@cache
def describe(language: str) -> str:
    """Every data set: counts, labels, ratings, and faces where they may be shown."""
    both = "".join(
        f"<h2>{escape(card.data['name'])}</h2><p>{escape(say(f'networks.data_{card.task}', language))}</p>{content}"
        f"{faces}"
        for card, content, faces in (
            (
                read_card("attractive"),
                _counts(("attractive",), language) + figure("label_distribution", "attractive", language),
                _faces("attractive", "surest", language),
            ),
            (
                read_card("beauty"),
                _counts(("beauty", "beauty-resnet50"), language)
                + _ratings(language)
                + figure("ratings_by_group", "beauty", language),
                _faces("beauty", "samples", language),
            ),
        )
    )
    (wild,) = read_card("beauty").data["others"]
    return (
        f"{both}<h2>{escape(wild['name'])}</h2><p>{escape(say('networks.data_wild', language))}</p>"
        f"{_counted([('beauty', 'official parts', wild['counts'])], language)}{figure('scatter', 'mebeauty', language)}"
    )


def _counts(names: tuple[str, ...], language: str) -> str:
    """How many pictures each network learned from and was measured on."""
    cards = map(read_card, names)
    return _counted([(card.name, card.data["split"], card.data["counts"]) for card in cards], language)


def _counted(networks: list[tuple[str, str, dict[str, int]]], language: str) -> str:
    """A row a network: its name, the split, and how many pictures are in each part."""
    rows = [
        (escape(name), escape(term(split, language)), *(f"{counts[part]:,}" for part in PARTS))
        for name, split, counts in networks
    ]
    header = [
        say(f"networks.{key}", language) for key in ("row_network", "row_split", *(f"part_{part}" for part in PARTS))
    ]
    return table(header, rows, say("networks.counts_caption", language))


def _ratings(language: str) -> str:
    """How SCUT-FBP5500's mean ratings are distributed in each group."""
    counted = pd.read_csv(ASSETS / "scut_scores.csv")
    ratings = counted.loc[counted.index.repeat(counted["count"])]
    by_group = [(ALL, ratings["score"]), *ratings.groupby("group")["score"]]
    rows = [
        (
            escape(group_name(str(group), language)),
            f"{len(scores):,}",
            *(f"{value:.2f}" for value in (scores.mean(), scores.std(), scores.median(), scores.min(), scores.max())),
        )
        for group, scores in by_group
    ]
    columns = ("group", "part_all", "mean", "deviation", "median", "least", "most")
    return table([say(f"networks.{key}", language) for key in columns], rows, say("networks.ratings_caption", language))


def _faces(name: str, kind: str, language: str) -> str:
    """Faces of the data set where it is on disk; else average faces, and how to get it."""
    card = read_card(name)
    if is_on_disk(card):
        return figure(kind, name, language)
    folder = card.data["pictures"].partition("/")[0]
    missing = say("networks.not_on_disk", language, name=card.data["name"], folder=folder)
    link = f'<a href="{escape(card.data["source"])}">{escape(card.data["source"])}</a>'
    return f"<p>{escape(missing)} {link}</p>{figure('average_faces', name, language)}"
