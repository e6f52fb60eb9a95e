"""The tab Score."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest

from facescore import FaceScore, Scorer, read_image
from facescore.images import Image
from facescore.scoring.sweeps import sweep
from facescore.settings import ROOT
from facescore.ui import moves, uploads
from facescore.ui.cards import ordinal
from facescore.ui.stories import headlines
from facescore.ui.words import say
from tests.browser.conftest import WINDOW_HEIGHT, OpenPage
from tests.browser.looks import NOTE_CHANGES
from tests.browser.steps import choose, expect, face, open_tab, upload

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASTE = """(content) => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0)), clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], "pasted.jpg", { type: "image/jpeg" }));
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}"""

DROP = """(content) => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0)), dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
  const dropped = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  document.querySelector("#photo").dispatchEvent(dropped);
}"""
HOLD = """() => {
  const make = createImageBitmap;
  window.createImageBitmap = (file) => {
    window.createImageBitmap = make;
    return new Promise((done) => { window.release = () => done(make(file)); });
  };
}"""
"""The next picture is read only when it is released."""
NOTE_CAMERAS = """() => {
  const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.cameras = [];
  navigator.mediaDevices.getUserMedia = async (wish) => { const one = await get(wish); cameras.push(one); return one; };
}"""
ON = "cameras.filter((one) => one.active).length"


@pytest.fixture
def astronauts_score(scorer: Scorer, astronaut: Image) -> FaceScore:
    (only,) = scorer.score(astronaut)
    return only


def numbers_of(score: FaceScore) -> list[str]:
    low, high = score.beauty_interval
    return [
        f"{score.beauty:.2f}",
        f"{low:.2f} to {high:.2f}",
        ordinal(score.percentile),
        f"{100 * score.attractive:.0f} %",
    ]


def rating(page: Page, number: int = 1) -> float:
    return float(face(page, number).locator(".big").first.inner_text().split()[0])


def example(page: Page, name: str = "Eileen Collins") -> None:
    page.get_by_role("button", name=name, exact=False).last.click()
    face(page)


def test_the_first_screen_says_what_this_is_and_its_limit(page: Page) -> None:
    page.get_by_role("heading", name=say("score.headline")).wait_for()
    expect(page.locator(".averages img")).to_have_count(10)
    for sentence in (say("score.limit"), say("score.consent")):
        box = page.get_by_text(sentence).bounding_box()
        assert box
        assert box["y"] + box["height"] < WINDOW_HEIGHT
    page.get_by_role("link", name=say("score.fails")).click()
    page.get_by_role("tab", name=say("networks.tab"), exact=True, selected=True).wait_for()


def test_an_uploaded_photo_gets_a_box_and_the_packages_scores(
    page: Page, astronaut_path: Path, astronauts_score: FaceScore
) -> None:
    upload(page, astronaut_path)
    for number in numbers_of(astronauts_score):
        assert number in " ".join(face(page).inner_text().split())
    photo = page.get_by_role("img", name=say("score.alt_boxes")).bounding_box()
    box = page.get_by_role("button", name=say("score.open_face", number=1)).bounding_box()
    assert photo
    assert box
    left, top, width, _ = astronauts_score.face.box
    scale = photo["width"] / 512
    assert box["x"] - photo["x"] == pytest.approx(scale * left, abs=3)
    assert box["y"] - photo["y"] == pytest.approx(scale * top, abs=3)
    assert box["width"] == pytest.approx(scale * width, abs=3)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (820, 1180), (390, 844)])
def test_the_result_is_in_view_without_scrolling(
    open_page: OpenPage, width: int, height: int, two_path: Path, astronaut_path: Path
) -> None:
    page = open_page(width)
    page.set_viewport_size({"width": width, "height": height})
    for photo, seen in ((astronaut_path, ".big, h3, h3 + p"), (two_path, ".big")):
        upload(page, photo)
        face(page)
        assert page.evaluate("scrollY") == 0
        assert page.locator("#view img").bounding_box()
        for part in page.locator("#view img").all() + page.locator("#faces").locator(seen).all():
            box = part.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] < height, part.inner_text()


def test_what_was_found_is_told_on_the_first_screen_and_opened_from_there(page: Page) -> None:
    cards = page.locator(".teasers a")
    assert [card.locator(".big").inner_text() for card in cards.all()] == list(headlines())
    cards.first.click()
    page.locator("#stories").get_by_text(headlines()[0]).wait_for()


def test_sweeps_of_another_photo_or_face_are_never_seen(page: Page, two_path: Path) -> None:
    upload(page, two_path)
    face(page)
    page.locator("#thumbs [data-face='2']").click()  # while the first one's are on their way
    face(page, 2)
    page.locator("#moves .sweeps[data-face='2']").wait_for()
    page.wait_for_timeout(1000)
    assert page.locator("#moves .sweeps:visible").get_attribute("data-face") == "2"
    for name, other in (("photo", "another"), ("face", "1")):
        page.evaluate(f"document.querySelector('#moves .sweeps').dataset.{name} = '{other}'")
        page.locator("#moves").wait_for(state="hidden")
    page.locator("#thumbs [data-face='1']").click()
    face(page, 1)
    page.locator("#moves .sweeps[data-face='1']").wait_for()


def test_whoever_waits_is_told_how_many_are_before(new_window: Page, astronaut_path: Path) -> None:
    queue = {"queue_size": 3}
    new_window.route("**/queue/join*", lambda route: None)
    new_window.route("**/queue/status", lambda route: route.fulfill(json=queue))
    new_window.clock.install()  # the queue is looked at every three seconds
    new_window.locator("#photo .status").evaluate(NOTE_CHANGES)
    upload(new_window, astronaut_path)
    two, one, slow = say("score.queued", count=2), say("score.queued", count=1), say("score.slow")
    for size, sentence in ((3, two), (2, one), (5, one), (1, slow)):  # somebody comes later: that changes nothing
        queue["queue_size"] = size
        for _ in range(100):
            new_window.clock.fast_forward(3000)
            new_window.wait_for_timeout(100)
            if new_window.get_by_text(sentence).is_visible():
                break
    told = [two, one, slow]
    assert [text for text in dict.fromkeys(new_window.evaluate("seen")) if text in told] == told


def test_an_example_is_scored_when_it_is_pressed_wherever_the_server_runs(
    page: Page, scorer: Scorer, hopper: Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example(page, "Grace Hopper")
    (hoppers_score,) = scorer.score(hopper)
    assert rating(page) == pytest.approx(hoppers_score.beauty, abs=0.01)


def test_without_a_face_it_says_what_to_do_and_takes_the_next_photo(
    page: Page, meadow_path: Path, text_path: Path, astronaut_path: Path
) -> None:
    for path, sentence in ((meadow_path, say("errors.no_face")), (text_path, say("errors.no_picture"))):
        upload(page, path)
        page.get_by_text(sentence).wait_for()
        expect(page.get_by_role("article")).to_have_count(0)
    upload(page, astronaut_path)
    face(page)
    expect(page.get_by_text(say("errors.no_picture"))).to_have_count(0)


def test_another_photo_clears_the_old_result_at_once(page: Page, astronaut_path: Path, text_path: Path) -> None:
    upload(page, astronaut_path)
    face(page)
    page.route("**/upload*", lambda route: None)  # it never arrives
    upload(page, text_path)
    page.get_by_role("article").wait_for(state="hidden")
    page.locator("#photo .status").get_by_text(re.compile(".")).wait_for()


def test_a_face_is_opened_in_the_picture_and_by_its_thumbnail(
    page: Page, two_path: Path, scorer: Scorer, two_faces: Image
) -> None:
    scores = scorer.score(two_faces)
    upload(page, two_path)
    assert rating(page) == pytest.approx(scores[0].beauty, abs=0.01)
    for place, number in (("#view", 2), ("#thumbs", 1)):
        page.locator(f"{place} [data-face='{number}']").click()
        assert rating(page, number) == pytest.approx(scores[number - 1].beauty, abs=0.01)
        page.locator(f"#thumbs [data-face='{number}'][aria-pressed=true]").wait_for()
        expect(page.locator("#view [aria-pressed=true]")).to_have_attribute("data-face", str(number))
    figure = page.locator("#moves .sweeps")
    figure.wait_for()


def test_another_group_moves_the_percentile_and_another_network_the_rating(
    page: Page, scorer: Scorer, astronaut: Image
) -> None:
    example(page)
    choose(page, "group", say("score.group_CF"))
    among_women = scorer.score(astronaut, "CF")[0]
    face(page).get_by_text(say("score.among", group=say("score.group_CF"))).wait_for()
    face(page).get_by_text(numbers_of(among_women)[2]).first.wait_for()
    assert rating(page) == pytest.approx(among_women.beauty, abs=0.01)
    choose(page, "network", say("score.network_beauty-resnet50"))
    other = scorer.with_beauty("beauty-resnet50").score(astronaut, "CF")[0]
    face(page).get_by_text(f"{other.beauty:.2f}").first.wait_for()
    face(page).get_by_text(numbers_of(other)[1]).first.wait_for()
    assert abs(other.beauty - among_women.beauty) > 0.01


def test_the_webcam_takes_a_photo_that_is_scored(page: Page, astronauts_score: FaceScore) -> None:
    page.get_by_role("button", name=say("score.webcam")).click()
    page.get_by_role("button", name=say("score.take")).click()
    assert rating(page) == pytest.approx(astronauts_score.beauty, abs=0.3)


def test_a_refused_camera_is_said(page: Page) -> None:
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name=say("score.webcam")).click()
    page.locator("#photo .status").get_by_text(say("score.no_camera")).wait_for()


def test_a_pasted_photo_is_scored(page: Page, astronaut_path: Path, astronauts_score: FaceScore) -> None:
    page.evaluate(PASTE, base64.b64encode(astronaut_path.read_bytes()).decode())
    assert rating(page) == pytest.approx(astronauts_score.beauty, abs=0.01)


def test_a_dropped_photo_is_scored(page: Page, astronaut_path: Path, astronauts_score: FaceScore) -> None:
    page.evaluate(DROP, base64.b64encode(astronaut_path.read_bytes()).decode())
    assert rating(page) == pytest.approx(astronauts_score.beauty, abs=0.01)


def test_the_webcam_is_on_no_longer_than_it_is_seen(page: Page) -> None:
    page.evaluate(NOTE_CAMERAS)
    for leave in (
        lambda: page.get_by_role("button", name=say("score.leave")).click(),
        lambda: open_tab(page, "about"),
        lambda: page.get_by_role("button", name=say("score.take")).click(),
    ):
        open_tab(page, "score")
        page.get_by_role("button", name=say("score.webcam")).click()
        page.locator("#photo video").wait_for()
        page.wait_for_function(f"{ON} === 1")
        leave()
        page.wait_for_function(f"{ON} === 0")


def test_a_webcam_that_is_asked_for_twice_is_on_once_and_off_with_another_photo(
    page: Page, astronaut_path: Path
) -> None:
    page.evaluate(NOTE_CAMERAS)
    page.evaluate("() => { for (const _ of [1, 2]) document.querySelector('#photo .webcam').click(); }")
    page.wait_for_function(f"cameras.length === 2 && {ON} === 1")
    page.locator("#photo video").wait_for()
    upload(page, astronaut_path)
    face(page)
    assert page.evaluate(ON) == 0


def test_a_large_transparent_picture_is_sent_on_white(
    page: Page, astronaut: Image, cache: Path, tmp_path: Path
) -> None:
    picture = PIL.Image.fromarray(astronaut).resize((2400, 2400)).convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 2400, 200))
    picture.save(tmp_path / "clear.png", compress_level=1)
    upload(page, tmp_path / "clear.png")
    face(page)
    (sent,) = cache.rglob("clear.jpg")
    with PIL.Image.open(sent) as shown:
        assert np.asarray(shown)[:100].min() > 250


def test_a_photo_that_is_replaced_while_it_is_read_is_never_sent(
    page: Page, two_path: Path, astronaut_path: Path, astronauts_score: FaceScore
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/upload" in request.url else None)
    page.evaluate(HOLD)
    upload(page, two_path)
    upload(page, astronaut_path)
    assert rating(page) == pytest.approx(astronauts_score.beauty, abs=0.01)
    page.evaluate("() => release()")
    page.wait_for_timeout(500)
    assert len(sent) == 1
    assert rating(page) == pytest.approx(astronauts_score.beauty, abs=0.01)


def test_deleting_while_another_photo_is_read_leaves_neither(
    page: Page, cache: Path, astronaut_path: Path, two_path: Path
) -> None:
    before = set(cache.rglob("*"))
    upload(page, astronaut_path)
    page.locator("#moves .sweeps").wait_for()
    page.evaluate(HOLD)
    upload(page, two_path)
    page.get_by_role("button", name=say("score.delete")).click()
    page.evaluate("() => release()")
    page.get_by_role("heading", name=say("score.headline")).wait_for()
    page.wait_for_timeout(500)
    expect(page.get_by_role("article")).to_have_count(0)
    assert set(cache.rglob("*")) <= before


def test_a_photo_that_is_deleted_while_it_is_scored_is_not_shown(
    page: Page, scorer: Scorer, astronaut_path: Path, two_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(page, astronaut_path)
    page.locator("#moves .sweeps").wait_for()
    quick = scorer.score

    def slow(image: Image) -> list[FaceScore]:
        time.sleep(1.5)
        return quick(image)

    monkeypatch.setattr(scorer, "score", slow)
    upload(page, two_path)
    page.locator("#photo .status").get_by_text(say("score.looking")).wait_for()
    page.get_by_role("button", name=say("score.delete")).click()
    page.wait_for_timeout(3000)
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.get_by_role("img", name=say("score.alt_boxes"))).to_have_count(0)


def test_an_upload_that_fails_says_what_to_do(page: Page, astronaut_path: Path) -> None:
    page.route("**/upload", lambda route: route.fulfill(body="no JSON", content_type="text/html"))
    upload(page, astronaut_path)
    page.locator("#photo .status").get_by_text(say("score.unsent")).wait_for()


def test_why_the_server_takes_no_photo_is_said(
    browser: Browser, server: str, astronaut_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by `open_page`: Chromium notes every refused request as an error."""
    monkeypatch.setattr(uploads, "MIN_FREE_BYTES", 10**18)
    page = browser.new_page(locale="zh-CN")
    page.goto(server)
    page.get_by_role("tab").first.wait_for()
    upload(page, astronaut_path)
    page.locator("#photo .status").get_by_text(say("errors.no_room", "zh")).wait_for()
    page.close()


