"""Score many photos into a table or a file, on this machine or a cluster."""

import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import typer

from facescore import terminal
from facescore.batch import local, manifest, parts, tables
from facescore.batch.tables import Record
from facescore.batch.worker import Job
from facescore.cli.faces import cells, columns, print_warnings
from facescore.errors import InvalidImage, InvalidRequest, reason
from facescore.scoring.scorer import NO_FACE
from facescore.terminal import print_json, print_table, printable, progress

RESUME = "Stopped after {done:,} of {total:,} photos. The same command resumes from there."


def run(photos: Sequence[str], out: str | None, ray: str | None, as_json: bool, job: Job) -> None:
    """Do what `facescore rank` was asked for.

    Args:
        photos: what the user named.
        out: the path or URL of the result; None prints it.
        ray: the address of a cluster; None means this machine alone.
        as_json: whether JSON is printed instead of a table.
        job: the options, which are the same for all photos.
    """
    if as_json and (ray or out is not None):
        raise InvalidRequest("--json prints the faces and -o writes them to a file. Leave one of the two out.")
    if ray:
        _on_cluster(ray, out, photos, job)
    elif out is not None:
        _into_file(Path(out), photos, job)
    else:
        _printed(photos, job, as_json)


def _into_file(out: Path, photos: Sequence[str], job: Job) -> None:
    """Score all photos and write the file."""
    if out.suffix.lower() not in tables.SUFFIXES:
        raise InvalidRequest(f"-o writes a .csv or .parquet file, not {out}. Choose another name.")
    if out.is_dir():
        raise InvalidRequest(f"{out} is a folder and cannot be overwritten. Name a file.")
    if any(os.path.realpath(photo) == os.path.realpath(out) for photo in photos):
        raise InvalidRequest(f"{out} is to be read and would be overwritten. Choose another name after -o.")
    if out.suffix.lower() == ".parquet":
        tables.pyarrow()
    try:
        with parts.opened(out, photos, job) as kept:
            done = kept.photos_done()
            _say_what_was_done(done, kept.photos)
            with progress(kept.photos, done) as advance:
                processes = _processes(kept.photos - done)
                try:
                    for number, count, records in local.score(kept.left(), job, processes):
                        kept.write(number, records)
                        advance(count)
                except KeyboardInterrupt:
                    print(f"\nfacescore: {RESUME.format(done=kept.photos_done(), total=kept.photos)}", file=sys.stderr)
                    raise
            counts = kept.finish(out)
    except OSError as error:
        raise InvalidRequest(f"{out} cannot be written: {reason(error)}. Name a file in another folder.") from error
    _say_what_was_written(str(out), counts)


def _on_cluster(address: str, out: str | None, photos: Sequence[str], job: Job) -> None:
    """Score all photos that are not in the folder yet."""
    if out is None or not out.rstrip("/").endswith(".parquet"):
        raise InvalidRequest("--ray writes a folder of Parquet files. Name it with -o; the name must end in .parquet.")
    if Path(out).is_file():
        raise InvalidRequest(f"{out} is a file, and --ray writes a folder. Choose another name.")
    if importlib.util.find_spec("ray") is None:  # not imported yet: its settings come first
        raise InvalidRequest("--ray needs the package ray. Install it in the checkout: pip install '.[scale]'")
    from facescore.batch import ray_data

    terminal.ends_at_once = True
    with ExitStack() as stack:

        def begin(total: int, done: int) -> Callable[[int], None]:
            """Say how much an earlier run did, and show the progress from there."""
            _say_what_was_done(done, total)
            return stack.enter_context(progress(total, done))

        counts = ray_data.score(photos, out, job, address, begin)
    _say_what_was_written(out, counts)


def _say_what_was_done(done: int, total: int) -> None:
    if done:
        print(f"{done:,} of {total:,} photos were already done.", file=sys.stderr)


def _processes(photos: int) -> int:
    """One process per core, but no more than there are chunks."""
    return max(1, min(local.cores(), -(-photos // parts.CHUNK)))


def _say_what_was_written(out: str, counts: Counter[str]) -> None:
    """Print one line, and exit with code 2 if a photo could not be read."""
    print(
        f"Wrote {printable(out)}: {counts['faces']:,} faces in {counts['photos']:,} photos. No face was found in "
        f"{counts['without']:,}; {counts['unread']:,} could not be read (see the column error)."
    )
    if counts["unread"]:
        raise typer.Exit(2)


def _printed(photos: Sequence[str], job: Job, as_json: bool) -> None:
    """Score all photos and print the faces, highest rating first."""
    items = list(manifest.listed(photos))
    scored: list[tuple[int, int, list[Record]]] = []
    stopped = False
    try:
        with progress(len(items)) as advance:
            for one in local.score(enumerate(manifest.chunks(items, parts.CHUNK)), job, _processes(len(items))):
                scored.append(one)
                advance(one[1])
    except KeyboardInterrupt:
        stopped = True
    records = [record for _, _, some in sorted(scored, key=lambda one: one[0]) for record in some]
    unread = _print_records(records, job.group, as_json)
    if stopped:
        done = sum(count for _, count, _ in scored)
        print(f"\nfacescore: Stopped after {done} of {len(items)} photos.", file=sys.stderr)
        raise typer.Exit(130)
    if unread:
        raise typer.Exit(2)


def _print_records(records: Sequence[Record], group: str, as_json: bool) -> bool:
    """Print faces on standard output and errors on standard error; return whether a photo could not be read."""
    from facescore.scoring import ranking  # it loads pandas

    rows = [
        ranking.Row(one["photo"], one["face"], one)
        if one["face"]
        else ranking.Row(one["photo"], error=InvalidImage(one["error"]))
        for one in records
    ]
    failures = [row for row in rows if row.error]
    for row in failures:
        print(f"facescore: {printable(f'{row.photo}: {row.error}')}", file=sys.stderr)
    faces = ranking.ranked(rows)
    if as_json:
        print_json(ranking.report(rows))
    elif faces:
        print_table(
            ("rank", *columns(group), "photo (face)", "warnings"),
            [
                (str(place), *cells(row.numbers), f"{row.photo} ({row.face})", ", ".join(row.numbers["warnings"]))
                for place, row in faces
            ],
        )
        level = sum(ranking.is_level(row, faces[0][1]) for _, row in faces) - 1
        if level:
            print(
                f"\n{level} more of {len(faces)} intervals overlap the first one: the order of those faces says little."
            )
        print_warnings(name for row in rows if row.numbers for name in row.numbers["warnings"])
    return any(str(row.error) != NO_FACE for row in failures)
