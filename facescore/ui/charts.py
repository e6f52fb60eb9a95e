"""Small drawings next to the numbers, as HTML that follows the page's colours; the numbers are given as text too."""

import numpy as np

from facescore.scoring.percentile import ScoreDistribution
from facescore.scoring.scorer import HIGHEST, LOWEST
from facescore.ui.words import say, say_html

WIDTH, HEIGHT, BARS = 400, 72, 40


def distribution(
    ratings: ScoreDistribution, group: str, score: float, interval: tuple[float, float], language: str
) -> str:
    """The data set's ratings as bars, with the position of a score and its interval.

    Args:
        ratings: the ratings of the data set.
        group: all, AF, AM, CF or CM.
        score: 1 to 5.
        interval: its lower and upper end.
        language: the language of the alternative text.
    """
    edges = np.linspace(LOWEST, HIGHEST, BARS + 1)
    shares = np.diff([ratings.percentile(float(edge), group) for edge in edges])
    bars = "".join(
        f'<rect x="{_x(edge):.1f}" y="{HEIGHT - height:.1f}" width="{WIDTH / BARS - 1:.1f}" height="{height:.1f}"/>'
        for edge, height in zip(edges, HEIGHT * shares / shares.max(), strict=False)
    )
    low, high = (_x(value) for value in interval)
    ticks = "".join(
        f'<text x="{np.clip(_x(tick), 4, WIDTH - 4):.0f}" y="{HEIGHT + 16}">{tick}</text>' for tick in range(1, 6)
    )
    text = say_html("score.place", language, score=f"{score:.2f}", group=say(f"score.group_{group}", language))
    return f"""<svg class="distribution" viewBox="0 0 {WIDTH} {HEIGHT + 20}" role="img" aria-label="{text}">
<g class="bars">{bars}</g><rect class="interval" x="{low:.1f}" y="0" width="{high - low:.1f}" height="{HEIGHT}"/>
<rect class="mark" x="{_x(score) - 1.5:.1f}" y="0" width="3" height="{HEIGHT}"/><g class="ticks">{ticks}</g></svg>"""


def _x(score: float) -> float:
    return float(WIDTH * (score - LOWEST) / (HIGHEST - LOWEST))


def regions(values: dict[str, float], scale: float, unit: str, language: str) -> str:
    """One bar per part of the face: right and warm if it raised the score, left and cold if it lowered it.

    Args:
        values: how much each part raised or lowered the score.
        scale: the value at which a bar is as long as it can be; the same for every face, so that faces compare.
        unit: the unit of the values.
        language: the language of the parts' names.
    """
    rows = []
    for part, value in values.items():
        name = say_html(f"score.part_{part.replace(' ', '_')}", language)
        kind, side = ("warm", "left") if value > 0 else ("cold", "right")
        style = f"{side}:50%;width:{50 * min(1.0, abs(value) / scale):.1f}%"
        rows.append(
            f'<tr><th scope="row">{name}</th><td class="number">{signed(value)}</td>'
            f'<td class="bar-cell" aria-hidden="true"><span class="{kind}" style="{style}"></span>'
            "</td></tr>"
        )
    caption = say_html("score.by_part", language, unit=unit)
    return f'<table class="regions"><caption>{caption}</caption><tbody>{"".join(rows)}</tbody></table>'


def signed(value: float) -> str:
    """A difference with its sign, a real minus; what rounds to nothing has none."""
    text = f"{value:+.2f}".replace("-", "−")
    return "0.00" if text[1:] == "0.00" else text
