"""The tab Compare: photos of one person, and how far the scores wander; or of several people, as a table.

Scored photos are kept no longer than the uploads, so that another group is compared with at once.
"""

import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import escape

from facescore.errors import FaceScoreError, InvalidRequest
from facescore.scoring import ranking
from facescore.scoring.percentile import ALL, GROUPS
from facescore.scoring.ranking import Row, Source
from facescore.scoring.scorer import Scorer
from facescore.settings import ASSETS
from facescore.ui import copies, pictures, uploads
from facescore.ui.cards import greeting, message
from facescore.ui.choices import group_named
from facescore.ui.lanes import LANE
from facescore.ui.ranked import ranked_table, wandering
from facescore.ui.rankings import Photos, Rankings
from facescore.ui.words import TEXTS, language_of, say, say_html, translated

PROGRESS_EVERY, TABLE_EVERY = 0.3, 1.5  # seconds between two updates while photos are scored
KINDS = ("one", "many")
SHOWN = ("status", "person", "table", "notes", "halt")  # what a ranking fills, in this order
TO_RESULT = """() => { if (innerWidth <= 640) document.querySelector("#rank-status").scrollIntoView(); }"""
CALLS: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def open_files(files: list[Path]) -> list[tuple[str, Source]]:
    """Every photo in uploaded files, with its name.

    Raises:
        InvalidRequest: there are too many photos.
    """
    return ranking.open_sources((path.name, path) for path in files)


def out_of_time(photos: Photos) -> InvalidRequest | None:
    """An error if the time for one ranking was over before all photos were scored, otherwise None."""
    done = sum(str(photo[0].error) != ranking.LATE for photo in photos)
    if done == len(photos):
        return None
    return InvalidRequest(
        "The time limit was reached: {done} of {photos} photos were scored. Rank the rest separately.",
        done=done,
        photos=len(photos),
    )


def endnotes(rows: list[Row], language: str) -> str:
    """A link to save the table, and the photos without a rating, each with the reason."""
    html = ""
    if rows:
        address = pictures.data_url(ranking.as_csv(rows).encode(), "text/csv")
        html += (
            f'<p class="downloads"><a download="facescore-ranking.csv" href="{address}">'
            f"{say_html('rank.save_csv', language)}</a></p>"
        )
    failures = [(row.photo, translated(row.error, language)) for row in rows if row.error]
    if failures:
        items = "".join(f"<li><strong>{escape(photo)}</strong>: {escape(why)}</li>" for photo, why in failures)
        html += f"<h3>{say_html('rank.failures', language)}</h3><ul>{items}</ul>"
    return html


def summary(photos: Photos, language: str) -> str:
    """How many faces there are, and for how many the order says little."""
    faces = ranking.ranked(row for photo in photos for row in photo)
    sentence = say("rank.done", language, faces=len(faces), photos=len(ranking.best_shots(photos)))
    level = sum(ranking.is_level(row, faces[0][1]) for _, row in faces[1:])
    if level:
        sentence += " " + say("rank.level", language, level=level)
    return message(sentence)


def show(photos: Photos, language: str) -> dict[str, str]:
    """The photos scored so far: as one person's, as several people's, and the endnotes."""
    rows = [row for photo in photos for row in photo]
    person, people = ranking.best_shots(photos), ranking.ranked(rows)
    caution = f'<p class="note">{say_html("rank.caution", language)}</p>' if people else ""
    return {
        "person": wandering(person, language) + ranked_table(person, language, people=False),
        "table": caution + ranked_table(people, language),
        "notes": endnotes(rows, language),
    }


def progress(done: int, photos: int, language: str) -> str:
    """How many of the photos are scored, as text and as a bar."""
    text = say_html("rank.progress", language, done=done, photos=photos)
    return f'<p class="message status">{text}<progress max="{photos}" value="{done}" aria-hidden="true"></progress></p>'


def in_order(**answer: Any) -> tuple[Any, ...]:
    """What the page shows, in the order of its components; the rest stays as it is."""
    return tuple(answer.get(name, gr.skip()) for name in SHOWN)


