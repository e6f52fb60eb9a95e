"""The tab Compare."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore import Scorer
from facescore.images import Image
from facescore.scoring import ranking
from facescore.ui.photo import LIGHTS
from facescore.ui.words import say
from tests.browser.conftest import OpenPage, Windows, opening
from tests.browser.looks import NOTE_CHANGES
from tests.browser.steps import expect, face, open_tab, rank, several_people, start_ranking
from tests.slowly import score_slowly

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MANY = 150


@pytest.fixture(scope="module")
def photos(
    astronaut: Image, hopper: Image, meadow_path: Path, text_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    """Ten photos from dark to light, one without a face, and one that is none."""
    folder = tmp_path_factory.mktemp("rank")
    paths = [folder / f"{light}.jpg" for light in range(1, 11)]
    for light, path in enumerate(paths, 1):
        picture = (hopper if light % 2 else astronaut) * (0.5 + 0.05 * light)
        PIL.Image.fromarray(picture.astype(np.uint8)).save(path)
    return [*paths, meadow_path, text_path]


@pytest.fixture(scope="module")
def ranked(windows: Windows, server: str, photos: list[Path]) -> Iterator[Page]:
    """The page with the photos' ranking."""
    with opening(windows, server) as open_page:
        page = open_tab(open_page(), "rank")
        page.locator("#rank-status").evaluate(NOTE_CHANGES)
        rank(page, photos)
        several_people(page)
        yield page


def rows(page: Page) -> Locator:
    return page.locator("#ranking tbody tr")


def column(page: Page, index: int) -> list[str]:
    """The values that a column sorts by, from above."""
    values = rows(page).evaluate_all("(rows, index) => rows.map((row) => row.cells[index].dataset.value)", index)
    return [str(value) for value in values]


def sort_by(page: Page, key: str) -> None:
    page.locator("#ranking").get_by_role("button", name=say(key)).click()


def test_the_progress_is_shown_and_what_was_found_is_said(ranked: Page, photos: list[Path]) -> None:
    assert say("rank.progress", done=0, photos=len(photos)) in ranked.evaluate("seen")
    ranked.locator("#rank-status").get_by_text(say("rank.done", faces=10, photos=10)).wait_for()


def test_every_face_is_a_row_that_a_columns_button_sorts(ranked: Page, photos: list[Path]) -> None:
    expect(rows(ranked)).to_have_count(10)
    sort_by(ranked, "rank.column_photo")
    assert column(ranked, 2) == [path.name for path in photos[:10]]
    sort_by(ranked, "score.column_rating")
    ratings = [float(value) for value in column(ranked, 3)]
    assert ratings == sorted(ratings, reverse=True)
    sort_by(ranked, "score.column_rating")
    assert [float(value) for value in column(ranked, 3)] == sorted(ratings)
    assert ranked.locator("#ranking th[aria-sort=ascending]").inner_text().startswith(say("score.column_rating"))


def test_what_failed_is_listed_with_the_reason(ranked: Page) -> None:
    failures = ranked.locator("#rank-notes li").all_inner_texts()
    assert failures == [f"meadow.png: {say('errors.no_face')}", f"text.jpg: {say('errors.no_picture')}"]


def test_the_saved_table_is_the_packages(ranked: Page, photos: list[Path], scorer: Scorer) -> None:
    with ranked.expect_download() as download:
        ranked.get_by_role("link", name=say("rank.save_csv")).click()
    saved = pd.read_csv(download.value.path())
    found = [row for path in photos for row in ranking.score_photo(scorer, path.name, path)]
    pd.testing.assert_frame_equal(saved, pd.read_csv(io.StringIO(ranking.as_csv(found))))


def test_one_persons_photos_lead_and_say_how_far_the_scores_wander(page: Page, photos: list[Path]) -> None:
    rank(page, photos)
    person = page.locator("#same-face")
    ratings = [float(text) for text in person.locator("td strong").all_inner_texts()]
    assert len(ratings) == 10
    assert f"{min(ratings):.2f} – {max(ratings):.2f}" in person.locator(".big").first.inner_text()
    assert page.locator("#ranking").is_hidden()


