"""Parts of the page that are the same for every visitor are written once."""

from collections.abc import Callable
from functools import partial, wraps
from typing import ParamSpec

WRITTEN: dict[tuple[str, ...], str] = {}
"""The parts of this process, by what wrote them and its arguments."""

Arguments = ParamSpec("Arguments")


def once(describe: Callable[Arguments, str]) -> Callable[Arguments, str]:
    """Keep what a function writes, and what another process wrote with it.

    Args:
        describe: a function of a module, whose arguments are names.
    """

    @wraps(describe)
    def kept(*names: Arguments.args, **named: Arguments.kwargs) -> str:
        """What was written for these names, or is written now."""
        part = partial(describe, *names, **named)
        key = _key(part)
        return WRITTEN[key] if key in WRITTEN else WRITTEN.setdefault(key, part())

    return kept


def keep(part: partial[str], text: str) -> None:
    """Keep what another process wrote.

    Args:
        part: a function that `once` returned, with its arguments.
        text: what it returned there.
    """
    WRITTEN.setdefault(_key(part), text)


def _key(part: partial[str]) -> tuple[str, ...]:
    return (part.func.__module__, part.func.__qualname__, *part.args, *part.keywords.values())
