"""Occlusions drawn over faces, so that covered faces can be detected.

Masks, hands, dark glasses and bars are placed by a face's landmarks, with random colours, sizes and positions.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from facescore.faces.alignment import similarity
from facescore.images import Image
from facescore.templates import ARCFACE

Matrix = npt.NDArray[np.float64]
Shape = list[tuple[float, float]]
Colour = tuple[int, int, int] | npt.NDArray[np.int_]

EYES, MOUTH = 51.6, 92.3  # heights of both in ArcFace's frame, in which the shapes are given
MASKS = ((120, 170, 205), (235, 238, 240), (30, 30, 34), (150, 60, 70), (90, 140, 110))


def cover(photo: Image, landmarks: npt.NDArray[np.float32], rng: np.random.Generator, kind: "Covering") -> Image:
    """Cover the mouth or the eyes of a face in a photo with one of `KINDS`, in a random colour and shape."""
    to_crop = similarity(landmarks, np.array(ARCFACE.points))
    return kind(photo, np.linalg.inv(to_crop).astype(np.float64), rng)


def mask(photo: Image, to_photo: Matrix, rng: np.random.Generator) -> Image:
    """A mask from the nose to the chin."""
    top, low, half = rng.uniform(60, 74), rng.uniform(112, 124), rng.uniform(36, 44)
    left, right = 56 - half, 56 + half
    shape = [(left, top + 6), (56, top - 4), (right, top + 6), (right - 4, low - 14), (56, low), (left + 4, low - 14)]
    painted = _paint(photo, [shape], to_photo, _shade(MASKS[rng.integers(len(MASKS))], rng), rng)
    straps = [
        [(end, top + 6), (end + outwards, top - 8), (end + outwards, top - 6)]
        for end, outwards in ((left, -14), (right, 14))
    ]
    return _paint(painted, straps, to_photo, (225, 225, 228), rng)


def bar(photo: Image, to_photo: Matrix, rng: np.random.Generator) -> Image:
    """A bar over the eyes or the mouth, as in pictures that hide who somebody is."""
    middle = EYES if rng.random() < 0.5 else MOUTH
    half, wide = rng.uniform(7, 14), rng.uniform(30, 50)
    shape = _rectangle(56 - wide, middle - half, 56 + wide, middle + half)
    colour = rng.integers(0, 256, 3) if rng.random() < 0.5 else (5, 5, 5)
    return _paint(photo, [shape], to_photo, colour, rng)


def dark_glasses(photo: Image, to_photo: Matrix, rng: np.random.Generator) -> Image:
    """Two dark lenses and a bridge."""
    wide, high = rng.uniform(13, 18), rng.uniform(9, 14)
    angles = np.linspace(0, 2 * np.pi, 24)
    lenses = [
        [(x + wide * np.cos(angle), EYES + 2 + high * np.sin(angle)) for angle in angles]
        for x in (ARCFACE.points[0][0], ARCFACE.points[1][0])
    ]
    bridge = _rectangle(46, EYES - 3, 66, EYES + 1)
    return _paint(photo, [*lenses, bridge], to_photo, _shade((28, 26, 28), rng), rng)


def hand(photo: Image, to_photo: Matrix, rng: np.random.Generator) -> Image:
    """Skin-coloured fingers, over the mouth or over the eyes from one side."""
    colour = _shade(((224, 172, 140), (190, 130, 100), (120, 80, 60), (240, 200, 175))[rng.integers(4)], rng)
    finger, gap = rng.uniform(11, 15), rng.uniform(0.5, 2)
    over_mouth = rng.random() < 0.6
    start = (MOUTH if over_mouth else EYES) - 1.7 * finger + rng.uniform(-4, 4)
    reach, side = rng.uniform(76, 100), rng.random() < 0.5
    shapes = []
    for number in range(4):
        top = start + number * (finger + gap)
        tip = reach - abs(number - 1) * rng.uniform(2, 7)
        end = [(tip, top), (tip + finger / 2, top + finger / 2), (tip, top + finger)]
        shape = [(-12, top), *end, (-12, top + finger)]
        shapes.append([(112 - x if side else x, y) for x, y in shape])
    return _paint(photo, shapes, to_photo, colour, rng)


Covering = Callable[[Image, Matrix, np.random.Generator], Image]
KINDS: tuple[Covering, ...] = (mask, bar, dark_glasses, hand)


def _rectangle(left: float, top: float, right: float, bottom: float) -> Shape:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _shade(colour: Colour, rng: np.random.Generator) -> Colour:
    return np.clip(np.array(colour) * rng.uniform(0.75, 1.15, 3), 0, 255).astype(int)


def _paint(photo: Image, shapes: Sequence[Shape], to_photo: Matrix, colour: Colour, rng: np.random.Generator) -> Image:
    """Shapes in ArcFace's frame, filled with a colour that darkens downwards, with soft edges and a little grain."""
    opacity = np.zeros(photo.shape[:2], np.float32)
    for shape in shapes:
        points = np.array(shape) @ to_photo[:2, :2].T + to_photo[:2, 2]
        cv2.fillPoly(opacity, [np.rint(points * 16).astype(np.int32)], 1.0, cv2.LINE_8, 4)
    size = float(np.hypot(*to_photo[:2, 0]))
    opacity = np.asarray(cv2.GaussianBlur(opacity, (0, 0), max(0.5 * size, 0.3)), dtype=np.float32)
    shade = np.linspace(1.05, rng.uniform(0.75, 1.0), len(photo))[:, None, None]
    grain = rng.normal(0, rng.uniform(1, 6), photo.shape[:2])[:, :, None]
    painted = np.clip(np.array(colour) * shade + grain, 0, 255)
    return np.rint(photo + opacity[:, :, None] * (painted - photo)).clip(0, 255).astype(np.uint8)
