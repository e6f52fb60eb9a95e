"""How long one photo takes from file to both scores with maps: ours compared with the published way.

    python benchmarks/pipeline.py [--publish]

The published way is the `mtcnn` package, then Keras' `predict` of ResNet50 at 224×224 and of a 64×64 CNN (with random
weights: speed does not depend on them). One 1280×960 JPEG with one face; medians after a warm-up; the two ways take
turns, so that noise on the machine affects both. --publish writes the tables into docs/performance.md.
"""

import argparse
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
import PIL.Image

from facescore import Scorer, read_image
from facescore.faces.alignment import align
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.scoring.explanation import Explanation
from facescore.settings import ASSETS, ROOT, Settings

RUNS, WARM_UP = 20, 3
PHOTO = ASSETS / "examples" / "astronaut.jpg"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", action="store_true", help="write the tables into docs/performance.md")
    arguments = parser.parse_args()
    photo = jpeg()
    scorer = Scorer(Settings())
    memory = resident_megabytes()
    published = published_way()
    ours, theirs = take_turns(lambda: everything(scorer, photo), lambda: published(photo))
    total = table(
        ("1280×960 JPEG, one face", "median ms"),
        [
            ("published way", f"{theirs:.0f}"),
            ("facescore, both scores with maps", f"{ours:.0f}"),
            ("**ratio**", f"**{theirs / ours:.1f}×**"),
        ],
    )
    stages = stage_medians(scorer, photo)
    whole = sum(stages.values())
    shares = table(
        ("stage", "median ms", "share"),
        [(name, f"{value:.1f}", f"{value / whole:.0%}") for name, value in stages.items()],
    )
    others = (
        "The stages run alone in a loop; the total takes turns with TensorFlow, whose threads slow down both. "
        f"Resident memory with the scorer loaded and used: {memory:.0f} MB. From the start of the process to the first "
        f"score on the command line: {command_line_seconds():.2f} s (median of 7)."
    )
    tables = "\n\n".join((total, shares, others))
    print(tables)
    if arguments.publish:
        publish("pipeline", tables, PERFORMANCE)


def jpeg() -> bytes:
    """The astronaut on a 1280×960 canvas, as a JPEG file."""
    square = cv2.resize(read_image(PHOTO), (960, 960), interpolation=cv2.INTER_CUBIC)
    canvas = cv2.copyMakeBorder(square, 0, 0, 160, 160, cv2.BORDER_REPLICATE)
    buffer = io.BytesIO()
    PIL.Image.fromarray(np.asarray(canvas, dtype=np.uint8)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def everything(scorer: Scorer, photo: bytes) -> None:
    """Score a photo from file to both scores, with maps drawn."""
    for face in scorer.score(read_image(photo)):
        face.beauty_explanation.overlay()
        face.attractive_explanation.overlay()


def published_way() -> Callable[[bytes], None]:
    """The mtcnn package as it is, a plain crop of the box, and Keras' `predict` of both networks."""
    import keras
    from mtcnn import MTCNN

    detector = MTCNN()
    resnet = keras.Sequential(
        [keras.applications.ResNet50(weights=None, include_top=False, pooling="avg"), keras.layers.Dense(1)]
    )
    layers: list[Any] = [keras.Input((64, 64, 3))]
    for filters in (32, 64, 64, 128, 256):
        layers += [keras.layers.Conv2D(filters, 3, activation="relu", padding="same"), keras.layers.MaxPooling2D()]
    small = keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")])

    def score(photo: bytes) -> None:
        image = np.asarray(PIL.Image.open(io.BytesIO(photo)).convert("RGB"))
        for face in detector.detect_faces(image):
            left, top, width, height = face["box"]
            crop = image[max(top, 0) : top + height, max(left, 0) : left + width]
            resnet.predict(cv2.resize(crop, (224, 224))[None] / 255, verbose=0)
            small.predict(cv2.resize(crop, (64, 64))[None] / 255, verbose=0)

    return score


def take_turns(first: Callable[[], None], second: Callable[[], None]) -> tuple[float, float]:
    """Median milliseconds of two functions that run in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS + WARM_UP):
        for way, record in zip((first, second), times, strict=True):
            record.append(milliseconds(way))
    return statistics.median(times[0][WARM_UP:]), statistics.median(times[1][WARM_UP:])


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def stage_medians(scorer: Scorer, photo: bytes) -> dict[str, float]:
    """Median milliseconds of each stage for one photo."""
    image = read_image(photo)
    (face,) = scorer.detector.detect(image)
    stages: dict[str, Callable[[], object]] = {
        "read the file": lambda: read_image(photo),
        "find the face": lambda: scorer.detector.detect(image),
    }
    for name, runtime in (("beauty", scorer.beauty), ("attractive", scorer.attractive)):
        crops = align(image, face.landmarks, runtime.template)[None]
        explanation = Explanation.of(crops[0], runtime(crops).contributions[0], runtime.card)
        stages[f"crop for {name}"] = partial(align, image, face.landmarks, runtime.template)
        stages[f"score {name} with its map"] = partial(runtime, crops)
        stages[f"draw the map of {name}"] = explanation.overlay
    return {
        name: statistics.median([milliseconds(work) for _ in range(RUNS + WARM_UP)][WARM_UP:])
        for name, work in stages.items()
    }


def resident_megabytes() -> float:
    """Resident memory of a process that has scored one photo (Linux)."""
    program = (
        "from facescore import Scorer, read_image\n"
        f"Scorer().score(read_image({str(PHOTO)!r}))\n"
        "print([line for line in open('/proc/self/status') if line.startswith('VmRSS')][0].split()[1])"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(run.stdout) / 1000


def command_line_seconds() -> float:
    """Median seconds from the start of the process to the first score, over seven runs after a warm-up."""
    command = [sys.executable, "-m", "facescore", "score", str(PHOTO)]
    times = [milliseconds(lambda: subprocess.run(command, cwd=ROOT, capture_output=True, check=True)) for _ in range(8)]
    return statistics.median(times[1:]) / 1000


if __name__ == "__main__":
    main()
