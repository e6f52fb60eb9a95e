"""A real server of the real page, and Chromium to look at it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import PIL.Image
import pytest

from facescore import Scorer, ui
from facescore.images import Image
from facescore.scoring.sweeps import Landmarks, Sweep, sweep
from tests.browser.camera import chromium, film, launch
from tests.server import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, Request

WIDTHS = (1440, 820, 390)  # a desk, a tablet, a phone
WINDOW_HEIGHT = 900

OpenPage = Callable[..., "Page"]
"""Opens the page in a window of its own: `open_page(width=1440, dark=False, locale="en-US", query="?tab=live")`."""


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


def once_per_face(made: Callable[..., dict[str, Sweep]]) -> Callable[..., dict[str, Sweep]]:
    """The same function, which remembers its answers: nearly all tests show one of a few faces."""
    known: dict[tuple[bytes, bytes, str], dict[str, Sweep]] = {}

    def remembered(image: Image, landmarks: Landmarks, scorer: Scorer) -> dict[str, Sweep]:
        key = (image.tobytes(), landmarks.tobytes(), scorer.beauty.card.name)
        if key not in known:
            known[key] = made(image, landmarks, scorer)
        return known[key]

    return remembered


@pytest.fixture(scope="session")
def server(playwright: Playwright, scorer: Scorer, cache: Path) -> Iterator[str]:
    """The page as app.py serves it, on a free port; gives its address."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GRADIO_TEMP_DIR", str(cache))
        environment.delenv("FACESCORE_DATA", raising=False)  # the page of a server that holds no data set
        # After every event Gradio counts them with pandas, which warns of its future.
        environment.setenv("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")
        environment.setattr("facescore.ui.score.sweep", once_per_face(sweep))
        page = ui.build_page(scorer)
        _, address, _ = ui.launch(page, prevent_thread_lock=True, quiet=True, server_port=free_port())
        yield address
        while any(page._queue.active_jobs):  # a network that still runs when Python ends would abort it
            time.sleep(0.05)
        page.close(verbose=False)


@pytest.fixture(scope="session")
def browser(playwright: Playwright, astronaut: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, whose camera sees the astronaut sway."""
    path = tmp_path_factory.mktemp("camera") / "astronaut.mjpeg"
    film(astronaut, path)
    running = launch(playwright, path)
    yield running
    running.close()


class Windows:
    """Chromium's windows, which are used again: there a page opens with a quarter of the work that a new one takes."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._idle: dict[str, list[Page]] = {}  # by locale

    def take(self, locale: str) -> Page:
        """An empty window."""
        idle = self._idle.get(locale)
        return idle.pop() if idle else self.browser.new_page(locale=locale)

    def give_back(self, page: Page, locale: str) -> None:
        """Empty a window, as if nobody had been there."""
        page.unroute_all()
        page.mouse.move(0, 0)
        page.context.clear_cookies()
        page.goto("about:blank")
        self._idle.setdefault(locale, []).append(page)


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@contextmanager
def opening(windows: Windows, server: str) -> Iterator[OpenPage]:
    """Opens pages; at the end all are closed, and it fails if one logged an error or asked anybody but the server."""
    errors: list[str] = []
    with ExitStack() as opened:

        def open_one(
            width: int = WIDTHS[0],
            dark: bool = False,
            locale: str = "en-US",
            query: str = "",
            by: Browser | None = None,
        ) -> Page:
            page = by.new_page(locale=locale) if by else windows.take(locale)
            opened.callback(page.close if by else partial(windows.give_back, page, locale))
            opened.enter_context(watched(page, server, errors))
            page.set_viewport_size({"width": width, "height": WINDOW_HEIGHT})
            page.emulate_media(color_scheme="dark" if dark else "light")
            page.goto(f"{server}{query}")
            page.get_by_role("tab").first.wait_for()
            return page

        yield open_one
    assert not errors


@contextmanager
def watched(page: Page, server: str, errors: list[str]) -> Iterator[None]:
    """Note what a page logs as an error and whom it asks besides the server; at the end it forgets its visitor."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} ({message.location['url']})")

    def note_uncaught(error: Error) -> None:
        errors.append(str(error))

    def look_whom_it_asks(request: Request) -> None:
        if not request.url.startswith((server, "data:", "blob:")):
            errors.append(f"asked {request.url}")

    page.on("console", note)
    page.on("pageerror", note_uncaught)
    page.on("request", look_whom_it_asks)
    yield
    if not page.is_closed():
        page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
        page.remove_listener("console", note)
        page.remove_listener("pageerror", note_uncaught)
        page.remove_listener("request", look_whom_it_asks)


@pytest.fixture
def open_page(windows: Windows, server: str) -> Iterator[OpenPage]:
    """Opens the page in Chromium."""
    with opening(windows, server) as open_one:
        yield open_one


@pytest.fixture
def new_window(open_page: OpenPage, browser: Browser) -> Page:
    """The page at a desk, in a window that nobody uses again: for tests that change the browser, not only the page."""
    return open_page(by=browser)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The page at a desk, in English and in light colours."""
    return open_page()


@pytest.fixture(scope="session")
def two_path(two_faces: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of Grace Hopper and the astronaut."""
    path = tmp_path_factory.mktemp("photos") / "two.png"
    PIL.Image.fromarray(two_faces).save(path)
    return path


@pytest.fixture(scope="session")
def meadow_path(meadow: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo without a face."""
    path = tmp_path_factory.mktemp("photos") / "meadow.png"
    PIL.Image.fromarray(meadow).save(path)
    return path


@pytest.fixture(scope="session")
def text_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text that is named as a picture."""
    path = tmp_path_factory.mktemp("photos") / "text.jpg"
    path.write_text("hello")
    return path
