"""The tab Score: a photo in, every face found, cropped, scored and explained."""

import math
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from facescore.errors import FaceScoreError
from facescore.faces import bounded
from facescore.images import Image, read_image
from facescore.scoring.drawing import LONGEST, number_faces
from facescore.scoring.percentile import ALL, GROUPS
from facescore.scoring.scorer import BEAUTY_NETWORKS, NO_FACE, FaceScore, Scorer
from facescore.settings import ASSETS
from facescore.ui import charts, downloads, pictures, uploads
from facescore.ui.cards import details, greeting, message, overview
from facescore.ui.choices import group_named, network_named, one_of, place, point
from facescore.ui.words import TEXTS, language_of, say, translated

EXAMPLES = {
    "Eileen Collins": ASSETS / "examples" / "astronaut.jpg",
    "Grace Hopper": ASSETS / "examples" / "grace_hopper.jpg",
}
MAPS = ("beauty", "attractive")
MAP_SIZE = 448
WHERE_THERE_IS_ONE = """(photo) => ({ __type__: "update", visible: photo !== null })"""

Report = dict[str, Any]


def report_of(scorer: Scorer, photo: str | Path | None, group: str) -> tuple[Image | None, list[FaceScore], Report]:
    """The photo, its faces, and what `/score` answers: ``faces``.

    Raises:
        FaceScoreError: the photo is refused.
    """
    if photo is None:
        return None, [], {"faces": []}
    image = read_image(photo)
    faces = scorer.score(image, group)
    return image, faces, {"faces": [face.to_dict() for face in faces]}


def show(
    scorer: Scorer,
    photo: str | Path | None,
    group: str,
    chosen: int | tuple[float, float] | None,
    shown_map: str,
    language: str,
) -> tuple[Any, ...]:
    """What the page shows: boxes, choice of face, numbers, whether there are maps, map, parts, downloads, report.

    Args:
        scorer: finds and scores the faces.
        photo: the photo's file.
        group: all, AF, AM, CF or CM.
        chosen: the number of the face that is explained, or a point of the picture with boxes.
        shown_map: beauty or attractive.
        language: of the text.
    """
    try:
        image, faces, report = report_of(scorer, photo, group)
    except FaceScoreError as error:
        return _refused(error, photo, language)
    if image is None:
        boxes = gr.update(value=None, visible=False)
    else:
        drawn, text = number_faces(image, [face.face for face in faces]), say("score.alt_boxes", language)
        boxes = gr.update(value=drawn, alt_text=text, visible=True)
    if image is None or not faces:
        return _nothing(
            boxes, say("score.welcome", language) if photo is None else translated(NO_FACE, language), report
        )
    number = face_at(image, faces, *chosen) if isinstance(chosen, tuple) else chosen
    number = number if number and number <= len(faces) else 1
    face = faces[number - 1]
    explanation = face.beauty_explanation if shown_map == MAPS[0] else face.attractive_explanation
    unit = say(f"score.unit_{shown_map}", language)
    choices = [(say("score.face", language, number=one), one) for one in range(1, len(faces) + 1)]
    numbers = overview(faces, language) + details(face, number, scorer.distribution, scorer.attractive.card, language)
    return (
        boxes,
        gr.update(choices=choices, value=number, visible=len(faces) > 1),
        numbers,
        gr.update(visible=True),
        pictures.under_slider(explanation.side_by_side(MAP_SIZE), number, shown_map, language),
        charts.regions(explanation.regions(), unit, language),
        downloads.links(report, face, number, language),
        report,
    )


def _nothing(boxes: dict[str, Any], sentence: str, report: Report) -> tuple[Any, ...]:
    """What the page shows if there is no face: a sentence."""
    hidden = gr.update(visible=False)
    said = message(sentence, alert="error" in report)
    return boxes, gr.update(choices=[], value=None, visible=False), said, hidden, "", "", "", report


def _refused(error: FaceScoreError, photo: str | Path | None, language: str) -> tuple[Any, ...]:
    """What the page shows for a photo that is not scored: why not, and what to do."""
    gone = photo is not None and not Path(photo).is_file()
    sentence = say("errors.gone", language) if gone else translated(error, language)
    return _nothing(gr.update(value=None, visible=False), sentence, {"faces": [], "error": str(error)})


def face_at(image: Image, faces: list[FaceScore], x: float, y: float) -> int:
    """The number of the face nearest to a point of the picture with boxes, from 1.

    Args:
        image: the photo.
        faces: one or more.
        x: from the left, in pixels of the picture with boxes, which may be smaller than the photo.
        y: from the top.
    """
    scale = image.shape[1] / bounded(image, LONGEST)[0].shape[1]
    distances = []
    for face in faces:
        left, top, width, height = face.face.box
        distances.append(math.hypot(left + width / 2 - scale * x, top + height / 2 - scale * y))
    return distances.index(min(distances)) + 1


