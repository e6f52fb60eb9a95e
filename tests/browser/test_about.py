"""The tab About."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from facescore.ui import about
from facescore.ui.pieces import read_card, term
from facescore.ui.words import WORDS
from tests.browser.conftest import OpenPage
from tests.browser.steps import open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("zh-CN", "zh")])
def test_it_is_written_in_the_visitors_language(open_page: OpenPage, locale: str, language: str) -> None:
    written = open_tab(open_page(locale=locale), "about", language).locator("#about")
    for key in ("scores", "failures", "sources", "privacy", "run", "cite"):
        heading, _, _ = WORDS[language][f"about.{key}"].removeprefix("## ").partition("\n")
        written.get_by_role("heading", name=heading, exact=True).wait_for()
    text = written.inner_text()
    assert all(term(limit, language) in text for limit in read_card("beauty").limits)
    assert "**" not in text


def test_the_data_sets_are_linked_and_the_commands_can_be_copied(page: Page) -> None:
    written = open_tab(page, "about").locator("#about")
    for name in ("attractive", "beauty"):
        assert written.locator(f'a[href="{read_card(name).data["source"]}"]').count() == 1
    code = written.locator("pre").all_inner_texts()
    assert [text.strip() for text in code] == ["\n".join(about.COMMANDS)]
