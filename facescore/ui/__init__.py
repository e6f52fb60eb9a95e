"""The page, one file a tab."""

from typing import Any

import gradio as gr

from facescore.images import MAX_BYTES
from facescore.scoring.scorer import Scorer
from facescore.settings import ASSETS
from facescore.ui import about, live, networks, rank, score
from facescore.ui.words import TEXTS

DELETE_EVERY, DELETE_OLDER = 60, 600  # seconds; how long an uploaded photo may lie in the server's temporary folder


def build_page(scorer: Scorer) -> gr.Blocks:
    """The page with its tabs.

    Args:
        scorer: scores the photos; shared by all visitors.
    """
    page: gr.Blocks
    with gr.Blocks(title="facescore", analytics_enabled=False, delete_cache=(DELETE_EVERY, DELETE_OLDER)) as page:
        gr.Markdown(TEXTS("page.introduction"), elem_classes="introduction")
        with gr.Tabs(overflow_behavior="wrap"):
            with gr.Tab(TEXTS("score.tab")):
                score.build(scorer)
            with gr.Tab(TEXTS("live.tab")):
                live.build(scorer)
            with gr.Tab(TEXTS("rank.tab")):
                rank.build(scorer)
            with gr.Tab(TEXTS("networks.tab")):
                networks.build()
            with gr.Tab(TEXTS("about.tab")):
                about.build()
    return page


def launch(page: gr.Blocks, **settings: Any) -> tuple[Any, str, str]:
    """Serve the page.

    Args:
        page: as `build_page` returns it.
        settings: further settings of Gradio's `launch`.

    Returns:
        What Gradio's `launch` returns: the server, its local address, and an empty one in place of a shared one.
    """
    import matplotlib  # here, so that a script that only builds the page does not wait for it

    # Gradio asks for the backend at the first event; to choose one would load all of pyplot for a second, while
    # the first visitor waits.
    matplotlib.use("agg")
    return page.launch(
        theme=theme(),
        css_paths=ASSETS / "style.css",
        i18n=TEXTS,
        footer_links=["api", "settings"],
        show_error=True,  # what nobody foresaw must not fail silently
        run_history=False,  # it would keep people's photos
        allowed_paths=[str(path) for path in score.EXAMPLES.values()],  # wherever the server was started
        max_file_size=2 * MAX_BYTES,  # read_image refuses from MAX_BYTES on, in words
        **settings,
    )


def theme() -> gr.Theme:
    """Colours and type of the page; fonts are the visitor's own, so that nothing is fetched from elsewhere.

    Gradio's own gray and blue texts are too faint to be read by everyone: 4.5 to 1 is the least (WCAG 2.2, AA).
    """
    calm: gr.Theme = gr.themes.Default(
        primary_hue="blue",
        neutral_hue="stone",
        font=("system-ui", "sans-serif"),
        font_mono=("ui-monospace", "monospace"),
    )
    return calm.set(
        body_text_color_subdued="*neutral_600",
        color_accent="*primary_600",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        link_text_color_dark="*primary_400",
        link_text_color_active_dark="*primary_400",
        link_text_color_hover_dark="*primary_300",
        link_text_color_visited_dark="*primary_400",
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_500",
    )
