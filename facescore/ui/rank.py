"""The tab Rank: many photos in, their faces ordered by rating.

The server keeps nothing: table, strip and CSV lie inside the page, and so remain when the ranking is stopped.
"""

import base64
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from facescore.errors import FaceScoreError, InvalidRequest
from facescore.scoring import ranking
from facescore.scoring.percentile import ALL, GROUPS, whole
from facescore.scoring.ranking import Row, Source
from facescore.scoring.scorer import Scorer
from facescore.ui.cards import flags, greeting, message
from facescore.ui.pieces import scrolling
from facescore.ui.words import TEXTS, language_of, say, translated

THUMBNAIL = 72  # pixels a side on the page
COLUMNS = (
    "rank.column_rank",
    "rank.column_picture",
    "rank.column_photo",
    "score.column_rating",
    "score.column_percentile",
    "score.column_probability",
)
SECONDS = 1.5  # between two tables while photos are scored
MOST_ROWS = 300  # of the table on the page, about 1.7 MB with their pictures: photos of crowds have thousands of faces
PROGRESS = gr.Progress()
# A column's button sorts the rows: numbers highest first, names from A on; pressed again, the other way.
SORT = """element.addEventListener("click", (event) => {
  const header = event.target.closest("th[aria-sort]");
  if (!header) return;
  const rows = [...element.querySelectorAll("tbody tr")];
  const value = (row) => row.cells[header.cellIndex].dataset.value;
  const numeric = !rows.some((row) => isNaN(value(row)));
  const before = header.getAttribute("aria-sort");
  const ascending = before === "none" ? !numeric : before === "descending";
  const compare = numeric ? (a, b) => a - b : new Intl.Collator(undefined, { numeric: true }).compare;
  rows.sort((a, b) => (ascending ? 1 : -1) * compare(value(a), value(b)));
  rows[0].parentElement.append(...rows);
  for (const other of header.parentElement.querySelectorAll("[aria-sort]")) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
});"""


def open_files(files: list[str] | None) -> list[tuple[str, Source]]:
    """Every photo in the uploaded files, under the names they had.

    Raises:
        InvalidRequest: too many photos, or one that the server has deleted since.
    """
    paths = [Path(file) for file in files or []]
    if not all(path.is_file() for path in paths):
        raise InvalidRequest(say("errors.gone"))
    return ranking.open_sources((path.name, path) for path in paths)


def ranked_table(faces: list[tuple[int, Row]], language: str) -> str:
    """A row a face, highest first, with buttons that sort by a column; nothing where there is no face."""
    if not faces:
        return ""
    head = "".join(_header(column, language) for column in COLUMNS)
    body = "".join(f"<tr>{_cells(place, row, faces[0][1], language)}</tr>" for place, row in faces[:MOST_ROWS])
    caption = say("rank.caption", language)
    if len(faces) > MOST_ROWS:
        caption += " " + say("rank.first_rows", language, shown=MOST_ROWS, faces=f"{len(faces):,}")
    caption = escape(caption)
    lines = f'<table aria-label="{caption}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<p class="caption">{caption}</p>{scrolling(lines, caption)}'


def _header(column: str, language: str) -> str:
    name = escape(say(column, language))
    if column == "rank.column_picture":
        return f'<th scope="col">{name}</th>'
    order = "ascending" if column == "rank.column_rank" else "none"
    return f'<th scope="col" aria-sort="{order}"><button type="button">{name}</button></th>'


def _cells(place: int, row: Row, first: Row, language: str) -> str:
    numbers, photo = row.numbers, escape(row.photo)
    level = row is not first and ranking.is_level(row, first)
    mark = f' <abbr title="{escape(say("rank.level_mark", language))}">≈</abbr>' if level else ""
    low, high = (str(whole(value)) for value in numbers["percentile_interval"])
    return (
        f'<th scope="row" data-value="{place}">{place}{mark}</th><td>{_picture(row, language)}</td>'
        f'<td data-value="{photo}" class="photo">{photo}'
        f'<span class="range">{escape(say("score.face", language, number=row.face))}</span>'
        f"{flags(numbers['notes'], language)}</td>"
        f'<td data-value="{numbers["beauty"]}"><strong>{numbers["beauty"]:.2f}</strong>{_interval(row, language)}</td>'
        f'<td data-value="{numbers["percentile"]}">{whole(numbers["percentile"])}{_range(low, high, language)}</td>'
        f'<td data-value="{numbers["attractive"]}">{numbers["attractive"]:.0%}</td>'
    )


