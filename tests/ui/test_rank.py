"""What the tab Rank shows and answers; the page itself is driven in tests/browser."""

import base64
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import PIL.Image
import pytest
from gradio_client import Client, handle_file
from markupsafe import escape

from facescore import InvalidImage, Scorer, read_image
from facescore.estimates import chance
from facescore.images import Image
from facescore.scoring import ranking
from facescore.scoring.percentile import ALL
from facescore.scoring.ranking import Row
from facescore.ui import launch, rank, rankings, uploads
from facescore.ui.page import Page
from facescore.ui.ranked import shortened
from facescore.ui.rankings import Rankings
from facescore.ui.words import say
from tests.slowly import score_slowly

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
    table = rank.show(photos, language)["table"]
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.DOTALL)
    assert len(rows) == 2
    for html, (_, row) in zip(rows, ranking.ranked(photos[0]), strict=True):
        low, high = row.numbers["beauty_interval"]
        for number in (row.numbers["beauty"], low, high):
            assert f"{number:.2f}" in html
        assert f'data-value="{row.numbers["attractive"]}">{escape(chance(row.numbers["attractive"]))}%<' in html
        assert base64.b64encode(row.thumbnail).decode() in html
        assert 'alt=""' not in html


def test_names_are_shown_and_not_obeyed(photos: list[list[Row]]) -> None:
    for html in rank.show([*photos, [Row("<b>bad</b>.jpg", error=InvalidImage("<i>why</i>"))]], "en").values():
        assert "<b>" not in html
        assert "<i>" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_faces_whose_interval_reaches_the_first_are_marked_and_counted(photos: list[list[Row]], language: str) -> None:
    table = rank.show(photos, language)["table"]
    (_, first), (_, second) = ranking.ranked(photos[0])
    level = int(ranking.is_level(second, first))
    assert table.count("≈") == 2 * level  # the first one too
    same = [photos[0], [replace(row) for row in photos[0]]]
    for kind in ("person", "table"):
        assert rank.show(same, language)[kind].count("≈") == (2 * level + 2 if kind == "table" else 2)
    assert f" {2 * level + 1} " in rank.summary(same, language)


def test_one_persons_photos_are_one_row_each_and_say_how_far_the_scores_wander(photos: list[list[Row]]) -> None:
    face = photos[0][0]
    low, high = (replace(face, numbers=face.numbers | {"beauty": rating}) for rating in (2.0, 3.5))
    person = rank.show([[low], [high], photos[1]], "en")["person"]
    assert person.count("<img") == 2
    assert "2.00 – 3.50" in person
    for column in ("rank.column_rank", "score.column_percentile"):
        assert say(column) not in person


def test_a_single_photo_does_not_wander(photos: list[list[Row]]) -> None:
    assert say("rank.wander_rating") not in rank.show([photos[0][:1]], "en")["person"]


@pytest.mark.parametrize("kind", ["person", "table"])
def test_every_row_has_its_warnings(photos: list[list[Row]], kind: str) -> None:
    warned = [replace(row, numbers=row.numbers | {"warnings": ["dark"]}) for row in photos[0]]
    html = rank.show([[row] for row in warned], "en")[kind]
    assert html.count(say("score.label_dark")) == len(warned)


def test_a_row_opens_its_photo_in_score_if_the_photo_is_a_file(photos: list[list[Row]], tmp_path: Path) -> None:
    assert "data-file" not in rank.show(photos, "en")["table"]
    alone = [[replace(row, file=tmp_path / "one.jpg") for row in photos[0]]]
    assert rank.show(alone, "en")["table"].count(f'data-file="{tmp_path}/one.jpg" data-offset=""') == 2


def test_a_long_name_loses_its_middle() -> None:
    assert shortened("short.jpg") == "short.jpg"
    name = shortened("many.zip/holiday/2019/august/the last week of it/IMG_1234.jpg")
    assert len(name) == 40
    assert name.startswith("many.zip/holiday")
    assert name.endswith("IMG_1234.jpg")


