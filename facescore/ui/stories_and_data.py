"""The tab Stories & data: what was found, in cards; the networks; and what they learned from."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.context import get_render_context

from facescore.scoring.scorer import Scorer
from facescore.ui import data, male, networks, stories, write_ups
from facescore.ui.cards import greeting
from facescore.ui.choices import one_of
from facescore.ui.words import LANGUAGES, TEXTS, language_of


def build(scorer: Scorer) -> None:
    """Lay out the tab inside the open tab; each part is written when it is opened, in the visitor's language.

    Args:
        scorer: finds the faces of a photo that a visitor tries.
    """

    def one(name: Any, request: gr.Request) -> tuple[Any, str]:
        """The networks' names in the visitor's language, and everything about one of them."""
        language = language_of(request)
        choices = networks.choices(language)
        return gr.update(choices=choices), networks.describe(one_of(name, networks.studies()), language)

    def tried(sent: Any, request: gr.Request) -> str:
        """What the annotators would have ticked for a visitor's photo."""
        return male.try_it(scorer, sent, language_of(request))

    opened, waiting = get_render_context(), greeting("networks.waiting")
    settings: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    with gr.Tabs(overflow_behavior="wrap"):
        with gr.Tab(TEXTS("stories.tab")) as first:
            gr.Markdown(TEXTS("stories.introduction"), elem_classes="introduction")
            cards = gr.HTML(waiting, elem_id="stories")
        with gr.Tab(TEXTS("write_ups.tab")) as rebuilt:
            told = gr.HTML(waiting, elem_classes="study", elem_id="write-ups")
            of_male = gr.HTML(elem_classes="study", elem_id="male")
            with gr.Accordion(TEXTS("male.try"), open=False, elem_id="male-try"):
                gr.Markdown(TEXTS("male.try_note"))
                photo = gr.UploadButton(str(TEXTS("score.choose")), file_types=["image"], elem_id="male-photo")
                answer = gr.HTML(elem_id="male-answer")
        with gr.Tab(TEXTS("networks.one")) as second:
            names = networks.choices(LANGUAGES[0])
            network = gr.Dropdown(names, value=names[0][1], label=TEXTS("networks.choose"), elem_id="study-name")
            chosen = gr.HTML(waiting, elem_classes="study", elem_id="study")
        with gr.Tab(TEXTS("networks.compared")) as third:
            comparison = gr.HTML(waiting, elem_classes="study", elem_id="comparison")
        with gr.Tab(TEXTS("networks.data")) as fourth:
            learned = gr.HTML(waiting, elem_classes="study", elem_id="data")
    opening = [tab.select for tab in (opened, first) if isinstance(tab, gr.Tab)]
    gr.on(opening, _in_language(stories.describe), outputs=cards, **settings)
    gr.on([second.select, network.input], one, network, [network, chosen], trigger_mode="always_last", **settings)
    rebuilt.select(_in_language(write_ups.describe), outputs=told, **settings)
    rebuilt.select(_in_language(male.describe), outputs=of_male, **settings)
    photo.upload(tried, photo, answer, **settings)
    third.select(_in_language(networks.compare), outputs=comparison, **settings)
    fourth.select(_in_language(data.describe), outputs=learned, **settings)


def _in_language(describe: Callable[[str], str]) -> Callable[[gr.Request], str]:
    """A handler that writes a part in the visitor's language."""

    def handler(request: gr.Request) -> str:
        """The part, for the visitor who asks."""
        return describe(language_of(request))

    return handler
