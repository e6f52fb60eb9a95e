"""What concerns every tab."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from facescore.ui.words import WORDS, say
from tests.browser.conftest import WIDTHS, WINDOW_HEIGHT, OpenPage
from tests.browser.looks import CUT_OFF, FAINT, FOCUSED, WORDLESS
from tests.browser.steps import TABS, expect, face, open_tab, rank, upload

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONTROLS = ("photo", "view", "thumbs", "options", "moves", "why", "downloads")
MOST_STEPS = 60  # of the key Tab, until it has been everywhere
LEAST_WORDS = 4  # of a sentence that no Chinese one may hold
NEXT_PICTURE = "() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))"

Walk = Callable[..., Iterator[str]]
"""Opens tab after tab, with something on it: `walk(page, language="en")`; gives each one's name."""


@pytest.fixture
def walk(two_path: Path, text_path: Path) -> Walk:
    def one_after_another(page: Page, language: str = "en") -> Iterator[str]:
        yield "score, empty"
        upload(page, two_path)
        face(page, 1, language)
        yield "score"
        open_tab(page, "live", language).get_by_role("button", name=say("live.start", language)).wait_for()
        yield "live"
        rank(page, [two_path, text_path], language)
        yield "rank"
        open_tab(page, "networks", language).locator("#stories figure").first.wait_for()
        yield "stories"
        open_tab(page, "networks.one", language).locator("#study .averages").first.wait_for()
        yield "networks"
        open_tab(page, "networks.compared", language).locator("#comparison table").first.wait_for()
        yield "networks compared"
        open_tab(page, "networks.data", language).locator("#data figure").first.wait_for()
        yield "data"
        open_tab(page, "about", language).locator("#about h2").first.wait_for()
        yield "about"

    return one_after_another


def fits_every_width(page: Page, name: str) -> None:
    """Nothing is cut off or scrolls sideways, however wide the window is."""
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": WINDOW_HEIGHT})
        page.evaluate(NEXT_PICTURE)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        assert page.evaluate(CUT_OFF) == [], (name, width)


def can_be_read(page: Page, name: str) -> None:
    """Every text stands out, and every picture and control has words."""
    page.mouse.move(0, 0)  # what the mouse is over may look otherwise
    assert page.evaluate(FAINT) == [], name
    assert page.evaluate(WORDLESS) == [], name


def test_every_tab_fits_every_width_and_can_be_read(page: Page, walk: Walk) -> None:
    for name in walk(page):
        can_be_read(page, name)
        fits_every_width(page, name)


def test_every_tab_can_be_read_in_the_dark(open_page: OpenPage, walk: Walk) -> None:
    expect(open_page().locator("body.dark")).to_have_count(0)
    page = open_page(dark=True)
    expect(page.locator("body.dark")).to_have_count(1)
    for name in walk(page):
        can_be_read(page, name)


def test_a_chinese_visitor_reads_chinese_on_a_phone_too(open_page: OpenPage, walk: Walk) -> None:
    page = open_page(WIDTHS[-1], locale="zh-CN")
    assert page.get_by_role("tab").all_inner_texts() == [say(f"{name}.tab", "zh") for name in TABS]
    parts = [part.strip() for text in WORDS["en"].values() for part in re.split(r"\{\w+\}", text)]
    english = [part for part in parts if len(part.split()) >= LEAST_WORDS]
    for name in walk(page, "zh"):
        seen = page.locator("body").inner_text()
        assert [text for text in english if text in seen] == [], name
        assert page.evaluate(CUT_OFF) == [], name


def test_every_control_is_reached_by_keyboard(page: Page, two_path: Path) -> None:
    upload(page, two_path)
    face(page)
    page.locator("#moves .sweeps").wait_for()
    page.locator("body").focus()
    been: set[str] = set()
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        been.update(page.evaluate(FOCUSED))
    assert [control for control in CONTROLS if control not in been] == []


def test_a_photo_is_scored_and_a_tab_is_opened_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name=say("score.example_astronaut")).focus()
    page.keyboard.press("Enter")
    face(page)
    page.get_by_role("tab", name=say("about.tab"), exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Privacy").wait_for()
