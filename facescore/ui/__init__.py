"""The page, one file per tab."""

import os
import signal
import threading
from typing import Any

from facescore.ui import stubs  # noqa: F401 # before anything else imports Gradio

# isort: split

import gradio as gr

from facescore.scoring.scorer import Scorer
from facescore.settings import ASSETS
from facescore.ui import about, ahead, janitor, live, rank, score, stories_and_data
from facescore.ui.gate import GatedApp
from facescore.ui.page import Page
from facescore.ui.scored import KEPT
from facescore.ui.theme import SHEETS, theme
from facescore.ui.uploads import MAX_ARCHIVE_BYTES
from facescore.ui.words import LANGUAGES, TEXTS

HOME = '<a class="home" href="?" data-tab="score">facescore</a>'
NAMES = ("score", "live", "compare", "stories", "about")  # of the tabs, in the address
MOST_SESSIONS = 100  # whose changes to the page Gradio remembers; forgetting them loses nothing


def build_page(scorer: Scorer) -> Page:
    """The page with its tabs.

    Args:
        scorer: scores the photos; shared by all visitors.
    """
    page = Page()
    with page:
        gr.HTML(
            HOME,
            js_on_load=(ASSETS / "page.js").read_text(encoding="utf-8"),
            tabs=list(NAMES),
            languages=list(LANGUAGES),
            apply_default_css=False,
            elem_classes="home-line",
        )
        with gr.Tabs(overflow_behavior="wrap", elem_id="tabs"):
            with gr.Tab(TEXTS("score.tab"), id=NAMES[0]):
                score.build(scorer)
                page.keepers.append(KEPT)
            with gr.Tab(TEXTS("live.tab"), id=NAMES[1]):
                page.keepers.append(live.build(scorer))
            with gr.Tab(TEXTS("rank.tab"), id=NAMES[2]):
                page.keepers.append(rank.build(scorer))
            with gr.Tab(TEXTS("networks.tab"), id=NAMES[3]):
                stories_and_data.build(scorer)
            with gr.Tab(TEXTS("about.tab"), id=NAMES[4]):
                about.build()
    return page


def launch(page: Page, **settings: Any) -> tuple[Any, str, str]:
    """Serve the page behind the gate; uploads are deleted after some minutes and on shutdown.

    Args:
        page: as `build_page` returns it.
        settings: further settings of Gradio's `launch`.

    Returns:
        What Gradio's `launch` returns: the server, its local address, and an empty string in place of a public one.
    """
    # Gradio asks for matplotlib's backend at the first event; choosing one then would load all of pyplot for a second,
    # while the first visitor waits.
    os.environ["MPLBACKEND"] = "agg"
    if threading.current_thread() is threading.main_thread() and not settings.get("prevent_thread_lock"):
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # for an orderly shutdown, as after Ctrl+C
        ahead.start()
    janitor.start(page.folder, janitor.DELETE_EVERY, janitor.DELETE_OLDER, page.drop_old)
    return page.launch(
        _app=GatedApp(),
        theme=theme(),
        css_paths=SHEETS,
        i18n=TEXTS,
        footer_links=["api", "settings"],
        show_error=True,  # every error is a sentence by then
        run_history=False,  # it would keep people's photos
        max_file_size=MAX_ARCHIVE_BYTES,
        state_session_capacity=MOST_SESSIONS,
        # Environment variables could switch these on: a tunnel, servers that bypass the gate, and a list of all calls.
        share=False,
        ssr_mode=False,
        num_workers=0,
        enable_monitoring=False,
        pwa=True,
        favicon_path=ASSETS / "icon.png",
        **settings,
    )
