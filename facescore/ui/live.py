"""The tab Live: the camera's faces, boxed and scored while they move.

The browser (assets/live.js) takes a frame, sends it, and draws the answer over that same frame. Gradio's streaming
image would encode every frame a second time to send it back, start again when its time is over, leave the camera on
when stopped, and write what it shows to its cache; a server function of `gr.HTML` does none of that.
"""

import base64
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from markupsafe import escape

from facescore.errors import FaceScoreError, InvalidRequest
from facescore.estimates import chance
from facescore.images import Limits, read_image
from facescore.scoring.percentile import whole
from facescore.scoring.scorer import Scorer
from facescore.scoring.tracking import Track, Tracker
from facescore.settings import ASSETS
from facescore.ui.cards import labels, ordinal
from facescore.ui.lanes import LANE
from facescore.ui.page import UNEXPECTED
from facescore.ui.words import LANGUAGES, TEXTS, WORDS, language_of, say, say_html, translated

SECONDS = 60  # after which the camera stops; the words call it a minute
CURVE_SECONDS = 10
WORDS_IN_BROWSER = (
    *("start", "stop", "view", "waiting", "running", "stopped", "ended", "no_camera", "no_answer"),
    *("hint", "wander", "wander_chance"),
)
FRAME = Limits(bytes=400 * 1000, pixels=640 * 640)  # the browser sends at most 640 pixels a side, as a JPEG
FARTHEST = 1e5  # largest time, in seconds by the browser's clock
NAME = re.compile(r"[0-9A-Za-z-]{1,64}")
MOST_SHOWN = 20  # faces
AT_ONCE = 4  # frames, of all visitors together
PATIENCE = 2.0  # seconds that further frames wait
MOST_CAMERAS, FORGOTTEN, ACTIVE = 100, 5.0, 1.0  # seconds without a frame until a camera is forgotten, or not counted
MALFORMED = "This frame is malformed. Reload the page and start the camera again."
BUSY = "Too many cameras are on at the moment. Start yours again in a minute."
TEMPLATE = """<div class="stage">
<div class="scene"><canvas role="img" hidden></canvas><p class="hint"></p></div>
<div><div class="switch"><button type="button" class="toggle act primary"></button>
<p class="status fine" role="status"></p></div><ul class="lines" aria-live="off"></ul></div>
</div>"""

log = logging.getLogger(__name__)


@dataclass
class Camera:
    """What is remembered of a visitor's camera between two frames: no picture, only places and scores of its faces."""

    tracker: Tracker
    lock: threading.Lock = field(default_factory=threading.Lock)  # frames are looked at in turn
    used: float = field(default_factory=time.monotonic)


class Cameras:
    """The cameras that are on; one is forgotten some seconds after its last frame, by the next one or by the janitor.

    Args:
        scorer: finds, follows and scores the faces.
    """

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        self._known: OrderedDict[str, Camera] = OrderedDict()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def look(self, question: object, language: str) -> dict[str, Any]:
        """One frame's faces, tracked from the frames before.

        Args:
            question: what a browser sends: ``frame``, a picture's file in base64; ``camera``, a name that it made up
                when the camera was switched on; and ``seconds``, when the frame was taken.
            language: the language of the text.

        Returns:
            ``tracks``, one dictionary each, and ``lines``, their text as HTML.

        Raises:
            InvalidImage: the frame is not a picture, or too large.
            InvalidRequest: the question is malformed, or too many frames are being scored.
        """
        frame, name, seconds = _read(question)
        if not self._places.acquire(timeout=PATIENCE):
            raise InvalidRequest(BUSY)
        try:
            image = read_image(frame, FRAME)
            camera, active = self._camera(name)
            with camera.lock, LANE.short():
                tracks = camera.tracker.look(image, seconds, active)[:MOST_SHOWN]
        finally:
            self._places.release()
        return {"tracks": [_sent(track) for track in tracks], "lines": lines(self.scorer, tracks, language)}

    def names(self) -> list[str]:
        """The names of the cameras that are remembered, the last one used last."""
        return list(self._known)

    def _camera(self, name: str) -> tuple[Camera, int]:
        """The camera of that name, and how many are on."""
        self.drop_old()
        with self._lock:
            camera = self._known.pop(name, None) or Camera(Tracker(self.scorer))
            camera.used = now = time.monotonic()
            self._known[name] = camera  # the last one used is the last one in the order
            while len(self._known) > MOST_CAMERAS:
                self._known.popitem(last=False)
            return camera, sum(now - one.used < ACTIVE for one in self._known.values())

    def drop_old(self) -> None:
        """Forget the cameras whose last frame was too long ago."""
        with self._lock:
            since = time.monotonic() - FORGOTTEN
            for name in [name for name, camera in self._known.items() if camera.used < since]:
                del self._known[name]


