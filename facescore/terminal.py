"""What a command prints: it never ends in a traceback, and no name does anything to a terminal."""

import contextlib
import io
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from facescore.errors import FaceScoreError

MOST_COLUMNS = 2000  # of a table that goes to a file or another program


def run(command: Callable[[], object]) -> int | str | None:
    """Run a command that prints; what goes wrong for its user is one line on standard error.

    Args:
        command: it may end with `SystemExit`, as those of click do.

    Returns:
        The exit code: 2 where the input was bad or the output cannot be written, 130 after Ctrl-C, and 1 where whoever
        read the output, such as head, has enough.
    """
    _open_streams()
    code: int | str | None = 0
    try:
        command()
    except SystemExit as end:
        code = end.code
    except FaceScoreError as error:
        code = _failed(str(error))
    except KeyboardInterrupt:
        code = 130
    except OSError as error:
        code = _failed_with(error)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = _failed_with(error)
    for stream in (sys.stdout, sys.stderr):
        _close(stream)
    return code


def _failed_with(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):
        return 1
    return _failed(f"{error.filename or 'The output cannot be written'}: {error.strerror}.")


def _failed(sentence: str) -> int:
    with contextlib.suppress(OSError):  # nobody can be told where standard error itself fails
        print(f"facescore: {printable(sentence)}", file=sys.stderr, flush=True)
    return 2


def _open_streams() -> None:
    """Print as escapes what an output's encoding lacks, and to nowhere what goes to an output that is closed.

    Python has None for a closed stream; a file that is opened later would take its place and get its messages.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (it stays open)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _close(stream: Any) -> None:
    """Drop what could not be written: Python would try again when it ends, and complain."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_json(value: Any) -> None:
    """Print JSON, readable where the output can hold every letter, and escaped as JSON has it where it cannot."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    print(text)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; on a terminal it is as wide as the terminal, elsewhere no cell is wrapped.

    Args:
        columns: their names; one that is empty in every row is left out.
        rows: a text for each column. Numbers are aligned to the right.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = list(rows)
    kept = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    table = Table(box=None, padding=(0, 2, 0, 0))
    for index in kept:
        numbers = all(row[index][:1].isdigit() and row[index][-1] in "0123456789%)" for row in rows)
        table.add_column(columns[index], justify="right" if numbers else "left")
    for row in rows:
        table.add_row(*(Text(row[index]) for index in kept))  # as it stands: names are no markup
    Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else MOST_COLUMNS).print(table)


def printable(name: str) -> str:
    """A name that does nothing to a terminal, its accents composed: files and archives name things as they like."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(letter if letter.isprintable() else "�" for letter in composed)