class Handlers:
    """What the tab's controls do.

    Args:
        scorer: scores the photos.
    """

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        self.rankings = Rankings()

    def rank(self, files: Any, group: str = ALL) -> dict[str, Any]:
        """Find and score every face in up to 200 photos, for 90 seconds at most, and rank the faces by rating.

        Use only photos of people who agree; no children. The order compares guesses of what some raters would have
        said, not people.

        Args:
            files: the photos' files, of up to 20 MB each, or .zip archives of photos, of up to 40 MB each.
            group: the faces that the percentile compares with: all, or Asian (A) or Caucasian (C) women (F) or men (M).

        Returns:
            The ranking: `faces`, highest rating first, each with its `rank`, `photo` and number in the photo, `face`,
            and all that the function score returns of a face; `failures`, the photos without a rating, each with
            `photo` and `error`, the reason; and `error`, a sentence, if all was refused or the time ran out.

        """
        try:
            named, sources = group_named(group), open_files(uploads.files(files))
            photos = list(LANE.after_others(ranking.score_photos(self.scorer, sources, named, ranking.SECONDS)))
        except FaceScoreError as error:
            return ranking.report([]) | {"error": str(error)}
        late = out_of_time(photos)
        return ranking.report(row for photo in photos for row in photo) | ({"error": str(late)} if late else {})

    def stream(self, files: Any, group: Any, request: gr.Request) -> Generator[tuple[Any, ...], None, None]:
        """The ranking: its progress, what is found so far at intervals, and all of it at the end."""
        language = language_of(request)
        empty = {"person": "", "table": "", "notes": ""}
        try:
            named, paths = group_named(group), uploads.files(files)
            sources = open_files(paths)
        except FaceScoreError as error:
            yield in_order(status=message(translated(error, language), alert=True), **empty)
            return
        if not sources:
            yield in_order(status=message(say("rank.welcome", language)), **empty)
            return
        yield in_order(status=progress(0, len(sources), language), halt=gr.update(interactive=True), **empty)
        photos: Photos = []
        said = shown = time.monotonic()
        try:
            for photo in LANE.after_others(ranking.score_photos(self.scorer, sources, named, ranking.SECONDS)):
                photos.append(photo)
                now = time.monotonic()
                if now - said > PROGRESS_EVERY:
                    due = now - shown > TABLE_EVERY
                    status = progress(len(photos), len(sources), language)
                    yield in_order(status=status, **(show(photos, language) if due else {}))
                    said, shown = now, now if due else shown
        finally:  # what is there when it is stopped can be compared with another group, too
            self.rankings.keep(paths, photos)
        late = out_of_time(photos)
        alert = message(translated(late, language), alert=True) if late else ""
        halt = gr.update(interactive=False)
        yield in_order(status=alert + summary(photos, language), halt=halt, **show(photos, language))

    def regroup(self, files: Any, group: Any, request: gr.Request) -> tuple[Any, ...]:
        """The ranking with percentiles among another group; nothing is scored again."""
        named, paths = group_named(group), uploads.files(files)
        if (photos := self.rankings.find(paths)) is None:
            return in_order()
        ratings = self.scorer.distribution
        photos = [[row.compared_with(named, ratings) for row in rows] for rows in photos]
        return in_order(**show(photos, language_of(request)))

    def ended(self, files: Any, group: Any, request: gr.Request) -> tuple[Any, ...]:
        """The ranking among the chosen group, if another one was chosen while it ran."""
        named, photos = group_named(group), self.rankings.find(uploads.files(files)) or []
        if all(row.numbers.get("group", named) == named for rows in photos for row in rows):
            return in_order()
        return self.regroup(files, group, request)

    def stop(self, request: gr.Request) -> tuple[Any, ...]:
        """A message, once the ranking has stopped."""
        return in_order(status=message(say("rank.stopped", language_of(request))), halt=gr.update(interactive=False))

    def forget(self, files: Any, request: gr.Request) -> tuple[Any, ...]:
        """An empty tab; the photos are deleted from the disk, and their scores are dropped."""
        uploads.delete(files)
        self.rankings.drop_old()
        status, halt = message(say("rank.deleted", language_of(request))), gr.update(interactive=False)
        return None, *in_order(status=status, person="", table="", notes="", halt=halt)


