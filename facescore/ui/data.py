"""What the networks learned from: CelebA's labels, and ratings of three data sets, as HTML."""

import json

import pandas as pd
from markupsafe import escape

from facescore.results import tables
from facescore.scoring.percentile import ALL
from facescore.settings import ASSETS
from facescore.ui.drawings import FACES, average_faces
from facescore.ui.figures import figure
from facescore.ui.pieces import find_card, group_name, group_table, is_on_disk, link, read_card, table, term, title
from facescore.ui.words import say, say_html
from facescore.ui.written import once

PARTS = ("train", "validation", "test")
STATISTICS = {"mean": "mean", "deviation": "std", "median": "median", "least": "min", "most": "max"}


@once
def describe(language: str) -> str:
    """Every data set: counts, labels, ratings, and faces where they may be shown."""
    attractive, beauty = read_card("attractive"), read_card("beauty")
    wild, ages = beauty.data["others"]
    of_wild, of_ages = (
        _counted([("beauty", beauty.data["split"], other["counts"])], language) for other in (wild, ages)
    )
    sections = (
        (
            attractive.data["name"],
            "binary",
            _counts(("attractive",), language),
            figure("label_distribution", "attractive", language),
            _faces("attractive", "celeba", "surest", language),
        ),
        (
            beauty.data["name"],
            "regression",
            _counts(("beauty", "beauty-resnet50"), language) + ratings(language),
            figure("ratings_by_group", "beauty", language),
            _faces("beauty", "scut", "samples", language),
        ),
        (wild["name"], "wild", of_wild, figure("scatter_wild", "beauty", language), averages("mebeauty", language)),
        (ages["name"], "ages", of_ages, "", ""),
    )
    return "".join(
        f"<section><h2>{escape(name)}</h2><div class='beside'><div><p>{say_html(f'networks.data_{kind}', language)}"
        f"</p>{numbers}</div>{drawing}</div>{faces}</section>"
        for name, kind, numbers, drawing, faces in sections
    )


def _counts(names: tuple[str, ...], language: str) -> str:
    """How many pictures each network learned from and was measured on."""
    cards = filter(None, map(find_card, names))
    return _counted([(card.name, card.data["split"], card.data["counts"]) for card in cards], language)


def _counted(networks: list[tuple[str, str, dict[str, int]]], language: str) -> str:
    """One row per network: its split, and how many pictures are in each part."""
    rows = {title(name, language): {"split": term(split, language), **counts} for name, split, counts in networks}
    counted = tables.table(rows, ("split", *PARTS), "network")
    return table(counted, say("networks.counts_caption", language), language, say("networks.row_network", language))


def ratings(language: str) -> str:
    """A table of how SCUT-FBP5500's mean ratings are distributed in each group."""
    counted = pd.read_csv(ASSETS / "scut_scores.csv")
    every = counted.loc[counted.index.repeat(counted["count"])]
    by_group = [(ALL, every["score"]), *every.groupby("group")["score"]]
    rows = {
        str(group): {"faces": len(scores)}
        | {name: f"{scores.agg(function):.2f}" for name, function in STATISTICS.items()}
        for group, scores in by_group
    }
    return group_table(
        tables.table(rows, ("faces", *STATISTICS), "group"), say("networks.ratings_caption", language), language
    )


def _faces(name: str, dataset: str, kind: str, language: str) -> str:
    """Faces of the data set if it is on disk; otherwise average faces by group, and how to get it."""
    card = read_card(name)
    if is_on_disk(card):
        return figure(kind, name, language)
    folder = card.data["pictures"].partition("/")[0]
    missing = say("networks.not_on_disk", language, name=card.data["name"], folder=folder)
    return f"<p>{escape(missing)} {link(card.data['source'])}</p>{averages(dataset, language)}"


def averages(dataset: str, language: str) -> str:
    """The average face of each group of a data set, with its number of faces.

    Args:
        dataset: celeba, scut or mebeauty.
        language: the language of the text.
    """
    counts = json.loads((FACES / "groups.json").read_text(encoding="utf-8"))[dataset]
    lines = {
        f"{dataset}/{group}": say(
            "networks.average_of", language, group=group_name(group.replace("-", " "), language), count=f"{count:,}"
        )
        for group, count in counts.items()
    }
    return average_faces(lines, say("networks.caption_groups", language))