def test_a_large_photo_is_scaled_down_before_it_is_sent(
    page: Page, astronaut: Image, astronauts_score: FaceScore, cache: Path, tmp_path: Path
) -> None:
    large = PIL.Image.fromarray(astronaut).resize((3000, 3000), PIL.Image.Resampling.LANCZOS)
    large.save(tmp_path / "very large.jpg", quality=90)
    page.locator("#photo .status").evaluate(NOTE_CHANGES)
    upload(page, tmp_path / "very large.jpg")
    assert rating(page) == pytest.approx(astronauts_score.beauty, abs=0.15)
    (sent,) = cache.rglob("very*large.jpg")
    with PIL.Image.open(sent) as picture:
        assert picture.size == (2000, 2000)
    assert say("score.sending", percent=100) in page.evaluate("seen")


def test_a_picture_that_the_browser_cannot_draw_shows_its_faces(page: Page) -> None:
    upload(page, ROOT / "tests" / "cases" / "pictures" / "photo.heic")
    face(page)
    shown = page.get_by_role("img", name=say("score.alt_boxes"))
    assert shown.evaluate("async (picture) => { await picture.decode(); return picture.naturalWidth; }") > 100


def test_the_sweeps_say_what_moved_this_face_most_and_follow_their_sliders(
    page: Page, scorer: Scorer, astronaut: Image, astronauts_score: FaceScore
) -> None:
    example(page)
    page.locator("#moves .sweeps").wait_for()
    swept = sweep(astronaut, astronauts_score.face.landmarks, scorer)
    page.locator("#moves .sweeps + p").get_by_text(moves.most_moved(swept, "en"), exact=True).wait_for()
    figure = page.locator("#moves figure").first
    slider, said = figure.get_by_role("slider"), figure.locator("output")
    slider.focus()
    seen = set()
    page.keyboard.press("Home")
    for _ in range(8):
        seen.add(said.inner_text())
        page.keyboard.press("ArrowRight")
    assert len(seen) == 8


