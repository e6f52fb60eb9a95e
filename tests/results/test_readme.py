import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facescore.results import readme
from facescore.results.study import Study


def page_of(tmp_path: Path, text: str) -> Path:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    return page


def test_what_stands_between_the_markers_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    page = page_of(tmp_path, "Before.\n\n<!-- a -->\nold\n<!-- /a -->\n\n<!-- b -->\nkept\n<!-- /b -->\n")
    for _ in range(2):  # a second time changes nothing
        readme.publish("a", "| \\1 |\n", page)
        assert page.read_text(encoding="utf-8") == (
            "Before.\n\n<!-- a -->\n\n| \\1 |\n\n<!-- /a -->\n\n<!-- b -->\nkept\n<!-- /b -->\n"
        )


@pytest.mark.parametrize(("text", "count"), [("", 0), ("<!-- a -->", 0), ("<!-- a --><!-- /a -->" * 2, 2)])
def test_markers_that_a_page_does_not_have_exactly_once_are_refused(text: str, count: int, tmp_path: Path) -> None:
    page = page_of(tmp_path, text)
    with pytest.raises(ValueError, match=f"page.md has {count} places marked 'a'; it needs exactly one"):
        readme.publish("a", "new", page)
    assert page.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("page", "names"),
    [
        (readme.README, {"served"}),
        (
            readme.RESULTS,
            {
                *("celeba", "scut", "joint", "wild", "chance"),
                *("mebeauty", "omi", "same-person", "within-person"),
            },
        ),
    ],
    ids=["README", "results"],
)
def test_the_pages_have_every_marker_exactly_once(page: Path, names: set[str]) -> None:
    text = page.read_text(encoding="utf-8")
    for name in names:
        assert len(re.findall(f"<!-- {name} -->", text)) == len(re.findall(f"<!-- /{name} -->", text)) == 1


@pytest.mark.parametrize(("spread", "inside"), [(0.01, "2.0"), (100.0, "0.0")])
def test_groups_of_an_unbiased_network_lie_within_when_their_errors_spread_little(spread: float, inside: str) -> None:
    error = np.tile([-spread, spread], 30)
    table = pd.DataFrame({"group": np.repeat(["a", "b", "c"], 20), "truth": 3.0, "prediction": 3 + error})
    sentence = readme.chance(Study("made", table[:0], table[40:], table[:40], {}))
    assert f"would have {inside} of the 2 groups within 0.12" in sentence
    assert sentence.endswith("`made` has 2.")


def test_the_chance_of_the_shipped_network_is_a_sentence() -> None:
    sentence = r"have \d+\.\d of the 12 groups within 0\.12 on average, and all of them in \d+\.\d% of such samples"
    assert re.search(sentence, readme.chance(Study.read("beauty")))
