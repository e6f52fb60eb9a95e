"""The cards of the tab Stories & data."""

from __future__ import annotations

from pathlib import Path

import pytest

from facescore.ui.pieces import read_study
from facescore.ui.words import say
from tests.browser import looks
from tests.browser.conftest import OpenPage
from tests.browser.steps import open_tab


@pytest.mark.parametrize(
    ("width", "locale", "dark"), [(1440, "en-US", False), (820, "zh-CN", True), (390, "en-US", True)]
)
def test_the_cards_fit_the_window_and_can_be_read(open_page: OpenPage, width: int, locale: str, dark: bool) -> None:
    language = locale[:2]
    page = open_tab(open_page(width, dark, locale), "networks", language)
    cards = page.locator("#stories .story")
    cards.nth(4).wait_for()
    page.locator("#stories summary").nth(1).click()
    page.get_by_role("table", name=say("networks.groups_caption", language)).first.wait_for()
    assert page.evaluate(looks.CUT_OFF) == []
    assert page.evaluate(looks.FAINT) == []
    assert page.evaluate(looks.WORDLESS) == []


def test_the_cards_are_the_first_thing_shown(open_page: OpenPage) -> None:
    stories = open_tab(open_page(), "networks").locator("#stories")
    share = read_study("attractive").metrics["test"]["female young"]["true_share"].value
    stories.get_by_text(f"{share:.0%} /").wait_for()
    stories.get_by_role("heading", name=say("stories.missed")).wait_for()


def test_the_label_male_is_told_in_its_section_and_tried_on_a_photo(open_page: OpenPage, astronaut_path: Path) -> None:
    page = open_tab(open_tab(open_page(), "networks"), "write_ups.tab")
    study = page.locator("article.write-up").filter(has_text=say("male.title"))
    study.locator("summary").click()
    study.locator("img.drawing").first.wait_for()
    assert page.evaluate(looks.CUT_OFF) == []
    page.get_by_role("button", name=say("male.try")).click()
    page.locator("#male-try input[type=file]").set_input_files(astronaut_path)
    page.locator("#male-try").get_by_text(say("male.likely", share="").strip()).wait_for()
