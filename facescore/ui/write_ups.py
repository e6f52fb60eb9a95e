"""Public write-ups, rebuilt: what each claimed, what was measured here, and what we would do instead."""

from markupsafe import escape

from facescore.results.tables import PUBLISHED
from facescore.ui.figures import figure
from facescore.ui.pieces import link, read_card, read_study, title, with_interval
from facescore.ui.words import say, say_html
from facescore.ui.written import once

OF_LABEL = ("attractive-simple", "attractive-hotornot", "attractive-cam")
OF_RATING = "beauty-resnet50"
SOURCES = {OF_RATING: "https://f1datadriver.com/?p=452"}
"""Where a write-up can be read; the others' addresses are not known."""


@once
def describe(language: str) -> str:
    """All write-ups.

    Args:
        language: the language of the text.
    """
    count = f"{read_card('attractive').data['counts']['train']:,}"
    told = [_of_label(name, language) for name in OF_LABEL] + [_of_rating(language)]
    return f"<p>{say_html('write_ups.introduction', language, count=count)}</p>{''.join(told)}"


def _write_up(name: str, language: str, measured: str, **values: str) -> str:
    """One write-up.

    Args:
        name: the name of the network's study.
        language: the language of the text.
        measured: what was measured.
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
    if name in SOURCES:
        listed += f"<dt>{say_html('write_ups.source', language)}</dt><dd>{link(SOURCES[name])}</dd>"
    about = say_html(f"networks.about_{name}", language)
    return (
        f"<article class='card write-up'><h3>{escape(title(name, language))}</h3><div class='two'>"
        f"<div><p>{about}</p><dl>{listed}</dl></div>{figure('training_curves', name, language)}</div></article>"
    )


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
    served = with_interval(ours, "{:.1%}", language)
    return _write_up(name, language, measured, ours=served, best=training["best_epoch"])


def _of_rating(language: str) -> str:
    """The ResNet50 for ratings, compared with the nearest published network."""
    published = next(row for row in PUBLISHED if row[:2] == ("ResNeXt-50", "60/40"))
    halves, fold = (read_study(name).metrics["test"]["all"] for name in ("beauty-resnet50-60-40", OF_RATING))
    recogniser = read_study("beauty-mobilefacenet").metrics
    parameters = [one["training"]["parameters"] for one in (recogniser, read_study(OF_RATING).metrics)]
    measured = say(
        "write_ups.measured_rating",
        language,
        halves=with_interval(halves["pearson"], "{:.3f}", language),
        fold=with_interval(fold["pearson"], "{:.3f}", language),
    )
    return _write_up(
        OF_RATING,
        language,
        measured,
        published=f"{published[2]:.4f}",
        ours=with_interval(recogniser["folds"]["pearson"], "{:.3f}", language),
        parameters=f"{parameters[0] / parameters[1]:.0%}",
    )
