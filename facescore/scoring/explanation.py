"""Which part of a face moved its score, drawn over the face.

The networks' maps are exact: the contributions add up to the score. What a place contributes to every face alike says
nothing about this one, so the map shown is the difference from the mean map of the data set's faces. Its sum is the
score minus the mean score, in points (for a probability, in units of its logit).
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from facescore.checkpoints import Card
from facescore.faces.regions import totals
from facescore.images import Image
from facescore.templates import TEMPLATES, Template

WARM = (200.0, 75.0, 0.0)  # raised the score
# The pair is distinguishable in every common kind of colour vision.
COLD = (0.0, 90.0, 200.0)  # lowered it
OPACITY = 0.65


@dataclass(frozen=True)
class Explanation:
    """A crop with its map.

    Attributes:
        crop: uint8[size, size, 3], what the network saw.
        contribution: float32[h, w], how much each place raised or lowered the score compared with the mean map.
        scale: the contribution drawn at full strength; the same for all faces, so that maps are comparable.
        template: the crop's template.
    """

    crop: Image
    contribution: npt.NDArray[np.float32]
    scale: float
    template: Template

    @classmethod
    def of(cls, crop: Image, contribution: npt.NDArray[np.float32], card: Card) -> "Explanation":
        """Build the explanation of one score of the card's network from its raw contributions, float32[h, w]."""
        mean = np.array(card.mean_contribution, np.float32)
        return cls(crop, contribution - mean, card.contribution_scale, TEMPLATES[card.template])

    def regions(self) -> dict[str, float]:
        """How much each part of the face raised or lowered the score; the sum is the difference from the mean."""
        return {name: float(inside[0]) for name, inside in totals(self.contribution[None], self.template).items()}

    def overlay(self, size: int = 224) -> Image:
        """The crop overlaid with its map: warm where the score was raised, cold where it was lowered.

        Args:
            size: side of the picture.

        Returns:
            uint8[size, size, 3].
        """
        face = cv2.resize(self.crop, (size, size), interpolation=cv2.INTER_CUBIC)
        gray = cv2.cvtColor(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)  # only the map is coloured
        return tint(np.asarray(gray, dtype=np.uint8), self.strength(size))

    def side_by_side(self, size: int) -> tuple[Image, Image]:
        """The crop without and with its map, uint8[size, size, 3] each."""
        crop = cv2.resize(self.crop, (size, size), interpolation=cv2.INTER_CUBIC)
        return np.asarray(crop, dtype=np.uint8), self.overlay(size)

    def strength(self, size: int) -> npt.NDArray[np.float32]:
        """The map enlarged to float32[size, size]; -1 and 1 are drawn at full strength."""
        enlarged = cv2.resize(self.contribution / self.scale, (size, size), interpolation=cv2.INTER_CUBIC)
        return np.asarray(enlarged, dtype=np.float32)


def tint(picture: Image, strength: npt.NDArray[np.float32]) -> Image:
    """Tint a picture uint8[H, W, 3] by a map float32[H, W]: warm above 0, cold below 0, clear at 0."""
    signed = np.float32(OPACITY) * np.clip(strength, -1, 1)
    warm, cold = np.maximum(signed, 0), np.maximum(-signed, 0)
    clear = 1 - warm - cold
    planes = []
    for plane, raised, lowered in zip(cv2.split(picture), WARM, COLD, strict=True):  # four times as fast as all at once
        mixed = cv2.multiply(plane, clear, dtype=cv2.CV_32F)
        mixed = cv2.scaleAdd(cold, lowered, cv2.scaleAdd(warm, raised, mixed))
        planes.append(cv2.convertScaleAbs(mixed))
    return np.asarray(cv2.merge(planes), dtype=np.uint8)
