"""The tab Stories & data: what was found, in cards; the networks; and what they learned from."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.context import get_render_context

from facescore.scoring.scorer import Scorer
from facescore.ui import data, male, networks, stories, write_ups
from facescore.ui.cards import greeting
from facescore.ui.choices import one_of
from facescore.ui.words import TEXTS, language_of


def build(scorer: Scorer) -> None:
    """Lay out the tab inside the open tab; each part is written when it is opened, in the visitor's language.

    Args:
        scorer: finds the faces of a photo that a visitor tries.
    """

    def opened_networks(served: Any, experiment: Any, request: gr.Request) -> str:
        """The network that is chosen."""
        return networks.describe(one_of(served or experiment, networks.studies()), language_of(request))

    def chose(name: Any, request: gr.Request) -> tuple[None, str]:
        """Nothing in place of what was chosen among the others, and the network that is chosen now."""
        return None, opened_networks(name, None, request)

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
            with gr.Column(elem_classes="card", elem_id="male"):
                of_male = gr.HTML(elem_classes="study")
                with gr.Accordion(TEXTS("male.try"), open=False, elem_id="male-try"):
                    gr.Markdown(TEXTS("male.try_note"))
                    photo = gr.UploadButton(str(TEXTS("score.choose")), file_types=["image"], elem_id="male-photo")
                    answer = gr.HTML(elem_id="male-answer")
        with gr.Tab(TEXTS("networks.one")) as second:
            network = _choice(list(networks.SERVED), "networks.choose", networks.SERVED[0])
            with gr.Accordion(TEXTS("networks.experiments"), open=False, elem_id="experiments"):
                other = _choice(networks.experiments(), "networks.choose_experiment", None)
            chosen = gr.HTML(waiting, elem_classes="study", elem_id="study")
        with gr.Tab(TEXTS("networks.compared")) as third:
            comparison = gr.HTML(waiting, elem_classes="study", elem_id="comparison")
        with gr.Tab(TEXTS("networks.data")) as fourth:
            learned = gr.HTML(waiting, elem_classes="study", elem_id="data")
    opening = [tab.select for tab in (opened, first) if isinstance(tab, gr.Tab)]
    gr.on(opening, _in_language(stories.describe), outputs=cards, **settings)
    second.select(opened_networks, [network, other], chosen, **settings)
    latest: dict[str, Any] = {"trigger_mode": "always_last", **settings}
    network.input(chose, network, [other, chosen], **latest)
    other.input(chose, other, [network, chosen], **latest)
    rebuilt.select(_in_language(write_ups.describe), outputs=told, **settings)
    rebuilt.select(_in_language(male.describe), outputs=of_male, **settings)
    photo.upload(tried, photo, answer, **settings)
    third.select(_in_language(networks.compare), outputs=comparison, **settings)
    fourth.select(_in_language(data.describe), outputs=learned, **settings)


def _choice(names: list[str], key: str, value: str | None) -> gr.Radio:
    """A choice among networks, named in words in the visitor's language."""
    worded = [(TEXTS(f"networks.name_{name}"), name) for name in names]
    return gr.Radio(worded, value=value, label=TEXTS(key), elem_id=key.partition(".")[2])


def _in_language(describe: Callable[[str], str]) -> Callable[[gr.Request], str]:
    """A handler that writes a part in the visitor's language."""

    def handler(request: gr.Request) -> str:
        """The part, for the visitor who asks."""
        return describe(language_of(request))

    return handler
