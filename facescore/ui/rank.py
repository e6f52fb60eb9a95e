"""The tab Rank: many photos in, their faces ordered by rating.

The server keeps nothing: table, strip and CSV are part of the page, and so remain when the ranking is stopped.
"""

import time
from collections.abc import Iterator
from html import escape
from typing import Any

import gradio as gr

from facescore.errors import FaceScoreError, InvalidRequest
from facescore.scoring import ranking
from facescore.scoring.percentile import ALL, GROUPS
from facescore.scoring.ranking import Row, Source
from facescore.scoring.scorer import Scorer
from facescore.ui import uploads
from facescore.ui.cards import greeting, message
from facescore.ui.choices import group_named
from facescore.ui.lanes import LANE
from facescore.ui.pictures import data_url
from facescore.ui.ranked import SORT, ranked_table, strip
from facescore.ui.words import TEXTS, language_of, say, translated

SECONDS = 1.5  # between two updates of the table while photos are scored
PROGRESS = gr.Progress()


def open_files(payload: object) -> list[tuple[str, Source]]:
    """Every photo in the uploaded files, with its name.

    Args:
        payload: what the file input sends.

    Raises:
        InvalidRequest: there are too many photos, or a file is not an upload or has been deleted since.
        InvalidImage: a file is too large.
    """
    return ranking.open_sources((path.name, path) for path in uploads.files(payload))


def out_of_time(photos: list[list[Row]]) -> InvalidRequest | None:
    """An error if the time for one ranking was over before all photos were scored, otherwise None."""
    done = sum(str(photo[0].error) != ranking.LATE for photo in photos)
    if done == len(photos):
        return None
    return InvalidRequest(
        "The time for one ranking is over: {done} of {photos} photos were scored. Rank the rest separately.",
        done=done,
        photos=len(photos),
    )


def endnotes(rows: list[Row], language: str) -> str:
    """A link to save the table, and the photos without a rating, each with the reason."""
    html = ""
    if rows:
        address = data_url(ranking.as_csv(rows).encode(), "text/csv")
        html += (
            f'<p class="downloads"><a download="facescore-ranking.csv" href="{address}">'
            f"{escape(say('rank.save_csv', language))}</a></p>"
        )
    failures = [(row.photo, translated(row.error, language)) for row in rows if row.error]
    if failures:
        items = "".join(f"<li><strong>{escape(photo)}</strong>: {escape(why)}</li>" for photo, why in failures)
        html += f"<h3>{escape(say('rank.failures', language))}</h3><ul>{items}</ul>"
    return html


def summary(photos: list[list[Row]], language: str) -> str:
    """How many faces there are, and for how many the order says little."""
    faces = ranking.ranked(row for photo in photos for row in photo)
    sentence = say("rank.done", language, faces=len(faces), photos=len(ranking.best_shots(photos)))
    level = sum(ranking.is_level(row, faces[0][1]) for _, row in faces[1:])
    if level:
        sentence += " " + say("rank.level", language, level=level)
    return message(sentence)


def show(photos: list[list[Row]], language: str) -> tuple[str, str, str]:
    """Table, strip and endnotes of the photos scored so far."""
    rows = [row for photo in photos for row in photo]
    return (
        ranked_table(ranking.ranked(rows), language),
        strip(ranking.best_shots(photos), language),
        endnotes(rows, language),
    )


def _ranking(
    scorer: Scorer, files: object, group: object, language: str, progress: gr.Progress
) -> Iterator[tuple[Any, ...]]:
    """Status, views and the stop button: at the start, at intervals, and at the end."""
    try:
        named, sources = group_named(group), open_files(files)
    except FaceScoreError as error:
        yield message(translated(error, language), alert=True), "", "", "", gr.skip()
        return
    if not sources:
        yield message(say("rank.welcome", language)), "", "", "", gr.skip()
        return
    yield "", "", "", "", gr.update(interactive=True)
    photos: list[list[Row]] = []
    shown = time.monotonic()
    for photo in LANE.after_others(ranking.score_photos(scorer, sources, named, ranking.SECONDS)):
        photos.append(photo)
        progress((len(photos), len(sources)), desc=photo[0].photo, unit=say("rank.photos", language))
        if time.monotonic() - shown > SECONDS:
            yield gr.skip(), *show(photos, language), gr.skip()
            shown = time.monotonic()
    said = summary(photos, language)
    if late := out_of_time(photos):
        said = message(translated(late, language), alert=True) + said
    yield said, *show(photos, language), gr.update(interactive=False)


