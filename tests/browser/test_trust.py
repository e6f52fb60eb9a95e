"""How far to trust a face's scores, on the tab Score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import PIL.ImageFilter
import pytest

from facescore import Scorer, read_image
from facescore.images import Image
from facescore.scoring.scorer import BEAUTY_NETWORKS
from facescore.ui.trust import map_is_trusted
from facescore.ui.words import say
from tests.browser.conftest import OpenPage
from tests.browser.steps import choose, expect, face, upload

if TYPE_CHECKING:
    from playwright.sync_api import Page

IN_VIEW = """(element) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return element.checkVisibility() && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}"""
LEAST_WARNINGS = 3


@pytest.fixture(scope="module")
def doubtful_path(hopper: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of a face that is dark, small, and cut off by its edge."""
    dark = PIL.Image.fromarray((0.28 * hopper[:, 240:]).astype(np.uint8))
    dark.thumbnail((200, 200))
    photo = PIL.Image.new("RGB", (400, 300))
    photo.paste(dark.filter(PIL.ImageFilter.GaussianBlur(0.8)), (0, 0))
    path = tmp_path_factory.mktemp("photos") / "doubtful.png"
    photo.save(path)
    return path


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (820, 1180), (390, 844)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_warning_is_seen_beside_both_numbers_without_scrolling_or_opening_anything(
    open_page: OpenPage, doubtful_path: Path, scorer: Scorer, width: int, height: int, language: str
) -> None:
    (doubtful,) = scorer.score(read_image(doubtful_path))
    assert len(doubtful.warnings) >= LEAST_WARNINGS
    page = open_page(width, locale={"en": "en-US", "zh": "zh-CN"}[language])
    page.set_viewport_size({"width": width, "height": height})
    upload(page, doubtful_path)
    numbers = face(page, language=language).locator("section .with-warnings")
    expect(numbers).to_have_count(2)
    for number in numbers.all():
        assert number.locator(".big").evaluate(IN_VIEW)
        assert number.locator(".warned").all_inner_texts() == [
            say(f"score.label_{warning}", language) for warning in doubtful.warnings
        ]
        assert all(warning.evaluate(IN_VIEW) for warning in number.locator(".warned").all())


def test_a_map_that_the_study_does_not_trust_is_folded_until_it_is_asked_for(
    page: Page, astronaut_path: Path, two_path: Path, scorer: Scorer
) -> None:
    wild = {one.wild for path in (astronaut_path, two_path) for one in scorer.score(read_image(path))}
    trusted, not_trusted = (scorer.with_beauty(name).beauty.card for name in BEAUTY_NETWORKS)
    assert all(map_is_trusted(trusted, one) and not map_is_trusted(not_trusted, one) for one in wild)
    shown = page.locator("#map")
    upload(page, astronaut_path)
    face(page)
    expect(shown).to_be_visible()
    choose(page, "network", say(f"score.network_{BEAUTY_NETWORKS[1]}"))
    expect(shown).to_be_hidden()
    page.locator("#why button").first.click()
    page.locator("#why").get_by_text(say("score.map_doubt")).wait_for()
    choose(page, "group", say("score.group_CF"))  # which has nothing to do with the map
    face(page).get_by_text(say("score.among", group=say("score.group_CF"))).wait_for()
    expect(shown).to_be_visible()
    upload(page, two_path)
    face(page, 1)
    expect(shown).to_be_hidden()
