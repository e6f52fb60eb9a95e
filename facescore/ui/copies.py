"""Photos that the page itself adds to the uploads: a photo of Compare that is opened in Score, and an example."""

from pathlib import Path
from typing import Any

import gradio as gr

from facescore.errors import FaceScoreError, InvalidRequest
from facescore.scoring.archives import Member, members
from facescore.ui import photo, pictures, uploads
from facescore.ui.page import MALFORMED
from facescore.ui.words import language_of, say, translated


def open_photo(question: Any, request: gr.Request) -> dict[str, str]:
    """Copy a row's photo as if the visitor had uploaded it; returns the copy's ``path``, or ``error``, a sentence.

    Args:
        question: ``file``, an upload's path, and ``offset``, where the photo begins if the upload is an archive.
        request: names the visitor's language.
    """
    try:
        return {"path": copied(question)}
    except FaceScoreError as error:
        return {"error": translated(error, language_of(request))}


def copied(question: Any) -> str:
    """Copy an uploaded photo, or one of an uploaded archive, as if it had been uploaded; return the copy's path.

    Raises:
        InvalidRequest: what is asked for is not an upload, or not in the archive.
        InvalidImage: the photo cannot be read.
    """
    if not isinstance(question, dict) or set(question) != {"file", "offset"}:
        raise InvalidRequest(MALFORMED)
    file = uploads.uploaded(question["file"])
    if file.suffix.lower() != ".zip":
        return uploads.add(file)
    for member in _members(file):
        if member.info.header_offset == question["offset"]:
            return uploads.add_bytes(f"photo{Path(member.name).suffix.lower()}", member.read())
    raise InvalidRequest(say("errors.gone"))


def _members(archive: Path) -> list[Member]:
    """The photos in an archive; none if it has been deleted in the meantime."""
    try:
        return members(archive)
    except FileNotFoundError:
        return []


def example() -> list[str]:
    """Add one face in three lights as if the visitor had uploaded the photos; return their paths."""
    shown = photo.portraits().items()
    return [uploads.add_bytes(f"light-{gain:g}.jpg", pictures.jpeg(picture)) for gain, picture in shown]
