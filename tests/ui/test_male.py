import json
from pathlib import Path

import pytest
from markupsafe import escape

from facescore import Scorer
from facescore.results import male_study
from facescore.results.male_questions import REPORT
from facescore.ui import figures, male, networks, uploads
from facescore.ui.pieces import read_card, read_study, term
from facescore.ui.words import LANGUAGES, say
from facescore.ui.written import WRITTEN


@pytest.fixture(autouse=True)
def fresh() -> None:
    WRITTEN.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_section_says_first_that_the_label_is_no_gender(language: str) -> None:
    html = male.describe(language)
    first = html.index(escape(term(read_card(male.NAME).limits[0], language)))
    assert first < html.index(say("write_ups.measured", language))
    accuracy = read_study(male.NAME).metrics["test"]["all"]["accuracy"]
    assert f"{accuracy.value:.1%}" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_reports_models_has_what_it_claimed_and_what_was_measured(language: str) -> None:
    _, claimed, measured = male.describe(language).split("<dd>")[:3]
    for name in ("male-cnn-50", "male-logistic-50", "male-rnn-50"):
        assert f"{100 * REPORT[name]:.4g}%" in claimed
        assert f"{read_study(name).metrics['test']['all']['accuracy'].value:.1%}" in measured


def test_its_network_is_in_no_list_of_networks() -> None:
    assert not any(name.startswith(male.NAME) for name in networks.studies())


def test_the_reports_questions_are_answered_where_they_were_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "male.json"
    found = {"answers": {"cnn at 50": {"value": 0.95, "low": 0.94, "high": 0.96}, "overfitting": 5}}
    path.write_text(json.dumps(found))
    monkeypatch.setattr(male_study, "ANSWERS_FILE", path)
    monkeypatch.setattr(male_study.answers, "__defaults__", (path,))
    html = male.describe("en")
    assert "How good is a CNN at 50×50?" in html
    assert "95.0% (94.0% to 96.0%)" in html
    assert "differs" in html


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return uploads.folder()


@pytest.mark.usefixtures("private")
def test_a_photo_is_answered_and_deleted_at_once(scorer: Scorer, astronaut_path: Path) -> None:
    photo = uploads.add(astronaut_path)
    html = male.try_it(scorer, {"path": photo}, "en")
    assert html.count("likely to be ticked “Male”") == 1
    assert not Path(photo).exists()


@pytest.mark.usefixtures("private")
def test_a_file_that_is_no_upload_is_refused_and_kept(scorer: Scorer, astronaut_path: Path) -> None:
    assert "alert" in male.try_it(scorer, {"path": str(astronaut_path)}, "en")
    assert astronaut_path.is_file()


def test_the_studys_counts_and_curves_are_drawn() -> None:
    for language in LANGUAGES:
        told = male.describe(language)
        for kind in figures.OF_MALE:
            assert escape(say(f"networks.caption_{kind}", language)) in told
        assert told.count('class="drawing"') == len(figures.OF_MALE)
        assert told.partition("<details>")[0].count('class="drawing"') == 1  # the curves are seen at once


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_curves_are_named_in_the_visitors_words(language: str) -> None:
    drawing = figures.in_language(figures._svg(male.CURVES, male.NAME)[0], language)
    assert "male-" not in drawing
    named = [say(f"figures.{key}", language) for key in ("ten_epochs", "learning_rate", "batches_of_64")]
    assert all(escape(name) in drawing for name in (*named, "RNN", "LSTM"))
