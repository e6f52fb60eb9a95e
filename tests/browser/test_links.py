"""Links to the page and within it, the browser's history, and what a link shows elsewhere."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import PIL.Image
import pytest

from facescore.ui import NAMES, head
from facescore.ui.words import say
from tests.browser.conftest import OpenPage
from tests.browser.steps import TABS, expect, open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


SPACE = "https://huggingface.co"
SETTLED = 500  # milliseconds until Gradio's own first calls are answered, which complain if a reload cuts them off


def opened(page: Page, name: str) -> None:
    """Wait until a tab is open, and what it asks the server for is there."""
    page.get_by_role("tab", name=say(f"{name}.tab"), exact=True, selected=True).first.wait_for()
    if name == "networks":
        page.locator("#stories figure").first.wait_for()


@pytest.mark.parametrize(("name", "key"), list(zip(NAMES, TABS, strict=True)))
def test_a_link_opens_its_tab_and_a_reload_keeps_it(open_page: OpenPage, name: str, key: str) -> None:
    page = open_page(query=f"?tab={name}")
    opened(page, key)
    page.wait_for_timeout(SETTLED)
    page.reload()
    opened(page, key)
    page.wait_for_timeout(SETTLED)


def test_an_unknown_tab_opens_the_first_one(open_page: OpenPage) -> None:
    opened(open_page(query="?tab=nowhere"), TABS[0])


def test_back_and_forward_go_from_tab_to_tab(page: Page) -> None:
    first = page.title()
    for key in ("live", "about"):
        open_tab(page, key)
    assert page.url.endswith("?tab=about")
    assert page.title().startswith(say("about.tab"))
    page.go_back()
    opened(page, "live")
    page.go_back()
    opened(page, "score")
    assert "tab=" not in page.url
    assert page.title() == first
    page.go_forward()
    opened(page, "live")


def test_links_and_back_work_within_a_spaces_frame(browser: Browser, server: str) -> None:
    """Not by `open_page`, which lets a page ask nobody but the server; the Space around it is made up."""
    page = browser.new_page(permissions=["local-network-access"])  # from the Space to the server on this machine
    around = f"""<script>addEventListener("message", ({{ data }}) => window.told = data.queryString);</script>
      <iframe src="{server}?tab=live" width="1200" height="800"></iframe>"""
    page.route(f"{SPACE}/**", lambda route: route.fulfill(body=around, content_type="text/html"))
    page.goto(f"{SPACE}/spaces/somebody/facescore")
    frame = page.frame_locator("iframe")
    for key, told in (("live", None), ("about", "tab=about"), ("rank", "tab=compare")):
        tab = frame.get_by_role("tab", name=say(f"{key}.tab"), exact=True)
        if told:
            tab.click()
            page.wait_for_function("(told) => window.told === told", arg=told)
        expect(tab).to_have_attribute("aria-selected", "true")
    page.evaluate("history.back()")  # of the whole window; nothing loads, which `go_back` would wait for
    expect(frame.get_by_role("tab", name=say("about.tab"), exact=True)).to_have_attribute("aria-selected", "true")
    page.close()


def test_it_can_be_installed_as_an_app(page: Page, server: str) -> None:
    address = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = page.request.get(urljoin(server, address or "")).json()
    assert manifest["name"] == "facescore"
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        answer = page.request.get(urljoin(server, icon["src"]))
        assert answer.headers["content-type"] == icon["type"]
        width, height = PIL.Image.open(io.BytesIO(answer.body())).size
        assert f"{width}x{height}" == icon["sizes"]


def test_the_name_of_the_page_leads_home(page: Page) -> None:
    open_tab(page, "about")
    page.get_by_role("link", name="facescore", exact=True).click()
    opened(page, "score")


def test_a_link_shows_the_pages_own_words_and_picture(page: Page, server: str) -> None:
    html = page.request.get(server).text()
    meta = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', html))
    assert meta["og:title"] == head.TITLE
    for name in ("description", "og:description"):
        assert meta[name] == say("score.description")
    assert html.count("og:title") == html.count('og:image"') == 1
    answer = page.request.get(meta["og:image"])
    assert answer.headers["content-type"] == "image/jpeg"
    picture = PIL.Image.open(io.BytesIO(answer.body()))
    assert picture.size == (head.WIDTH, head.HEIGHT)
