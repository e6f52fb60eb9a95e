"""The study of CelebA's label “Male”, and its network on a visitor's own photo: the page uses it nowhere else."""

from functools import cache
from typing import Any

from markupsafe import escape

from facescore.errors import FaceScoreError
from facescore.estimates import chance
from facescore.faces import search
from facescore.faces.alignment import align
from facescore.images import read_image
from facescore.results import male_study
from facescore.results.male_questions import REPORT
from facescore.runtime import ScoringNetwork
from facescore.scoring import attribute
from facescore.scoring.scorer import NO_FACE, Scorer
from facescore.ui import pictures, uploads
from facescore.ui.cards import message
from facescore.ui.drawings import Row, rows
from facescore.ui.figures import OF_MALE, figure
from facescore.ui.pieces import group_name, read_card, read_study, table, term, with_interval
from facescore.ui.words import say, say_html, translated
from facescore.ui.written import once

NAME = "male"
COUNTS, CURVES = OF_MALE
CLAIMED = {
    "cnn": "male-cnn-50",
    "cnn_large": "male-cnn-100",
    "logistic": "male-logistic-50",
    "logistic_large": "male-logistic-100",
    "rnn": "male-rnn-50",
}
"""The report's models, each with its study."""
REBUILT = ("cnn", "logistic", "rnn")  # those on the official partition
SHOWN = ("female, Heavy_Makeup", "female, not Heavy_Makeup", "male, beard", "male, No_Beard", "young", "older")


@once
def describe(language: str) -> str:
    """What the label is, what a course report claimed of it, and what was measured.

    Args:
        language: the language of the text.
    """
    found = read_study(NAME).metrics
    groups = {group: found["test"][group]["accuracy"] for group in ("all", *SHOWN)}
    values = {
        **{kind: f"{100 * REPORT[name]:.4g}%" for kind, name in CLAIMED.items()},
        **{f"here_{kind}": _of_study(CLAIMED[kind], language) for kind in REBUILT},
        "test": with_interval(groups["all"], "{:.1%}", language),
        "plain": with_interval(groups["female, not Heavy_Makeup"], "{:.1%}", language),
        "shaved": with_interval(groups["male, No_Beard"], "{:.1%}", language),
        "outside": with_interval(found["outside"]["all"]["accuracy"], "{:.1%}", language),
    }
    listed = "".join(
        f"<dt>{say_html(f'write_ups.{key}', language)}</dt><dd>{say_html(f'male.{key}', language, **values)}</dd>"
        for key in ("claimed", "measured", "instead")
    )
    drawn = [
        Row(group_name(group, language), value, f"{value.value:.1%}", strong=group == "all")
        for group, value in groups.items()
    ]
    picture = rows(drawn, say("male.picture", language)) + figure(CURVES, NAME, language)
    first, *_ = read_card(NAME).limits
    title, what = say_html("male.title", language), escape(term(first, language))
    return (
        f"<article class='write-up'><h3>{title}</h3><p class='note'>{what}</p>"
        f"<div class='two'><dl>{listed}</dl><div>{picture}</div></div>{_answers(language)}</article>"
    )


def _of_study(name: str, language: str) -> str:
    """A study's accuracy on the test part."""
    return with_interval(read_study(name).metrics["test"]["all"]["accuracy"], "{:.1%}", language)


def _answers(language: str) -> str:
    """The report's questions one by one, folded; empty where its networks were not rebuilt."""
    if not male_study.ANSWERS_FILE.is_file():
        return ""
    found = male_study.answers()
    shown = found[["report", "shown", "verdict"]].map(lambda text: term(str(text), language))
    shown.index = [term(question, language) for question in found["question"]]
    caption, question = say("male.answers", language), say("male.question", language)
    counts = figure(COUNTS, NAME, language)
    return f"<details><summary>{escape(caption)}</summary>{table(shown, caption, language, question)}{counts}</details>"


@cache
def _network() -> ScoringNetwork:
    """The label's network, loaded when somebody first asks for it."""
    return attribute.load(NAME)


def try_it(scorer: Scorer, sent: Any, language: str) -> str:
    """What the annotators would have ticked for each face of a photo; the photo is deleted at once.

    Args:
        scorer: finds the faces.
        sent: the upload, as a client names it.
        language: the language of the text.
    """
    try:
        path = uploads.photo(sent)
        if path is None:
            return ""
        image = read_image(path)
        faces = search.find(scorer.detector, image)
        shares = attribute.probabilities(_network(), image, faces)
    except FaceScoreError as error:
        return message(translated(error, language), alert=True)
    finally:
        uploads.delete(sent)
    if not faces:
        return message(translated(NO_FACE, language))
    template = _network().template
    told = [say("male.likely", language, share=f"{chance(share)}%") for share in shares]
    crops = [pictures.address(align(image, face.landmarks, template)) for face in faces]
    listed = "".join(
        f'<li><img src="{crop}" alt="{say_html("score.face", language, number=number)}">'
        f'<span class="fine">{escape(text)}</span></li>'
        for number, (crop, text) in enumerate(zip(crops, told, strict=True), 1)
    )
    return f'<ul class="averages" role="status">{listed}</ul>'
