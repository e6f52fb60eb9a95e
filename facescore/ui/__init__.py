"""The page, one file a tab."""

import gradio as gr

from facescore.scoring.scorer import Scorer
from facescore.ui import score

DELETE_EVERY, DELETE_OLDER = 60, 600  # seconds; how long an uploaded photo may lie in the server's temporary folder

INTRODUCTION = """
# facescore

**What do networks learn when people rate faces?** Two small networks, trained on public ratings, look at every face in
a photo: one on the ratings of SCUT‑FBP5500 (1 to 5), one on CelebA's label “Attractive”. What they show is what some
annotators said of other pictures, with all their biases. It is a study of those ratings, not a judgement of anybody:
do not use it to judge, select, rank or advise people, and not on children.
"""


def build_page(scorer: Scorer) -> gr.Blocks:
    """The page with its tabs.

    Args:
        scorer: scores the photos; shared by all visitors.
    """
    page: gr.Blocks
    with gr.Blocks(title="facescore", analytics_enabled=False, delete_cache=(DELETE_EVERY, DELETE_OLDER)) as page:
        gr.Markdown(INTRODUCTION, elem_classes="introduction")
        with gr.Tabs(), gr.Tab("Score"):
            score.build(scorer)
    return page


def theme() -> gr.Theme:
    """Colours and type of the page; fonts are the visitor's own, so that nothing is fetched from elsewhere."""
    calm: gr.Theme = gr.themes.Default(
        primary_hue="blue",
        neutral_hue="stone",
        font=("system-ui", "sans-serif"),
        font_mono=("ui-monospace", "monospace"),
    )
    return calm