def test_the_map_is_of_the_chosen_score_and_its_edge_moves_by_keyboard(page: Page) -> None:
    example(page)
    choose(page, "map", say("score.map_attractive"))
    page.locator("#parts").get_by_text(say("score.unit_attractive")).wait_for()
    page.get_by_role("img", name=say("score.alt_map", what=say("score.map_attractive"))).wait_for()
    edge = page.locator("#slider input")
    edge.focus()
    page.keyboard.press("End")
    assert edge.evaluate("(range) => range.parentElement.style.getPropertyValue('--edge')") == "100%"


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_what_is_saved_is_what_is_shown(open_page: OpenPage, two_path: Path, scorer: Scorer, locale: str) -> None:
    page, language = open_page(locale=locale), locale[:2]
    scores = scorer.score(read_image(two_path))
    upload(page, two_path)
    face(page, 1, language)
    saved = {}
    for kind in ("json", "csv", "png"):
        with page.expect_download() as download:
            page.locator("#downloads").get_by_text(say(f"score.save_{kind}", language)).click()
        saved[kind] = download.value.path().read_bytes()
        assert re.fullmatch(rf"facescore(-1)?\.{kind}", download.value.suggested_filename)
    assert json.loads(saved["json"]) == {"faces": [score.to_dict() for score in scores]}
    rows = list(csv.DictReader(io.StringIO(saved["csv"].decode())))
    assert [float(row["beauty"]) for row in rows] == [round(score.beauty, 3) for score in scores]
    card = np.asarray(PIL.Image.open(io.BytesIO(saved["png"])).convert("RGB"))
    assert card.shape == (480, 960, 3)
    assert card[40:440, 40:440].std() > 10  # the face
    assert (card[40:440, 480:920].min(axis=2) < 100).mean() > 0.01  # the text


