"""What a command prints: never a traceback, and no file name with control characters."""

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

MOST_COLUMNS = 2000  # width of a table written to a file or another program


def run(command: Callable[[], object]) -> int | str | None:
    """Run a command; an error of the user's is printed as one line on standard error.

    Args:
        command: may raise `SystemExit`, as click's commands do.

    Returns:
        The exit code: 2 if the input is bad or the output cannot be written, 130 after Ctrl-C, and 1 if the reader of
        the output, such as head, has closed it.
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
    with contextlib.suppress(OSError):  # standard error itself may fail
        print(f"facescore: {printable(sentence)}", file=sys.stderr, flush=True)
    return 2


def _open_streams() -> None:
    """Escape characters that an output cannot encode, and send what goes to a closed stream to the null device.

    Python sets a closed stream to None; a file opened later would get its descriptor, and with it its messages.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (stays open)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _close(stream: Any) -> None:
    """Discard what could not be written: otherwise Python tries again at exit and complains."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_json(value: Any) -> None:
    """Print JSON; characters that the output cannot encode are written as JSON escapes."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    print(text)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, fitted to the width of a terminal; elsewhere, cells are not wrapped.

    Args:
        columns: the column names; columns that are empty in every row are left out.
        rows: one text per column. Numbers are right-aligned.
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
        table.add_row(*(Text(row[index]) for index in kept))  # not parsed as markup
    Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else MOST_COLUMNS).print(table)


def printable(name: str) -> str:
    """A name with accents composed and control characters replaced: files and archives may have any name."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(letter if letter.isprintable() else "�" for letter in composed)
