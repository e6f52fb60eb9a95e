"""Downloads of a photo's scores. The files are links within the page itself: the server writes none."""

import csv
import io
import json
from html import escape
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from facescore.images import Image
from facescore.scoring.percentile import GROUPS, whole
from facescore.scoring.scorer import FaceScore
from facescore.ui.pictures import data_url
from facescore.ui.words import say

WIDTH, HEIGHT, MARGIN, FACE = 960, 480, 40, 400
PAPER, INK, QUIET = (250, 250, 249), (28, 25, 23), (87, 83, 78)


def links(report: dict[str, Any], face: FaceScore, number: int, language: str) -> str:
    """Links to save the report as JSON and CSV, and one face as a picture.

    Args:
        report: of all faces of the photo.
        face: the one that is shown.
        number: its number in the photo, from 1.
        language: of the links' text.
    """
    files = (
        ("json", "facescore.json", "application/json", json.dumps(report, indent=2).encode()),
        ("csv", "facescore.csv", "text/csv", as_csv(report["faces"]).encode()),
        ("png", f"facescore-{number}.png", "image/png", _png(picture(face, number))),
    )
    anchors = "".join(
        f'<a class="download" download="{name}" href="{data_url(content, kind)}">'
        f"{escape(say(f'score.save_{key}', language))}</a>"
        for key, name, kind, content in files
    )
    return f'<p class="downloads">{anchors}</p>'


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


def picture(face: FaceScore, number: int) -> Image:
    """A card to save: the crop with the rating's map over it, the numbers, and what they are not.

    Returns:
        uint8[480, 960, 3].
    """
    card = PIL.Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    card.paste(PIL.Image.fromarray(face.beauty_explanation.overlay(FACE)), (MARGIN, MARGIN))
    draw = PIL.ImageDraw.Draw(card)
    low, high = face.beauty_interval
    low_percentile, high_percentile = (whole(value) for value in face.percentile_interval)
    warnings = ", ".join(say(f"score.label_{warning}") for warning in face.warnings)
    lines = (
        (24, QUIET, f"Face {number}"),
        (18, QUIET, "Rating on SCUT-FBP5500's scale"),
        (46, INK, f"{face.beauty:.2f} of 5"),
        (18, INK, f"90 % interval {low:.2f} to {high:.2f}"),
        *([(15, INK, f"scores may be off: {warnings}")] if warnings else []),
        (18, INK, f"percentile {whole(face.percentile)} ({low_percentile} to {high_percentile})"),
        (18, QUIET, f"of {GROUPS[face.group]} in that data set"),
        (18, INK, f"{face.attractive:.0%} chance of CelebA's label “Attractive”"),
        (15, QUIET, "The colours: what raised (warm) and lowered (cold) the rating."),
        (15, QUIET, "A network's guess at what some annotators would have"),
        (15, QUIET, "said; no measure of a person. facescore"),
    )
    top = MARGIN
    for size, colour, text in lines:
        draw.text((2 * MARGIN + FACE, top), text, fill=colour, font=PIL.ImageFont.load_default(size))
        top += round(1.5 * size)
    return np.asarray(card)


def _png(image: Image) -> bytes:
    buffer = io.BytesIO()
    PIL.Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()
