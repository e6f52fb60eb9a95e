import pytest

from facescore.ui import write_ups
from facescore.ui.pieces import read_study
from facescore.ui.words import LANGUAGES, say


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_write_up_has_a_claim_a_measurement_a_curve_and_an_advice(language: str) -> None:
    html = write_ups.describe(language)
    told = html.split("<article")[1:]
    assert len(told) == len(write_ups.OF_LABEL) + 1
    for one in told:
        assert all(f"<dt>{say(f'write_ups.{key}', language)}</dt>" in one for key in ("claimed", "measured", "instead"))
        assert one.count("<figure") == 1


@pytest.mark.parametrize("name", write_ups.OF_LABEL)
def test_what_was_measured_is_read_from_the_study(name: str) -> None:
    study, html = read_study(name), write_ups.describe("en")
    accuracy = study.metrics["test"]["all"]["accuracy"]
    assert f"{accuracy.value:.1%} ({accuracy.low:.1%} to {accuracy.high:.1%})" in html
    assert f"epoch {study.metrics['training']['best_epoch']} of {study.metrics['training']['epochs']}" in html