def test_another_group_is_compared_with_as_if_ranked_with_it(
    photos: list[list[Row]], scorer: Scorer, two_faces: Image
) -> None:
    again = [row.compared_with("CM", scorer.distribution).numbers for row in photos[0]]
    for row, face in zip(again, scorer.score(two_faces, "CM"), strict=True):
        expected = face.to_dict()
        assert row["percentile"] == pytest.approx(expected.pop("percentile"), abs=0.2)
        assert row["percentile_interval"] == pytest.approx(expected.pop("percentile_interval"), abs=0.2)
        assert expected.items() <= row.items()
    failed = photos[1][0]
    assert failed.compared_with("CM", scorer.distribution) == failed


def test_what_a_stopped_ranking_found_is_compared_with_another_group(
    scorer: Scorer, tmp_path: Path, two_faces: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    PIL.Image.fromarray(two_faces).save(tmp_path / "two.png")
    monkeypatch.setattr(rank, "PROGRESS_EVERY", 0)
    monkeypatch.setattr(uploads, "files", lambda _: [tmp_path / "two.png"])
    handlers, request = rank.Handlers(scorer), gr.Request()
    monkeypatch.setattr(rank, "language_of", lambda _: "en")
    ranking_ = handlers.stream(None, ALL, request)
    next(ranking_)
    status = dict(zip(rank.SHOWN, next(ranking_), strict=True))["status"]
    assert say("rank.progress", done=1, photos=1) in status
    ranking_.close()
    table = dict(zip(rank.SHOWN, handlers.regroup(None, "CM", request), strict=True))["table"]
    assert isinstance(table, str)
    for group, changes in ((ALL, False), ("CM", True)):
        again = dict(zip(rank.SHOWN, handlers.ended(None, group, request), strict=True))["table"]
        assert isinstance(again, str) == changes


def test_deleting_photos_drops_their_ranking(
    scorer: Scorer, photos: list[list[Row]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr(rank, "language_of", lambda _: "en")
    path, handlers = uploads.add_bytes("a.jpg", b"x"), rank.Handlers(scorer)
    handlers.rankings.keep([Path(path)], photos)
    assert len(handlers.rankings) == 1
    handlers.forget([{"path": path}], gr.Request())
    assert len(handlers.rankings) == 0


def test_rankings_are_kept_no_longer_than_their_files(photos: list[list[Row]], tmp_path: Path) -> None:
    files = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    for file in files:
        file.touch()
    kept = Rankings()
    kept.keep(files, photos)
    assert kept.find(files) == photos
    assert kept.find(files[:1]) is None
    files[1].unlink()
    assert kept.find(files) is None
    assert len(kept) == 0


def test_rankings_are_bounded_in_bytes_and_age(
    photos: list[list[Row]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / name for name in "abc"]
    for file in files:
        file.touch()
    bulky = [[replace(photos[0][0], thumbnail=bytes(25_000_000))]]
    kept = Rankings()
    for file in files:
        kept.keep([file], bulky)
    assert [kept.find([file]) is not None for file in files] == [False, True, True]
    monkeypatch.setattr(rankings, "DELETE_OLDER", 0)
    assert kept.find(files[2:]) is None


def test_what_failed_is_listed_and_the_table_can_be_kept(photos: list[list[Row]]) -> None:
    notes = rank.show(photos, "en")["notes"]
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
    assert "more than 200 photos" in answer(client, tmp_path / "many.zip")["error"]


def test_when_the_time_is_over_what_is_done_is_answered(
    client: Client, astronaut_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    score_slowly(monkeypatch, 0.6)
    monkeypatch.setattr(ranking, "SECONDS", 0.5)  # the first photo begins within it, and ends after it
    told = answer(client, astronaut_path, astronaut_path, astronaut_path)
    assert len(told["faces"]) == 1
    assert told["error"] == say("errors.out_of_time", done=1, photos=3)


def test_only_rank_is_offered(client: Client) -> None:
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/rank"]