def test_another_group_changes_the_percentiles_and_no_rating_at_once(ranked: Page) -> None:
    sort_by(ranked, "rank.column_rank")
    ratings, percentiles = column(ranked, 3), column(ranked, 4)
    ranked.locator("#rank-group").get_by_text(say("score.group_CM"), exact=True).click()
    ranked.wait_for_function(
        "(before) => document.querySelector('#ranking tbody tr').cells[4].dataset.value !== before", arg=percentiles[0]
    )
    assert column(ranked, 3) == ratings
    ranked.locator("#rank-group").get_by_text(say("score.group_all"), exact=True).click()
    ranked.wait_for_function(
        "(before) => document.querySelector('#ranking tbody tr').cells[4].dataset.value === before", arg=percentiles[0]
    )


@pytest.mark.parametrize("packed", [False, True])
def test_a_row_opens_its_photo_in_score(page: Page, photos: list[Path], tmp_path: Path, packed: bool) -> None:
    files = photos[:2]
    if packed:
        with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
            for photo in files:
                archive.write(photo, f"a folder/{photo.name}")
        files = [tmp_path / "two.zip"]
    rank(page, files)
    row = page.locator("#same-face tbody tr").nth(1)
    shown = row.locator(".rating strong").inner_text()
    row.get_by_role("button", name=say("rank.open")).click()
    assert face(page).locator(".big").first.inner_text().startswith(shown)
    page.get_by_role("tab", name=say("score.tab"), exact=True, selected=True).wait_for()


def test_the_example_shows_how_far_one_face_wanders(page: Page) -> None:
    open_tab(page, "rank")
    page.get_by_role("button", name=say("rank.example")).click()
    page.locator("#same-face").get_by_text(say("rank.wander_rating")).wait_for()
    page.locator("#rank-stop:disabled").wait_for()
    expect(page.locator("#same-face tbody tr")).to_have_count(len(LIGHTS))


def test_on_a_phone_every_number_is_in_view_without_scrolling_sideways(open_page: OpenPage, photos: list[Path]) -> None:
    page = open_tab(open_page(390), "rank")
    rank(page, photos[:3])
    several_people(page)
    expect(rows(page)).to_have_count(3)
    for cell in rows(page).first.locator("th, td").all():
        box = cell.bounding_box()
        assert box
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390


