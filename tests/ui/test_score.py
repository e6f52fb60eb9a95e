"""What the tab shows of a photo; the page itself is driven in tests/browser."""

import base64
import csv
import io
import json
import re
import time
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest
from markupsafe import escape

from facescore import FaceScore, Scorer
from facescore.errors import InvalidRequest
from facescore.estimates import chance
from facescore.images import Image
from facescore.scoring.percentile import GROUPS
from facescore.scoring.scorer import WARNINGS
from facescore.scoring.sweeps import Sweep, sweep
from facescore.ui import charts, downloads, moves, photo, pictures, score, scored, uploads
from facescore.ui.cards import details, ordinal
from facescore.ui.kept import Kept
from facescore.ui.lanes import Lane
from facescore.ui.pieces import read_study
from facescore.ui.trust import ASPECTS, map_is_trusted
from facescore.ui.words import say

LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def faces(scorer: Scorer, two_faces: Image) -> list[FaceScore]:
    return scorer.score(two_faces)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "1st"), (2.4, "2nd"), (3, "3rd"), (11, "11th"), (12.6, "13th"), (21, "21st"), (53, "53rd"), (99.9, "99th")],
)
def test_percentiles_are_said_as_people_do(value: float, said: str) -> None:
    assert ordinal(value) == said


ETHNICITIES = ("asian", "black", "caucasian", "hispanic", "indian", "mideastern")


def card(face: FaceScore, scorer: Scorer, language: str = "en", alone: bool = True) -> str:
    return details(face, 1, alone, scorer.distribution, (scorer.beauty.card, scorer.attractive.card), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_face_is_shown_with_its_interval_and_its_place(faces: list[FaceScore], scorer: Scorer, language: str) -> None:
    html = card(faces[0], scorer, language)
    low, high = faces[0].beauty_interval
    for number in (f"{faces[0].beauty:.2f}", f"{low:.2f}", f"{high:.2f}", escape(chance(faces[0].attractive))):
        assert number in html
    assert html.count('role="img" aria-label="') == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_the_scores_may_be_off_stands_beside_both(faces: list[FaceScore], scorer: Scorer, language: str) -> None:
    for warning, sentence in WARNINGS.items():
        assert say(f"score.warning_{warning}") == sentence
        html = card(replace(faces[0], warnings=(warning,)), scorer, language)
        assert html.count('class="warning"') == 1
        assert say(f"score.warning_{warning}", language) in html
        for section in html.split("<section>")[1:]:
            number = section.partition('<div class="with-warnings">')[2].partition("</div>")[0]
            assert number.count('class="big"') == 1
            assert f'class="warned">{say(f"score.label_{warning}", language)}<' in number


def test_every_warning_is_a_verdict_and_a_good_face_has_none(faces: list[FaceScore], scorer: Scorer) -> None:
    assert {warning for warnings in ASPECTS.values() for warning in warnings} == set(WARNINGS)
    good = card(replace(faces[0], warnings=(), wild=False), scorer)
    assert good.count('class="ok"') == len(ASPECTS) - 1
    assert 'class="warn"' not in good
    for warning in WARNINGS:
        bad = card(replace(faces[0], warnings=(warning,), wild=False), scorer)
        assert f'<li class="warn">{say(f"score.label_{warning}")}</li>' in bad


def test_the_map_is_trusted_only_where_the_study_found_it_better(faces: list[FaceScore], scorer: Scorer) -> None:
    for wild, measured in (
        (False, scorer.beauty.card.metrics["map"]),
        (True, scorer.beauty.card.metrics["examined_wild"]["map"]),
    ):
        trusted = map_is_trusted(scorer.beauty.card, wild)
        assert trusted == measured["map_beats_both"]
        answer = scored.why(scorer, replace(faces[0], wild=wild), 1, "beauty", "en")
        assert bool(answer["note"]) == (not trusted)
        assert answer["why"]["open"] == trusted


@pytest.mark.parametrize(
    ("warnings", "interval", "kind"),
    [
        ((), (15.0, 80.0), "wide"),
        ((), (40.0, 70.0), "rough"),
        (("rotated",), (40.0, 70.0), "rough"),
        (("dark",), (40.0, 70.0), "warned"),
    ],
)
def test_how_far_to_trust_the_scores_is_said_in_a_sentence(
    faces: list[FaceScore], scorer: Scorer, warnings: tuple[str, ...], interval: tuple[float, float], kind: str
) -> None:
    html = card(replace(faces[0], warnings=warnings, percentile_interval=interval), scorer)
    assert f"</b> {say(f'score.trust_{kind}')}</p>" in html


def test_the_intervals_hold_as_little_on_everyday_photos_as_the_legend_says() -> None:
    groups = read_study("beauty").metrics["wild"]
    coverage = {name: groups[name]["coverage"].value for name in ("all", *ETHNICITIES)}
    assert coverage["all"] < 0.9
    assert min(coverage, key=lambda name: coverage[name]) == "asian"
    assert "fewer than nine in ten of the ratings, above all of Asian faces" in say("score.legend")


@pytest.mark.parametrize("wild", [True, False])
def test_the_rating_of_an_everyday_photo_is_not_said_to_be_that_of_the_portraits_raters(
    faces: list[FaceScore], scorer: Scorer, wild: bool
) -> None:
    html = card(replace(faces[0], wild=wild), scorer)
    assert (say("score.rating_wild") in html) == wild
    assert (say("score.rating") in html) != wild


@pytest.mark.parametrize("language", LANGUAGES)
def test_beside_a_probability_stands_how_far_it_differs_between_photos_of_one_person(
    faces: list[FaceScore], scorer: Scorer, language: str
) -> None:
    apart = read_study("attractive").metrics["same_person"]["same"].value
    html = card(faces[0], scorer, language)
    assert say("score.unstable", language, points=f"{100 * apart:.0f}") in html


def test_uploads_are_told_apart_without_their_paths() -> None:
    first, second = (photo.token(Path(f"/uploads/{folder}/0/photo.jpg")) for folder in ("one", "other"))
    assert first != second
    assert "uploads" not in first


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "<1"), (0.004, "<1"), (0.006, "1"), (0.5, "50"), (0.994, "99"), (0.996, ">99"), (1.0, ">99")],
)
def test_no_probability_is_said_as_if_it_were_certain(value: float, said: str) -> None:
    assert chance(value) == said


