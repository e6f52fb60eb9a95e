"""A photo's faces as HTML: all of them in a table, and one with its numbers and their limits."""

from collections.abc import Iterable
from html import escape

from facescore.checkpoints import Card
from facescore.scoring.percentile import ScoreDistribution, whole
from facescore.scoring.scorer import FaceScore
from facescore.ui import charts
from facescore.ui.words import TEXTS, say


def greeting(key: str) -> str:
    """A message that is on the page from the start; the browser chooses its language."""
    return f'<p class="message status" role="status">{TEXTS(key)}</p>'


def message(sentence: str, alert: bool = False) -> str:
    """A sentence where the numbers would be; an alert is read out at once by screen readers."""
    role = "alert" if alert else "status"
    return f'<p class="message {role}" role="{role}">{escape(sentence)}</p>'


def overview(faces: list[FaceScore], language: str) -> str:
    """One row per face, numbered like the boxes; empty if there is only one face."""
    if len(faces) < 2:
        return ""
    columns = ("face", "interval", "percentile", "probability")
    head = "".join(f'<th scope="col">{escape(say(f"score.column_{column}", language))}</th>' for column in columns)
    rows = "".join(
        f'<tr><th scope="row">{_number(number)}{labels(face.warnings, language)}</th>'
        f'<td>{face.beauty:.2f} <span class="range">{_range(face.beauty_interval, language)}</span></td>'
        f"<td>{whole(face.percentile)}</td><td>{face.attractive:.0%}</td></tr>"
        for number, face in enumerate(faces, 1)
    )
    return f'<table class="overview"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def details(face: FaceScore, number: int, ratings: ScoreDistribution, attractive: Card, language: str) -> str:
    """One face's numbers, each with what it means, how certain it is, and how it compares.

    Args:
        face: the face.
        number: its number in the photo, from 1.
        ratings: the ratings that it is compared with.
        attractive: the card of the network behind the probability, for its calibration error.
        language: of the text.
    """
    low, high = (whole(value) for value in face.percentile_interval)
    error = attractive.metrics["test"]["all"]["calibration_error"].value
    return f"""
<article class="face" aria-label="{escape(say("score.face", language, number=number))}">
  <h3>{_number(number)} {escape(say("score.face", language, number=number))}</h3>
  {_warnings(face, language)}
  <dl>
    <dt>{escape(say("score.rating", language))}</dt>
    <dd>
      <strong>{face.beauty:.2f}</strong> {escape(say("score.of_five", language))}
      <span class="range">{escape(say("score.interval", language))} {_range(face.beauty_interval, language)}</span>
      {_in_the_wild(face, language)}
      {charts.distribution(ratings, face.group, face.beauty, face.beauty_interval, language)}
    </dd>
    <dt>{escape(say("score.among", language, group=say(f"score.group_{face.group}", language)))}</dt>
    <dd>
      <strong>{_rank(face.percentile, language)}</strong>
      <span class="range">{escape(say("score.between", language, low=low, high=high))}</span>
    </dd>
    <dt>{escape(say("score.probability", language))}</dt>
    <dd>
      <strong>{face.attractive:.0%}</strong>
      <div class="bar" aria-hidden="true"><span class="band" style="width:{face.attractive:.1%}"></span></div>
      <span class="note">{escape(say("score.calibration", language, error=f"{100 * error:.1f}"))}</span>
    </dd>
  </dl>
</article>"""


def _number(number: int) -> str:
    return f'<span class="number">{number}</span>'


def labels(warnings: Iterable[str], language: str) -> str:
    """Why a face's scores may be off, in a word or two; empty if there are no warnings."""
    words = [say(f"score.label_{warning}", language) for warning in warnings]
    return f'<span class="warned">{escape(", ".join(words))}</span>' if words else ""


def _warnings(face: FaceScore, language: str) -> str:
    """Why the scores may be off; shown above all of them, since it concerns rating and probability alike."""
    return "".join(
        f'<p class="warning">{escape(say(f"score.warning_{warning}", language))}</p>' for warning in face.warnings
    )


def _in_the_wild(face: FaceScore, language: str) -> str:
    """A note that the interval is the one for faces in the wild, where it is."""
    return f'<span class="note">{escape(say("score.in_the_wild", language))}</span>' if face.wild else ""


def _range(interval: tuple[float, float], language: str) -> str:
    return escape(say("score.between", language, low=f"{interval[0]:.2f}", high=f"{interval[1]:.2f}"))


def _rank(percentile: float, language: str) -> str:
    return escape(say("score.percentile", language, ordinal=ordinal(percentile), number=whole(percentile)))


def ordinal(value: float) -> str:
    """A percentile as people say it, such as 53rd."""
    number = whole(value)
    suffix = "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
