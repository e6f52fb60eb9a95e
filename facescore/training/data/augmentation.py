"""Random changes of training crops, so that a network learns the face and not the picture."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facescore.faces.alignment import resize
from facescore.images import Image
from facescore.training.data import changes, ovals

BLUR = (0.4, 1.5)  # sigma of the Gaussian, in pixels of the crop
QUALITY = (20, 70)  # of JPEG
GAMMA = (-0.4, 0.4)  # natural logarithm of the exponent
STOPS = (-1.5, 0.8)  # of exposure, binary logarithm of the factor
CAST = 0.12  # relative change of each channel
LARGER = (1.0, 3.0)  # side of the photo that is compressed, as a multiple of the crop's
ERASED = (0.1, 0.4)  # sides of the erased rectangle, as shares of the crop's side


@dataclass(frozen=True)
class Augmentation:
    """Random changes of a training crop; every range is symmetric about no change.

    Attributes:
        flip: mirror half of the crops.
        rotation: degrees.
        scale: relative, 0.03 is ±3%.
        shift: pixels of the crop.
        brightness: relative, as a factor on the pixels.
        colour: relative, as a separate factor on each channel; saturation and contrast vary four times as much.
        degraded: share of the crops that are blurred; the same shares are made gray and compressed.
        photographed: share of the crops that look as if taken in other light or by a worse camera: exposure, gamma,
            colour cast, blur, and compression at up to three times the crop's resolution.
        erased: share of the crops in which a rectangle is erased.
        oval: share of the crops that get an oval, or lose their white surroundings, so that nothing can be learned from
            an oval; see `facescore.training.data.ovals`.
    """

    flip: bool = True
    rotation: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    brightness: float = 0.0
    colour: float = 0.0
    degraded: float = 0.0
    photographed: float = 0.0
    erased: float = 0.0
    oval: float = 0.0


def augment(crop: Image, augmentation: Augmentation, rng: np.random.Generator) -> Image:
    """One random variant of a crop, uint8[size, size, 3]."""
    angle, scale, right, down, light = rng.uniform(-1, 1, 5)
    picture: npt.NDArray[np.uint8] = crop[:, ::-1] if augmentation.flip and rng.random() < 0.5 else crop
    if augmentation.oval and rng.random() < augmentation.oval:
        picture = ovals.swap(picture, rng)
    if augmentation.rotation or augmentation.scale or augmentation.shift:
        degrees, zoom = augmentation.rotation * angle, 1 + augmentation.scale * scale
        picture = changes.move(picture, augmentation.shift * right, augmentation.shift * down, degrees, zoom)
    if augmentation.colour:
        picture = _recoloured(picture, 1 + augmentation.brightness * light, augmentation.colour, rng)
    elif augmentation.brightness:
        picture = changes.brightness(picture, 1 + augmentation.brightness * light)
    if augmentation.photographed and rng.random() < augmentation.photographed:
        picture = _photographed(picture, rng)
    if augmentation.degraded:
        picture = _degraded(picture, augmentation.degraded, rng)
    if augmentation.erased and rng.random() < augmentation.erased:
        picture = _erased(picture, rng)
    return np.asarray(picture, dtype=np.uint8)


def _recoloured(picture: Image, gain: float, colour: float, rng: np.random.Generator) -> Image:
    """Scale every channel by its own factor; then change saturation and contrast, each in half of the crops."""
    changed = picture * (gain + colour * rng.uniform(-1, 1, 3))
    for axis in (2, None):
        if rng.random() < 0.5:
            mean = changed.mean(axis=axis, keepdims=True)
            changed = mean + (changed - mean) * (1 + 4 * colour * rng.uniform(-1, 1))
    return np.asarray(changed.clip(0, 255), dtype=np.uint8)


def _photographed(picture: Image, rng: np.random.Generator) -> Image:
    """The crop as from a photo in other light or by a worse camera, before it was cut out."""
    light = (picture / 255) ** np.exp(rng.uniform(*GAMMA)) * 2 ** rng.uniform(*STOPS)
    changed = np.asarray((light * (1 + rng.uniform(-CAST, CAST, 3)) * 255).clip(0, 255), dtype=np.uint8)
    if rng.random() < 0.5:
        changed = changes.blur(changed, rng.uniform(*BLUR))
    if rng.random() < 0.5:
        side = round(len(picture) * rng.uniform(*LARGER))
        photo = resize(np.ascontiguousarray(changed), side, side)
        changed = resize(changes.jpeg(photo, int(rng.integers(*QUALITY))), len(picture), len(picture))
    return changed


def _degraded(picture: Image, share: float, rng: np.random.Generator) -> Image:
    """Blur, remove colour and compress, each in a share of the crops."""
    if rng.random() < share:
        picture = changes.blur(picture, rng.uniform(*BLUR))
    if rng.random() < share:
        picture = changes.gray(picture)
    if rng.random() < share:
        picture = changes.jpeg(picture, int(rng.integers(*QUALITY)))
    return picture


def _erased(picture: Image, rng: np.random.Generator) -> Image:
    """Paint over a rectangle (random erasing, Zhong et al. 2017, arXiv 1708.04896)."""
    changed, side = picture.copy(), len(picture)
    width, height = (rng.uniform(*ERASED, 2) * side).astype(int)
    left, top = rng.integers(0, side - width), rng.integers(0, side - height)
    changed[top : top + height, left : left + width] = rng.integers(0, 256, 3)
    return changed
