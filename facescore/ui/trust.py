"""How far to trust a face's scores: one short verdict per reason."""

from collections.abc import Mapping

from markupsafe import escape

from facescore.checkpoints import Card
from facescore.scoring.percentile import whole
from facescore.scoring.scorer import FaceScore
from facescore.ui.words import say, say_html

ASPECTS = {
    "light": ("dark", "bright"),
    "sharpness": ("blurred",),
    "size": ("small",),
    "pose": ("turned", "rotated"),
    "view": ("cut", "covered"),
    "likeness": ("unlike",),
    "face": ("unsure",),
}
"""The aspects of a face, each with the warnings that are reasons not to trust its scores."""
ONLY_IF_WRONG = ("face",)
HARMLESS = {"rotated"}  # the face has been turned upright
WIDE = 50  # percentiles: half of all faces


def map_is_trusted(card: Card, wild: bool | None) -> bool:
    """Whether the study found a network's map better than both other orders, for faces like this one.

    Args:
        card: the card of the network.
        wild: whether the face looks more like those in the wild; None if the network does not tell.
    """
    metrics: Mapping[str, object] = card.metrics
    found = metrics.get("examined_wild") if wild else None
    measured = (found if isinstance(found, dict) else card.metrics)["map"]
    return bool(measured["map_beats_both"])


def kind(face: FaceScore) -> str:
    """How far to trust the scores: ``warned`` (hardly), ``wide`` (not far) or ``rough`` (as a rough guess).

    Args:
        face: a scored face.
    """
    if set(face.warnings) - HARMLESS:
        return "warned"
    low, high = (whole(place) for place in face.percentile_interval)
    return "wide" if high - low >= WIDE else "rough"


def verdict(face: FaceScore, language: str) -> str:
    """The same, in one sentence.

    Args:
        face: a scored face.
        language: the language of the text.
    """
    question, answer = (say_html(key, language) for key in ("score.trust", f"score.trust_{kind(face)}"))
    return f'<p class="verdict"><b>{question}</b> {answer}</p>'


def chips(face: FaceScore, card: Card, language: str) -> str:
    """Why, as a list of short verdicts.

    Args:
        face: a scored face.
        card: the card of the network behind the rating, for its map.
        language: the language of the text.
    """
    items = []
    for aspect, warnings in ASPECTS.items():
        wrong = [warning for warning in warnings if warning in face.warnings]
        items += [("warn", say(f"score.label_{warning}", language)) for warning in wrong]
        if not wrong and aspect not in ONLY_IF_WRONG:
            items.append(("ok", say(f"score.good_{aspect}", language)))
    if not map_is_trusted(card, face.wild):
        items.append(("warn", say("score.label_map", language)))
    listed = "".join(f'<li class="{mark}">{escape(text)}</li>' for mark, text in items)
    return f'<ul class="chips">{listed}</ul>'
