"""How the commands print faces: a table, then an explanation of each warning in it."""

from collections.abc import Iterable, Sequence
from typing import Any

from facescore.estimates import chance
from facescore.scoring.attribute import ATTRIBUTES
from facescore.scoring.percentile import GROUPS, whole
from facescore.scoring.scorer import WARNINGS


def columns(group: str) -> tuple[str, ...]:
    """The names of the columns that `cells` fills."""
    return "beauty 1–5", "90% interval", f"percentile of {GROUPS[group]}", "attractive"


def cells(numbers: dict[str, Any]) -> tuple[str, ...]:
    """The cells of a table for one face, from the numbers of `FaceScore.to_dict`."""
    low, high = numbers["beauty_interval"]
    lower, upper = (whole(value) for value in numbers["percentile_interval"])
    percentile = f"{whole(numbers['percentile'])} ({lower} to {upper})"
    return f"{numbers['beauty']:.2f}", f"{low:.2f} to {high:.2f}", percentile, f"{chance(numbers['attractive'])}%"


def print_warnings(names: Iterable[str]) -> None:
    """Print once what each warning means."""
    given = set(names)
    for name in (name for name in WARNINGS if name in given):
        print(f"{name}: {WARNINGS[name]}")


def print_attribute(name: str, numbers: Sequence[dict[str, Any]]) -> None:
    """Print a label's probability for each face, and what the label is.

    Args:
        name: the label's name.
        numbers: those of every face, including the label's probability.
    """
    shares = ", ".join(f"face {number} {chance(one[name])}%" for number, one in enumerate(numbers, 1))
    print(f"{name}: {shares}\n{name}: {ATTRIBUTES[name]}\n")
