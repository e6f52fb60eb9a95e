"""What axe finds: nothing serious, on any tab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.browser.steps import TABS, face, open_tab, upload

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SERIOUS = ("serious", "critical")
WITHIN = {
    "write_ups.tab": "#write-ups figure",
    "networks.one": "#study .averages",
    "networks.compared": "#comparison table",
    "networks.data": "#data figure",
}
"""The tabs within Stories & data, each with what is there once it is drawn."""


def test_axe_finds_nothing_serious(page: Page, two_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    page.add_style_tag(content="* { transition: none !important }")  # colours between light and dark say nothing
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.mouse.move(0, 0)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for one in axe.run(page).response["violations"]:
                if one["impact"] in SERIOUS:
                    nodes = [node["html"][:160] for node in one["nodes"]]
                    found.setdefault(f"{name}, {scheme}: {one['id']}", []).extend(nodes)

    look("first screen")
    upload(page, two_path)
    face(page)
    page.locator("#moves .sweeps").wait_for()
    look("result")
    for name in (*TABS[1:], "networks", *WITHIN):
        open_tab(page, name)
        page.wait_for_timeout(500)
        page.locator(WITHIN.get(name, "body")).first.wait_for()
        look(name)
    assert found == {}
