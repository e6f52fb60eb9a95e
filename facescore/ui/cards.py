"""One card a face, as HTML: the numbers with their limits, the cut, and the maps over it."""

import base64
import html
import io

import PIL.Image

from facescore.images import Image
from facescore.scoring.percentile import GROUPS
from facescore.scoring.scorer import HIGHEST, LOWEST, FaceScore

PICTURE = 168  # pixels a side


def message(sentence: str, alert: bool = False) -> str:
    """A sentence where the cards would be; an alert is read out at once by screen readers."""
    role = "alert" if alert else "status"
    return f'<p class="message {role}" role="{role}">{html.escape(sentence)}</p>'


def face_cards(faces: list[FaceScore]) -> str:
    """The cards of all faces of a photo, numbered as its boxes are."""
    cards = "".join(_card(number, face) for number, face in enumerate(faces, 1))
    return f'<div class="faces">{cards}</div>{LEGEND}'


LEGEND = """
<p class="legend"><span class="swatch warm"></span> raised the score and <span class="swatch cold"></span> lowered it,
compared with the mean of the data set's faces; together the parts make up the whole difference from the mean score (for
the label: of its log-odds).</p>
<p class="legend">The interval is measured on the data set's own pictures: frontal, mostly young, Asian or Caucasian
faces. For other faces, ages, poses and light it is too narrow.</p>
"""


def _card(number: int, face: FaceScore) -> str:
    low, high = face.beauty_interval
    low_percentile, high_percentile = (ordinal(value) for value in face.percentile_interval)
    pictures = "".join(
        f'<figure><img src="{data_uri(picture)}" width="{PICTURE}" height="{PICTURE}" alt="{alt}">'
        f"<figcaption>{caption}</figcaption></figure>"
        for picture, alt, caption in (
            (face.beauty_explanation.crop, f"Face {number}, cut out and aligned", "The cut"),
            (
                face.beauty_explanation.overlay(),
                f"Face {number} with the parts that raised or lowered the predicted rating",
                "Moved the rating",
            ),
            (
                face.attractive_explanation.overlay(),
                f"Face {number} with the parts that raised or lowered the probability of the label",
                "Moved the label",
            ),
        )
    )
    return f"""
<article class="face" aria-label="Face {number}">
  <h3><span class="number">{number}</span> Face {number}</h3>
  <div class="pictures">{pictures}</div>
  <dl>
    <dt>Rating SCUT‑FBP5500's raters would have given</dt>
    <dd>
      <strong>{face.beauty:.2f}</strong> of 5
      <span class="range">90 % interval {low:.2f} to {high:.2f}</span>
      {_scale(face)}
    </dd>
    <dt>Among {html.escape(GROUPS[face.group])} of that data set</dt>
    <dd>
      <strong>{ordinal(face.percentile)}</strong> percentile
      <span class="range">{low_percentile} to {high_percentile}</span>
    </dd>
    <dt>Chance that CelebA's annotators would have ticked “Attractive”</dt>
    <dd><strong>{face.attractive:.0%}</strong> {_meter(face.attractive)}</dd>
  </dl>
</article>"""


def _scale(face: FaceScore) -> str:
    """The score and its interval on the scale of 1 to 5; the same is said in words beside it."""
    values = (face.beauty_interval[0], face.beauty, face.beauty_interval[1])
    low, score, high = (100 * (value - LOWEST) / (HIGHEST - LOWEST) for value in values)
    return f"""<div class="scale" aria-hidden="true">1 <div class="bar">
<span class="band" style="left:{low:.1f}%;width:{high - low:.1f}%"></span>
<span class="mark" style="left:{score:.1f}%"></span></div> 5</div>"""


def _meter(share: float) -> str:
    return f'<div class="bar" aria-hidden="true"><span class="band" style="width:{share:.1%}"></span></div>'


def ordinal(value: float) -> str:
    """A percentile as people say it, such as 53rd; never 0th or 100th, since no one is below or above all."""
    number = min(max(round(value), 1), 99)
    suffix = "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def data_uri(picture: Image) -> str:
    """A picture as a JPEG inside the page, so that no file of it is kept."""
    buffer = io.BytesIO()
    PIL.Image.fromarray(picture).save(buffer, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
