"""The ranking as HTML: a table of faces that can be sorted by column, and a strip of the best shots."""

from html import escape

from facescore.scoring import ranking
from facescore.scoring.percentile import whole
from facescore.scoring.ranking import Row
from facescore.ui.cards import labels
from facescore.ui.pictures import data_url
from facescore.ui.pieces import scrolling
from facescore.ui.words import say

THUMBNAIL = 72  # pixels per side on the page
COLUMNS = (
    "rank.column_rank",
    "rank.column_picture",
    "rank.column_photo",
    "score.column_rating",
    "score.column_percentile",
    "score.column_probability",
)
MOST_ROWS = 300  # of the table on the page, about 1.7 MB with their pictures: photos of crowds have thousands of faces
# A column's button sorts the rows: numbers highest first, names from A to Z; pressed again, the other way round.
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


def ranked_table(faces: list[tuple[int, Row]], language: str) -> str:
    """One row per face, highest first, with buttons that sort by a column; empty if there is no face."""
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
        f"{labels(numbers['warnings'], language)}</td>"
        f'<td data-value="{numbers["beauty"]}"><strong>{numbers["beauty"]:.2f}</strong>{_interval(row, language)}</td>'
        f'<td data-value="{numbers["percentile"]}">{whole(numbers["percentile"])}{_range(low, high, language)}</td>'
        f'<td data-value="{numbers["attractive"]}">{numbers["attractive"]:.0%}</td>'
    )


def _picture(row: Row, language: str) -> str:
    alt = escape(say("rank.alt", language, face=row.face, photo=row.photo))
    return f'<img src="{data_url(row.thumbnail, "image/jpeg")}" alt="{alt}" width="{THUMBNAIL}" height="{THUMBNAIL}">'


def _interval(row: Row, language: str) -> str:
    low, high = row.numbers["beauty_interval"]
    return _range(f"{low:.2f}", f"{high:.2f}", language)


def _range(low: str, high: str, language: str) -> str:
    return f'<span class="range">{escape(say("score.between", language, low=low, high=high))}</span>'


def strip(faces: list[tuple[int, Row]], language: str) -> str:
    """One picture per photo, best first; empty if there is no face."""
    if not faces:
        return ""
    items = "".join(
        f"<li><figure>{_picture(row, language)}<figcaption>{place}. {escape(row.photo)}<br>"
        f"<strong>{row.numbers['beauty']:.2f}</strong>{_interval(row, language)}</figcaption></figure></li>"
        for place, row in faces
    )
    return f'<ol aria-label="{escape(say("rank.strip", language))}">{items}</ol>'