def test_several_faces_are_buttons_and_one_is_not(faces: list[FaceScore], two_faces: Image) -> None:
    html = photo.as_buttons(faces, 2, "en")
    assert re.findall('data-face="(.)" aria-pressed="([a-z]+)"', html) == [("1", "false"), ("2", "true")]
    assert photo.as_buttons(faces[:1], 1, "en") == ""
    assert not re.search(r"\d[.%]", re.sub("<img.*?>", "", html))  # nobody's scores are shown before they are asked for
    assert photo.with_boxes(two_faces, faces, "en").count("<button") == 2


@pytest.mark.parametrize("group", GROUPS)
def test_the_drawing_marks_score_and_interval(scorer: Scorer, group: str) -> None:
    html = charts.distribution(scorer.distribution, group, 3.0, (2.0, 4.0), "en")
    width = charts.WIDTH
    assert f'class="interval" x="{width / 4:.1f}" y="0" width="{width / 2:.1f}"' in html
    assert f'class="mark" x="{width / 2 - 1.5:.1f}"' in html


def test_the_parts_of_a_face_make_up_the_whole_difference(faces: list[FaceScore]) -> None:
    for explanation in (faces[0].beauty_explanation, faces[0].attractive_explanation):
        regions = explanation.regions()
        assert sum(regions.values()) == pytest.approx(explanation.contribution.sum(), abs=1e-4)
        html = charts.regions(regions, 1.0, "points", "en")
        for value in regions.values():
            assert charts.signed(value) in html