def test_a_photo_that_the_server_deleted_is_asked_for_again(
    open_page: OpenPage, astronaut: Image, cache: Path, tmp_path: Path
) -> None:
    page = open_page(locale="zh-CN")
    PIL.Image.fromarray(astronaut[:, ::-1]).save(tmp_path / "soon gone.png")
    upload(page, tmp_path / "soon gone.png")
    face(page, language="zh")
    for file in cache.rglob("soon*gone.png"):
        file.unlink()
    choose(page, "group", say("score.group_CF", "zh"))
    page.get_by_role("alert").get_by_text(say("errors.gone", "zh")).wait_for()


def test_a_reload_shows_the_photo_again(page: Page, astronaut_path: Path) -> None:
    upload(page, astronaut_path)
    before = rating(page)
    page.locator("#moves .sweeps").wait_for()
    page.reload()
    assert rating(page) == before


def test_the_photo_and_its_results_are_deleted_at_once(
    page: Page, astronaut: Image, cache: Path, tmp_path: Path
) -> None:
    button = page.get_by_role("button", name=say("score.delete"))
    assert button.is_hidden()
    before = set(cache.rglob("*"))
    PIL.Image.fromarray((0.9 * astronaut).astype(np.uint8)).save(tmp_path / "mine.png")  # nobody else's photo
    upload(page, tmp_path / "mine.png")
    face(page)
    kept = {path for path in set(cache.rglob("*")) - before if path.is_file()}
    assert len(kept) == 1  # the photo alone: the picture with boxes is part of the page
    page.locator("#moves .sweeps").wait_for()
    button.click()
    page.get_by_role("heading", name=say("score.headline")).wait_for()
    button.wait_for(state="hidden")
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.get_by_role("img", name=say("score.alt_boxes"))).to_have_count(0)
    assert set(cache.rglob("*")) <= before
    assert page.evaluate("sessionStorage.getItem('photo')") is None
    page.reload()
    page.get_by_role("heading", name=say("score.headline")).wait_for()
