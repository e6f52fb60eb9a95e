"""Templates: where the five landmarks of a face lie in a crop."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """Where the five landmarks lie in a crop.

    Attributes:
        name: the name used in cards.
        frame: width and height, in pixels, of the frame in which ``points`` are given.
        points: left eye, right eye, nose, left and right mouth corner as seen in the picture.
        size: side of the crop, pixels; a frame that is not square is squashed to it.
    """

    name: str
    frame: tuple[int, int]
    points: tuple[tuple[float, float], ...]
    size: int


ARCFACE = Template(
    name="arcface",
    frame=(112, 112),
    # ArcFace (Deng et al. 2019, arXiv 1801.07698): the frame that face recognition networks are trained in.
    points=((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)),
    size=112,
)

CELEBA = Template(
    name="celeba",
    frame=(178, 218),
    # The frame of CelebA's aligned pictures; mean landmarks of 2,000 of them, measured by benchmarks/detectors.py.
    points=((69.2, 111.3), (108.2, 111.2), (88.1, 135.6), (70.9, 152.6), (106.0, 152.4)),
    size=64,
)

SCUT = Template(
    name="scut",
    frame=(350, 350),
    # The frame of SCUT-FBP5500's pictures; mean landmarks of all 5,500, measured by benchmarks/detectors.py.
    points=((131.6, 155.9), (220.0, 155.3), (175.8, 210.9), (138.1, 249.2), (214.4, 248.6)),
    size=224,
)

MEBEAUTY = Template(
    name="mebeauty",
    frame=(240, 240),
    # The frame of the available MEBeauty pictures, cropped loosely around the head, and their mean landmarks.
    points=((93.3, 104.2), (145.9, 102.8), (119.3, 134.7), (97.7, 161.3), (143.4, 160.1)),
    size=240,
)

OMI = Template(
    name="omi",
    frame=(176, 176),
    # The frame of the available pictures of One Million Impressions, and the mean landmarks of all 602.
    points=((65.5, 82.2), (109.7, 82.1), (87.7, 108.6), (66.6, 127.9), (108.5, 127.8)),
    size=176,
)

TEMPLATES = {template.name: template for template in (ARCFACE, CELEBA, SCUT)}
"""The templates used for training and serving, by name."""