def _picture(row: Row, language: str) -> str:
    alt = escape(say("rank.alt", language, face=row.face, photo=row.photo))
    data = base64.b64encode(row.thumbnail).decode()
    return f'<img src="data:image/jpeg;base64,{data}" alt="{alt}" width="{THUMBNAIL}" height="{THUMBNAIL}">'


def _interval(row: Row, language: str) -> str:
    low, high = row.numbers["beauty_interval"]
    return _range(f"{low:.2f}", f"{high:.2f}", language)


def _range(low: str, high: str, language: str) -> str:
    return f'<span class="range">{escape(say("score.between", language, low=low, high=high))}</span>'


def strip(faces: list[tuple[int, Row]], language: str) -> str:
    """One picture a photo, best first; nothing where there is no face."""
    if not faces:
        return ""
    items = "".join(
        f"<li><figure>{_picture(row, language)}<figcaption>{place}. {escape(row.photo)}<br>"
        f"<strong>{row.numbers['beauty']:.2f}</strong>{_interval(row, language)}</figcaption></figure></li>"
        for place, row in faces
    )
    return f'<ol aria-label="{escape(say("rank.strip", language))}">{items}</ol>'


def endnotes(rows: list[Row], language: str) -> str:
    """A link to save the table, and the photos without a rating, each with the reason."""
    html = ""
    if rows:
        data = base64.b64encode(ranking.as_csv(rows).encode()).decode()
        html += (
            f'<p class="downloads"><a download="facescore-ranking.csv" href="data:text/csv;base64,{data}">'
            f"{escape(say('rank.save_csv', language))}</a></p>"
        )
    failures = [row for row in rows if row.note]
    if failures:
        items = "".join(
            f"<li><strong>{escape(row.photo)}</strong>: {escape(translated(row.note, language))}</li>"
            for row in failures
        )
        html += f"<h3>{escape(say('rank.failures', language))}</h3><ul>{items}</ul>"
    return html


def summary(photos: list[list[Row]], language: str) -> str:
    """How many faces there are, and of how many the order says little."""
    faces = ranking.ranked(row for photo in photos for row in photo)
    sentence = say("rank.done", language, faces=len(faces), photos=len(ranking.best_shots(photos)))
    level = sum(ranking.is_level(row, faces[0][1]) for _, row in faces[1:])
    if level:
        sentence += " " + say("rank.level", language, level=level)
    return message(sentence)


def show(photos: list[list[Row]], language: str) -> tuple[str, str, str]:
    """Table, strip and what stands below them, of the photos that are scored so far."""
    rows = [row for photo in photos for row in photo]
    return (
        ranked_table(ranking.ranked(rows), language),
        strip(ranking.best_shots(photos), language),
        endnotes(rows, language),
    )


def _ranking(
    scorer: Scorer, files: list[str] | None, group: str, language: str, progress: gr.Progress
) -> Iterator[tuple[Any, ...]]:
    """Status, views and the stop button: at the start, now and then, and at the end."""
    try:
        sources = open_files(files)
    except FaceScoreError as error:
        yield message(translated(str(error), language), alert=True), "", "", "", gr.skip()
        return
    if not sources:
        yield message(say("rank.welcome", language)), "", "", "", gr.skip()
        return
    yield "", "", "", "", gr.update(interactive=True)
    photos: list[list[Row]] = []
    shown = time.monotonic()
    for photo in ranking.score_photos(scorer, sources, group):
        photos.append(photo)
        progress((len(photos), len(sources)), desc=photo[0].photo, unit=say("rank.photos", language))
        if time.monotonic() - shown > SECONDS:
            yield gr.skip(), *show(photos, language), gr.skip()
            shown = time.monotonic()
    yield summary(photos, language), *show(photos, language), gr.update(interactive=False)


