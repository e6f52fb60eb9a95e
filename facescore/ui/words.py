"""Every sentence of the page, in every language of the page; ``assets/words`` holds them, one file per subject.

A component's own texts are given as `TEXTS("tab.key")` and chosen by the browser; what the server writes (HTML,
messages) is looked up with `say` in the language that the browser asks for.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import gradio as gr
from markupsafe import escape

from facescore.errors import FaceScoreError
from facescore.settings import ASSETS

LANGUAGES = ("en", "zh")


def read(folder: Path = ASSETS / "words") -> dict[str, dict[str, str]]:
    """The sentences by language and then by ``tab.key``; ``TAB.json`` holds them by key and then by language."""
    files = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    return {
        language: {f"{tab}.{key}": texts[language] for tab, keys in files.items() for key, texts in keys.items()}
        for language in LANGUAGES
    }


WORDS = read()
TEXTS = gr.I18n(**WORDS)
ERRORS = {text: key for key, text in WORDS[LANGUAGES[0]].items() if key.startswith("errors.")}
"""The keys of errors, by their English templates."""


def language_of(request: gr.Request | None) -> str:
    """The first language of the page that the browser accepts; English if it accepts none or there is no request."""
    return accepted(request.headers if request and request.headers else {})


def accepted(headers: Mapping[str, str]) -> str:
    """The same, from a request's headers."""
    parts = (part.lower().replace(" ", "") for part in headers.get("accept-language", "").split(","))
    wishes = (part.split(";")[0].split("-")[0] for part in parts if not part.endswith(";q=0"))
    return next((wish for wish in wishes if wish in LANGUAGES), LANGUAGES[0])


def say(key: str, language: str = LANGUAGES[0], **values: object) -> str:
    """A sentence in a language, with its ``{names}`` filled in.

    Args:
        key: ``tab.key``.
        language: one of `LANGUAGES`.
        values: for the names in the sentence.
    """
    return WORDS[language][key].format(**values)


def say_html(key: str, language: str = LANGUAGES[0], **values: object) -> str:
    """The same, escaped for HTML."""
    return str(escape(say(key, language, **values)))


def translated(error: FaceScoreError | str, language: str) -> str:
    """An error in a language of the page; in English if ``errors.json`` does not have its template.

    Args:
        error: an error, or a template without values.
        language: the language of the text.
    """
    template, values = (error, {}) if isinstance(error, str) else (error.template, error.values)
    return say(ERRORS[template], language, **values) if template in ERRORS else str(error)
