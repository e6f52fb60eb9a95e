"""One face of a photo as HTML: its numbers, and how far to trust them."""

from collections.abc import Iterable

from markupsafe import escape

from facescore.checkpoints import Card
from facescore.estimates import chance
from facescore.scoring.percentile import ALL, ScoreDistribution, whole
from facescore.scoring.scorer import FaceScore
from facescore.ui import charts, trust
from facescore.ui.words import TEXTS, say, say_html


def greeting(key: str) -> str:
    """A message that is on the page from the start; the browser chooses its language."""
    return f'<p class="message status" role="status">{TEXTS(key)}</p>'


def message(sentence: str, alert: bool = False) -> str:
    """A sentence where the numbers would be; an alert is read out at once by screen readers."""
    role = "alert" if alert else "status"
    return f'<p class="message {role}" role="{role}">{escape(sentence)}</p>'


def details(
    face: FaceScore, number: int, alone: bool, ratings: ScoreDistribution, cards: tuple[Card, Card], language: str
) -> str:
    """One face's numbers, each with what it means, how certain it is, and how far to trust it.

    Args:
        face: the face.
        number: its number in the photo, from 1.
        alone: whether it is the only face, which then needs no number.
        ratings: the ratings that it is compared with.
        cards: the cards of the networks behind the rating and the probability.
        language: the language of the text.
    """
    name = say_html("score.face", language, number=number)
    heading = "" if alone else f"<h2>{_number(number)} {name}</h2>"
    kind = "card face doubtful" if trust.kind(face) == "warned" else "card face"
    return f"""<article class="{kind}" aria-label="{name}">{heading}{trust.verdict(face, language)}
<div class="two">{_rating(face, ratings, language)}{_probability(face, cards[1], language)}</div>
{_warnings(face, language)}
{trust.chips(face, cards[0], language)}
<p class="fine">{say_html("score.two_networks", language)}</p></article>"""


def _rating(face: FaceScore, ratings: ScoreDistribution, language: str) -> str:
    """The rating with its interval, on the data set's distribution, and its percentile."""
    low, high = (whole(value) for value in face.percentile_interval)
    group = say("score.everyone" if face.group == ALL else f"score.group_{face.group}", language)
    among = say_html("score.among", language, group=group)
    wild = f'<p class="note">{say_html("score.in_the_wild", language)}</p>' if face.wild else ""
    return f"""<section><p class="fine">{escape(guess(face, language))}</p>
<div class="with-warnings"><p class="big">{face.beauty:.2f} <small>{say_html("score.of_five", language)}</small></p>
{labels(face.warnings, language)}</div>
<p class="fine">{say_html("score.interval", language)} <b>{_range(face.beauty_interval, language)}</b></p>
{charts.distribution(ratings, face.group, face.beauty, face.beauty_interval, language)}
<p class="fine"><b>{_rank(face.percentile, language)}</b> {among};
{say_html("score.anywhere", language, low=low, high=high)}</p>{wild}</section>"""


def guess(face: FaceScore, language: str) -> str:
    """Whose rating the network guesses: an everyday photo's raters were others than those of the portraits."""
    return say("score.rating_wild" if face.wild else "score.rating", language)


def _probability(face: FaceScore, card: Card, language: str) -> str:
    """The probability, and how far it differs between two photos of one person."""
    apart = f"{100 * card.metrics['same_person']['same'].value:.0f}"
    return f"""<section><p class="fine">{say_html("score.probability", language)}</p>
<div class="with-warnings"><p class="big">{escape(chance(face.attractive))}<small> %</small></p>
{labels(face.warnings, language)}</div>
<div class="meter" aria-hidden="true"><span style="width:{face.attractive:.1%}"></span></div>
<p class="fine">{say_html("score.unstable", language, points=apart)}</p></section>"""


def _number(number: int) -> str:
    return f'<span class="tag">{number}</span>'


def labels(warnings: Iterable[str], language: str) -> str:
    """Why a face's scores may be off, a word or two per warning."""
    words = (say_html(f"score.label_{warning}", language) for warning in warnings)
    return " ".join(f'<span class="warned">{word}</span>' for word in words)


def _warnings(face: FaceScore, language: str) -> str:
    """Why the scores may be off, and what to do; below both numbers, which stay in view however many there are."""
    return "".join(
        f'<p class="warning">{say_html(f"score.warning_{warning}", language)}</p>' for warning in face.warnings
    )


def _range(interval: tuple[float, float], language: str) -> str:
    return say_html("score.between", language, low=f"{interval[0]:.2f}", high=f"{interval[1]:.2f}")


def _rank(percentile: float, language: str) -> str:
    return say_html("score.percentile", language, ordinal=ordinal(percentile), number=whole(percentile))


def ordinal(value: float) -> str:
    """A percentile as people say it, such as 53rd."""
    number = whole(value)
    suffix = "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
