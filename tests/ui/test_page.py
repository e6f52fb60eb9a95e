"""What the page keeps of its visitors in memory."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from facescore import Scorer
from facescore.scoring.ranking import Row
from facescore.ui import build_page, janitor, live
from facescore.ui.live import Cameras
from facescore.ui.page import MOST_KEPT, Page
from facescore.ui.rankings import Rankings
from facescore.ui.scored import KEPT

T = TypeVar("T")


def in_a_loop(routine: Coroutine[Any, Any, T]) -> T:
    """Run it in another thread: this one's loop may be the browser's, which other tests of the process use."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, routine).result()


@pytest.fixture(scope="module")
def page(scorer: Scorer) -> Page:
    return build_page(scorer)


def test_the_janitor_drops_the_scores_of_photos_that_are_gone(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cameras = next(one for one in page.keepers if isinstance(one, Cameras))
    rankings = next(one for one in page.keepers if isinstance(one, Rankings))
    (photo := tmp_path / "photo.jpg").touch()
    KEPT.faces(photo, "beauty", list)
    rankings.keep([photo], [[Row("photo.jpg", thumbnail=b"a face")]])
    cameras._camera("somebody's")
    page.drop_old()
    before = len(KEPT)  # the process has one, and another test's photos may be there still
    assert (len(rankings), cameras.names()) == (1, ["somebody's"])
    photo.unlink()
    monkeypatch.setattr(live, "FORGOTTEN", 0.0)
    page.drop_old()
    assert (len(KEPT), len(rankings), cameras.names()) == (before - 1, 0, [])


def test_answers_that_nobody_fetches_are_dropped_and_those_on_their_way_are_not(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def left_and_fetched() -> list[str]:
        page.answers["left"] = asyncio.Queue()
        page.answers["fetching"] = asyncio.Queue()
        monkeypatch.setattr(janitor, "DELETE_OLDER", 0.5)
        await asyncio.sleep(0.7)
        assert page.answers["fetching"].empty()
        page.drop_old()
        await asyncio.sleep(0)
        return list(page.answers)

    assert in_a_loop(left_and_fetched()) == ["fetching"]


def test_no_more_sessions_are_remembered_than_allowed(page: Page) -> None:
    async def many() -> int:
        for number in range(MOST_KEPT + 5):
            page.answers[f"session {number}"] = asyncio.Queue()
        return len(page.answers)

    assert in_a_loop(many()) == MOST_KEPT
