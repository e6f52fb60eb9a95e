"""What axe finds: nothing serious, on any tab."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.steps import TABS, face, open_tab, upload

SERIOUS = ("serious", "critical")
WITHIN = {
    "write_ups.tab": "#write-ups figure",
    "networks.one": "#study .averages",
    "networks.compared": "#comparison table",
    "networks.data": "#data figure",
}
"""The tabs within Stories & data, each with what is there once it is drawn."""


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(open_page: OpenPage, two_path: Path, dark: bool) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    page = open_page(dark=dark)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.mouse.move(0, 0)
        for one in axe.run(page).response["violations"]:
            if one["impact"] in SERIOUS:
                nodes = [node["html"][:160] for node in one["nodes"]]
                found.setdefault(f"{name}: {one['id']}", []).extend(nodes)

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
