"""Pictures embedded in the page: the server writes no file for them."""

import base64
import io
import json
from html import escape
from pathlib import Path

import numpy as np
import PIL.Image

from facescore.images import Image, read_image
from facescore.ui.words import LANGUAGES, TEXTS, say

QUALITY = 90  # of JPEG
EXAMPLE_HEIGHT = 96  # pixels, twice what the page shows
# Gradio's own slider cannot be moved by keyboard, has no alternative text, and writes its pictures to a folder.
SLIDE = """element.addEventListener("input", ({ target }) => {
  target.parentElement.style.setProperty("--edge", `${target.value}%`);
});"""
# Gradio's own examples have neither alternative text nor names.
CHOOSE = """element.addEventListener("click", ({ target }) => {
  const example = target.closest("button");
  if (example) trigger("select", { index: Number(example.value), value: example.value });
});"""


def address(image: Image) -> str:
    """The picture as a data URL."""
    file = io.BytesIO()
    PIL.Image.fromarray(image).save(file, "JPEG", quality=QUALITY)
    return data_url(file.getvalue(), "image/jpeg")


def under_slider(pair: tuple[Image, Image], number: int, shown_map: str, language: str) -> str:
    """A face without and with its map, one over the other, and a slider that moves the edge between them.

    Args:
        pair: the crop without and with its map, uint8[size, size, 3] each.
        number: the face's number in the photo, from 1.
        shown_map: beauty or attractive.
        language: of the text.
    """
    crop, mapped = (address(image) for image in pair)
    what = say(f"score.map_{shown_map}", language)
    hint = escape(say("score.slider", language))
    return f"""<div class="under-slider">
<img src="{crop}" alt="{escape(say("score.alt_cut", language, number=number))}">
<img src="{mapped}" alt="{escape(say("score.alt_map", language, what=what))}" class="over">
<input type="range" min="0" max="100" value="50" aria-label="{hint}">
</div><p class="hint" aria-hidden="true">{hint}</p>"""


def described(key: str) -> str:
    """JavaScript that sets a picture's alternative text in the browser's language; Gradio translates only labels."""
    texts = json.dumps({language: say(key, language) for language in LANGUAGES}, ensure_ascii=False)
    return f"""() => {{
  const texts = {texts};
  const language = navigator.languages.map((one) => one.split("-")[0]).find((one) => one in texts) ?? "{LANGUAGES[0]}";
  return {{ __type__: "update", alt_text: texts[language] }};
}}"""


def examples(photos: dict[str, Path]) -> str:
    """One button per photo, with the photo's index as its value.

    Args:
        photos: by the name of the person in each.
    """
    buttons = "".join(
        f'<button type="button" value="{index}"><img src="{_thumbnail(path)}" alt="{escape(name)}"></button>'
        for index, (name, path) in enumerate(photos.items())
    )
    return f'<p class="caption">{TEXTS("score.examples")}</p><div class="examples">{buttons}</div>'


def _thumbnail(path: Path) -> str:
    picture = PIL.Image.fromarray(read_image(path))
    picture.thumbnail((2 * EXAMPLE_HEIGHT, EXAMPLE_HEIGHT))
    return address(np.asarray(picture))


def data_url(content: bytes, kind: str) -> str:
    """A file's content as a data URL, which is part of the page itself.

    Args:
        content: of the file.
        kind: its media type, such as ``image/jpeg``.
    """
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
