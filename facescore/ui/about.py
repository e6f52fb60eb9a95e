"""The tab About: what this is and is not, privacy; and, folded, limits, sources, how to run and to cite it."""

from functools import cache
from typing import Any

import gradio as gr
from gradio.context import get_render_context

from facescore.ui.janitor import DELETE_EVERY, DELETE_OLDER
from facescore.ui.pieces import find_card, read_card, term
from facescore.ui.words import TEXTS, language_of, say

COMMANDS = ("pip install -r requirements.txt", "python app.py")
FOLDED = ("limits", "sources", "run")
"""What is folded; each has its heading ``about.HEADING_title``."""


def build() -> None:
    """Lay out the tab inside the open tab; it is rendered in the visitor's language whenever it is opened."""

    def in_language(request: gr.Request) -> tuple[str, ...]:
        """The tab's texts in the visitor's language."""
        return text(language_of(request))

    opened = get_render_context()
    written = [gr.Markdown(elem_classes="about", elem_id="about")]  # empty, so that nobody sees another language first
    for name in FOLDED:
        with gr.Accordion(TEXTS(f"about.{name}_title"), open=False, elem_id=f"about-{name}"):
            written.append(gr.Markdown(elem_classes="about"))
    settings: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    if isinstance(opened, gr.Tab):
        opened.select(in_language, outputs=written, **settings)


@cache
def text(language: str) -> tuple[str, ...]:
    """What is read at once, and then what is folded, as Markdown; the numbers are read from the cards.

    Args:
        language: the language of the text.
    """
    beauty, attractive, detector = map(read_card, ("beauty", "attractive", "face-detector"))
    resnet50 = find_card("beauty-resnet50")  # it is not part of the wheel
    rating, label = beauty.metrics["test"]["all"], attractive.metrics["test"]["all"]
    scores = {
        "beauty_count": f"{rating['count']:,}",
        "beauty_mae": f"{rating['mae'].value:.2f}",
        "wild_mae": f"{beauty.metrics['wild']['all']['mae'].value:.2f}",
        "attractive_count": f"{label['count']:,}",
        "attractive_accuracy": f"{label['accuracy'].value:.0%}",
    }
    limits = dict.fromkeys(term(limit, language) for limit in (*beauty.limits, *attractive.limits))
    sources = {
        "checkpoint_licence": term(beauty.licence, language),
        "celeba": attractive.data["source"],
        "celeba_licence": term(attractive.data["licence"], language),
        "scut": beauty.data["source"],
        "scut_licence": term(beauty.data["licence"], language),
        "mobilefacenet": term(beauty.initial_weights, language),
        "resnet50": term(resnet50.initial_weights, language) if resnet50 else say("about.not_installed", language),
        "detector": detector.network,
        "detector_weights": term(detector.initial_weights, language),
    }
    kept = {
        "every": DELETE_EVERY,
        "older": DELETE_OLDER // 60,
        "most": (DELETE_EVERY + DELETE_OLDER) // 60,
    }
    short = "\n\n".join((say("about.scores", language, **scores), say("about.privacy", language, **kept)))
    run = "\n\n".join((say("about.run", language), _code("\n".join(COMMANDS)), say("about.cite", language)))
    return (
        short,
        "\n".join(f"- {limit}" for limit in limits),
        f"{say('about.sources', language, **sources)}\n\n{say('about.photos', language)}",
        run,
    )


def _code(lines: str) -> str:
    """A code block without a language: Gradio's syntax colours are too faint."""
    return f"```text\n{lines}\n```"
