"""The networks and the data on the tab Stories & data."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest

from facescore.ui.networks import SERVED, experiments
from facescore.ui.pieces import read_card, read_study, title
from facescore.ui.words import say
from tests.browser.conftest import OpenPage, Windows, opening
from tests.browser.steps import expect, open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SHOWN = "(picture) => picture.decode().then(() => picture.naturalWidth)"


@pytest.fixture(scope="module")
def opened(windows: Windows, server: str) -> Iterator[Page]:
    """The page with the tab open."""
    with opening(windows, server) as open_page:
        yield open_tab(open_page(), "networks")


def test_the_first_network_is_shown_with_its_card_its_figures_and_its_groups(opened: Page) -> None:
    open_tab(opened, "networks.one")
    study = opened.locator("#study")
    study.get_by_role("heading", name=title("beauty", "en"), exact=True).wait_for()
    summaries = study.locator("summary")
    for summary in summaries.all():
        summary.click()
    text = study.inner_text()
    assert f"{read_study('beauty').metrics['test']['all']['pearson'].value:.3f}" in text
    assert all(limit in text for limit in read_card("beauty").limits)
    drawings = study.locator("img.drawing")
    drawings.nth(3).wait_for()
    assert all(drawing.evaluate(SHOWN) > 300 for drawing in drawings.all())
    expect(study.locator(".averages img")).to_have_count(10)
    groups = study.get_by_role("table", name=say("networks.groups_caption"))
    for group in ("AF", "AM", "CF", "CM"):
        groups.get_by_role("rowheader", name=say(f"score.group_{group}"), exact=True).wait_for()


def test_another_network_can_be_chosen_and_experiments_are_folded(opened: Page) -> None:
    open_tab(opened, "networks.one")
    expect(opened.locator("#choose").get_by_role("radio")).to_have_count(len(SERVED))
    opened.locator("#choose_experiment").wait_for(state="hidden")
    opened.locator("#experiments button").first.click()
    expect(opened.locator("#choose_experiment").get_by_role("radio")).to_have_count(len(experiments()))
    name = title("attractive-simple", "en")
    opened.locator("#choose_experiment").get_by_text(name, exact=True).click()
    opened.locator("#study").get_by_role("heading", name=name).wait_for()
    opened.locator("#study summary").first.click()
    training = read_study("attractive-simple").metrics["training"]
    opened.locator("#study").get_by_text(f"{training['parameters']:,}").first.wait_for()
    expect(opened.locator("#choose input:checked")).to_have_count(0)
    opened.locator("#choose").get_by_text(title("beauty", "en"), exact=True).click()
    opened.locator("#study").get_by_role("heading", name=title("beauty", "en"), exact=True).wait_for()


def test_in_dark_mode_drawings_lie_on_the_page_and_faces_are_as_they_are(open_page: OpenPage) -> None:
    pages = [open_tab(open_page(dark=dark), "networks") for dark in (False, True)]
    light, dark = (open_tab(page, "networks.one").locator("#study") for page in pages)
    assert brightness(light, ".figures .drawing") > 200
    assert brightness(dark, ".figures .drawing") < 60
    assert brightness(dark, ".averages img") == pytest.approx(brightness(light, ".averages img"), abs=3)


def brightness(study: Locator, kind: str) -> float:
    """Of the first figure of a kind, as it is seen, without its rounded corners; 0 is black."""
    picture = study.locator(kind).first
    picture.wait_for(timeout=90_000)
    picture.evaluate(SHOWN)
    seen = np.asarray(PIL.Image.open(io.BytesIO(picture.screenshot())).convert("L"))
    height, width = seen.shape
    return float(seen[height // 8 : -height // 8, width // 8 : -width // 8].mean())


def test_all_networks_stand_beside_published_results(opened: Page) -> None:
    open_tab(opened, "networks.compared")
    tables = opened.locator("#comparison").get_by_role("table")
    tables.first.wait_for()
    for name in ("attractive", "attractive-simple"):
        tables.nth(0).get_by_role("rowheader", name=title(name, "en"), exact=True).wait_for()
    for name in ("beauty", "ComboLoss"):
        tables.nth(1).get_by_role("rowheader", name=title(name, "en"), exact=True).first.wait_for()


def test_every_data_set_is_counted_and_drawn(opened: Page) -> None:
    open_tab(opened, "networks.data")
    beauty = read_card("beauty").data
    for data in (read_card("attractive").data, beauty, *beauty["others"]):
        opened.locator("#data").get_by_role("heading", name=data["name"]).wait_for()
        opened.locator("#data").get_by_text(f"{data['counts']['train']:,}").first.wait_for()
    expect(opened.locator("#data").locator("img.drawing")).to_have_count(3)
    expect(opened.locator("#data .averages img")).to_have_count(20)