def build(scorer: Scorer) -> None:
    """Lay out the tab inside the open Blocks context, and offer `/rank`."""

    def rank(files: list[str] | None, group: str = ALL) -> dict[str, Any]:
        """Find and score every face in up to 200 photos, and rank the faces by rating.

        Args:
            files: the photos' files, or .zip archives of photos.
            group: which of the data set's faces the percentile compares with: all, AF, AM, CF or CM.

        Returns:
            `faces`, highest rating first, each with its rank, photo and number in the photo; `failures`, the photos
            without a rating, each with the reason; and where all was refused `error`, a sentence.

        """
        try:
            rows = [row for photo in ranking.score_photos(scorer, open_files(files), group) for row in photo]
        except FaceScoreError as error:
            return ranking.report([]) | {"error": str(error)}
        return ranking.report(rows)

    def stream(
        files: list[str] | None, group: str, request: gr.Request, progress: gr.Progress = PROGRESS
    ) -> Iterator[tuple[Any, ...]]:
        """Status, views and the stop button, in the visitor's language."""
        yield from _ranking(scorer, files, group, language_of(request), progress)

    def stop(request: gr.Request) -> tuple[str, dict[str, Any]]:
        """The word of it, once the ranking has ended."""
        return message(say("rank.stopped", language_of(request))), gr.update(interactive=False)

    gr.Markdown(TEXTS("rank.about"), elem_classes="introduction")
    with gr.Row(equal_height=False):
        files, group, best, start, halt = _asked()
        status, table, shots, notes = _answered()

    run = start.click(
        stream,
        inputs=[files, group],
        outputs=[status, table, shots, notes, halt],
        show_progress_on=status,
        api_visibility="private",
    )
    # First the end, then the word of it: side by side, Gradio may take the end for an error.
    halt.click(None, cancels=run).then(stop, outputs=[status, halt], show_progress="hidden", api_visibility="private")
    best.change(
        lambda wanted: (gr.update(visible=not wanted), gr.update(visible=wanted)),
        inputs=best,
        outputs=[table, shots],
        show_progress="hidden",
        api_visibility="private",
    )
    gr.on([], rank, inputs=[files, group], outputs=gr.JSON(label="ranking", visible=False), api_name="rank")


def _asked() -> tuple[gr.File, gr.Radio, gr.Checkbox, gr.Button, gr.Button]:
    """The left column: photos, group to compare with, whether one picture a photo is wanted, start and stop."""
    with gr.Column(scale=1, min_width=280):
        files = gr.File(
            label=TEXTS("rank.files"),
            file_count="multiple",
            file_types=["image", ".zip"],
            height=240,
            elem_id="rank-files",
        )
        group = gr.Radio(
            choices=[(TEXTS(f"score.group_{key}"), key) for key in GROUPS],
            value=ALL,
            label=TEXTS("score.compare"),
            elem_id="rank-group",
        )
        best = gr.Checkbox(label=TEXTS("rank.best"), info=TEXTS("rank.best_info"), elem_id="rank-best")
        with gr.Row():
            start = gr.Button(TEXTS("rank.start"), variant="primary", min_width=100, elem_id="rank-start")
            halt = gr.Button(TEXTS("rank.stop"), interactive=False, min_width=100, elem_id="rank-stop")
    return files, group, best, start, halt


def _answered() -> tuple[gr.HTML, gr.HTML, gr.HTML, gr.HTML]:
    """The right column: status, table, strip, and what stands below them."""
    with gr.Column(scale=2, min_width=520):
        status = gr.HTML(greeting("rank.welcome"), elem_id="rank-status")
        table = gr.HTML(js_on_load=SORT, elem_id="ranking")
        shots = gr.HTML(visible=False, elem_id="best-shots")
        notes = gr.HTML(elem_id="rank-notes")
    return status, table, shots, notes
