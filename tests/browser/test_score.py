"""The tab Score."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest

from facescore import FaceScore, Scorer, read_image
from facescore.images import Image
from facescore.scoring.drawing import FILL
from facescore.ui import downloads
from facescore.ui.words import say
from tests.browser.conftest import OpenPage
from tests.browser.steps import choose, face, upload

if TYPE_CHECKING:
    from playwright.sync_api import Page

ON_THE_SCREEN = """async (picture) => {
  await picture.decode();  // before, it has no size
  const box = picture.getBoundingClientRect();
  const scale = Math.min(box.width / picture.naturalWidth, box.height / picture.naturalHeight);
  const left = (box.width - scale * picture.naturalWidth) / 2, top = (box.height - scale * picture.naturalHeight) / 2;
  return [scale, left, top];
}"""


@pytest.fixture
def astronauts_score(scorer: Scorer, astronaut: Image) -> FaceScore:
    (only,) = scorer.score(astronaut)
    return only


def numbers_of(score: FaceScore) -> list[str]:
    low, high = score.beauty_interval
    return [f"{score.beauty:.2f}", f"{low:.2f} to {high:.2f}", f"{score.percentile:.0f}th", f"{score.attractive:.0%}"]


def rating(page: Page, number: int = 1) -> float:
    return float(face(page, number).locator("dd strong").first.inner_text())


def example(page: Page, name: str = "Eileen Collins") -> None:
    page.get_by_role("button", name=name).click()
    face(page)


def test_an_uploaded_photo_gets_boxes_and_the_packages_scores(
    page: Page, astronaut_path: Path, astronauts_score: FaceScore
) -> None:
    upload(page, astronaut_path)
    for number in numbers_of(astronauts_score):
        assert number in face(page).inner_text()
    boxes = page.get_by_role("img", name=say("score.alt_boxes")).get_attribute("src")
    drawn = PIL.Image.open(io.BytesIO(page.request.get(boxes or "").body()))
    assert (np.abs(np.asarray(drawn, np.int16) - FILL).max(axis=2) < 50).sum() > 300


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
        assert page.get_by_role("article").count() == 0
        page.get_by_role("button", name="Remove Image").click()
        page.get_by_text(say("score.welcome")).wait_for()
    upload(page, astronaut_path)
    face(page)


def test_a_click_in_the_picture_opens_that_face_and_the_list_does_too(
    page: Page, two_path: Path, scorer: Scorer, two_faces: Image
) -> None:
    scores = scorer.score(two_faces)
    upload(page, two_path)
    assert rating(page) == pytest.approx(scores[0].beauty, abs=0.01)
    boxes = page.get_by_role("img", name=say("score.alt_boxes"))
    scale, beside, above = boxes.evaluate(ON_THE_SCREEN)
    left, top, width, height = scores[1].face.box
    boxes.click(position={"x": beside + scale * (left + width / 2), "y": above + scale * (top + height / 2)})
    assert rating(page, 2) == pytest.approx(scores[1].beauty, abs=0.01)
    choose(page, "face", say("score.face", number=1))
    assert rating(page, 1) == pytest.approx(scores[0].beauty, abs=0.01)


def test_another_group_moves_the_percentile_and_another_network_the_rating(
    page: Page, scorer: Scorer, astronaut: Image
) -> None:
    example(page)
    choose(page, "group", say("score.group_CF"))
    among_women = scorer.score(astronaut, "CF")[0]
    page.get_by_text(say("score.among", group=say("score.group_CF"))).wait_for()
    assert numbers_of(among_women)[2] in face(page).inner_text()
    assert rating(page) == pytest.approx(among_women.beauty, abs=0.01)
    choose(page, "network", say("score.network_beauty-resnet50"))
    other = scorer.with_beauty("beauty-resnet50").score(astronaut, "CF")[0]
    face(page).get_by_text(f"{other.beauty:.2f}", exact=True).wait_for()
    assert numbers_of(other)[1] in face(page).inner_text()
    assert abs(other.beauty - among_women.beauty) > 0.01


def test_the_webcam_takes_a_photo_that_is_scored(page: Page, astronauts_score: FaceScore) -> None:
    page.get_by_role("button", name="Capture from camera").click()
    page.get_by_text("Click to Access Webcam").click()
    page.get_by_role("button", name="capture photo").click()
    assert rating(page) == pytest.approx(astronauts_score.beauty, abs=0.3)


def test_the_map_is_of_the_chosen_score_and_its_edge_moves_by_keyboard(page: Page) -> None:
    example(page)
    parts = page.locator("#parts")
    assert say("score.unit_beauty") in parts.inner_text()
    choose(page, "map", say("score.map_attractive"))
    parts.get_by_text(say("score.unit_attractive")).wait_for()
    page.get_by_role("img", name=say("score.alt_map", what=say("score.map_attractive"))).wait_for()
    edge = page.get_by_role("slider")
    edge.focus()
    page.keyboard.press("End")
    assert edge.evaluate("(range) => range.parentElement.style.getPropertyValue('--edge')") == "100%"


def test_what_is_saved_is_what_is_shown(page: Page, two_path: Path, scorer: Scorer) -> None:
    scores = scorer.score(read_image(two_path))
    upload(page, two_path)
    face(page)
    saved = {}
    for kind in ("json", "csv", "png"):
        with page.expect_download() as download:
            page.get_by_role("link", name=say(f"score.save_{kind}")).click()
        saved[kind] = download.value.path().read_bytes()
        assert re.fullmatch(rf"facescore(-1)?\.{kind}", download.value.suggested_filename)
    assert json.loads(saved["json"]) == {"faces": [score.to_dict() for score in scores]}
    rows = list(csv.DictReader(io.StringIO(saved["csv"].decode())))
    assert [float(row["beauty"]) for row in rows] == [round(score.beauty, 3) for score in scores]
    card = np.asarray(PIL.Image.open(io.BytesIO(saved["png"])))
    assert np.array_equal(card, downloads.picture(scores[0], 1))


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
    assert len(kept) == 2  # the photo, and the picture with boxes
    button.click()
    page.get_by_text(say("score.welcome")).wait_for()
    button.wait_for(state="hidden")
    assert page.get_by_role("article").count() == 0
    assert page.get_by_role("img", name=say("score.alt_boxes")).count() == 0
    assert set(cache.rglob("*")) <= before