def _read(question: object) -> tuple[bytes, str, float]:
    """Frame, camera's name and time of a question."""
    if not isinstance(question, dict) or set(question) != {"frame", "camera", "seconds"}:
        raise InvalidRequest(MALFORMED)
    frame, name, seconds = question["frame"], question["camera"], question["seconds"]
    is_time = isinstance(seconds, int | float) and not isinstance(seconds, bool) and abs(seconds) <= FARTHEST
    if not isinstance(frame, str) or not isinstance(name, str) or not NAME.fullmatch(name) or not is_time:
        raise InvalidRequest(MALFORMED)
    if len(frame) > FRAME.bytes * 4 // 3 + 4:  # before it is decoded
        raise InvalidRequest(
            "This frame is larger than {most} kB. Reload the page and start the camera again.", most=FRAME.bytes // 1000
        )
    try:
        return base64.b64decode(frame, validate=True), name, float(seconds)
    except ValueError as error:  # not base64
        raise InvalidRequest(MALFORMED) from error


def _sent(track: Track) -> dict[str, Any]:
    """What the browser draws of a face: its box, and its place on the curves."""
    return {
        "number": track.number,
        "box": [round(side, 1) for side in track.box],
        "beauty": round(track.beauty, 3),
        "interval": [round(end, 3) for end in track.interval],
        "attractive": round(track.attractive, 4),
        "scored": track.scored,
    }


def lines(scorer: Scorer, tracks: list[Track], language: str) -> str:
    """Both scores of each face, numbered like the boxes, with places for their curves."""
    if not tracks:
        return f'<li class="nobody">{say_html("live.no_face", language)}</li>'
    return "".join(_line(scorer, track, language) for track in tracks)


def _line(scorer: Scorer, track: Track, language: str) -> str:
    low, high = (f"{end:.2f}" for end in track.interval)
    percentile = scorer.distribution.percentile(track.beauty)
    remarks = (
        say("live.between", language, low=low, high=high),
        say("score.percentile", language, ordinal=ordinal(percentile), number=whole(percentile)),
    )
    rating = _score("rating", f"{track.beauty:.2f}", say("score.of_five", language), remarks, language)
    probability = _score("chance", escape(chance(track.attractive)), "%", (), language)
    return (
        f'<li class="card" data-number="{track.number}"><p class="who"><span class="tag">{track.number}</span>'
        f'{labels(track.warnings, language)}</p><div class="two">{rating}{probability}</div></li>'
    )


def _score(kind: str, value: str, unit: str, remarks: Iterable[str], language: str) -> str:
    """One score: its name, the number, remarks, and an empty curve that the browser draws, with its text."""
    lines = "".join(f'<p class="fine">{escape(remark)}</p>' for remark in remarks)
    return (
        f'<div class="score {kind}"><p class="fine">{say_html(f"live.{kind}", language)}</p>'
        f'<p class="big">{value} <small>{escape(unit)}</small></p>'
        '<svg class="curve" viewBox="0 0 200 48" preserveAspectRatio="none" aria-hidden="true"></svg>'
        f'<p class="wander fine"></p>{lines}</div>'
    )


def build(scorer: Scorer) -> Cameras:
    """Lay out the tab inside the open Blocks context, and return the cameras."""
    cameras = Cameras(scorer)

    def answer(question: Any, request: gr.Request) -> dict[str, Any]:
        """What the browser draws over its frame, or ``error``, a sentence that it shows."""
        language = language_of(request)
        try:
            return cameras.look(question, language)
        except FaceScoreError as error:
            return {"error": translated(error, language)}
        except Exception:
            log.exception("A frame ended in an unforeseen error.")
            return {"error": translated(UNEXPECTED, language)}

    gr.Markdown(TEXTS("live.about"), elem_classes="lead")
    gr.HTML(
        html_template=TEMPLATE,
        js_on_load=(ASSETS / "live.js").read_text(encoding="utf-8"),
        server_functions=[answer],
        elem_id="live",
        seconds=SECONDS,
        curve=CURVE_SECONDS,
        words={language: {key: WORDS[language][f"live.{key}"] for key in WORDS_IN_BROWSER} for language in LANGUAGES},
    )
    return cameras
