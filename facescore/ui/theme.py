"""The page's look: Gradio's theme in the colours of ``assets/style/base.css``, and the style sheets in their order."""

import gradio as gr

from facescore.settings import ASSETS

SHEETS = [ASSETS / "style" / f"{name}.css" for name in ("base", "score", "live", "compare", "stories")]
PAGE, SURFACE, INK, SOFT, LINE, ACCENT = "#fbfaf8", "#ffffff", "#1d1b1a", "#665f59", "#e5e0da", "#2f5fd0"
DARK_PAGE, DARK_SURFACE, DARK_INK, DARK_SOFT, DARK_LINE, DARK_ACCENT = (
    "#161514 #201e1d #f1eeea #ada69f #37332f #8ab0ff".split()
)
CORNER = "14px"


def theme() -> gr.Theme:
    """Colours, corners and fonts; the fonts are the visitor's own, so that nothing is fetched from elsewhere.

    Gradio's own gray and blue text is too faint: a contrast of at least 4.5 to 1 is required (WCAG 2.2, AA).
    """
    calm: gr.Theme = gr.themes.Default(
        primary_hue="blue",
        neutral_hue="stone",
        text_size=gr.themes.sizes.text_lg,
        font=("Inter", "system-ui", "sans-serif"),
        font_mono=("ui-monospace", "monospace"),
    )
    return calm.set(
        body_background_fill=PAGE,
        body_background_fill_dark=DARK_PAGE,
        body_text_color=INK,
        body_text_color_dark=DARK_INK,
        body_text_color_subdued=SOFT,
        body_text_color_subdued_dark=DARK_SOFT,
        background_fill_primary=SURFACE,
        background_fill_primary_dark=DARK_SURFACE,
        background_fill_secondary=PAGE,
        background_fill_secondary_dark=DARK_PAGE,
        block_background_fill=SURFACE,
        block_background_fill_dark=DARK_SURFACE,
        block_radius=CORNER,
        border_color_primary=LINE,
        border_color_primary_dark=DARK_LINE,
        color_accent=ACCENT,
        button_primary_background_fill=ACCENT,
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark=DARK_ACCENT,
        button_primary_background_fill_hover_dark="*primary_200",
        button_primary_text_color_dark=DARK_PAGE,
        button_secondary_background_fill=SURFACE,
        button_secondary_background_fill_dark=DARK_SURFACE,
        link_text_color=ACCENT,
        link_text_color_active=ACCENT,
        link_text_color_hover="*primary_700",
        link_text_color_visited=ACCENT,
        link_text_color_dark=DARK_ACCENT,
        link_text_color_active_dark=DARK_ACCENT,
        link_text_color_hover_dark="*primary_200",
        link_text_color_visited_dark=DARK_ACCENT,
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_500",
    )