def test_it_can_be_stopped_and_keeps_what_it_has(page: Page, photos: list[Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(MANY):
            archive.write(photos[number % 10], f"{number}.jpg")
    start_ranking(page, [tmp_path / "many.zip"])
    several_people(page)
    rows(page).first.wait_for()
    stop = page.get_by_role("button", name=say("rank.stop"), exact=True)
    stop.click()
    page.get_by_text(say("rank.stopped")).wait_for()
    kept = rows(page).count()
    assert 0 < kept < MANY
    page.locator("#rank-stop:disabled").wait_for()
    page.get_by_role("link", name=say("rank.save_csv")).wait_for()
    page.wait_for_timeout(2000)  # a table comes every 1.5 s while a ranking runs
    expect(rows(page)).to_have_count(kept)
    expect(page.get_by_text(say("rank.stopped"))).to_have_count(1)


@pytest.mark.slow
def test_a_group_chosen_while_a_ranking_runs_is_compared_with_at_its_end(
    page: Page, photos: list[Path], scorer: Scorer, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        for number in range(MANY // 2):
            archive.write(photos[number % 10], f"{number}.jpg")
    start_ranking(page, [tmp_path / "some.zip"])
    page.locator("#rank-stop:enabled").wait_for()
    several_people(page)
    page.locator("#rank-group").get_by_text(say("score.group_CM"), exact=True).click()
    assert page.locator("#rank-stop").is_enabled()  # it runs still
    page.locator("#rank-stop:disabled").wait_for(timeout=90_000)
    best = float(column(page, 3)[0])
    among = round(scorer.distribution.percentile(best, "CM"), 1)
    assert among != round(scorer.distribution.percentile(best), 1)
    expect(rows(page).first.locator("td").nth(3)).to_have_attribute("data-value", str(among))


@pytest.mark.slow
@pytest.mark.parametrize(("button", "told"), [("stop", "stopped"), ("delete", "deleted")])
def test_the_example_is_stopped_and_deleted_too(
    page: Page, monkeypatch: pytest.MonkeyPatch, button: str, told: str
) -> None:
    score_slowly(monkeypatch, 1)
    open_tab(page, "rank")
    page.get_by_role("button", name=say("rank.example")).click()
    page.locator("#rank-stop:enabled").wait_for()
    page.get_by_role("button", name=say(f"rank.{button}"), exact=True).click()
    said = page.locator("#rank-status").get_by_text(say(f"rank.{told}"))
    said.wait_for()
    page.wait_for_timeout(4000)  # by now all three photos would have been shown
    assert said.is_visible()
    if button == "delete":
        expect(page.locator("#same-face tbody tr, #rank-files .file")).to_have_count(0)


def test_why_a_row_does_not_open_is_said(page: Page, photos: list[Path], cache: Path, tmp_path: Path) -> None:
    (tmp_path / "gone.jpg").write_bytes(photos[0].read_bytes())
    rank(page, [tmp_path / "gone.jpg"])
    opener, told = (
        page.locator("#same-face").get_by_role("button", name=say("rank.open")),
        page.locator("#same-face .gone"),
    )
    page.route("**/component_server/", lambda route: route.fulfill(body="no JSON"))
    opener.click()
    told.get_by_text(say("rank.no_answer")).wait_for()
    page.unroute("**/component_server/")
    for file in cache.rglob("gone.jpg"):
        file.unlink()
    opener.click()
    told.get_by_text(say("errors.gone")).wait_for()
    page.get_by_role("tab", name=say("rank.tab"), exact=True, selected=True).wait_for()


def test_without_photos_it_says_what_to_do(page: Page) -> None:
    start_ranking(page, [])
    page.locator("#rank-status").get_by_text(say("rank.welcome")).wait_for()


def test_the_photos_and_the_results_are_deleted_at_once(page: Page, photos: list[Path], cache: Path) -> None:
    before = set(cache.rglob("*"))
    rank(page, photos[:3])
    assert len([path for path in set(cache.rglob("*")) - before if path.is_file()]) == 3
    results = page.locator("#same-face tbody tr, #rank-notes a")
    expect(results).to_have_count(4)
    page.get_by_role("button", name=say("rank.delete")).click()
    page.get_by_text(say("rank.deleted")).wait_for()
    expect(results).to_have_count(0)
    expect(page.locator("#rank-files .file")).to_have_count(0)
    assert set(cache.rglob("*")) <= before


def test_a_ranking_is_stopped_and_deleted(page: Page, photos: list[Path], cache: Path, tmp_path: Path) -> None:
    before = set(cache.rglob("*"))
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(MANY):
            archive.write(photos[number % 10], f"{number}.jpg")
    start_ranking(page, [tmp_path / "many.zip"])
    several_people(page)
    rows(page).first.wait_for()
    page.get_by_role("button", name=say("rank.delete")).click()
    page.get_by_text(say("rank.deleted")).wait_for()
    page.wait_for_timeout(2000)  # a table comes every 1.5 s while a ranking runs
    expect(rows(page)).to_have_count(0)
    expect(page.get_by_text(say("rank.deleted"))).to_have_count(1)
    assert set(cache.rglob("*")) <= before


def test_when_the_time_is_over_what_is_done_stays(
    page: Page, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    score_slowly(monkeypatch, 0.6)
    monkeypatch.setattr(ranking, "SECONDS", 0.5)  # the first photo begins within it, and ends after it
    start_ranking(page, photos[:3])
    several_people(page)
    page.get_by_role("alert").get_by_text(say("errors.out_of_time", done=1, photos=3)).wait_for()
    expect(rows(page)).to_have_count(1)
