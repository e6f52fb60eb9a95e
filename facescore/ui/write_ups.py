"""Public write-ups, rebuilt: what each claimed, what was measured here, and what we would do instead."""

from functools import cache
from typing import NamedTuple

from markupsafe import escape

from facescore.estimates import Estimate
from facescore.results import pairs, tables
from facescore.scoring.percentile import ScoreDistribution
from facescore.ui.figures import figure
from facescore.ui.pieces import link, read_card, read_study, title, with_interval
from facescore.ui.words import say, say_html
from facescore.ui.written import once

OF_LABEL = ("attractive-simple", "attractive-hotornot", "attractive-cam")
OF_RATING, RANKED, WILD = "beauty-resnet50", "ranked", "beauty"
WITH_MAPS, PLACES = "attractive-cam", ("forehead", "mouth", "cheeks", "eyes")  # where its heat maps pointed, and ours
EXAMPLE = 3.7  # a rating whose percentile a write-up gives


class Source(NamedTuple):
    """Where a write-up can be read."""

    title: str
    author: str
    address: str


SOURCES = {
    OF_RATING: Source(
        "How Attractive Are You in the Eyes of Deep Neural Network?",
        "Dima Shulga, 2018",
        "https://towardsdatascience.com/how-attractive-are-you-in-the-eyes-of-deep-neural-network-3d71c0755ccc",
    ),
    RANKED: Source("F1 Driver Facial Recognition", "f1datadriver", "https://f1datadriver.com/?p=452"),
}
SIMILAR = {
    "attractive-hotornot": Source(
        "Hot or Not: The AI Edition", "mrakhudu.com", "https://mrakhudu.com/projects/hot_or_not"
    ),
    "attractive-cam": Source(
        "A Deep Learning Examination of Facial Attraction",
        "Ryan Hedges",
        "https://mc.ai/a-deep-learning-examination-of-facial-attraction/",
    ),
}
"""Write-ups of the same kind, where it is not certain which one the description came from."""


@once
def describe(language: str) -> str:
    """All write-ups.

    Args:
        language: the language of the text.
    """
    count = f"{read_card('attractive').data['counts']['train']:,}"
    told = [_of_label(name, language) for name in OF_LABEL] + [_of_rating(language), _ranked(language)]
    return f"<p>{say_html('write_ups.introduction', language, count=count)}</p>{''.join(told)}"


def _write_up(name: str, language: str, measured: str, kind: str, study: str, **values: str) -> str:
    """One write-up.

    Args:
        name: its name, which is that of its network's study if it has one of its own.
        language: the language of the text.
        measured: what was measured.
        kind: the figure beside it.
        study: the name of the study that the figure shows.
        values: for the other sentences.
    """
    lines = {
        "claimed": say(f"write_ups.claimed_{name}", language, **values),
        "measured": measured,
        "instead": say(f"write_ups.instead_{name}", language, **values),
    }
    listed = "".join(
        f"<dt>{say_html(f'write_ups.{key}', language)}</dt><dd>{escape(text)}</dd>" for key, text in lines.items()
    )
    for key, sources in (("source", SOURCES), ("similar", SIMILAR)):
        if name in sources:
            listed += f"<dt>{say_html(f'write_ups.{key}', language)}</dt><dd>{_cited(sources[name])}</dd>"
    about = say_html(f"networks.about_{name}", language)
    return (
        f"<article class='card write-up'><h3>{escape(title(name, language))}</h3><div class='two'>"
        f"<div><p>{about}</p><dl>{listed}</dl></div>{figure(kind, study, language)}</div></article>"
    )


def _cited(source: Source) -> str:
    """A write-up's title, author and address."""
    return f"<cite>{escape(source.title)}</cite> ({escape(source.author)}), {link(source.address)}"


def _of_label(name: str, language: str) -> str:
    """A network for CelebA's label."""
    study, ours = read_study(name), read_study("attractive").metrics["test"]["all"]["accuracy"]
    training, accuracy = study.metrics["training"], study.metrics["test"]["all"]["accuracy"]
    measured = say(
        "write_ups.measured_label",
        language,
        validation=f"{study.metrics['validation']['all']['accuracy'].value:.1%}",
        test=with_interval(accuracy, "{:.1%}", language),
        best=training["best_epoch"],
        epochs=training["epochs"],
        learned=f"{study.history['accuracy'].iloc[-1]:.1%}",
    )
    if name == WITH_MAPS:
        shares = tables.regions(read_study("attractive").metrics)["all"]
        places = {part: f"{shares[part].value:.0%}" for part in PLACES}
        measured = say("write_ups.measured_map", language, label=measured, **places)
    served = with_interval(ours, "{:.1%}", language)
    return _write_up(name, language, measured, "training_curves", name, ours=served, best=training["best_epoch"])


def _of_rating(language: str) -> str:
    """The ResNet50 for ratings, compared with the nearest published network."""
    published = next(row for row in tables.PUBLISHED if row[:2] == ("ResNeXt-50", "60/40"))
    halves, fold = (read_study(name).metrics["test"]["all"] for name in ("beauty-resnet50-60-40", OF_RATING))
    recogniser = read_study("beauty-mobilefacenet-60-40").metrics
    parameters = [one["training"]["parameters"] for one in (recogniser, read_study(OF_RATING).metrics)]
    measured = say(
        "write_ups.measured_rating",
        language,
        halves=with_interval(halves["pearson"], "{:.3f}", language),
        fold=with_interval(fold["pearson"], "{:.3f}", language),
        example=EXAMPLE,
        share=f"{ScoreDistribution().percentile(EXAMPLE):.0f}%",
    )
    return _write_up(
        OF_RATING,
        language,
        measured,
        "training_curves",
        OF_RATING,
        example=str(EXAMPLE),
        published=f"{published[2]:.4f}",
        ours=with_interval(recogniser["test"]["all"]["pearson"], "{:.3f}", language),
        parameters=f"{parameters[0] / parameters[1]:.0%}",
    )


def _ranked(language: str) -> str:
    """Photos ranked by their ratings, and how far such an order can be trusted."""
    count, ordered, level = _order()
    measured = say(
        "write_ups.measured_ranked",
        language,
        faces=f"{count:,}",
        ordered=with_interval(ordered, "{:.0%}", language),
        level=with_interval(level, "{:.0%}", language),
    )
    return _write_up(RANKED, language, measured, "scatter_wild", WILD)


@cache
def _order() -> tuple[int, Estimate, Estimate]:
    """How many faces in the wild are put in order, how often as their raters do, and how often too close to tell."""
    faces = read_study(WILD).wild
    return len(faces), pairs.ordered(faces), pairs.level(faces)