def build(scorer: Scorer) -> None:
    """Lay out the tab inside the open Blocks context, and offer `/rank`."""

    def rank(files: Any, group: str = ALL) -> dict[str, Any]:
        """Find and score every face in up to 200 photos, and rank the faces by rating.

        Args:
            files: the photos' files, or .zip archives of photos.
            group: which of the data set's faces the percentile compares with: all, AF, AM, CF or CM.

        Returns:
            `faces`, highest rating first, each with its rank, photo and number in the photo; `failures`, the photos
            without a rating, each with the reason; and `error`, a sentence, if all was refused or the time was over.

        """
        try:
            named, sources = group_named(group), open_files(files)
            photos = list(LANE.after_others(ranking.score_photos(scorer, sources, named, ranking.SECONDS)))
        except FaceScoreError as error:
            return ranking.report([]) | {"error": str(error)}
        late = out_of_time(photos)
        return ranking.report(row for photo in photos for row in photo) | ({"error": str(late)} if late else {})

    def stream(
        files: Any, group: str, request: gr.Request, progress: gr.Progress = PROGRESS
    ) -> Iterator[tuple[Any, ...]]:
        """Status, views and the stop button, in the visitor's language."""
        yield from _ranking(scorer, files, group, language_of(request), progress)

    def stop(request: gr.Request) -> tuple[str, dict[str, Any]]:
        """A message, once the ranking has stopped."""
        return message(say("rank.stopped", language_of(request))), gr.update(interactive=False)

    def forget(files: Any, request: gr.Request) -> tuple[Any, ...]:
        """An empty tab; the photos are deleted from the disk."""
        uploads.delete(files)
        return None, message(say("rank.deleted", language_of(request))), "", "", "", gr.update(interactive=False)

    gr.Markdown(TEXTS("rank.about"), elem_classes="introduction")
    with gr.Row(equal_height=False):
        files, group, best, start, halt, bin_ = _asked()
        status, table, shots, notes = _answered()

    run = start.click(
        stream,
        inputs=[files, group],
        outputs=[status, table, shots, notes, halt],
        show_progress_on=status,
        api_visibility="private",
    )
    # First the stop, then the message: run side by side, Gradio may take the stop for an error.
    halt.click(None, cancels=run).then(stop, outputs=[status, halt], show_progress="hidden", api_visibility="private")
    bin_.click(None, cancels=run).then(
        forget,
        inputs=files,
        outputs=[files, status, table, shots, notes, halt],
        show_progress="hidden",
        api_visibility="private",
    )
    best.change(
        lambda wanted: (gr.update(visible=not wanted), gr.update(visible=bool(wanted))),
        inputs=best,
        outputs=[table, shots],
        show_progress="hidden",
        api_visibility="private",
    )
    gr.on([], rank, inputs=[files, group], outputs=gr.JSON(label="ranking", visible=False), api_name="rank")


def _asked() -> tuple[gr.File, gr.Radio, gr.Checkbox, gr.Button, gr.Button, gr.Button]:
    """The left column: photos, group to compare with, whether to show one picture per photo, start, stop, delete."""
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
        bin_ = gr.Button(TEXTS("rank.delete"), size="sm", elem_id="rank-delete")
    return files, group, best, start, halt, bin_


def _answered() -> tuple[gr.HTML, gr.HTML, gr.HTML, gr.HTML]:
    """The right column: status, table, strip and endnotes."""
    with gr.Column(scale=2, min_width=520):
        status = gr.HTML(greeting("rank.welcome"), elem_id="rank-status")
        table = gr.HTML(js_on_load=SORT, elem_id="ranking")
        shots = gr.HTML(visible=False, elem_id="best-shots")
        notes = gr.HTML(elem_id="rank-notes")
    return status, table, shots, notes
