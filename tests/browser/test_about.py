"""The tab About."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from facescore.ui import about
from facescore.ui.pieces import read_card, term
from facescore.ui.words import WORDS
from tests.browser.conftest import OpenPage
from tests.browser.steps import expect, open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("zh-CN", "zh")])
def test_it_is_written_in_the_visitors_language(open_page: OpenPage, locale: str, language: str) -> None:
    page = open_tab(open_page(locale=locale), "about", language)
    for line in WORDS[language]["about.scores"].split("\n"):
        if line.startswith("## "):
            page.locator("#about").get_by_role("heading", name=line[3:], exact=True).wait_for()
    assert "**" not in page.locator("#about").inner_text()
    for name in about.FOLDED:
        page.get_by_role("button", name=WORDS[language][f"about.{name}_title"]).click()
    text = page.locator("#about-limits").inner_text()
    assert all(term(limit, language) in text for limit in read_card("beauty").limits)


def test_the_data_sets_are_linked_and_the_commands_can_be_copied(page: Page) -> None:
    open_tab(page, "about")
    for name in ("sources", "run"):
        page.get_by_role("button", name=WORDS["en"][f"about.{name}_title"]).click()
    for name in ("attractive", "beauty"):
        expect(page.locator(f'#about-sources a[href="{read_card(name).data["source"]}"]')).to_have_count(1)
    code = page.locator("#about-run pre").all_inner_texts()
    assert [text.strip() for text in code] == ["\n".join(about.COMMANDS)]


def test_whom_the_networks_fail_is_a_link_to_the_stories(page: Page) -> None:
    open_tab(page, "about")
    page.locator("#about a[href*='tab=stories']").click()
    page.locator("#stories figure").first.wait_for()
    assert page.url.endswith("?tab=stories")
