"""Downloads of a photo's scores: links within the page itself, and a picture that the browser draws."""

import csv
import io
import json
from typing import Any

from markupsafe import escape

from facescore.checkpoints import Card
from facescore.estimates import chance
from facescore.scoring.percentile import whole
from facescore.scoring.scorer import FaceScore
from facescore.ui.cards import guess
from facescore.ui.pictures import address, data_url
from facescore.ui.words import say, say_html

SIDE = 224  # pixels of the face that the picture shows
Line = tuple[int, bool, str]
"""Size in pixels, whether it is quiet, and text."""
# The picture is drawn by the browser: it has the fonts of every language, and the server makes no file.
DRAW = """element.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-lines]");
  if (!button) return;
  const face = Object.assign(new Image(), { src: button.dataset.face });
  await face.decode();
  const [width, height, margin, side] = [960, 480, 40, 400], canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fbfaf8";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(face, margin, margin, side, side);
  let top = margin;
  for (const [size, quiet, text] of JSON.parse(button.dataset.lines)) {
    pen.font = `${size > 40 ? 700 : 400} ${size}px system-ui, sans-serif`;
    pen.fillStyle = quiet ? "#57534e" : "#1d1b1a";
    for (const line of broken(pen, text, width - 3 * margin - side)) {
      top += 1.2 * size;
      pen.fillText(line, 2 * margin + side, top);
    }
    top += 0.35 * size;
  }
  const link = Object.assign(document.createElement("a"), { download: button.dataset.name, href: canvas.toDataURL() });
  link.click();
});
function broken(pen, text, width) {
  const lines = [""], words = text.match(/[\\u2e80-\\uffff]|[^\\s\\u2e80-\\uffff]+\\s*|\\s+/g) ?? [];
  for (const word of words) {
    if (lines.at(-1) && pen.measureText(lines.at(-1) + word.trimEnd()).width > width) lines.push(word);
    else lines[lines.length - 1] += word;
  }
  return lines;
}"""


def links(report: dict[str, Any], face: FaceScore, number: int, cards: tuple[Card, Card], language: str) -> str:
    """Links to save the report as JSON and CSV, and a button to save one face as a picture.

    Args:
        report: the report of all faces of the photo.
        face: the one that is shown.
        number: its number in the photo, from 1.
        cards: the cards of the networks behind the rating and the probability.
        language: the language of the links' text and of the picture.
    """
    files = (
        ("json", "facescore.json", "application/json", json.dumps(report, indent=2).encode()),
        ("csv", "facescore.csv", "text/csv", as_csv(report["faces"]).encode()),
    )
    anchors = "".join(
        f'<a class="download" download="{name}" href="{data_url(content, kind)}">'
        f"{say_html(f'score.save_{key}', language)}</a>"
        for key, name, kind, content in files
    )
    lines = escape(json.dumps(card_lines(face, number, cards, language), ensure_ascii=False))
    button = (
        f'<button type="button" class="act" data-name="facescore-{number}.png" data-lines="{lines}"'
        f' data-face="{address(face.beauty_explanation.overlay(SIDE), 85)}">'
        f"{say_html('score.save_png', language)}</button>"
    )
    return f'<p class="downloads">{button}{anchors}</p>'


def as_csv(faces: list[dict[str, Any]]) -> str:
    """One row per face; a value of several numbers becomes several columns."""
    rows = [{"face": number} | _flat(face) for number, face in enumerate(faces, 1)]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _flat(face: dict[str, Any]) -> dict[str, Any]:
    names = {
        "box": ("left", "top", "width", "height"),
        "beauty_interval": ("beauty_low", "beauty_high"),
        "percentile_interval": ("percentile_low", "percentile_high"),
    }
    flat: dict[str, Any] = {}
    for name, value in face.items():
        if name in names:
            flat |= zip(names[name], value, strict=True)
        elif name == "warnings":
            flat[name] = " ".join(value)
        elif name != "landmarks":
            flat[name] = value
    return flat


def card_lines(face: FaceScore, number: int, cards: tuple[Card, Card], language: str) -> list[Line]:
    """What a saved picture says of a face, and what it is not."""
    low, high = face.beauty_interval
    low_percentile, high_percentile = (whole(value) for value in face.percentile_interval)
    between = say("score.between", language, low=f"{low:.2f}", high=f"{high:.2f}")
    warnings = ", ".join(say(f"score.label_{warning}", language) for warning in face.warnings)
    group = say(f"score.group_{face.group}", language)
    return [
        (22, True, say("score.face", language, number=number)),
        (16, True, guess(face, language)),
        (42, False, f"{face.beauty:.2f} {say('score.of_five', language)}"),
        (17, False, f"{say('score.interval', language)} {between}"),
        (15, False, say("score.card_percentile", language, group=group, low=low_percentile, high=high_percentile)),
        (17, False, say("score.card_chance", language, chance=f"{chance(face.attractive)}%")),
        *([(15, False, say("score.card_warnings", language, warnings=warnings))] if warnings else []),
        (14, True, say("score.card_map", language)),
        (14, True, say("score.card_limit", language, networks=" + ".join(card.name for card in cards))),
    ]
