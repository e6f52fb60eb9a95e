"""The tab Score: a photo in, every face found, cut, scored and explained."""

from typing import Any

import gradio as gr

from facescore.errors import FaceScoreError
from facescore.images import Image, read_image
from facescore.scoring.drawing import number_faces
from facescore.scoring.percentile import ALL, GROUPS
from facescore.scoring.scorer import NO_FACE, Scorer
from facescore.settings import ASSETS
from facescore.ui.cards import face_cards, message
from facescore.ui.photo import Photo

EXAMPLES = [str(ASSETS / "examples" / name) for name in ("astronaut.jpg", "grace_hopper.jpg")]
WELCOME = "Upload a photo, take one with the webcam, paste one, or choose an example."


Answer = tuple[Image | None, str, dict[str, Any]]
"""The photo with numbered boxes, the HTML for the faces, and the report."""


def answer(scorer: Scorer, photo: str | None, group: str) -> Answer:
    """What the page shows for a photo's file, or for none."""
    if photo is None:
        return None, message(WELCOME), {"faces": []}
    try:
        image = read_image(photo)
        faces = scorer.score(image, group)
    except FaceScoreError as error:
        return None, message(str(error), alert=True), {"faces": [], "error": str(error)}
    boxes = number_faces(image, [face.face for face in faces])
    cards = face_cards(faces) if faces else message(NO_FACE)
    return boxes, cards, {"faces": [face.to_dict() for face in faces]}


def build(scorer: Scorer) -> None:
    """Lay out the tab inside the open Blocks context; its function is `/score` for gradio_client."""

    def score(photo: str | None, group: str) -> Answer:
        """Find, cut and score every face in a photo.

        Args:
            photo: the photo's file.
            group: which of the data set's faces the percentile compares with: all, AF, AM, CF or CM.

        Returns:
            The photo with numbered boxes, the page's HTML for the faces, and the report: `faces`, one a face from left
            to right, and where the photo was refused `error`, a sentence.

        """
        return answer(scorer, photo, group)

    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=300):
            photo = Photo(
                label="Photo",
                type="filepath",
                sources=["upload", "webcam", "clipboard"],
                buttons=["fullscreen"],
                height=320,
                alt_text="The photo to score",
                elem_id="photo",
            )
            group = gr.Radio(
                choices=[(name[0].upper() + name[1:], key) for key, name in GROUPS.items()],
                value=ALL,
                label="Compare the rating with the data set's",
                elem_id="group",
            )
            gr.Examples(EXAMPLES, inputs=photo, label="Examples (public domain)")
        with gr.Column(scale=3, min_width=300):
            boxes = gr.Image(
                label="Faces found",
                type="numpy",
                format="jpeg",
                interactive=False,
                buttons=["fullscreen"],
                height=320,
                alt_text="The photo with a numbered box about every face",
                elem_id="boxes",
            )
            cards = gr.HTML(message(WELCOME), label="Faces", elem_id="faces")
            with gr.Accordion("As JSON", open=False):
                report = gr.JSON({"faces": []}, label="Report", show_label=False, elem_id="report")
    gr.on(
        [photo.change, group.change],
        score,
        inputs=[photo, group],
        outputs=[boxes, cards, report],
        api_name="score",
        show_progress="minimal",
        trigger_mode="always_last",
    )
