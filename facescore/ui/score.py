"""The tab Score: a photo in, every face found, cropped, scored and explained."""

from pathlib import Path
from typing import Any

import gradio as gr

from facescore.errors import FaceScoreError, InvalidRequest
from facescore.images import read_image
from facescore.scoring.percentile import ALL, GROUPS
from facescore.scoring.scorer import BEAUTY_NETWORKS, Scorer
from facescore.scoring.sweeps import sweep
from facescore.settings import ASSETS
from facescore.ui import downloads, moves, photo, pictures, scored, uploads
from facescore.ui.choices import group_named, network_named, one_of, place
from facescore.ui.lanes import LANE
from facescore.ui.page import MALFORMED
from facescore.ui.scored import MAPS, SHOWN, Answer, Desk, Report
from facescore.ui.words import TEXTS, language_of

PHOTOS_AT_ONCE, CHOICES_AT_ONCE = 2, 8  # calls; photos share two cores, choices need next to nothing
SCORED = """() => { document.dispatchEvent(new Event("facescore:scored")); }"""
EXPLAINED = ("note", "slider", "parts")
READY = """() => { document.dispatchEvent(new Event("facescore:ready")); }"""
CALLS: dict[str, Any] = {"api_visibility": "private", "trigger_mode": "always_last"}


class Handlers:
    """What the tab's events call; they receive unprocessed what a client sent.

    Args:
        desk: holds the networks and the scores.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def new_photo(self, sent: Any, group: Any, network: Any, shown: Any, request: gr.Request) -> tuple[Any, ...]:
        """The first face of another photo, or why it is not opened."""
        language, path = language_of(request), None
        try:
            path, choices = uploaded(sent), (group_named(group), network_named(network), one_of(shown, MAPS))
            answer = scored.first_view(self.desk, path, *choices, language) if path else scored.nothing("")
        except FaceScoreError as error:
            answer = scored.refused(error, path, language)
        return in_order(answer)

    def again(
        self, sent: Any, group: Any, network: Any, shown: Any, chosen: Any, request: gr.Request
    ) -> tuple[Any, ...]:
        """The same photo with another choice."""
        language, path = language_of(request), None
        try:
            path, shown = uploaded(sent), one_of(shown, MAPS)
            if path is None or not (faces := self.desk.faces(path, group_named(group), network_named(network))):
                return in_order(dict.fromkeys(SHOWN, gr.skip()))
            answer = scored.one_face(self.desk, faces, scored.among(faces, chosen), network, shown, language)
        except FaceScoreError as error:
            return in_order(scored.refused(error, path, language))
        return in_order({"view": gr.skip()} | answer)

    def regroup(
        self, sent: Any, group: Any, network: Any, shown: Any, chosen: Any, request: gr.Request
    ) -> tuple[Any, ...]:
        """The same face compared with another group, which moves no score and unfolds or folds nothing."""
        return tuple(
            gr.skip() if name in ("moving", "why") else part
            for name, part in zip(SHOWN, self.again(sent, group, network, shown, chosen, request), strict=True)
        )

    def other_map(self, sent: Any, network: Any, shown: Any, chosen: Any, request: gr.Request) -> tuple[Any, ...]:
        """The map and the parts of the other score."""
        language = language_of(request)
        path, network, shown = uploaded(sent), network_named(network), one_of(shown, MAPS)
        faces = self.desk.faces(path, ALL, network) if path else []
        if not faces:
            return tuple(gr.skip() for _ in EXPLAINED)
        number = scored.among(faces, chosen)
        answer = scored.why(self.desk.of_network(network), faces[number - 1], number, shown, language)
        return tuple(answer[name] for name in EXPLAINED)

    def choose(
        self, sent: Any, group: Any, network: Any, shown: Any, pressed: gr.SelectData, request: gr.Request
    ) -> tuple[Any, ...]:
        """The face whose button was pressed."""
        return self.again(sent, group, network, shown, number_of(pressed.index), request)

    def sweeps(self, sent: Any, network: Any, chosen: Any, request: gr.Request) -> str:
        """The figure of what moves the chosen face's scores."""
        language = language_of(request)
        try:
            path, network = uploaded(sent), network_named(network)
            faces = self.desk.faces(path, ALL, network) if path else []
            if path is None or not faces:
                return ""
            number = scored.among(faces, chosen)
            LANE.give_way()
            swept = sweep(read_image(path), faces[number - 1].face.landmarks, self.desk.of_network(network))
        except FaceScoreError:
            return ""  # the photo was deleted or replaced; any other error is shown with the numbers
        return moves.figure(swept, language, photo.token(path), number) if path.is_file() else ""

    def example(self, pressed: gr.SelectData) -> str:
        """A copy of the example that was pressed, as if the visitor had uploaded it."""
        return photo.add_example(place(pressed.index, len(photo.EXAMPLES)))

    def forget(self, sent: Any) -> tuple[Any, ...]:
        """An empty tab; the photo's file is deleted from the disk, and its scores are dropped."""
        uploads.delete({"path": sent})
        scored.KEPT.drop_old()
        return ("", *in_order(scored.nothing("")))

    def score(self, photo: Any, group: str = ALL, network: str = BEAUTY_NETWORKS[0]) -> Report:
        """Find, crop and score every face in a photo of up to 20 MB. Use only photos of people who agree; no children.

        Args:
            photo: the photo's file, for example assets/examples/astronaut.jpg.
            group: which of SCUT-FBP5500's faces the percentile compares with: all, AF (Asian women), AM (Asian men),
                CF (Caucasian women) or CM (Caucasian men).
            network: which network predicts the rating: beauty, or beauty-resnet50 as in public write-ups.

        Returns:
            The report: `faces`, from the top left in reading order, each with `box` (left, top, width, height in
            pixels), `landmarks` (5 × 2), `confidence`, `rotation` (0, 90, 180 or 270 degrees), `beauty` (the rating, 1
            to 5) with its 90% `beauty_interval`, `percentile` with its `percentile_interval`, `group`, `attractive`
            (the probability, 0 to 1), `distance` (how unlike the training faces), `wild` (whether the interval is the
            one for everyday photos) and `warnings` (why the scores may be off); and, if the photo was refused, `error`,
            a sentence that says what to do. The scores repeat what some annotators said; they are not a measure of a
            person.

        """
        try:
            return self.desk.report(uploads.photo(photo), group_named(group), network_named(network))
        except FaceScoreError as error:
            return {"faces": [], "error": str(error)}


