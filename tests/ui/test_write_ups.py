import re

import pytest
from markupsafe import escape

from facescore.results import pairs
from facescore.scoring.percentile import ScoreDistribution
from facescore.ui import write_ups
from facescore.ui.pieces import read_study
from facescore.ui.words import LANGUAGES, say


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_write_up_has_a_claim_a_measurement_a_curve_and_an_advice(language: str) -> None:
    html = write_ups.describe(language)
    told = html.split("<article")[1:]
    assert len(told) == len(write_ups.OF_LABEL) + 2
    for one in told:
        assert all(f"<dt>{say(f'write_ups.{key}', language)}</dt>" in one for key in ("claimed", "measured", "instead"))
        assert one.count("<figure") == 1


@pytest.mark.parametrize("name", write_ups.OF_LABEL)
def test_what_was_measured_is_read_from_the_study(name: str) -> None:
    study, html = read_study(name), write_ups.describe("en")
    accuracy = study.metrics["test"]["all"]["accuracy"]
    assert f"{accuracy.value:.1%} ({accuracy.low:.1%} to {accuracy.high:.1%})" in html
    assert f"epoch {study.metrics['training']['best_epoch']} of {study.metrics['training']['epochs']}" in html


def test_sources_are_cited_by_name_author_and_address_and_those_of_the_same_kind_are_called_so() -> None:
    names = (*write_ups.OF_LABEL, write_ups.OF_RATING, write_ups.RANKED)
    told = dict(zip(names, write_ups.describe("en").split("<article")[1:], strict=True))
    for key, sources in (("source", write_ups.SOURCES), ("similar", write_ups.SIMILAR)):
        for name, source in sources.items():
            cited = told[name].partition(f"<dt>{say(f'write_ups.{key}')}</dt>")[2]
            assert all(escape(part) in cited for part in source)
    assert not write_ups.SOURCES.keys() & write_ups.SIMILAR.keys()


def test_what_an_order_of_photos_is_worth_is_read_from_faces_in_the_wild() -> None:
    faces, html = read_study(write_ups.WILD).wild, write_ups.describe("en")
    for found in (pairs.ordered(faces), pairs.level(faces)):
        assert f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})" in html


def test_the_percentile_that_a_write_up_gives_is_measured_too() -> None:
    share = ScoreDistribution().percentile(write_ups.EXAMPLE)
    assert f"{write_ups.EXAMPLE} is above {share:.0f}% of them" in write_ups.describe("en")


def test_where_the_heat_maps_pointed_is_compared_with_the_exact_map() -> None:
    shares = {part: one["all"] for part, one in read_study("attractive").metrics["regions"].items()}
    html = write_ups.describe("en")
    for part in write_ups.PLACES:
        assert re.search(rf"the {part} (has only )?{shares[part].value:.0%}", html), part
