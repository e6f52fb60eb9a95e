"""Pictures embedded in the page: the server writes no file for them."""

import base64
import io

import PIL.Image

from facescore.images import Image
from facescore.ui.words import say, say_html

QUALITY = 90  # of JPEG
# Gradio's own slider cannot be moved by keyboard, has no alternative text, and writes its pictures to a folder.
SLIDE = """element.addEventListener("input", ({ target }) => {
  target.parentElement.style.setProperty("--edge", `${target.value}%`);
});"""


def address(image: Image, quality: int = QUALITY) -> str:
    """The picture as a data URL."""
    return data_url(jpeg(image, quality), "image/jpeg")


def jpeg(image: Image, quality: int = QUALITY) -> bytes:
    """The picture as a JPEG file."""
    file = io.BytesIO()
    PIL.Image.fromarray(image).save(file, "JPEG", quality=quality)
    return file.getvalue()


def under_slider(pair: tuple[Image, Image], number: int, shown_map: str, language: str) -> str:
    """A face without and with its map, one over the other, and a slider that moves the edge between them.

    Args:
        pair: the crop without and with its map, uint8[size, size, 3] each.
        number: the face's number in the photo, from 1.
        shown_map: beauty or attractive.
        language: the language of the text.
    """
    crop, mapped = (address(image) for image in pair)
    what = say(f"score.map_{shown_map}", language)
    hint = say_html("score.slider", language)
    return f"""<div class="under-slider">
<img src="{crop}" alt="{say_html("score.alt_cut", language, number=number)}">
<img src="{mapped}" alt="{say_html("score.alt_map", language, what=what)}" class="over">
<input type="range" min="0" max="100" value="50" aria-label="{hint}">
</div><p class="hint" aria-hidden="true">{hint}</p>"""


def data_url(content: bytes, kind: str) -> str:
    """A file's content as a data URL, which is part of the page itself.

    Args:
        content: the content of the file.
        kind: its media type, such as ``image/jpeg``.
    """
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