def uploaded(sent: object) -> Path | None:
    """The upload that the page names; None if there is none.

    Raises:
        InvalidRequest: it is anything other than an upload.
        InvalidImage: it is too large.
    """
    return uploads.uploaded(sent) if sent else None


def number_of(index: object) -> int:
    """A face's number as its button sends it.

    Raises:
        InvalidRequest: it is not a number.
    """
    if not isinstance(index, int):
        raise InvalidRequest(MALFORMED)
    return index


def in_order(answer: Answer) -> tuple[Any, ...]:
    """What the page shows, in the order of its components."""
    return tuple(answer[name] for name in SHOWN)


def build(scorer: Scorer) -> None:
    """Lay out the tab inside the open Blocks context, and offer `/score`."""
    handlers = Handlers(Desk(scorer))
    source = gr.HTML(
        "",
        html_template=photo.source(),
        js_on_load=(ASSETS / "score.js").read_text(encoding="utf-8"),
        words=photo.words_in_browser(),
        apply_default_css=False,
        elem_id="photo",
    )
    shown, group, network, which = _answered()
    asked: list[Any] = [source, group, network, which]
    outputs = [shown[name] for name in SHOWN]
    new: dict[str, Any] = {"inputs": asked, "outputs": outputs, "concurrency_limit": PHOTOS_AT_ONCE, **CALLS}
    choice: dict[str, Any] = {
        "outputs": outputs,
        "concurrency_limit": CHOICES_AT_ONCE,
        "show_progress": "hidden",
        **CALLS,
    }
    swept: dict[str, Any] = {
        "inputs": [source, network, shown["chosen"]],
        "outputs": shown["moving"],
        "show_progress": "hidden",
        "concurrency_id": "sweeps",  # one after the other, on both cores: the last choice is answered last
        **CALLS,
    }

    gr.on(None, None, js=READY, show_progress="hidden")
    arrived = source.upload(handlers.new_photo, show_progress="hidden", **new)
    pressed = source.select(handlers.example, outputs=source, show_progress="hidden", **CALLS).then(
        handlers.new_photo, show_progress="hidden", **new
    )
    for event in (arrived, pressed):
        event.then(None, js=SCORED).then(handlers.sweeps, **swept)
    for chosen in (
        gr.on([shown["view"].select, shown["thumbs"].select], handlers.choose, inputs=asked, **choice),
        network.input(handlers.again, inputs=[*asked, shown["chosen"]], **choice),
    ):
        chosen.then(handlers.sweeps, **swept)
    group.input(handlers.regroup, inputs=[*asked, shown["chosen"]], **choice)
    explained = {"inputs": [source, network, which, shown["chosen"]], "outputs": [shown[name] for name in EXPLAINED]}
    which.input(handlers.other_map, **choice | explained)
    # First the stop, as on the tab Compare: a photo that is being scored would come back.
    stopped = source.clear(None, cancels=[arrived, pressed])
    stopped.then(handlers.forget, inputs=source, outputs=[source, *outputs], show_progress="hidden", **CALLS).then(
        None, js=SCORED
    )
    upload = gr.Image(type="filepath", label="photo", buttons=[], visible=False)
    report = gr.JSON(label="report", visible=False)
    gr.on(
        [],
        handlers.score,
        inputs=[upload, group, network],
        outputs=report,
        api_name="score",
        concurrency_limit=PHOTOS_AT_ONCE,
    )


