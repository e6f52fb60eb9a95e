"""Puts a benchmark's table into a page, between the markers of its name, so that no figure is ever retyped."""

import re
from collections.abc import Sequence
from pathlib import Path

from facescore.files import write_text

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
WILD = ROOT / "docs" / "beyond-two-ethnicities.md"


def publish(name: str, table: str, page: Path = README) -> None:
    """Replace what a page says between ``<!-- NAME -->`` and ``<!-- /NAME -->``.

    Raises:
        ValueError: the page has no such markers.
    """
    text = page.read_text(encoding="utf-8")
    block = f"<!-- {name} -->\n{table.strip()}\n<!-- /{name} -->"
    text, count = re.subn(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _: block, text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{page.name} has {count} places marked {name!r}; it needs exactly one.")
    write_text(page, text)


def markdown(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
