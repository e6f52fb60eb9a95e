"""What moves the score: a face's sweeps as one figure, each with a slider that shows the face at that level."""

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from markupsafe import escape

from facescore.estimates import chance
from facescore.scoring.scorer import HIGHEST, LOWEST
from facescore.scoring.sweeps import Sweep
from facescore.ui.pictures import address
from facescore.ui.words import say, say_html

WIDTH, HEIGHT = 120, 72
# The script hides what belongs to another photo or face, moves mark and faces, and reads the level's numbers out.
MOVE = """new MutationObserver(() => {
  const swept = element.querySelector("[data-photo]")?.dataset, photo = document.querySelector("#view figure");
  const face = photo?.querySelector("[aria-pressed=true]")?.dataset.face;
  const stale = swept && (swept.photo !== photo?.dataset.photo || swept.face !== face);
  element.toggleAttribute("data-stale", Boolean(stale));
}).observe(element.closest(".tabitem") ?? document.body,
  { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-pressed", "data-photo", "data-face"] });
element.addEventListener("input", ({ target }) => {
  const figure = target.closest("figure"), level = Number(target.value), levels = JSON.parse(figure.dataset.levels);
  figure.style.setProperty("--level", level / (levels.length - 1));
  figure.querySelector("output").innerHTML = levels[level];
  target.setAttribute("aria-valuetext", figure.querySelector("output").textContent);
});"""


def waiting(language: str) -> str:
    """The heading and a sentence until the sweeps are there."""
    return f'{_heading(language)}<p class="fine" role="status">{say_html("score.moving", language)}</p>'


def figure(sweeps: dict[str, Sweep], language: str, token: str = "", number: int = 1) -> str:
    """All sweeps, with how far they move both scores in one sentence.

    Args:
        sweeps: the sweeps of one face, by name.
        language: the language of the text.
        token: the token of the photo, as `facescore.ui.photo.with_boxes` has it.
        number: the number of the face, from 1.
    """
    ratings = [rating for one in sweeps.values() for rating in one.beauty]
    chances = [value for one in sweeps.values() for value in one.attractive]
    moved = say(
        "score.moved",
        language,
        lowest=f"{min(ratings):.1f}",
        highest=f"{max(ratings):.1f}",
        least=f"{chance(min(chances))}%",
        most=f"{chance(max(chances))}%",
    )
    kinds = "".join(_one(name, one, language) for name, one in sweeps.items())
    legend = (
        f'<p class="fine legend"><span class="of-rating">{say_html("score.of_rating", language)}</span>'
        f'<span class="of-chance">{say_html("score.of_chance", language)}</span></p>'
    )
    caption = f'<p class="fine">{say_html("score.moves_caption", language)}</p>'
    said = f'<p class="moved">{escape(moved)}</p>{legend}'
    of = f'data-photo="{escape(token)}" data-face="{number}"'
    most = f'<p class="most">{escape(most_moved(sweeps, language))}</p>'
    return f'{_heading(language)}{said}<div class="sweeps" {of}>{kinds}</div>{most}{caption}'


def most_moved(sweeps: dict[str, Sweep], language: str) -> str:
    """What moved each of this face's scores most: from what to what.

    Args:
        sweeps: the sweeps of one face, by name.
        language: the language of the text.
    """
    rating, level = _farthest({name: one.beauty for name, one in sweeps.items()}, sweeps)
    likely, other_level = _farthest({name: one.attractive for name, one in sweeps.items()}, sweeps)
    one, other = sweeps[rating], sweeps[likely]
    return say(
        "score.most_moved_both" if rating == likely else "score.most_moved",
        language,
        kind=say(f"score.sweep_{rating}", language),
        own=f"{one.beauty[one.unchanged]:.2f}",
        there=f"{one.beauty[level]:.2f}",
        other=say(f"score.sweep_{likely}", language),
        before=f"{chance(other.attractive[other.unchanged])}%",
        after=f"{chance(other.attractive[other_level])}%",
    )


def _farthest(scores: dict[str, list[float]], sweeps: dict[str, Sweep]) -> tuple[str, int]:
    """The sweep and its level at which a score is furthest from that of the photo as it is."""
    levels = [(name, level) for name, values in scores.items() for level in range(len(values))]
    return max(levels, key=lambda at: abs(scores[at[0]][at[1]] - scores[at[0]][sweeps[at[0]].unchanged]))


def _heading(language: str) -> str:
    return f"<h2>{say_html('score.moves', language)}</h2>"


def _one(name: str, one: Sweep, language: str) -> str:
    """One kind of change: the face at the chosen level, both curves, the slider, and the numbers."""
    last, start = len(one.levels) - 1, furthest(one)
    texts = [_numbers(name, one, level, language) for level in range(last + 1)]
    title = say_html(f"score.sweep_{name}", language)
    strip = address(np.concatenate(one.crops, axis=1), 80)
    return f"""<figure data-levels="{escape(json.dumps(texts, ensure_ascii=False))}"
style="--level:{start / last:.4f};--own:{one.unchanged / last:.4f};--count:{last + 1}">
<figcaption>{title}</figcaption>
<div class="strip" role="img" aria-label="{say_html("score.alt_strip", language, kind=title)}"
style="background-image:url({strip})"></div>
{_curves(one)}
<input type="range" min="0" max="{last}" value="{start}" aria-label="{title}">
<output>{texts[start]}</output></figure>"""


def furthest(one: Sweep) -> int:
    """The level at which both scores together are furthest from those of the photo as it is."""
    ratings, chances = np.array(one.beauty), np.array(one.attractive)
    own = one.unchanged
    apart = np.abs(ratings - ratings[own]) / (HIGHEST - LOWEST) + np.abs(chances - chances[own])
    return int(apart.argmax())


def _numbers(name: str, one: Sweep, level: int, language: str) -> str:
    """What the scores are at a level, as HTML."""
    value = one.levels[level]
    signed, percent = f"{value:g}".replace("-", "−"), f"{100 * value:.0f}"
    changed = say(f"score.level_{name}", language, level=signed, percent=percent)
    low, high = one.intervals[level]
    between = say("score.between", language, low=f"{low:.1f}", high=f"{high:.1f}")
    return (
        f'<b class="of-rating">{one.beauty[level]:.2f}</b> '
        f'<b class="of-chance">{escape(chance(one.attractive[level]))}%</b>'
        f"<small>{escape(changed)}; {escape(between)}</small>"
    )


def _curves(one: Sweep) -> str:
    """Both scores by level, each over its whole scale; the band is the rating's interval."""
    places = np.linspace(0, WIDTH, len(one.levels))
    low, high = zip(*one.intervals, strict=True)
    band = _points(places, _rating(high)) + " " + _points(places[::-1], _rating(low)[::-1])
    height = HEIGHT * (1 - np.array(one.attractive))
    return f"""<div class="curves" aria-hidden="true"><svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">
<polygon points="{band}"/><polyline class="of-rating" points="{_points(places, _rating(one.beauty))}"/>
<polyline class="of-chance" points="{_points(places, height)}"/></svg></div>"""


def _rating(values: Sequence[float]) -> npt.NDArray[np.float64]:
    return np.asarray(HEIGHT * (HIGHEST - np.array(values)) / (HIGHEST - LOWEST))


def _points(places: npt.NDArray[np.float64], heights: npt.NDArray[np.float64]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, heights, strict=True))
