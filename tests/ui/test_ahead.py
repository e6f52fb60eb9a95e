from itertools import islice

from facescore.ui import ahead, networks, stories, write_ups
from facescore.ui.words import LANGUAGES


def test_every_network_and_every_other_part_is_drawn_in_every_language() -> None:
    drawn = {(part.func, part.args) for part in ahead.parts()}
    assert {(networks.describe, (name, language)) for name in networks.studies() for language in LANGUAGES} < drawn
    assert len(drawn) == len(LANGUAGES) * (len(networks.studies()) + 5)


def test_what_was_drawn_ahead_is_given_at_once() -> None:
    for part in islice(ahead.parts(), 2):
        part()
    for described in (stories.describe, write_ups.describe):
        hits = described.cache_info().hits
        described(LANGUAGES[0])
        assert described.cache_info().hits == hits + 1
