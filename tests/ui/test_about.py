import gradio as gr
import pytest

from facescore.settings import ROOT
from facescore.ui import about
from facescore.ui.janitor import DELETE_EVERY, DELETE_OLDER
from facescore.ui.pieces import read_card, term
from facescore.ui.words import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_data_set_and_its_licence_is_named(language: str) -> None:
    text = "\n".join(about.text(language))
    for name in ("CelebA", "SCUT-FBP5500", "MEBeauty", "MS-Celeb-1M", "MobileFaceNet", "ImageNet", "MTCNN", "MIT"):
        assert name in text
    for name in ("beauty", "attractive", "beauty-resnet50"):
        card = read_card(name)
        for sentence in (card.licence, card.initial_weights, card.data["licence"], card.data["source"]):
            assert term(sentence, language) in text
    for photo in (ROOT / "assets" / "examples").glob("*.jpg"):
        assert photo.name in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_those_of_the_cards(language: str) -> None:
    text = "\n".join(about.text(language))
    rating = read_card("beauty").metrics["test"]["all"]
    label = read_card("attractive").metrics["test"]["all"]
    assert f"{rating['mae'].value:.2f}" in text
    assert f"{label['accuracy'].value:.0%}" in text
    assert f"{rating['count']:,}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_limit_of_both_networks_is_told(language: str) -> None:
    for name in ("beauty", "attractive"):
        for limit in read_card(name).limits:
            assert f"- {term(limit, language)}" in about.text(language)[1]


def test_privacy_states_the_times_that_hold() -> None:
    text = about.text("en")[0]
    assert f"every {DELETE_EVERY} seconds" in text
    assert f"older than {DELETE_OLDER // 60} minutes" in text


def test_the_commands_are_those_of_the_readme() -> None:
    assert " && ".join(about.COMMANDS) in (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(command in about.text("en")[-1] for command in about.COMMANDS)


def test_the_tab_is_written_when_it_is_opened_and_not_in_another_language_first() -> None:
    with gr.Blocks() as page, gr.Tab("about"):
        about.build()
    written = [block.value for block in page.blocks.values() if isinstance(block, gr.Markdown)]
    assert len(written) == len(about.text("en"))
    assert not any(written)


@pytest.mark.parametrize(("language", "most"), [("en", 250), ("zh", 600)])
def test_what_is_not_folded_is_read_in_a_minute(language: str, most: int) -> None:
    shown, *_ = about.text(language)
    assert len(shown.split() if language == "en" else shown) <= most