def build(scorer: Scorer) -> Rankings:
    """Lay out the tab inside the open Blocks context, and offer `/rank`; return what keeps the rankings."""
    handlers = Handlers(scorer)
    gr.Markdown(TEXTS("rank.about"), elem_classes="lead")
    with gr.Row(equal_height=False):
        files, kind, group, start, halt, try_, bin_ = _asked()
        shown = _answered() | {"halt": halt}
    asked: list[Any] = [files, group]
    outputs = [shown[name] for name in SHOWN]
    run = start.click(handlers.stream, inputs=asked, outputs=outputs, **CALLS)
    example = try_.click(copies.example, outputs=files, **CALLS)
    shown_example = example.then(handlers.stream, inputs=asked, outputs=outputs, **CALLS)
    for done in (run, shown_example):
        done.then(handlers.ended, inputs=asked, outputs=outputs, **CALLS)
    running = [run, example, shown_example]
    gr.on([start.click, try_.click], None, js=TO_RESULT, show_progress="hidden")
    # First the stop, then the message: run side by side, Gradio may take the stop for an error.
    halt.click(None, cancels=running).then(handlers.stop, outputs=outputs, **CALLS)
    bin_.click(None, cancels=running).then(handlers.forget, inputs=files, outputs=[files, *outputs], **CALLS)
    group.input(handlers.regroup, inputs=asked, outputs=outputs, **CALLS)
    kind.change(
        lambda chosen: [gr.update(visible=chosen == one) for one in (*KINDS, KINDS[1])],
        inputs=kind,
        outputs=[shown["person"], shown["table"], group],
        **CALLS,
    )
    gr.on([], handlers.rank, inputs=asked, outputs=gr.JSON(label="ranking", visible=False), api_name="rank")
    return handlers.rankings


def _asked() -> tuple[gr.File, gr.Radio, gr.Radio, gr.Button, gr.Button, gr.Button, gr.Button]:
    """The left column: photos, whom they show, the group to compare with, start, stop, an example, delete."""
    with gr.Column(scale=1, min_width=280):
        files = gr.File(
            label=TEXTS("rank.files"),
            file_count="multiple",
            file_types=["image", ".zip"],
            height=200,
            elem_id="rank-files",
        )
        kind = gr.Radio(
            choices=[(TEXTS(f"rank.kind_{one}"), one) for one in KINDS],
            value=KINDS[0],
            label=TEXTS("rank.kind"),
            elem_id="rank-kind",
        )
        group = gr.Radio(
            choices=[(TEXTS(f"score.group_{key}"), key) for key in GROUPS],
            value=ALL,
            label=TEXTS("score.compare"),
            visible=False,
            elem_id="rank-group",
        )
        with gr.Row():
            start = gr.Button(TEXTS("rank.start"), variant="primary", min_width=100, elem_id="rank-start")
            halt = gr.Button(TEXTS("rank.stop"), interactive=False, min_width=100, elem_id="rank-stop")
        try_ = gr.Button(TEXTS("rank.example"), size="sm", elem_id="rank-example")
        bin_ = gr.Button(TEXTS("rank.delete"), size="sm", elem_id="rank-delete")
    return files, kind, group, start, halt, try_, bin_


def _answered() -> dict[str, gr.HTML]:
    """The right column: status, one person's photos, several people's, and endnotes."""
    script = (ASSETS / "compare.js").read_text(encoding="utf-8")
    opening: dict[str, Any] = {"js_on_load": script, "server_functions": [copies.open_photo]}
    with gr.Column(scale=2, min_width=280):
        status = gr.HTML(greeting("rank.welcome"), elem_id="rank-status")
        person = gr.HTML(**opening, elem_classes="ranking", elem_id="same-face")
        table = gr.HTML(**opening, visible=False, elem_classes="ranking", elem_id="ranking")
        notes = gr.HTML(elem_id="rank-notes")
    return {"status": status, "person": person, "table": table, "notes": notes}
