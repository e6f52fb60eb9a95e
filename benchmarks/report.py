"""Puts a benchmark's table into README, between the markers of its name, so that no figure is ever retyped."""

import re
from collections.abc import Sequence
from pathlib import Path

from facescore.files import write_text

README = Path(__file__).resolve().parent.parent / "README.md"


def publish(name: str, table: str) -> None:
    """Replace what README says between ``<!-- NAME -->`` and ``<!-- /NAME -->``.

    Raises:
        ValueError: README has no such markers.
    """
    text = README.read_text(encoding="utf-8")
    block = f"<!-- {name} -->\n{table.strip()}\n<!-- /{name} -->"
    text, count = re.subn(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _: block, text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"README.md has {count} places marked {name!r}; it needs exactly one.")
    write_text(README, text)


def markdown(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
