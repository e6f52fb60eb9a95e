"""Printing for the commands: no tracebacks, and no file names with control characters or formulas."""

import contextlib
import io
import json
import os
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from facescore.errors import FaceScoreError, reason

FORMULA = tuple("=+-@＝＋－＠")  # a spreadsheet reads a cell that begins with one of these as a formula
NUMBER = re.compile(r"[<>]?\d(.*[\d%)])?")  # and what belongs to it, such as its interval
STYLES = {"beauty 1–5": "bold", "warnings": "yellow"}  # of columns, on a terminal

ends_at_once = False  # set where threads that Arrow leaves would now and then abort the process while it ends as usual


def run(command: Callable[[], object]) -> int | str | None:
    """Run a command; print a user's error as one line on standard error.

    Args:
        command: may raise `SystemExit`, as click's commands do.

    Returns:
        The exit code: 2 if the input is bad, the output cannot be written or memory is short, 130 after Ctrl-C, and 1
        if the program that reads the output, such as head, has closed it.
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
    except MemoryError:
        code = _failed("There is not enough memory for this. End other programs, or take smaller photos.")
    except OSError as error:
        code = _failed_with(error)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = _failed_with(error)
    for stream in (sys.stdout, sys.stderr):
        _close(stream)
    return code


def end(code: int | str | None) -> NoReturn:
    """End the process after `run`, which has written everything."""
    if ends_at_once:
        os._exit(code if isinstance(code, int) else bool(code))
    sys.exit(code)


def _failed_with(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):
        return 1
    return _failed(f"{error.filename or 'The output cannot be written'}: {reason(error)}.")


def _failed(sentence: str) -> int:
    with contextlib.suppress(OSError):  # standard error itself may fail
        print(f"facescore: {printable(sentence)}", file=sys.stderr, flush=True)
    return 2


def _open_streams() -> None:
    """Escape characters that an output cannot encode, and send what goes to a closed stream to the null device.

    Python sets a closed stream to None; a file opened later would get its descriptor, and so receive its messages.
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
    """Print a table: in colour and as wide as the screen on a terminal, elsewhere without wrapping cells.

    Args:
        columns: the column names; columns that are empty in every row are left out.
        rows: one text per column. Numbers are right-aligned.
    """
    rows = list(rows)
    kept = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    table = [[row[index] for row in (columns, *rows)] for index in kept]
    numbers = [all(NUMBER.fullmatch(cell) for cell in column[1:]) for column in table]
    if sys.stdout.isatty():
        _print_fitted(table, numbers)
    else:
        padded = [_padded(column, right) for column, right in zip(table, numbers, strict=True)]
        for row in zip(*padded, strict=True):
            print("  ".join(row).rstrip())


def _padded(column: Sequence[str], right: bool) -> list[str]:
    """The cells of a column, all of the same width; numbers stand on the right."""
    widths = [sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in cell) for cell in column]
    gaps = [" " * (max(widths) - width) for width in widths]
    return [gap + cell if right else cell + gap for gap, cell in zip(gaps, column, strict=True)]


def _print_fitted(columns: Sequence[Sequence[str]], numbers: Sequence[bool]) -> None:
    """Print a table as wide as the terminal, with colours; each column begins with its name."""
    from rich import box  # a tenth of the start, and only terminals need it
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), header_style="bold")
    for (name, *_), right in zip(columns, numbers, strict=True):
        table.add_column(
            name,
            justify="right" if right else "left",
            style=STYLES.get(name),
            min_width=max(map(len, name.split())),
            overflow="fold",  # a long name goes on in the next line: without its end it could be any photo's
        )
    for row in zip(*(cells for _, *cells in columns), strict=True):
        table.add_row(*map(Text, row))  # not parsed as markup
    Console(file=sys.stdout, highlight=False).print(table)


@contextlib.contextmanager
def progress(total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how many photos are done, how many per second, and how long the rest will take.

    Args:
        total: the number of photos.
        done: how many of them were done by an earlier run.

    Yields:
        A function to call with the number of photos that have just been finished.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    rate = TextColumn("{task.fields[rate]}")
    columns = BarColumn(), MofNCompleteColumn(), TextColumn("photos"), rate, TimeRemainingColumn(), TextColumn("left")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task, start, now = bar.add_task("", total=total, completed=done, rate=""), time.monotonic(), 0

        def advance(more: int) -> None:
            """Count more finished photos."""
            nonlocal now
            now += more
            bar.update(task, advance=more, rate=f"{now / (time.monotonic() - start):.1f}/s")

        yield advance


@contextlib.contextmanager
def without_native_messages() -> Iterator[None]:
    """Hide what native libraries write to standard error, as LiteRT does when it loads the first network."""
    sys.stderr.flush()
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def printable(name: str) -> str:
    """A name with accents composed and control characters replaced: files and archives may have any name."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(letter if letter.isprintable() else "�" for letter in composed)


def no_formula(text: str) -> str:
    """Text that a spreadsheet shows unchanged; spreadsheets skip blank and invisible characters at its beginning."""
    start = next((letter for letter in text if letter.isprintable() and not letter.isspace()), "")
    return f"'{text}" if start in FORMULA or text[:1] in ("\t", "\r", "\n") else text
