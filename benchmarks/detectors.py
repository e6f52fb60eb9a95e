"""Accuracy and speed of the two detectors on the available data.

    python benchmarks/detectors.py --data DIR --yunet face_detection_yunet_2023mar.onnx [--publish]

prints three tables; --publish writes the first two into docs/performance.md. The third holds the mean landmarks in
CelebA's and SCUT's frames, the constants of `facescore.templates`.
"""

import argparse
import math
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import skimage.data
from pipeline import median

from facescore.datasets import celeba, scut
from facescore.faces import Detector, Face, largest, search
from facescore.faces.mtcnn import MTCNN
from facescore.faces.yunet import YuNet
from facescore.images import Image, read_image
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.settings import ASSETS
from facescore.templates import CELEBA, SCUT

# Pictures in scikit-image's wheel that show no human face ("camera" and "astronaut" do).
WITHOUT_FACE = (
    "brick cat cell chelsea clock coffee coins colorwheel grass gravel horse hubble_deep_field immunohistochemistry "
    "logo microaneurysms moon page retina rocket shepp_logan_phantom text"
).split()
GENERATED = 200
CELEBA_PICTURES = 2000
FRAMES = ((320, 16), (480, 24), (640, 32), (640, 24), (960, 48))  # longest side, smallest face
FRAMES_NOTE = (
    "The embedded detector with other frames. In a photo smaller than the frame, no face below the smallest size is "
    "found, which is why\n960 and 48 were not chosen:"
)
CUT_PICTURES, CUT = 200, 0.45  # number of portraits, and the share of the face's box beyond the border
COLLAGE = (14, 10)  # portraits per row, rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--yunet", type=Path, help="YuNet's .onnx file; default: from the Hub")
    parser.add_argument("--publish", action="store_true", help="write the tables into docs/performance.md")
    arguments = parser.parse_args()
    detectors: dict[str, Detector] = {"MTCNN (embedded)": MTCNN(), "YuNet": YuNet(arguments.yunet, MTCNN())}

    portraits = [read_image(path) for path in scut.load(arguments.data, "60/40")["path"]]
    framed = full_size_celeba(arguments.data)
    faceless = [*carried(), *generated()]
    photo = portrait_photo()

    found = {name: [detector.detect(image) for image in portraits] for name, detector in detectors.items()}
    in_celeba = {name: [detector.detect(image) for image in framed] for name, detector in detectors.items()}
    step = len(portraits) // CUT_PICTURES
    of_embedded = next(iter(found.values()))
    cut = [
        cut_off(image, largest(faces), number)
        for number, (image, faces) in enumerate(zip(portraits[::step], of_embedded[::step], strict=True))
        if faces
    ]
    rows = [
        (
            name,
            percent(len(faces) == 1 for faces in found[name]),
            percent(len(faces) > 0 for faces in in_celeba[name]),
            percent(len(search.find(detector, image)) > 0 for image in framed),
            false_faces(detector, faceless),
            percent(len(search.find(detector, image)) > 0 for image in cut),
            turned(detector, portraits[::step]),
            f"{median(partial(detector.detect, photo)):.1f}",
        )
        for name, detector in detectors.items()
    ]
    quality = table(
        (
            "detector",
            f"exactly one face, {len(portraits)} SCUT pictures",
            f"a face, {len(framed)} CelebA pictures, searched once",
            "a face, the same, searched as photos are",
            f"false faces, {len(faceless)} pictures without one (warned)",
            f"a face, {len(cut)} SCUT pictures whose border cuts off {CUT:.0%} of it",
            "found with the right rotation when turned by 90°, 180°, 270°",
            "ms at 640×480 (median)",
        ),
        rows,
    )
    middle, high = distances(*found.values())
    quality += (
        f"\n\nLandmarks that the embedded detector places in the two detectors' boxes of the same SCUT faces lie "
        f"{middle:.1%} of the distance between the eyes "
        f"apart (median over faces of the mean over five points; 95th percentile {high:.1%})."
    )
    means = table(
        ("frame", "detector", "left eye", "right eye", "nose", "left mouth", "right mouth"),
        [
            (frame, name, *mean_landmarks(faces))
            for frame, every in ((f"CelebA {CELEBA.frame}", in_celeba), (f"SCUT {SCUT.frame}", found))
            for name, faces in every.items()
        ],
    )
    frames = table(
        (
            "searched frame, smallest face",
            f"exactly one face, {len(portraits[::10])} SCUT pictures",
            f"faces found, collage of {math.prod(COLLAGE)}",
            "false faces",
            "ms at 640×480 (median)",
        ),
        [frame_row(frame, smallest, portraits, faceless) for frame, smallest in FRAMES],
    )
    print(quality, frames, means, sep="\n\n")
    if arguments.publish:
        publish("detectors", f"{quality}\n\n{FRAMES_NOTE}\n\n{frames}", PERFORMANCE)


