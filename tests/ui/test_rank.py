"""What the tab Rank shows and answers; the page itself is driven in tests/browser."""

import base64
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from gradio_client import Client, handle_file

from facescore import InvalidImage, Scorer, read_image
from facescore.images import Image
from facescore.scoring import ranking
from facescore.scoring.ranking import Row
from facescore.ui import launch, rank
from facescore.ui.page import Page
from facescore.ui.words import say

LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def photos(scorer: Scorer, two_faces: Image, meadow: Image) -> list[list[Row]]:
    sources: list[tuple[str, ranking.Source]] = [("<b>two</b>.png", two_faces), ("meadow.png", meadow)]
    return list(ranking.score_photos(scorer, sources))


@pytest.fixture(scope="module")
def client(scorer: Scorer) -> Iterator[Client]:
    with Page() as page:
        rank.build(scorer)
    _, address, _ = launch(page, prevent_thread_lock=True, quiet=True)
    yield Client(address, verbose=False)
    page.close(verbose=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face_is_a_row_with_its_numbers_and_its_picture(photos: list[list[Row]], language: str) -> None:
    table, _, _ = rank.show(photos, language)
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.DOTALL)
    assert len(rows) == 2
    for html, (_, row) in zip(rows, ranking.ranked(photos[0]), strict=True):
        low, high = row.numbers["beauty_interval"]
        for number in (row.numbers["beauty"], low, high):
            assert f"{number:.2f}" in html
        assert f'data-value="{row.numbers["attractive"]}">{row.numbers["attractive"]:.0%}<' in html
        assert base64.b64encode(row.thumbnail).decode() in html
        assert 'alt=""' not in html


def test_names_are_shown_and_not_obeyed(photos: list[list[Row]]) -> None:
    for html in rank.show([*photos, [Row("<b>bad</b>.jpg", error=InvalidImage("<i>why</i>"))]], "en"):
        assert "<b>" not in html
        assert "<i>" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_faces_whose_interval_reaches_the_first_are_marked_and_counted(photos: list[list[Row]], language: str) -> None:
    table, _, _ = rank.show(photos, language)
    (_, first), (_, second) = ranking.ranked(photos[0])
    level = int(ranking.is_level(second, first))
    assert table.count("≈") == level
    same = [photos[0], [replace(row) for row in photos[0]]]
    assert rank.show(same, language)[0].count("≈") == 2 * level + 1
    assert f" {2 * level + 1} " in rank.summary(same, language)


def test_the_best_shots_are_one_picture_a_photo(photos: list[list[Row]]) -> None:
    _, shots, _ = rank.show([photos[0], photos[0], photos[1]], "en")
    assert shots.count("<img") == 2


def test_what_failed_is_listed_and_the_table_can_be_kept(photos: list[list[Row]]) -> None:
    _, _, notes = rank.show(photos, "en")
    assert "<strong>meadow.png</strong>: No face was found" in notes
    (data,) = re.findall(r'href="data:text/csv;base64,([^"]+)"', notes)
    rows = [row for photo in photos for row in photo]
    assert base64.b64decode(data).decode() == ranking.as_csv(rows)


def answer(client: Client, *files: Path) -> dict[str, Any]:
    told: dict[str, Any] = client.predict([handle_file(file) for file in files], "CF", api_name="/rank")
    return told


def test_rank_answers_with_faces_and_failures(
    client: Client, scorer: Scorer, two_faces: Image, astronaut_path: Path, tmp_path: Path
) -> None:
    PIL.Image.fromarray(two_faces).save(tmp_path / "two.png")
    (tmp_path / "text.jpg").write_text("hello")
    told = answer(client, tmp_path / "two.png", tmp_path / "text.jpg", astronaut_path)
    assert [face["rank"] for face in told["faces"]] == [1, 2, 3]
    assert {(face["photo"], face["face"]) for face in told["faces"]} == {
        *(("two.png", 1), ("two.png", 2), ("astronaut.jpg", 1))
    }
    (alone,) = scorer.score(read_image(astronaut_path), "CF")
    assert alone.to_dict().items() <= next(face for face in told["faces"] if face["photo"] == "astronaut.jpg").items()
    assert [failure["photo"] for failure in told["failures"]] == ["text.jpg"]


def test_too_many_photos_are_refused_in_words(client: Client, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as zipped:
        for number in range(ranking.MAX_PHOTOS + 1):
            zipped.writestr(f"{number}.jpg", "")
    assert "More than 200 photos" in answer(client, tmp_path / "many.zip")["error"]


def test_when_the_time_is_over_what_is_done_is_answered(
    client: Client, astronaut_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "SECONDS", 0.02)  # the first photo begins within it
    told = answer(client, astronaut_path, astronaut_path, astronaut_path)
    assert len(told["faces"]) == 1
    assert told["error"] == say("errors.out_of_time", done=1, photos=3)


def test_only_rank_is_offered(client: Client) -> None:
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/rank"]
