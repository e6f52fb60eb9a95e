"""What a visitor does on the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from facescore.ui.words import say

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TABS = ("score", "live", "rank", "networks", "about")


def open_tab(page: Page, name: str, language: str = "en") -> Page:
    """Open a tab, or a tab within a tab, by the key of its name."""
    key = name if "." in name else f"{name}.tab"
    page.get_by_role("tab", name=say(key, language), exact=True).click()
    return page


def expect(locator: Locator) -> Any:
    """Playwright's `expect`, which waits: what is read once may be read before Gradio has drawn it."""
    waiting = pytest.importorskip("playwright.sync_api").expect
    waiting.set_options(timeout=30_000)
    return waiting(locator)


def upload(page: Page, photo: Path) -> None:
    """Give the tab Score a photo."""
    page.locator("#photo input[type=file]").set_input_files(photo)


def face(page: Page, number: int = 1, language: str = "en") -> Locator:
    """What is said of a face on the tab Score, once it is said."""
    article = page.get_by_role("article", name=say("score.face", language, number=number))
    article.wait_for()
    return article


def choose(page: Page, group: str, name: str) -> None:
    """Press one of the choices of a group, in its fold if it has one."""
    fold = {"group": "options", "network": "options", "map": "why"}.get(group)
    if fold and not page.locator(f"#{group}").is_visible():
        page.locator(f"#{fold} button").first.click()
    page.locator(f"#{group}").get_by_text(name, exact=True).click()


def start_ranking(page: Page, files: Sequence[Path], language: str = "en") -> None:
    """Give the tab Compare photos, if any, and press the button."""
    open_tab(page, "rank", language)
    if files:
        page.locator("#rank-files input[type=file]").set_input_files(files)
        page.locator("#rank-files .file").nth(len(files) - 1).wait_for()
    page.get_by_role("button", name=say("rank.start", language), exact=True).click()


def rank(page: Page, files: Sequence[Path], language: str = "en") -> None:
    """Rank photos and wait for the end."""
    start_ranking(page, files, language)
    page.get_by_role("link", name=say("rank.save_csv", language)).wait_for()  # there as soon as something is ranked
    page.locator("#rank-stop:disabled").wait_for()


def several_people(page: Page, language: str = "en") -> None:
    """Say that the photos show several people."""
    choose(page, "rank-kind", say("rank.kind_many", language))
    page.locator("#rank-group").wait_for()
