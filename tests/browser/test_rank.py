"""The tab Rank."""

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
from facescore.ui.words import say
from tests.browser.conftest import opening
from tests.browser.steps import open_tab, rank, start_ranking

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

MANY = 150
NOTE_CHANGES = """(place) => {
  window.seen = [];
  new MutationObserver(() => seen.push(place.innerText)).observe(place, { childList: true, subtree: true });
}"""


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
def ranked(browser: Browser, server: str, photos: list[Path]) -> Iterator[Page]:
    """The page with the photos' ranking."""
    with opening(browser, server) as open_page:
        page = open_tab(open_page(), "rank")
        page.locator("#rank-status").evaluate(NOTE_CHANGES)
        rank(page, photos)
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
    assert any(f"/{len(photos)}" in text for text in ranked.evaluate("seen"))
    assert say("rank.done", faces=10, photos=10) in ranked.locator("#rank-status").inner_text()


def test_every_face_is_a_row_that_a_columns_button_sorts(ranked: Page, photos: list[Path]) -> None:
    assert rows(ranked).count() == 10
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


def test_the_best_shots_stand_in_a_row_best_first(ranked: Page) -> None:
    box = ranked.get_by_role("checkbox", name=say("rank.best"))
    box.check()
    shots = ranked.get_by_role("list", name=say("rank.strip")).get_by_role("figure")
    shots.first.wait_for()
    best = [float(text) for text in shots.locator("strong").all_inner_texts()]
    assert len(best) == 10
    assert best == sorted(best, reverse=True)
    assert ranked.locator("#ranking").is_hidden()
    box.uncheck()
    rows(ranked).first.wait_for()


def test_it_can_be_stopped_and_keeps_what_it_has(page: Page, photos: list[Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(MANY):
            archive.write(photos[number % 10], f"{number}.jpg")
    start_ranking(page, [tmp_path / "many.zip"])
    rows(page).first.wait_for()
    stop = page.get_by_role("button", name=say("rank.stop"), exact=True)
    stop.click()
    page.get_by_text(say("rank.stopped")).wait_for()
    kept = rows(page).count()
    assert 0 < kept < MANY
    assert stop.is_disabled()
    page.get_by_role("link", name=say("rank.save_csv")).wait_for()
    assert rows(page).count() == kept


def test_without_photos_it_says_what_to_do(page: Page) -> None:
    start_ranking(page, [])
    page.locator("#rank-status").get_by_text(say("rank.welcome")).wait_for()


def test_the_photos_and_the_results_are_deleted_at_once(page: Page, photos: list[Path], cache: Path) -> None:
    before = set(cache.rglob("*"))
    rank(page, photos[:3])
    assert len([path for path in set(cache.rglob("*")) - before if path.is_file()]) == 3
    page.get_by_role("button", name=say("rank.delete")).click()
    page.get_by_text(say("rank.deleted")).wait_for()
    assert rows(page).count() == 0
    assert page.locator("#rank-files .file").count() == 0
    assert set(cache.rglob("*")) <= before


def test_a_ranking_is_stopped_and_deleted(page: Page, photos: list[Path], cache: Path, tmp_path: Path) -> None:
    before = set(cache.rglob("*"))
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(MANY):
            archive.write(photos[number % 10], f"{number}.jpg")
    start_ranking(page, [tmp_path / "many.zip"])
    rows(page).first.wait_for()
    page.get_by_role("button", name=say("rank.delete")).click()
    page.get_by_text(say("rank.deleted")).wait_for()
    assert rows(page).count() == 0
    assert set(cache.rglob("*")) <= before


def test_when_the_time_is_over_what_is_done_stays(
    page: Page, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "SECONDS", 0.02)  # the first photo begins within it
    start_ranking(page, photos[:3])
    page.get_by_role("alert").get_by_text(say("errors.out_of_time", done=1, photos=3)).wait_for()
    assert rows(page).count() == 1