def _answered() -> tuple[dict[str, Any], gr.Radio, gr.Radio, gr.Radio]:
    """Photo and numbers side by side, then what moves the score, then why; all that `SHOWN` names, and the choices."""
    with gr.Row(equal_height=False, elem_id="result"):
        with gr.Column(scale=5, min_width=280):
            view = gr.HTML(js_on_load=photo.PRESS, apply_default_css=False, elem_id="view")
            thumbs = gr.HTML(js_on_load=photo.PRESS, apply_default_css=False, elem_id="thumbs")
            with gr.Column(visible=False) as optional:
                group, network = _options()
        with gr.Column(scale=6, min_width=280):
            numbers = gr.HTML(apply_default_css=False, elem_id="faces")
    moving = gr.HTML(js_on_load=moves.MOVE, apply_default_css=False, elem_id="moves")
    with gr.Column(visible=False, elem_id="explained") as explained:
        with gr.Accordion(TEXTS("score.why"), open=False, elem_id="why") as why:
            note = gr.HTML(apply_default_css=False)
            which = gr.Radio(
                choices=[(TEXTS(f"score.map_{name}"), name) for name in MAPS],
                value=MAPS[0],
                label=TEXTS("score.map"),
                elem_id="map",
            )
            with gr.Row(equal_height=False):
                slider = gr.HTML(js_on_load=pictures.SLIDE, apply_default_css=False, elem_id="slider")
                parts = gr.HTML(apply_default_css=False, elem_id="parts")
            gr.Markdown(TEXTS("score.legend"), elem_classes="legend")
        saved = gr.HTML(js_on_load=downloads.DRAW, apply_default_css=False, elem_id="downloads")
    chosen = gr.Number(1, precision=0, visible=False)
    components = view, thumbs, optional, numbers, moving, chosen, explained, why, note, slider, parts, saved
    return dict(zip(SHOWN, components, strict=True)), group, network, which


def _options() -> tuple[gr.Radio, gr.Radio]:
    """The choices that most visitors do not need, folded: group to compare with, and network."""
    with gr.Accordion(TEXTS("score.options"), open=False, elem_id="options"):
        group = gr.Radio(
            choices=[(TEXTS(f"score.group_{key}"), key) for key in GROUPS],
            value=ALL,
            label=TEXTS("score.compare"),
            info=TEXTS("score.compare_info"),
            elem_id="group",
        )
        network = gr.Radio(
            choices=[(TEXTS(f"score.network_{name}"), name) for name in BEAUTY_NETWORKS],
            value=BEAUTY_NETWORKS[0],
            label=TEXTS("score.network"),
            info=TEXTS("score.network_info"),
            elem_id="network",
        )
    return group, network
