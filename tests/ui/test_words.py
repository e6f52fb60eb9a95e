import ast
import json
import re
from string import Formatter
from typing import Any

import pytest

from facescore.settings import ASSETS, CHECKPOINTS, ROOT
from facescore.ui.words import LANGUAGES, accepted

FILES = sorted((ASSETS / "words").glob("*.json"))
KEYS = [
    (f"{path.stem}.{key}", texts)
    for path in FILES
    for key, texts in json.loads(path.read_text(encoding="utf-8")).items()
]


def placeholders(text: str) -> set[str]:
    """The names in a sentence; where English says 53rd, others say 53."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    return {"number" if name == "ordinal" else name for name in names}


def strings(folder: str) -> tuple[set[str], set[str]]:
    """Every string of a folder's sources, and every f-string as a pattern in which a value may be anything."""
    plain, patterns = set(), set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                patterns.add(pattern_of(node))
    return plain, patterns


def pattern_of(string: ast.expr) -> str:
    """A string as a pattern in which a value may be anything."""
    parts = string.values if isinstance(string, ast.JoinedStr) else [string]
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in parts)


def texts_of(value: Any) -> set[str]:
    """Every text in a JSON value, names included."""
    if isinstance(value, dict):
        return set(value) | texts_of(list(value.values()))
    if isinstance(value, list):
        return set().union(*map(texts_of, value))
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize(("key", "texts"), KEYS, ids=[key for key, _ in KEYS])
def test_every_sentence_is_there_in_every_language_with_the_same_values(key: str, texts: dict[str, str]) -> None:
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() for text in texts.values())
    assert len({frozenset(placeholders(text)) for text in texts.values()}) == 1


def test_every_sentence_is_used() -> None:
    plain, patterns = strings("facescore/ui")
    patterns = {pattern for pattern in patterns if re.match(r"[a-z_]+\\\.", pattern)}
    whole_tabs = {pattern for pattern in patterns if pattern.endswith(r"\..+")}  # the key itself is a value
    unused = []
    for key in (key for key, _ in KEYS if not key.startswith(("terms.", "errors.", "figures."))):
        tab, name = key.split(".")
        in_part = any(re.fullmatch(pattern, key) for pattern in patterns - whole_tabs)
        if key not in plain and not in_part and not (rf"{tab}\..+" in whole_tabs and name in plain):
            unused.append(key)
    assert unused == []


def test_every_term_stands_in_a_card_a_study_or_the_code_behind_them() -> None:
    written, _ = strings("facescore")
    for path in (*CHECKPOINTS.glob("*/card.json"), *ASSETS.glob("studies/*/metrics.json")):
        written |= texts_of(json.loads(path.read_text(encoding="utf-8")))
    terms = [texts["en"] for key, texts in KEYS if key.startswith("terms.")]
    assert [term for term in terms if term not in written and not any(term in text for text in written)] == []


def test_what_cards_say_in_sentences_is_known_in_every_language() -> None:
    known = {texts["en"] for key, texts in KEYS if key.startswith("terms.")}
    for path in CHECKPOINTS.glob("*/card.json"):
        card = json.loads(path.read_text(encoding="utf-8"))
        if card["task"] != "detection":
            sentences = {card["title"], card["licence"], card["initial_weights"], card["unit"], *card["limits"]}
            assert sentences - known == set(), path


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("fr, ZH ;q=0.5", "zh"), ("zh;q=0, en", "en"), (";;,;q", "en")],
)
def test_the_first_language_that_a_browser_accepts_is_spoken(header: str, language: str) -> None:
    assert accepted({"accept-language": header}) == language
