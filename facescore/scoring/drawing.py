"""Draw boxes, numbers and maps on photos."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from facescore.errors import InvalidRequest, reason
from facescore.faces import Face, bounded
from facescore.faces.alignment import to_crop
from facescore.files import write_atomically
from facescore.images import Image
from facescore.scoring.explanation import Explanation, tint
from facescore.scoring.scorer import FaceScore
from facescore.templates import Template

LONGEST = 1600  # longest side, pixels; larger photos are scaled down
FILL, INK = (255, 214, 64), (20, 20, 20)  # number tags: dark on yellow, contrast 13 : 1


def _number(small: Image, faces: list[Face], scale: float) -> Image:
    """Draw the boxes and numbers of faces, given in pixels of the photo, on the scaled photo."""
    picture = PIL.Image.fromarray(small)
    draw = PIL.ImageDraw.Draw(picture)
    for number, face in enumerate(faces, 1):
        left, top, box_width, box_height = (value * scale for value in face.box)
        stroke = max(2, round(box_width / 60))
        size = float(np.clip(box_width / 5, max(picture.size) / 30, max(picture.size) / 12))
        draw.rectangle((left, top, left + box_width, top + box_height), outline=FILL, width=stroke)
        font = PIL.ImageFont.load_default(size)
        corner = (max(left, 0.0), max(top - size * 1.3, 0.0))
        tag = draw.textbbox(corner, f" {number} ", font=font)
        draw.rectangle((corner[0], corner[1], tag[2], corner[1] + size * 1.3), fill=FILL)
        draw.text(corner, f" {number} ", fill=INK, font=font)
    return np.asarray(picture)


def annotate(image: Image, scores: list[FaceScore], template: Template) -> Image:
    """The photo with beauty's map laid over each face, and numbered boxes.

    Args:
        image: uint8[H, W, 3].
        scores: the scores of its faces.
        template: the template of the network that made the maps.

    Returns:
        uint8[h, w, 3], at most 1600 pixels a side.
    """
    small, _ = bounded(image, LONGEST)
    scale = small.shape[1] / image.shape[1]
    covered = small.copy()
    for score in scores:
        landmarks = (score.face.landmarks + 0.5) * np.float32(scale) - np.float32(0.5)
        _lay_over(covered, landmarks, score.beauty_explanation, template)
    return _number(covered, [score.face for score in scores], scale)


def _lay_over(picture: Image, landmarks: npt.NDArray[np.float32], explanation: Explanation, template: Template) -> None:
    """Draw a crop's map where the crop was taken; modifies the picture in place."""
    back = np.linalg.inv(to_crop(landmarks, template))
    corners = back @ np.array([[0, template.size, 0, template.size], [0, 0, template.size, template.size], [1] * 4])
    limits = np.array([[picture.shape[1]], [picture.shape[0]]])
    (left, right), (top, bottom) = np.sort(np.clip(corners[:2], 0, limits))[:, [0, -1]].astype(int)
    if left == right or top == bottom:
        return
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64)
    strength = cv2.warpAffine(explanation.strength(template.size), (shift @ back)[:2], (right - left, bottom - top))
    part = picture[top:bottom, left:right]
    part[:] = tint(part, np.asarray(strength, dtype=np.float32))


def save_png(path: Path, image: Image) -> None:
    """Write a PNG file, completely or not at all.

    Raises:
        InvalidRequest: the file cannot be written.
    """
    try:
        write_atomically(path, lambda file: PIL.Image.fromarray(image).save(file, "PNG"))
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be written: {reason(error)}. Name a file in another folder.") from error
