"""What the tab Compare shows of ranked faces, as HTML: how far one face's scores wander, and a sortable table."""

from statistics import mean

from markupsafe import escape

from facescore.estimates import chance
from facescore.scoring import ranking
from facescore.scoring.percentile import whole
from facescore.scoring.ranking import Row
from facescore.scoring.scorer import HIGHEST, LOWEST
from facescore.ui.cards import labels
from facescore.ui.pictures import data_url
from facescore.ui.pieces import scrolling
from facescore.ui.words import say, say_html

Ranks = list[tuple[int, Row]]

THUMBNAIL = 72  # pixels per side on the page
COLUMNS = {
    "rank": "rank.column_rank",
    "picture": "rank.column_picture",
    "photo": "rank.column_photo",
    "rating": "score.column_rating",
    "percentile": "score.column_percentile",
    "chance": "score.column_probability",
}
OF_PEOPLE = ("rank", "percentile")  # columns that compare people
MOST_ROWS = 300  # of the table on the page, about 1.7 MB with their pictures: photos of crowds have thousands of faces
LONGEST_NAME = 40  # characters; what is longer is shortened in the middle


def wandering(faces: Ranks, language: str) -> str:
    """How far the scores of one person's photos lie apart; empty if there are fewer than two.

    Args:
        faces: one per photo, highest rating first.
        language: the language of the text.
    """
    if len(faces) < 2:
        return ""
    ratings = [row.numbers["beauty"] for _, row in faces]
    chances = [row.numbers["attractive"] for _, row in faces]
    width = mean(high - low for low, high in (row.numbers["beauty_interval"] for _, row in faces))
    rating = _spread("rating", f"{min(ratings):.2f} – {max(ratings):.2f}", say("score.of_five", language), language)
    probability = _spread("chance", escape(f"{chance(min(chances))} – {chance(max(chances))}"), "%", language)
    note = say_html("rank.wander_note", language, photos=len(faces), width=f"{width:.1f}")
    return f'<div class="card"><div class="two">{rating}{probability}</div><p class="fine">{note}</p></div>'


def _spread(kind: str, ends: str, unit: str, language: str) -> str:
    name = say_html(f"rank.wander_{kind}", language)
    return f'<div><p class="fine">{name}</p><p class="big">{ends} <small>{escape(unit)}</small></p></div>'


def ranked_table(faces: Ranks, language: str, people: bool = True) -> str:
    """One row per face, highest first, with buttons that sort by a column; empty if there is no face.

    Args:
        faces: with their ranks.
        language: the language of the text.
        people: whether they are of several people. Photos of one person have neither ranks nor percentiles.
    """
    if not faces:
        return ""
    columns = [column for column in COLUMNS if people or column not in OF_PEOPLE]
    head = "".join(_header(column, columns, language) for column in columns)
    (_, first), *others = faces
    marked = any(ranking.is_level(row, first) for _, row in others)  # otherwise the first is level with itself alone
    body = "".join(
        _row(columns, place, row, marked and ranking.is_level(row, first), language) for place, row in faces[:MOST_ROWS]
    )
    caption = say("rank.caption" if people else "rank.caption_one", language)
    if len(faces) > MOST_ROWS:
        caption += " " + say("rank.first_rows", language, shown=MOST_ROWS, faces=f"{len(faces):,}")
    caption = escape(caption)
    lines = f'<table aria-label="{caption}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    unanswered = say_html("rank.no_answer", language)
    gone = f'<p class="message alert gone" role="alert" data-unanswered="{unanswered}" hidden></p>'
    return f'<p class="caption fine">{caption}</p>{gone}{scrolling(lines, caption)}'


def _header(column: str, columns: list[str], language: str) -> str:
    name = say_html(COLUMNS[column], language)
    if column == "picture":
        return f'<th scope="col">{name}</th>'
    sorted_by, order = ("rank", "ascending") if "rank" in columns else ("rating", "descending")
    order = order if column == sorted_by else "none"
    return f'<th scope="col" aria-sort="{order}"><button type="button">{name}</button></th>'


def _row(columns: list[str], place: int, row: Row, level: bool, language: str) -> str:
    mark = f' <abbr title="{say_html("rank.level_mark", language)}">≈</abbr>' if level else ""
    head, beside = ("td", "") if "rank" in columns else ('th scope="row"', mark)
    numbers, name = row.numbers, say_html("score.column_probability", language)
    low, high = (str(whole(value)) for value in numbers["percentile_interval"])
    rating, standing = f'data-value="{numbers["beauty"]}"', f'data-value="{numbers["percentile"]}"'
    cells = {
        "rank": f'<th scope="row" data-value="{place}">{place}{mark}</th>',
        "picture": f"<td>{_picture(row, language)}</td>",
        "photo": f'<{head} data-value="{escape(row.photo)}" class="photo">{_photo(row, language)}</{head[:2]}>',
        "rating": f'<td {rating} class="rating"><strong>{numbers["beauty"]:.2f}</strong>{beside}'
        f"{_interval(row, language)}</td>",
        "percentile": f'<td {standing} data-label="{say_html("score.column_percentile", language)}">'
        f"{whole(numbers['percentile'])}{_range(low, high, language)}</td>",
        "chance": f'<td data-label="{name}" data-value="{numbers["attractive"]}">'
        f"{escape(chance(numbers['attractive']))}%</td>",
    }
    return "<tr>" + "".join(cells[column] for column in columns) + "</tr>"


def _photo(row: Row, language: str) -> str:
    """The photo's name, which face it is, why its scores may be off, and a button that opens it in the tab Score."""
    name, full = escape(shortened(row.photo)), escape(row.photo)
    face = say_html("score.face", language, number=row.face)
    opener = ""
    if row.file:
        opener = (
            f'<button type="button" class="open" data-file="{escape(str(row.file))}"'
            f' data-offset="{"" if row.offset is None else row.offset}">'
            f'{say_html("rank.open", language)}<span class="sr-only"> {full}</span></button>'
        )
    warned = labels(row.numbers["warnings"], language)
    return f'<span title="{full}">{name}</span><span class="range">{face}</span>{warned}{opener}'


def shortened(name: str) -> str:
    """A long name without its middle, so that beginning and end remain."""
    if len(name) <= LONGEST_NAME:
        return name
    kept = LONGEST_NAME - 1
    return f"{name[: kept // 2]}…{name[-(kept - kept // 2) :]}"


def _picture(row: Row, language: str) -> str:
    alt = say_html("rank.alt", language, face=row.face, photo=row.photo)
    return f'<img src="{data_url(row.thumbnail, "image/jpeg")}" alt="{alt}" width="{THUMBNAIL}" height="{THUMBNAIL}">'


def _interval(row: Row, language: str) -> str:
    """The rating's interval as text, and drawn on the scale from 1 to 5."""
    low, high = row.numbers["beauty_interval"]
    left, right, dot = (_across(value) for value in (low, high, row.numbers["beauty"]))
    return (
        _range(f"{low:.2f}", f"{high:.2f}", language)
        + f'<span class="scale" aria-hidden="true"><i style="left:{left:.1f}%;width:{right - left:.1f}%"></i>'
        f'<b style="left:{dot:.1f}%"></b></span>'
    )


def _across(rating: float) -> float:
    return 100 * (rating - LOWEST) / (HIGHEST - LOWEST)


def _range(low: str, high: str, language: str) -> str:
    return f'<span class="range">{say_html("score.between", language, low=low, high=high)}</span>'
