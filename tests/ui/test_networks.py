import re
from pathlib import Path

import pytest
from markupsafe import escape

from facescore.ui import data, figures, networks, pieces
from facescore.ui.words import LANGUAGES, say
from facescore.ui.written import WRITTEN

STUDIES = networks.studies()


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on disk is looked up again; drawings stay cached, since they take a second each."""
    figures._picture.cache_clear()
    WRITTEN.clear()
    monkeypatch.delenv("FACESCORE_DATA", raising=False)


def rows(html: str) -> list[int]:
    """How many rows each table has."""
    return [table.count("<tr") - 1 for table in re.findall(r"<table.*?</table>", html, re.DOTALL)]


def test_the_networks_of_the_tab_score_come_first() -> None:
    assert STUDIES[:3] == ["beauty", "beauty-resnet50", "attractive"]
    assert {"attractive-simple", "beauty-mobilefacenet"} < set(STUDIES)


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_is_shown_with_its_figures_and_tables(name: str) -> None:
    html = networks.describe(name, "en")
    images = re.findall(r"<img [^>]*>", html)
    assert len(images) >= 3
    for image in images:
        assert re.search(r'src="data:image/(webp|svg\+xml);base64,[\w+/=]{500,}"', image)
        assert re.search(r'alt="[^"]{10,}"', image)
    assert len(rows(html)) >= 2
    assert min(rows(html)) >= 3


@pytest.mark.parametrize("name", ["beauty", "attractive-cam", "beauty-mobilefacenet"])
def test_a_network_is_shown_with_its_own_numbers(name: str) -> None:
    metrics = pieces.read_study(name).metrics
    whole = metrics["test"]["all"]
    values = (
        f"{whole['accuracy'].value:.1%}"
        if "accuracy" in whole
        else f"{metrics.get('folds', whole)['pearson'].value:.3f}"
    )
    html = networks.describe(name, "en")
    assert f"<td>{values}</td>" in html
    assert f"{metrics['training']['parameters']:,}" in html
    others = [networks.describe(other, "en") for other in ("attractive", "beauty-resnet50")]
    assert not any(f"{metrics['training']['parameters']:,}" in other for other in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_that_a_teacher_rated_are_told_of(language: str) -> None:
    unrated = pieces.read_card("beauty").data["unrated"]
    html = networks.describe("beauty", language)
    assert f"<dt>{say('networks.row_unrated', language)}</dt>" in html
    assert f"{unrated['counts']['train']:,}" in html
    assert say("networks.row_unrated", language) not in networks.describe("beauty-resnet50", language)


def test_what_was_not_measured_is_left_out() -> None:
    assert say("networks.where") in networks.describe("beauty", "en")
    assert say("networks.where") not in networks.describe("attractive-simple", "en")
    assert say("networks.study_only") in networks.describe("attractive-simple", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_networks_stand_beside_each_other(language: str) -> None:
    html = networks.compare(language)
    celeba, scut = rows(html)
    assert celeba == len([name for name in STUDIES if name.startswith("attractive")])
    assert scut > len([name for name in STUDIES if name.startswith("beauty")])
    assert f'<th scope="row">{escape(pieces.title("beauty-mobilefacenet", language))}</th>' in html
    assert "**" not in html


def test_the_page_speaks_the_visitors_language() -> None:
    assert say("networks.results", "zh") in networks.describe("beauty", "zh")
    assert say("score.group_AF", "zh") in networks.describe("beauty", "zh")


def test_the_data_sets_are_counted() -> None:
    html = data.describe("en")
    card = pieces.read_card("attractive")
    assert all(f"<td>{count:,}</td>" in html for count in card.data["counts"].values())
    assert "<td>5,500</td>" in html


def test_without_the_data_sets_average_faces_are_shown_and_how_to_get_the_data() -> None:
    html = data.describe("en")
    for name in ("attractive", "beauty"):
        card = pieces.read_card(name)
        assert f"The pictures of {card.data['name']} are not on this server" in html
        assert card.data["source"] in html

    for group, count in (("female young", 1826), ("AF", 2000), ("black male", 121)):
        line = say("networks.average_of", group=pieces.group_name(group, "en"), count=f"{count:,}")
        assert f'alt="{line}"' in html


def test_a_damaged_data_set_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / pieces.read_card("beauty").data["pictures"]).mkdir(parents=True)
    monkeypatch.setenv("FACESCORE_DATA", str(tmp_path))
    html = data.describe("en")
    assert 'class="message status"' in html
    assert 'alt="young women: 1,826 faces"' in html


def test_the_pictures_of_the_data_sets_are_shown_where_they_are(data_sets: Path) -> None:
    html = data.describe("en")
    assert escape(say("networks.alt_surest", name=pieces.title("attractive", "en"))) in html
    assert escape(say("networks.alt_samples", name=pieces.title("beauty", "en"))) in html


@pytest.fixture
def data_sets(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FACESCORE_DATA", str(data))
    return data


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_network_has_a_name_in_words(language: str) -> None:
    names = [pieces.title(name, language) for name in STUDIES]
    assert len(set(names)) == len(STUDIES)
    assert not any(word in name for name in names for word in STUDIES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_visitors_read_names_in_words_only(language: str) -> None:
    pages = [networks.describe(name, language) for name in STUDIES]
    html = "".join([*pages, networks.compare(language), data.describe(language)])
    told = re.sub(r'(src|href|style|class)=("[^"]*"|\'[^\']*\')', "", html)
    assert [name for name in STUDIES if re.search(rf"(?<![\w-]){name}(?![\w-])", told)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_group_has_a_name_in_words(language: str) -> None:
    measured = [pieces.read_study(name).metrics for name in (*STUDIES, "male")]
    groups = {group for metrics in measured for part in ("test", "wild") for group in metrics.get(part, {})}
    assert [group for group in groups if re.search(r"_|\b(fe)?male\b", pieces.group_name(group, language))] == []


def test_experiments_are_those_that_the_page_does_not_serve() -> None:
    assert [*networks.SERVED, *networks.experiments()] == STUDIES


@pytest.mark.parametrize("name", ["beauty", "attractive"])
def test_long_tables_are_folded(name: str) -> None:
    html = networks.describe(name, "en")
    in_view = re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)
    assert len(rows(in_view)) == 1
    assert len(rows(html)) >= 5


def test_ten_average_faces_stand_below_their_predictions() -> None:
    html = networks.describe("attractive", "en")
    assert len(re.findall('<img src="data:image/webp', html)) == 10
