"""A real server of the real page, and Chromium to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from facescore import Scorer, ui
from facescore.images import Image
from tests.browser.camera import chromium, film, launch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

WIDTHS = (1440, 820, 390)  # a desk, a tablet, a phone
WINDOW_HEIGHT = 900

OpenPage = Callable[..., "Page"]
"""Opens the page in a window of its own: `open_page(width=1440, dark=False, locale="en-US")`."""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Skips where there is no browser to drive."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    if chromium() is None:
        pytest.skip("needs Chromium: install it so that 'chromium' or 'google-chrome' is found")
    with sync_api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server puts the files that it is sent and sends."""
    return tmp_path_factory.mktemp("gradio")


@pytest.fixture(scope="session")
def server(playwright: Playwright, scorer: Scorer, cache: Path) -> Iterator[str]:
    """The page as app.py serves it, on a free port; gives its address."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GRADIO_TEMP_DIR", str(cache))
        page = ui.build_page(scorer)
        _, address, _ = ui.launch(page, prevent_thread_lock=True, quiet=True)
        yield address
        page.close(verbose=False)


@pytest.fixture(scope="session")
def browser(playwright: Playwright, astronaut: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, whose camera sees the astronaut sway."""
    path = tmp_path_factory.mktemp("camera") / "astronaut.mjpeg"
    film(astronaut, path)
    running = launch(playwright, path)
    yield running
    running.close()


@pytest.fixture
def open_page(browser: Browser, server: str) -> Iterator[OpenPage]:
    """Opens the page in Chromium; at the end the test fails if a page logged an error."""
    errors: list[str] = []
    pages: list[Page] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} ({message.location['url']})")

    def open_one(width: int = WIDTHS[0], dark: bool = False, locale: str = "en-US", by: Browser = browser) -> Page:
        page = by.new_page(
            viewport={"width": width, "height": WINDOW_HEIGHT},
            color_scheme="dark" if dark else "light",
            locale=locale,
        )
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        pages.append(page)
        page.goto(server)
        page.get_by_role("tab").first.wait_for()
        return page

    yield open_one
    for page in pages:
        page.close()
    assert not errors


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The page at a desk, in English and in light colours."""
    return open_page()
