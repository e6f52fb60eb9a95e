import base64
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from facescore.ui import figures

KINDS = (
    *(
        ("attractive", kind)
        for kind in ("training_curves", "calibration", "confidence_histogram", "label_distribution")
    ),
    *(("beauty", kind) for kind in ("scatter", "distributions", "error_by_decile", "map_curves", "ratings_by_group")),
)
NAMES = {"Attractive"}
"""What stays as it is in every language."""


def drawing(kind: str, study: str, language: str) -> str:
    """The SVG that the page shows."""
    address = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', figures.figure(kind, study, language))
    return base64.b64decode(address[0]).decode()


@pytest.mark.parametrize(("study", "kind"), KINDS)
def test_a_drawing_is_transparent_narrow_and_in_the_visitors_language(study: str, kind: str) -> None:
    english, chinese = (figures.TEXT.findall(drawing(kind, study, language)) for language in ("en", "zh"))
    assert any(re.search("[a-z]{4}", text) for text in english)
    assert {word for text in chinese for word in re.findall("[A-Za-z]{2,}", text)} <= NAMES
    assert "fill: #ffffff" not in drawing(kind, study, "en").partition('id="axes_1"')[0]
    assert "max-width:395px" in figures.figure(kind, study, "en")


def test_what_many_visitors_open_at_once_is_drawn_once_and_in_turn() -> None:
    figures._drawing.cache_clear()
    figures._svg.cache_clear()
    with ThreadPoolExecutor(4) as visitors:
        shown = set(visitors.map(lambda _: figures.figure("calibration", "attractive", "en"), range(4)))
    assert len(shown) == 1
    assert figures._svg.cache_info().misses == 1


def test_only_whole_phrases_are_translated() -> None:
    svg = "<text>loss</text><text>gloss &amp; losses</text><text>labelled (1,234)</text><path d='loss'/>"
    shown = figures.in_language(svg, "zh")
    assert figures.TEXT.findall(shown)[1] == "gloss &amp; losses"
    assert "loss</text><text>gloss" not in shown
    assert "(1,234)" in shown
    assert "<path d='loss'/>" in shown
