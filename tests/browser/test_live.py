"""The tab Live, looking at the astronaut."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from facescore import Scorer
from facescore.images import Image
from facescore.ui.words import say
from tests.browser.camera import changes_per_second, film, launch
from tests.browser.conftest import WIDTHS, WINDOW_HEIGHT, OpenPage
from tests.browser.steps import expect, open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Page, Playwright

VIEW = "#live canvas"
IS_YELLOW = """(selector) => {
  const view = document.querySelector(selector);
  const pixels = view.getContext("2d").getImageData(0, 0, view.width, view.height).data;
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    count += pixels[at] === 255 && pixels[at + 1] === 214 && pixels[at + 2] === 64;
  }
  return count;
}"""

EDGES = """(selector) => [...document.querySelectorAll(selector)].map((one) => {
  const { top, bottom } = one.getBoundingClientRect();
  return [top, bottom];
})"""


def start(page: Page, language: str = "en") -> None:
    page.get_by_role("button", name=say("live.start", language)).click()
    page.locator("#live .tag").first.wait_for()


def test_the_face_gets_a_box_and_the_packages_score(page: Page, scorer: Scorer, astronaut: Image) -> None:
    start(open_tab(page, "live"))
    line = page.locator("#live .lines li")
    expect(line).to_have_count(1)
    (face,) = scorer.score(astronaut)
    rating, chance = line.locator(".big").all_inner_texts()
    assert float(rating.split()[0]) == pytest.approx(face.beauty, abs=0.3)
    assert float(chance.split()[0]) == pytest.approx(100 * face.attractive, abs=15)
    assert page.evaluate(IS_YELLOW, VIEW) > 1000


def test_the_last_seconds_are_a_curve_with_its_range_as_text(page: Page) -> None:
    start(open_tab(page, "live"))
    for kind in ("rating", "chance"):
        range_ = page.locator(f"#live .{kind} .wander")
        range_.get_by_text(re.compile(r"^[\d.]+ to [\d.]+%? in the last \d+ s$")).wait_for()
        low, high = re.findall(r"[\d.]+", range_.inner_text())[:2]
        assert float(low) <= float(high)
        assert len((page.locator(f"#live .{kind} polyline").get_attribute("points") or "").split()) >= 3


def test_a_chance_that_stays_near_nothing_is_never_called_nothing(
    playwright: Playwright, open_page: OpenPage, hopper: Image, tmp_path: Path
) -> None:
    film(hopper, tmp_path / "hopper.mjpeg")
    old = launch(playwright, tmp_path / "hopper.mjpeg")
    page = open_page(by=old)
    start(open_tab(page, "live"))
    steady = say("live.steady_chance", low="<1", seconds="SECONDS").replace("SECONDS", r"\d+")
    page.locator("#live .chance .wander").get_by_text(re.compile(f"^{steady}$")).wait_for()
    old.close()


def test_picture_and_numbers_are_in_view_together(page: Page) -> None:
    start(open_tab(page, "live"))
    for width, height in ((1440, 900), (820, 1180), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        edges = page.evaluate(EDGES, f"{VIEW}, #live .big")
        assert len(edges) == 3
        assert all(0 <= top < bottom <= height for top, bottom in edges)


@pytest.mark.slow
def test_several_pictures_a_second_are_shown(page: Page) -> None:
    start(open_tab(page, "live"))
    rate = changes_per_second(page, VIEW, 4)
    print(f"{rate:.1f} pictures a second")
    assert rate >= 3  # on any machine, however busy; benchmarks/live.py measures the rate


def test_stopping_turns_the_camera_off_and_leaves_no_picture_and_no_file(new_window: Page, cache: Path) -> None:
    before = set(cache.rglob("*"))
    new_window.add_init_script(
        "const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = async (wish) => (window.camera = await get(wish));"
    )
    new_window.reload()
    start(open_tab(new_window, "live"))
    assert new_window.evaluate("camera.active")
    new_window.get_by_role("button", name=say("live.stop")).click()
    new_window.get_by_text(say("live.stopped")).wait_for()
    assert not new_window.evaluate("camera.active")
    assert new_window.locator(VIEW).is_hidden()
    assert set(cache.rglob("*")) <= before


def test_it_stops_by_itself_after_its_time(new_window: Page) -> None:
    new_window.clock.install()
    open_tab(new_window, "live")
    new_window.get_by_role("button", name=say("live.start")).click()
    new_window.get_by_text(say("live.running")).wait_for()
    new_window.clock.fast_forward("01:01")
    new_window.get_by_text(say("live.ended")).wait_for()


def test_a_server_that_does_not_answer_ends_it(page: Page) -> None:
    start(open_tab(page, "live"))
    page.route("**/component_server/", lambda route: route.fulfill(body="no JSON"))
    page.locator("#live .status").get_by_text(say("live.no_answer")).wait_for()
    assert page.locator(VIEW).is_hidden()


def test_a_hidden_window_ends_it(page: Page) -> None:
    start(open_tab(page, "live"))
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    page.get_by_text(say("live.stopped")).wait_for()


def test_leaving_the_tab_stops_it_and_it_starts_again(page: Page) -> None:
    start(open_tab(page, "live"))
    page.get_by_role("tab").first.click()
    open_tab(page, "live").get_by_text(say("live.stopped")).wait_for()
    start(page)


def test_what_the_server_refuses_is_shown_in_words(open_page: OpenPage) -> None:
    page = open_tab(open_page(locale="zh-CN"), "live", "zh")
    start(page, "zh")
    page.evaluate("HTMLCanvasElement.prototype.toDataURL = () => 'data:image/jpeg;base64,aGVsbG8='")  # no picture
    page.locator("#live .status").get_by_text(say("errors.no_picture", "zh")).wait_for()
    assert page.locator(VIEW).is_hidden()


def test_it_works_from_the_keyboard(page: Page) -> None:
    open_tab(page, "live").get_by_role("button", name=say("live.start")).focus()
    page.keyboard.press("Enter")
    page.locator("#live .tag").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_text(say("live.stopped")).wait_for()


def test_without_a_camera_it_says_what_to_do(playwright: Playwright, open_page: OpenPage) -> None:
    blind = launch(playwright)
    page = open_tab(open_page(by=blind), "live")
    page.get_by_role("button", name=say("live.start")).click()
    page.get_by_text(say("live.no_camera")).wait_for()
    blind.close()


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("zh-CN", "zh")])
def test_it_fits_every_width_in_both_languages(open_page: OpenPage, locale: str, language: str) -> None:
    page = open_tab(open_page(locale=locale), "live", language)
    start(page, language)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": WINDOW_HEIGHT})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("#live .status")).to_have_text(say("live.running", language))
