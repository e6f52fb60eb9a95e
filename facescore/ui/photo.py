"""The photo of the tab Score: where it comes from (assets/score.js in the browser), and its faces as buttons."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import PIL.Image
from markupsafe import escape

from facescore.faces import bounded
from facescore.images import Image, read_image
from facescore.scoring.scorer import FaceScore
from facescore.scoring.sweeps import exposed
from facescore.settings import ASSETS
from facescore.ui import hero, pictures, uploads
from facescore.ui.words import LANGUAGES, WORDS, say_html

LONGEST, THUMBNAIL, EXAMPLE = 1200, 64, 112  # pixels
PORTRAIT = (slice(10, 290), slice(105, 345))  # the astronaut's head and shoulders
LIGHTS = (0.25, 1.0, 2.6)  # times the photo's own light
EXAMPLES = ("lights", "astronaut", "hopper")
PATHS = {"astronaut": ASSETS / "examples" / "astronaut.jpg", "hopper": ASSETS / "examples" / "grace_hopper.jpg"}
SPOKEN = (
    "choose",
    "webcam",
    "fails",
    "delete",
    "take",
    "leave",
    "or_try",
    "consent",
    "reading",
    "sending",
    "looking",
    "slow",
    "queued",
    "unsent",
    "asking",
    "no_camera",
    "example_lights",
    "example_astronaut",
    "example_hopper",
    "alt_lights",
    "alt_astronaut",
    "alt_hopper",
)
# Every face in the picture and every thumbnail is a button with the face's number.
PRESS = """element.addEventListener("click", ({ target }) => {
  const face = target.closest("[data-face]");
  if (!face) return;
  for (const one of document.querySelectorAll("#view [data-face], #thumbs [data-face]")) {
    one.setAttribute("aria-pressed", one.dataset.face === face.dataset.face);
  }
  trigger("select", { index: Number(face.dataset.face), value: face.dataset.face });
});"""


def words_in_browser() -> dict[str, dict[str, str]]:
    """What assets/score.js says, by language."""
    return {
        language: {key: WORDS[language][f"score.{key}"] for key in (*hero.SPOKEN, *SPOKEN)} for language in LANGUAGES
    }


def source() -> str:
    """What this is, the actions, the examples and the camera, as HTML; the script fills in the words."""
    examples = "".join(
        f'<button type="button" value="{index}"><img src="{_small(name)}" data-alt="alt_{name}" alt="">'
        f'<span data-say="example_{name}"></span></button>'
        for index, name in enumerate(EXAMPLES)
    )
    return f"""{hero.hero()}<div class="actions">
<button type="button" class="act primary choose" data-say="choose"></button>
<button type="button" class="act webcam" data-say="webcam"></button>
<button type="button" class="act remove" data-say="delete" hidden></button>
<a class="fails" href="?tab=stories" data-tab="stories" data-say="fails"></a>
</div>
<div class="camera" hidden><video muted playsinline></video><div class="actions">
<button type="button" class="act primary take" data-say="take"></button>
<button type="button" class="act leave" data-say="leave"></button></div></div>
<div class="examples"><span class="fine" data-say="or_try"></span>{examples}</div>
<p class="fine consent" data-say="consent"></p>
<p class="status" role="status"></p>
{hero.teasers()}
<input type="file" accept="image/*,.heic,.heif,.avif" tabindex="-1" aria-hidden="true" hidden>"""


def add_example(index: int) -> str:
    """Copy an example as if the visitor had uploaded it; return the copy's path."""
    name = EXAMPLES[index]
    return uploads.add(PATHS[name]) if name in PATHS else uploads.add_bytes(f"{name}.jpg", pictures.jpeg(lights()))


@cache
def portraits() -> dict[float, Image]:
    """The astronaut's portrait as if it had been taken with less and with more light.

    Returns:
        uint8[280, 240, 3] by the light, as a multiple of the photo's own.
    """
    portrait = np.ascontiguousarray(read_image(PATHS["astronaut"])[PORTRAIT])
    return {gain: exposed(portrait, gain) for gain in LIGHTS}


@cache
def lights() -> Image:
    """One face under three lights, side by side; uint8[280, 720, 3]."""
    return np.concatenate(list(portraits().values()), axis=1)


def _small(name: str) -> str:
    picture = PIL.Image.fromarray(read_image(PATHS[name]) if name in PATHS else lights())
    picture.thumbnail((3 * EXAMPLE, EXAMPLE))
    return pictures.address(np.asarray(picture))


def token(path: Path) -> str:
    """What identifies an upload, without naming its place."""
    return hashlib.sha256(bytes(path)).hexdigest()[:16]


def with_boxes(image: Image, faces: Sequence[FaceScore], language: str, token: str = "") -> str:
    """The photo with a button around every face, the first one pressed; the photo alone if there is no face.

    Args:
        image: the photo.
        faces: numbered from 1 in this order.
        language: the language of the text.
        token: identifies this photo, so that nothing drawn for another one is shown with it.
    """
    small, _ = bounded(image, LONGEST)
    height, width = image.shape[:2]
    boxes = []
    for number, face in enumerate(faces, 1):
        left, top, wide, high = face.face.box
        place = f"left:{left / width:.2%};top:{top / height:.2%};width:{wide / width:.2%};height:{high / height:.2%}"
        name = say_html("score.open_face", language, number=number)
        boxes.append(
            f'<button type="button" data-face="{number}" aria-label="{name}" aria-pressed="{str(number == 1).lower()}"'
            f' style="{place}"><span class="tag" aria-hidden="true">{number}</span></button>'
        )
    alt = say_html("score.alt_boxes" if faces else "score.alt_photo", language)
    return (
        f'<figure class="photo" data-photo="{escape(token)}"><img src="{pictures.address(small, 85)}" alt="{alt}"'
        f' width="{small.shape[1]}" height="{small.shape[0]}">{"".join(boxes)}</figure>'
    )


def as_buttons(faces: Sequence[FaceScore], chosen: int, language: str) -> str:
    """The faces as buttons, the chosen one pressed; empty if there is only one.

    Args:
        faces: numbered from 1 in this order.
        chosen: the number of one of them.
        language: the language of the text.
    """
    if len(faces) < 2:
        return ""
    names = [say_html("score.face", language, number=number) for number, _ in enumerate(faces, 1)]
    buttons = "".join(
        f'<button type="button" data-face="{number}" aria-pressed="{str(number == chosen).lower()}">'
        f'<img src="{_thumbnail(face)}" alt="{name}"><span class="tag" aria-hidden="true">{number}</span>'
        f'<span><span aria-hidden="true">{name}</span>{" !" if face.warnings else ""}</span></button>'
        for number, (face, name) in enumerate(zip(faces, names, strict=True), 1)
    )
    said = say_html("score.several", language, faces=len(faces))
    return f'<p class="fine">{said}</p><div class="thumbs">{buttons}</div>'


def _thumbnail(face: FaceScore) -> str:
    crop = PIL.Image.fromarray(face.beauty_explanation.crop).resize((THUMBNAIL, THUMBNAIL))
    return pictures.address(np.asarray(crop))