def frame_row(frame: int, smallest: int, portraits: list[Image], faceless: list[Image]) -> tuple[str, ...]:
    """Measure the embedded detector with another frame."""
    detector = MTCNN(frame=frame, min_face=smallest)
    columns, rows = COLLAGE
    picked = portraits[:: len(portraits) // (columns * rows)]
    collage = np.concatenate(
        [np.concatenate(picked[row * columns : (row + 1) * columns], axis=1) for row in range(rows)]
    )
    return (
        f"{frame}, {smallest}",
        percent(len(detector.detect(image)) == 1 for image in portraits[::10]),
        str(len(detector.detect(collage))),
        str(sum(len(detector.detect(image)) for image in faceless)),
        f"{median(partial(detector.detect, portrait_photo())):.1f}",
    )


def false_faces(detector: Detector, faceless: list[Image]) -> str:
    """The number of faces found where there is none, in any direction, and of those marked as unsure."""
    faces = [face for image in faceless for face in search.find(detector, image)]
    return f"{len(faces)} ({sum(face.unsure for face in faces)})"


def cut_off(image: Image, face: Face, number: int) -> Image:
    """Crop a picture so that its left, upper, right or lower border, by number, cuts off part of the face."""
    left, top, width, height = face.box
    x, y = round(left + CUT * width), round(top + CUT * height)
    right, bottom = round(left + (1 - CUT) * width), round(top + (1 - CUT) * height)
    return np.ascontiguousarray((image[:, x:], image[y:], image[:, :right], image[:bottom])[number % 4])


def turned(detector: Detector, portraits: list[Image]) -> str:
    """The shares of portraits, turned by 90°, 180° and 270°, that are found with that rotation."""
    shares = []
    for quarters in (1, 2, 3):
        found = [search.find(detector, np.ascontiguousarray(np.rot90(image, -quarters))) for image in portraits]
        shares.append(sum(any(face.rotation == 90 * quarters for face in faces) for faces in found) / len(found))
    return ", ".join(f"{share:.1%}" for share in shares)


def full_size_celeba(data: Path) -> list[Image]:
    """The first pictures that are on disk at CelebA's own 178×218."""
    pictures: list[Image] = []
    for path in celeba.load(data)["path"]:
        image = read_image(path)
        if image.shape[1::-1] == CELEBA.frame:
            pictures.append(image)
        if len(pictures) == CELEBA_PICTURES:
            break
    return pictures


def carried() -> list[Image]:
    """Pictures without a face that come with scikit-image."""
    pictures = [np.asarray(getattr(skimage.data, name)()) for name in WITHOUT_FACE]
    return [read_image(picture * np.uint8(255) if picture.dtype == bool else picture) for picture in pictures]


def generated() -> list[Image]:
    """Noise, smoothed at many scales, with random discs and lines."""
    rng = np.random.default_rng(0)
    pictures = []
    for index in range(GENERATED):
        noise = rng.integers(0, 256, (480, 640, 3), dtype=np.uint8)
        blurred = cv2.GaussianBlur(noise, (0, 0), 0.5 + index % 20)
        picture = cv2.normalize(blurred, blurred, 0, 255, cv2.NORM_MINMAX)
        for _ in range(index % 8):
            centre = tuple(int(value) for value in rng.integers(0, 480, 2))
            colour = tuple(int(value) for value in rng.integers(0, 256, 3))
            cv2.circle(picture, centre, int(rng.integers(5, 80)), colour, -1)
            cv2.line(picture, centre, tuple(int(value) for value in rng.integers(0, 640, 2)), colour[::-1], 9)
        pictures.append(np.asarray(picture, dtype=np.uint8))
    return pictures


def portrait_photo() -> Image:
    """A 640×480 photo with one face: the astronaut on a wider canvas."""
    astronaut = cv2.resize(read_image(ASSETS / "examples" / "astronaut.jpg"), (480, 480), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.copyMakeBorder(astronaut, 0, 0, 80, 80, cv2.BORDER_REPLICATE), dtype=np.uint8)


def distances(first: list[list[Face]], second: list[list[Face]]) -> tuple[float, float]:
    """Median and 95th percentile of the landmark distance, relative to the distance between the eyes."""
    relative = []
    for ours, theirs in zip(first, second, strict=True):
        if len(ours) == len(theirs) == 1:
            a, b = ours[0].landmarks, theirs[0].landmarks
            relative.append(np.linalg.norm(a - b, axis=1).mean() / np.linalg.norm(b[0] - b[1]))
    return float(np.median(relative)), float(np.percentile(relative, 95))


def mean_landmarks(every: list[list[Face]]) -> list[str]:
    """The mean of each landmark where exactly one face was found, with its standard deviation."""
    landmarks: npt.NDArray[np.float32] = np.stack([faces[0].landmarks for faces in every if len(faces) == 1])
    spread = landmarks.std(axis=0).mean(axis=1)
    return [f"({x:.1f}, {y:.1f}) ± {s:.1f}" for (x, y), s in zip(landmarks.mean(axis=0), spread, strict=True)]


def percent(hits: Iterable[bool]) -> str:
    """The share of hits, and the count of misses."""
    values = list(hits)
    return f"{sum(values) / len(values):.2%} ({len(values) - sum(values)} not)"


if __name__ == "__main__":
    main()