def test_bars_of_all_faces_have_one_scale_and_one_kind_of_minus(faces: list[FaceScore]) -> None:
    assert [charts.signed(value) for value in (0.5, -0.5, 0.001, -0.001, -0.0)] == ["+0.50", "−0.50", *["0.00"] * 3]
    for value, width in ((0.5, 25.0), (-1.0, 50.0), (7.0, 50.0)):
        assert f"width:{width:.1f}%" in charts.regions({"nose": value}, 1.0, "points", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_saved_holds_what_is_shown(faces: list[FaceScore], scorer: Scorer, language: str) -> None:
    report = {"faces": [face.to_dict() for face in faces]}
    cards = (scorer.beauty.card, scorer.attractive.card)
    html = downloads.links(report, faces[1], 2, cards, language)
    files = dict(re.findall(r'download="([^"]+)" href="data:[^;]+;base64,([^"]+)"', html))
    contents = {name: base64.b64decode(text) for name, text in files.items()}
    assert json.loads(contents["facescore.json"]) == report
    rows = list(csv.DictReader(io.StringIO(contents["facescore.csv"].decode())))
    assert [float(row["beauty"]) for row in rows] == [face["beauty"] for face in report["faces"]]
    assert float(rows[0]["beauty_low"]) == report["faces"][0]["beauty_interval"][0]
    assert [row["warnings"].split() for row in rows] == [face["warnings"] for face in report["faces"]]
    texts = " ".join(text for _, _, text in downloads.card_lines(faces[1], 2, cards, language))
    for shown in (f"{faces[1].beauty:.2f}", f"{chance(faces[1].attractive)}%", cards[0].name, cards[1].name):
        assert shown in texts


@pytest.fixture
def desk(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> scored.Desk:
    monkeypatch.setattr(scored, "KEPT", Kept(10, 10**7, 600))
    return scored.Desk(scorer)


def test_a_photo_is_scored_once_however_often_something_is_chosen(
    desk: scored.Desk, scorer: Scorer, two_faces: Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    PIL.Image.fromarray(two_faces).save(tmp_path / "two.png")
    first = scored.first_view(desk, tmp_path / "two.png", "all", "beauty", "beauty", "en")
    monkeypatch.setattr(scorer, "score", None)  # from here on nothing may be scored
    faces = desk.faces(tmp_path / "two.png", "CF", "beauty")
    second = scored.one_face(desk, faces, 2, "beauty", "attractive", "en")
    assert "Face 1" in first["numbers"]
    assert "Face 2" in second["numbers"]
    assert "Caucasian women" in second["numbers"]
    with pytest.raises(TypeError):
        desk.faces(tmp_path / "two.png", "all", "beauty-resnet50")


def test_deleting_a_photo_drops_its_scores(
    desk: scored.Desk, astronaut_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    path, before = Path(uploads.add(astronaut_path)), len(scored.KEPT)
    desk.faces(path, "all", "beauty")
    assert len(scored.KEPT) == before + 1
    score.Handlers(desk).forget(str(path))
    assert (path.exists(), len(scored.KEPT)) == (False, before)


def test_rankings_wait_while_a_photo_is_scored(
    desk: scored.Desk, scorer: Scorer, astronaut_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane, running, quick = Lane(), list[int](), scorer.score

    def noted(image: Image) -> list[FaceScore]:
        running.append(lane._running)
        return quick(image)

    monkeypatch.setattr(scored, "LANE", lane)
    monkeypatch.setattr(scored, "KEPT", Kept(1, 10**6, 60))
    monkeypatch.setattr(scorer, "score", noted)
    desk.faces(astronaut_path, "all", "beauty")
    assert running == [1]


def test_choosing_answers_within_a_tenth_of_a_second(desk: scored.Desk, two_faces: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(two_faces).save(tmp_path / "two.png")
    path = tmp_path / "two.png"
    scored.first_view(desk, path, "all", "beauty", "beauty", "en")
    times = []
    for number in (1, 2) * 3:
        started = time.thread_time()  # of this thread alone, whatever else the machine does
        scored.one_face(desk, desk.faces(path, "CF", "beauty"), number, "beauty", "attractive", "en")
        times.append(time.thread_time() - started)
    assert sorted(times)[2] < 0.1


def test_either_networks_map_is_shown(scorer: Scorer, astronaut: Image) -> None:
    (face,) = scorer.score(astronaut)
    explanations = (face.beauty_explanation, face.attractive_explanation)
    for name, explanation in zip(scored.MAPS, explanations, strict=True):
        html = scored.why(scorer, face, 1, name, "en")["slider"]
        for image in explanation.side_by_side(scored.MAP_SIZE):
            assert f'src="{pictures.address(image)}" alt="' in html
        assert say(f"score.map_{name}") in html


def test_without_a_face_the_page_says_what_to_do(desk: scored.Desk, meadow: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(meadow).save(tmp_path / "meadow.png")
    for language in LANGUAGES:
        answer = scored.first_view(desk, tmp_path / "meadow.png", "all", "beauty", "beauty", language)
        assert say("errors.no_face", language) in answer["numbers"]
        assert "<button" not in answer["view"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_are_told_in_the_visitors_language_without_a_path(language: str, tmp_path: Path) -> None:
    (tmp_path / "there.jpg").touch()
    error = InvalidRequest("There is no such network. Choose beauty or beauty-resnet50.")
    said = scored.refused(error, tmp_path / "there.jpg", language)["numbers"]
    assert 'role="alert"' in said
    assert (str(error) in said) == (language == "en")
    gone = scored.refused(error, tmp_path / "gone.jpg", language)["numbers"]
    assert say("errors.gone", language) in gone
    assert str(tmp_path) not in gone


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sweeps_stand_in_one_figure_and_begin_where_they_move_most(
    scorer: Scorer, astronaut: Image, language: str
) -> None:
    (face,) = scorer.score(astronaut)
    swept = sweep(astronaut, face.face.landmarks, scorer)
    html = moves.figure(swept, language)
    assert escape(moves.most_moved(swept, language)) in html.partition("sweeps")[2].rpartition("</figure>")[2]
    assert html.count("<figure") == html.count('type="range"') == len(swept)
    for one in swept.values():
        start = moves.furthest(one)
        assert start != one.unchanged
        assert f"{one.beauty[start]:.2f}" in html
    chances = [value for one in swept.values() for value in one.attractive]
    assert escape(f"{chance(min(chances))}%") in html
    assert escape(f"{chance(max(chances))}%") in html


def made_up_sweep(beauty: list[float], attractive: list[float]) -> Sweep:
    """A sweep whose first level is the photo as it is."""
    return Sweep((0, 0.03, 0.3), 0, beauty, [(1, 5)] * 3, attractive, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_moves_each_score_most_is_said_with_its_size(language: str) -> None:
    blur, jpeg = made_up_sweep([3.0, 2.6, 2.9], [0.8, 0.7, 0.75]), made_up_sweep([3.0, 3.1, 3.2], [0.8, 0.9, 0.31])
    numbers = re.findall(r"\d+(?:\.\d+)?", moves.most_moved({"blur": blur, "jpeg": jpeg}, language))
    assert numbers == ["3.00", "2.60", "80", "31"]
    both = moves.most_moved({"blur": blur, "jpeg": replace(jpeg, attractive=[0.8, 0.8, 0.8])}, language)
    assert re.findall(r"\d+(?:\.\d+)?", both) == ["3.00", "2.60", "80", "70"]
    kinds = [both.count(f"“{say(f'score.sweep_{kind}', language)}”") for kind in ("blur", "jpeg")]
    assert kinds == [1, 0]


def test_the_example_shows_one_face_under_three_lights(scorer: Scorer) -> None:
    faces = scorer.score(photo.lights())
    assert len(faces) == len(photo.LIGHTS) == 3