def build(scorer: Scorer) -> None:
    """Lay out the tab inside the open Blocks context, and offer `/score`."""

    @cache
    def scorer_with(network: str) -> Scorer:
        """Every network is loaded when it is first asked for, and then kept."""
        return scorer if network == BEAUTY_NETWORKS[0] else scorer.with_beauty(network)

    def score(photo: Any, group: str = ALL, network: str = BEAUTY_NETWORKS[0]) -> Report:
        """Find, crop and score every face in a photo.

        Args:
            photo: the photo's file.
            group: which of the data set's faces the percentile compares with: all, AF, AM, CF or CM.
            network: which network predicts the rating: beauty, or beauty-resnet50.

        Returns:
            The report: `faces`, from left to right, and, if the photo was refused, `error`, a sentence.

        """
        try:
            return report_of(scorer_with(network_named(network)), uploads.photo(photo), group_named(group))[2]
        except FaceScoreError as error:
            return {"faces": [], "error": str(error)}

    def answer(
        photo: Any, group: Any, network: Any, shown: Any, chosen: int | tuple[float, float] | None, request: gr.Request
    ) -> tuple[Any, ...]:
        """What the page shows for a photo, or why it is not opened."""
        language = language_of(request)
        try:
            path, named = uploads.photo(photo), scorer_with(network_named(network))
            return show(named, path, group_named(group), chosen, one_of(shown, MAPS), language)
        except FaceScoreError as error:
            return _refused(error, None, language)

    def new_photo(photo: Any, group: Any, network: Any, shown: Any, request: gr.Request) -> tuple[Any, ...]:
        """The first face of another photo."""
        return answer(photo, group, network, shown, 1, request)

    def again(photo: Any, group: Any, network: Any, shown: Any, chosen: Any, request: gr.Request) -> tuple[Any, ...]:
        """The same photo with another choice."""
        return answer(photo, group, network, shown, chosen if isinstance(chosen, int) else None, request)

    def click(
        photo: Any, group: Any, network: Any, shown: Any, pressed: gr.SelectData, request: gr.Request
    ) -> tuple[Any, ...]:
        """The face that was pointed at."""
        return answer(photo, group, network, shown, point(pressed.index), request)

    def example(pressed: gr.SelectData) -> str:
        """A copy of the example that was pressed, as if the visitor had uploaded it."""
        return uploads.add([*EXAMPLES.values()][place(pressed.index, len(EXAMPLES))])

    def forget(photo: Any, boxes: Any) -> None:
        """Clear the photo, and with it the results; delete its file and the picture with boxes from the disk."""
        uploads.delete(photo, boxes)

    with gr.Row(equal_height=False, elem_id="score"):
        photo, bin_, examples, group, network = _asked()
        boxes, chosen, shown, outputs = _answered()
    asked = [photo, group, network, shown]
    settings: dict[str, Any] = {
        "outputs": outputs,
        "api_visibility": "private",
        "show_progress": "minimal",
        "trigger_mode": "always_last",
    }
    photo.change(new_photo, inputs=asked, **settings)
    gr.on([group.input, network.input, shown.input, chosen.input], again, inputs=[*asked, chosen], **settings)
    boxes.select(click, inputs=asked, **settings)
    examples.select(example, outputs=photo, api_visibility="private", show_progress="hidden")
    gr.on(None, None, outputs=photo, js=pictures.described("score.alt_photo"), show_progress="hidden")
    photo.change(None, inputs=photo, outputs=bin_, js=WHERE_THERE_IS_ONE, show_progress="hidden")
    bin_.click(forget, inputs=[photo, boxes], outputs=photo, api_visibility="private", show_progress="hidden")
    gr.on([], score, inputs=[photo, group, network], outputs=outputs[-1], api_name="score")


def _asked() -> tuple[gr.Image, gr.Button, gr.HTML, gr.Radio, gr.Radio]:
    """The left column: photo, a button that deletes it, examples, group to compare with, and network."""
    with gr.Column(scale=2, min_width=280):
        photo = gr.Image(
            label=TEXTS("score.photo"),
            type="filepath",
            sources=["upload", "webcam", "clipboard"],
            buttons=["fullscreen"],
            height=320,
            elem_id="photo",
        )
        bin_ = gr.Button(TEXTS("score.delete"), size="sm", visible=False, elem_id="delete")
        examples = gr.HTML(pictures.examples(EXAMPLES), js_on_load=pictures.CHOOSE, elem_id="examples")
        group = gr.Radio(
            choices=[(TEXTS(f"score.group_{key}"), key) for key in GROUPS],
            value=ALL,
            label=TEXTS("score.compare"),
            elem_id="group",
        )
        network = gr.Radio(
            choices=[(TEXTS(f"score.network_{name}"), name) for name in BEAUTY_NETWORKS],
            value=BEAUTY_NETWORKS[0],
            label=TEXTS("score.network"),
            elem_id="network",
        )
    return photo, bin_, examples, group, network


def _answered() -> tuple[gr.Image, gr.Radio, gr.Radio, list[gr.Component | gr.Column]]:
    """The right column: boxes, choice of a face and of a map, and all that `show` fills, in its order."""
    with gr.Column(scale=3, min_width=280):
        boxes = gr.Image(
            label=TEXTS("score.boxes"),
            type="numpy",
            format="jpeg",
            interactive=False,
            buttons=["fullscreen"],
            height=320,
            visible=False,
            elem_id="boxes",
        )
        chosen = gr.Radio(choices=[], label=TEXTS("score.choose"), visible=False, elem_id="face")
        numbers = gr.HTML(greeting("score.welcome"), elem_id="faces")
        with gr.Column(visible=False) as explained:
            shown = gr.Radio(
                choices=[(TEXTS(f"score.map_{name}"), name) for name in MAPS],
                value=MAPS[0],
                label=TEXTS("score.map"),
                elem_id="map",
            )
            with gr.Row(equal_height=False):
                with gr.Column(min_width=260):
                    slider = gr.HTML(js_on_load=pictures.SLIDE, elem_id="slider")
                with gr.Column(min_width=260):
                    parts = gr.HTML(elem_id="parts")
            gr.Markdown(TEXTS("score.legend"), elem_classes="legend")
            saved = gr.HTML(elem_id="downloads")
            with gr.Accordion(TEXTS("score.json"), open=False):
                report = gr.JSON({"faces": []}, show_label=False, elem_id="report")
    return boxes, chosen, shown, [boxes, chosen, numbers, explained, slider, parts, saved, report]
