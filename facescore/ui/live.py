"""The tab Live: the camera's faces, boxed and scored while they move.

The browser (assets/live.js) takes a frame, sends it, and draws what comes back over that very frame. Gradio's streaming
image would encode every frame a second time to send it back, starts again when its time is over, leaves the camera on
when it is stopped, and writes what it shows to its cache; a server function of `gr.HTML` does none of that.
"""

import base64
from dataclasses import asdict
from html import escape
from typing import Any

import gradio as gr

from facescore.images import read_image
from facescore.scoring.percentile import whole
from facescore.scoring.scorer import Scorer
from facescore.scoring.tracking import Track, follow
from facescore.settings import ASSETS
from facescore.ui.cards import flags, ordinal
from facescore.ui.words import LANGUAGES, TEXTS, language_of, say

SECONDS = 60  # after which the camera stops; the words call it a minute
WORDS_IN_BROWSER = ("start", "stop", "view", "waiting", "running", "stopped", "ended", "no_camera", "no_answer")
TEMPLATE = """<button type="button" class="toggle"></button>
<p class="status" role="status"></p>
<canvas role="img" hidden></canvas>
<ul class="lines" aria-live="off"></ul>"""


def look(scorer: Scorer, question: dict[str, Any], language: str) -> dict[str, Any]:
    """One frame's faces, followed from the frames before.

    Args:
        scorer: finds and scores them.
        question: ``frame``, a picture's file in base64; ``tracks`` of the last answer; and ``seconds``, when the frame
            was taken. The server keeps nothing between two frames.
        language: of the text.

    Returns:
        ``tracks``, a dictionary each, and ``lines``, what is said of them, as HTML.

    Raises:
        InvalidImage: the frame is not a picture.
    """
    image = read_image(base64.b64decode(question["frame"]))
    before = [Track(**track) for track in question["tracks"]]
    tracks = follow(before, scorer.score(image), question["seconds"])
    return {"tracks": [asdict(track) for track in tracks], "lines": lines(scorer, tracks, language)}


def lines(scorer: Scorer, tracks: list[Track], language: str) -> str:
    """A short line a face, numbered as the boxes are."""
    if not tracks:
        return f"<li>{escape(say('live.no_face', language))}</li>"
    return "".join(f"<li>{_line(scorer, track, language)}</li>" for track in tracks)


def _line(scorer: Scorer, track: Track, language: str) -> str:
    low, high = track.interval
    percentile = scorer.distribution.percentile(track.beauty)
    sentence = say(
        "live.line",
        language,
        rating=f"{track.beauty:.2f}",
        low=f"{low:.2f}",
        high=f"{high:.2f}",
        ordinal=ordinal(percentile),
        number=whole(percentile),
    )
    return f'<span class="number">{track.number}</span> <span>{escape(sentence)}{flags(track.notes, language)}</span>'


def build(scorer: Scorer) -> None:
    """Lay out the tab inside the open Blocks context."""

    def answer(question: dict[str, Any], request: gr.Request) -> dict[str, Any]:
        """What the browser draws over its frame."""
        return look(scorer, question, language_of(request))

    gr.Markdown(TEXTS("live.about"), elem_classes="introduction")
    gr.HTML(
        html_template=TEMPLATE,
        js_on_load=(ASSETS / "live.js").read_text(encoding="utf-8"),
        server_functions=[answer],
        elem_id="live",
        seconds=SECONDS,
        words={language: {key: say(f"live.{key}", language) for key in WORDS_IN_BROWSER} for language in LANGUAGES},
    )
