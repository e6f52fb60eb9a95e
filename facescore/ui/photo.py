"""The page's photo input.

Gradio writes a stub file (photo.pyi) beside the source of every component class; it is not part of the project.
"""

from typing import Any

import gradio as gr
from gradio.data_classes import ImageData


class Photo(gr.Image):
    """An image input that hands over the uploaded file as it is, so that `read_image` is the only one to decode it.

    Gradio's own decoding fails without a word of help on a file that is not a picture.
    """

    is_template = True  # in the browser it is gr.Image

    def preprocess(self, payload: ImageData | None) -> Any:
        """The path of the uploaded file, or None."""
        return payload.path if payload is not None and payload.path else super().preprocess(payload)
