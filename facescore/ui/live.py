"""The tab Live: the camera's faces, boxed and scored while they move.

The browser (assets/live.js) takes a frame, sends it, and draws the answer over that same frame. Gradio's streaming
image would encode every frame a second time to send it back, start again when its time is over, leave the camera on
when stopped, and write what it shows to its cache; a server function of `gr.HTML` does none of that.
"""

import base64
import logging
import threading
from dataclasses import asdict, fields
from html import escape
from typing import Any

import gradio as gr

from facescore.errors import FaceScoreError, InvalidRequest
from facescore.images import Limits, read_image
from facescore.scoring.percentile import whole
from facescore.scoring.scorer import WARNINGS, Scorer
from facescore.scoring.tracking import Track, follow
from facescore.settings import ASSETS
from facescore.ui.cards import labels, ordinal
from facescore.ui.page import UNEXPECTED
from facescore.ui.words import LANGUAGES, TEXTS, language_of, say, translated

SECONDS = 60  # after which the camera stops; the words call it a minute
WORDS_IN_BROWSER = ("start", "stop", "view", "waiting", "running", "stopped", "ended", "no_camera", "no_answer")
FRAME = Limits(bytes=400 * 1000, pixels=640 * 640)  # the browser sends at most 640 pixels a side, as a JPEG
MOST_TRACKS = 50
FARTHEST = 1e5  # largest absolute value of any number in a question
AT_ONCE = 4  # frames, of all visitors together
PATIENCE = 2.0  # seconds that further frames wait
MALFORMED = "This frame is not in the form that the page sends. Reload the page and start the camera again."
TEMPLATE = """<button type="button" class="toggle"></button>
<p class="status" role="status"></p>
<canvas role="img" hidden></canvas>
<ul class="lines" aria-live="off"></ul>"""

log = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(AT_ONCE)


def look(scorer: Scorer, question: object, language: str) -> dict[str, Any]:
    """One frame's faces, tracked from the frames before.

    Args:
        scorer: finds and scores them.
        question: what a browser sends: ``frame``, a picture's file in base64; ``tracks`` of the last answer; and
            ``seconds``, when the frame was taken. The server keeps nothing between two frames.
        language: of the text.

    Returns:
        ``tracks``, one dictionary each, and ``lines``, their text as HTML.

    Raises:
        InvalidImage: the frame is not a picture, or too large.
        InvalidRequest: the question is malformed, or too many frames are being scored.
    """
    frame, before, seconds = _read(question)
    if not _places.acquire(timeout=PATIENCE):
        raise InvalidRequest("Too many cameras are on at the moment. Start yours again in a minute.")
    try:
        tracks = follow(before, scorer.score(read_image(frame, FRAME)), seconds)[:MOST_TRACKS]
    finally:
        _places.release()
    return {"tracks": [asdict(track) for track in tracks], "lines": lines(scorer, tracks, language)}


def _read(question: object) -> tuple[bytes, list[Track], float]:
    """Frame, tracks and time of a question."""
    names = {"frame", "tracks", "seconds"}
    if not isinstance(question, dict) or set(question) != names or not _is_number(question["seconds"]):
        raise InvalidRequest(MALFORMED)
    frame, tracks = question["frame"], question["tracks"]
    if not isinstance(frame, str) or not isinstance(tracks, list) or len(tracks) > MOST_TRACKS:
        raise InvalidRequest(MALFORMED)
    if len(frame) > FRAME.bytes * 4 // 3 + 4:  # before it is decoded
        raise InvalidRequest(
            "Frames may have up to {most} kB. Reload the page and start the camera again.", most=FRAME.bytes // 1000
        )
    try:
        return base64.b64decode(frame, validate=True), [_track(track) for track in tracks], float(question["seconds"])
    except ValueError as error:  # not base64
        raise InvalidRequest(MALFORMED) from error


def _track(sent: object) -> Track:
    if not isinstance(sent, dict) or set(sent) != {field.name for field in fields(Track)}:
        raise InvalidRequest(MALFORMED)
    lengths = {"box": 4, "interval": 2}
    right = (
        isinstance(sent["number"], int)
        and all(_is_number(sent[name]) for name in ("number", "beauty", "attractive", "seen"))
        and all(_are_numbers(sent[name], length) for name, length in lengths.items())
        and isinstance(sent["warnings"], list)
        and all(isinstance(warning, str) and warning in WARNINGS for warning in sent["warnings"])
    )
    if not right:
        raise InvalidRequest(MALFORMED)
    return Track(**sent | {name: tuple(sent[name]) for name in (*lengths, "warnings")})


def _is_number(value: object) -> bool:
    """Whether it is a number that a face can have, and so is finite."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= FARTHEST


def _are_numbers(values: object, length: int) -> bool:
    return isinstance(values, list) and len(values) == length and all(map(_is_number, values))


def lines(scorer: Scorer, tracks: list[Track], language: str) -> str:
    """One short line per face, numbered like the boxes."""
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
    return (
        f'<span class="number">{track.number}</span> <span>{escape(sentence)}{labels(track.warnings, language)}</span>'
    )


def build(scorer: Scorer) -> None:
    """Lay out the tab inside the open Blocks context."""

    def answer(question: Any, request: gr.Request) -> dict[str, Any]:
        """What the browser draws over its frame, or ``error``, a sentence that it shows."""
        language = language_of(request)
        try:
            return look(scorer, question, language)
        except FaceScoreError as error:
            return {"error": translated(error, language)}
        except Exception:
            log.exception("A frame ended in an unforeseen error.")
            return {"error": translated(UNEXPECTED, language)}

    gr.Markdown(TEXTS("live.about"), elem_classes="introduction")
    gr.HTML(
        html_template=TEMPLATE,
        js_on_load=(ASSETS / "live.js").read_text(encoding="utf-8"),
        server_functions=[answer],
        elem_id="live",
        seconds=SECONDS,
        words={language: {key: say(f"live.{key}", language) for key in WORDS_IN_BROWSER} for language in LANGUAGES},
    )
