"""The studies' figures on the page: drawings as SVG, transparent and in the visitor's language; faces as pictures."""

import io
import re
import threading
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

from markupsafe import escape

from facescore.errors import FaceScoreError
from facescore.runtime import ScoringNetwork
from facescore.settings import CHECKPOINTS, Settings
from facescore.ui.cards import message
from facescore.ui.pictures import data_url
from facescore.ui.pieces import read_card, read_study, scrolling, title
from facescore.ui.words import LANGUAGES, WORDS, say_html, translated

if TYPE_CHECKING:  # matplotlib is imported when the first figure is drawn, so that the page starts fast
    from matplotlib.figure import Figure

OF_FACES = ("surest", "samples")
"""Figures that show a data set's pictures, where it is on disk; the others are drawings, light on dark in dark mode."""
OF_MALE = {
    "male_counts": {},
    "male_curves": {
        "male-cnn-50-ten-epochs": "CNN, ten epochs",
        "male-cnn-50-rate": "CNN, learning rate 0.01",
        "male-cnn-50-batch-64": "CNN, batches of 64",
        "male-rnn-50": "RNN",
        "male-lstm-50": "LSTM",
    },
}
"""Figures of the study of the label “Male”, each with the networks that it shows and what they are called there."""
PIXELS_PER_INCH, RESOLUTION = 76, 130
DRAWING = threading.Lock()
"""Matplotlib is not made for threads; and what one visitor waits for is drawn for the next one, too."""
TEXT = re.compile(r"(?<=>)[^<>]+(?=</text>)")


def figure(kind: str, study: str, language: str) -> str:
    """A figure of a study with its caption, drawn once.

    Args:
        kind: the name of a function of `facescore.results.figures`.
        study: the recipe's name.
        language: the language of the figure and its caption.

    Returns:
        The figure as HTML, or the reason why a picture of the data set cannot be read.
    """
    name = title(study, language)
    caption, alt = (say_html(f"networks.{part}_{kind}", language, name=name) for part in ("caption", "alt"))
    try:
        if kind in OF_FACES:
            with DRAWING:
                address, width = _picture(kind, study)
            size = f"width:clamp({0.55 * width:.0f}px,100%,{width}px)"
            image = f'<img class="faces" src="{address}" alt="{alt}" style="{size}">'
            return f'<figure class="wide">{scrolling(image, alt)}<figcaption>{caption}</figcaption></figure>'
        with DRAWING:
            address, width = _drawing(kind, study, language)
    except FaceScoreError as error:
        return message(translated(error, language))
    image = f'<img class="drawing" src="{address}" alt="{alt}" style="max-width:{width}px">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


@cache
def _picture(kind: str, study: str) -> tuple[str, int]:
    """A figure of faces as a data URL, and its width on the page in pixels."""
    drawn, file = _draw(kind, study), io.BytesIO()
    drawn.savefig(file, format="webp", dpi=RESOLUTION, transparent=True, pil_kwargs={"quality": 88})
    return data_url(file.getvalue(), "image/webp"), round(drawn.get_figwidth() * PIXELS_PER_INCH)


@cache
def _drawing(kind: str, study: str, language: str) -> tuple[str, int]:
    """A drawing as a data URL, and its greatest width on the page in pixels."""
    drawn, width = _svg(kind, study)
    return data_url(in_language(drawn, language).encode(), "image/svg+xml"), width


@cache
def _svg(kind: str, study: str) -> tuple[str, int]:
    """A drawing as SVG in which text stays text, so that the visitor's own fonts write it, in any language."""
    import matplotlib

    matplotlib.rcParams["svg.fonttype"] = "none"
    drawn, file = _draw(kind, study), io.StringIO()
    drawn.savefig(file, format="svg", dpi=RESOLUTION, transparent=True, metadata={"Date": None})
    return file.getvalue(), round(drawn.get_figwidth() * PIXELS_PER_INCH)


def in_language(svg: str, language: str) -> str:
    """A drawing whose English phrases are those of another language; what is not known stays.

    Args:
        svg: as matplotlib writes it, with text as text.
        language: the language of the result.
    """
    if language == LANGUAGES[0]:
        return svg
    known = _phrases(language)
    longest_first = sorted(known, key=len, reverse=True)
    phrase = re.compile(rf"(?<![A-Za-z_])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z_])")

    def translate(text: re.Match[str]) -> str:
        """One text of the drawing."""
        return escape(phrase.sub(lambda found: known[found[0]], unescape(text[0])))

    return TEXT.sub(translate, svg)


@cache
def _phrases(language: str) -> dict[str, str]:
    """What stands in drawings: their own words, those of cards and studies, and the groups' names."""
    parts = ("figures.", "terms.", "score.group_")
    return {text: WORDS[language][key] for key, text in WORDS[LANGUAGES[0]].items() if key.startswith(parts)}


def _draw(kind: str, name: str) -> "Figure":
    from facescore.results import figures

    if kind == "ratings_by_group":
        return figures.ratings_by_group()
    if kind in OF_MALE:
        from facescore.results.figures import male

        return male.exploration() if kind == "male_counts" else male.curves(OF_MALE[kind])
    study, data = read_study(name), Settings.read().data
    if kind in OF_FACES and data is not None:
        if kind == "samples":
            return figures.samples(study, data / read_card(name).data["pictures"])
        return figures.surest(study, ScoringNetwork(CHECKPOINTS / name, "binary"), data)
    drawn: Figure = getattr(figures, kind)(study)
    return drawn
