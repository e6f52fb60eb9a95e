"""How long one photo takes from file to both scores with maps.

    python benchmarks/pipeline.py [--publish]

Compared, in turns, each in a process of its own: this tree; this repository at an earlier commit; the published way,
which is the `mtcnn` package, then Keras' `predict` of ResNet50 at 224×224 and of a 64×64 CNN (with random weights: time
does not depend on them); and that way with every network compiled by `tf.function`. One 1280×960 JPEG with one face;
medians after a warm-up. --publish writes the tables into docs/performance.md.
"""

import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from operations import of_network, processor, rate
from peer import COMMIT, Peer, checkout

from facescore import Scorer, read_image
from facescore.faces import quality, search
from facescore.faces.alignment import align
from facescore.faces.mtcnn import MTCNN
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.scoring.explanation import Explanation
from facescore.settings import ASSETS, CHECKPOINTS, ROOT, Settings

RUNS, WARM_UP = 60, 5
BARS = (  # a task, the way it is compared with, and how many times as fast it ought to be
    ("find", f"commit {COMMIT}", 2.2),
    ("everything", f"commit {COMMIT}", 1.7),
    ("everything", "published way, compiled", 5),
)
STARTS = 15  # of the command line, after one more
PHOTO = ASSETS / "examples" / "astronaut.jpg"
OURS = """
import sys, time
from facescore import Scorer, read_image
from facescore.settings import Settings
photo, scorer = open(sys.argv[1], "rb").read(), Scorer(Settings())
image = read_image(photo)
try:
    from facescore.faces import search
    find = lambda: search.find(scorer.detector, image)
except ImportError:
    find = lambda: scorer.detector.detect(image)

def everything():
    for face in scorer.score(read_image(photo)):
        face.beauty_explanation.overlay()
        face.attractive_explanation.overlay()

tasks = {"find": find, "everything": everything}
"""
PUBLISHED = """
import io, sys, time
import cv2, keras, numpy as np, PIL.Image, tensorflow as tf
from mtcnn import MTCNN
photo, detector = open(sys.argv[1], "rb").read(), MTCNN()
resnet = keras.Sequential(
    [keras.applications.ResNet50(weights=None, include_top=False, pooling="avg"), keras.layers.Dense(1)]
)
layers = [keras.Input((64, 64, 3))]
for filters in (32, 64, 64, 128, 256):
    layers += [keras.layers.Conv2D(filters, 3, activation="relu", padding="same"), keras.layers.MaxPooling2D()]
small = keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")])
sizes = (224, 64)
predict = [lambda crops: resnet.predict(crops, verbose=0), lambda crops: small.predict(crops, verbose=0)]
if sys.argv[2] == "compiled":
    for stage in (1, 2, 3):
        part = detector.get_stage(stage_id=stage)
        part._model = tf.function(part.model, reduce_retracing=True)
    predict = [tf.function(resnet), tf.function(small)]
image = np.asarray(PIL.Image.open(io.BytesIO(photo)).convert("RGB"))

def everything():
    image = np.asarray(PIL.Image.open(io.BytesIO(photo)).convert("RGB"))
    for face in detector.detect_faces(image):
        left, top, width, height = face["box"]
        crop = image[max(top, 0) : top + height, max(left, 0) : left + width]
        for size, network in zip(sizes, predict):
            np.asarray(network(np.float32(cv2.resize(crop, (size, size))[None] / 255)))

tasks = {"find": lambda: detector.detect_faces(image), "everything": everything}
"""
ANSWER = """
for line in sys.stdin:
    start = time.perf_counter()
    tasks[line.strip()]()
    print(1000 * (time.perf_counter() - start), flush=True)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", action="store_true", help="write the tables into docs/performance.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, checkout() as then:
        photo = Path(folder) / "photo.jpg"
        photo.write_bytes(jpeg())
        with peers(photo, then) as ways:
            total = compared(ways)
        others = f"{start_and_memory(then)} Machine: {machine()}."
    tables = "\n\n".join((total, parts(), others))
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


@contextmanager
def peers(photo: Path, then: Path) -> Iterator[dict[str, Peer]]:
    """Every way of doing the work, by name, ready to take turns."""
    ways = {
        "facescore": Peer(OURS + ANSWER, str(photo)),
        f"commit {COMMIT}": Peer(OURS + ANSWER, str(photo), tree=then),
        "published way, compiled": Peer(PUBLISHED + ANSWER, str(photo), "compiled"),
        "published way": Peer(PUBLISHED + ANSWER, str(photo), "as it is"),
    }
    try:
        yield ways
    finally:
        for way in ways.values():
            way.close()


def compared(ways: dict[str, Peer]) -> str:
    """A row per way: median milliseconds to find the faces and for everything, and how many times as long as ours."""
    medians = {}
    for task in ("find", "everything"):
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(RUNS + WARM_UP):
            for name, way in ways.items():
                times[name].append(way.milliseconds(task))
        medians[task] = {name: statistics.median(record[WARM_UP:]) for name, record in times.items()}
    rows = []
    for name in ways:
        row = [name]
        for values in medians.values():
            row += [f"{values[name]:.1f}", f"{values[name] / values['facescore']:.1f}×"]
        rows.append(tuple(row))
    heading = (
        "1280×960 JPEG, one face",
        "find the face, median ms",
        "ratio",
        "both scores with maps, median ms",
        "ratio",
    )
    reached = [(task, way, medians[task][way] / medians[task]["facescore"], bar) for task, way, bar in BARS]
    bars = "; ".join(
        f"{task}, {way}: {ratio:.2f}×, bar {bar}×, {'reached' if ratio >= bar else 'missed'}"
        for task, way, ratio, bar in reached
    )
    return f"{table(heading, rows)}\n\nBars: {bars}."


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def parts() -> str:
    """A row per part of the work on one photo: its median and, for a network, its floor."""
    photo, scorer = jpeg(), Scorer(Settings())
    image = read_image(photo)
    (face,) = search.find(scorer.detector, image)
    per_second = rate()
    rows: list[tuple[str, float, float]] = [
        ("read the file", median(lambda: read_image(photo)), 0.0),
        ("find the face", median(lambda: search.find(scorer.detector, image)), 0.0),
        *((f"– of this, {name}", *of_part) for name, of_part in cascade(image, per_second).items()),
    ]
    for name, network in (("beauty", scorer.beauty), ("attractive", scorer.attractive)):
        crops = align(image, face.landmarks, network.template)[None]
        explanation = Explanation.of(crops[0], network(crops).contributions[0], network.card)
        floor = of_network(CHECKPOINTS / name / "model.tflite", crops.shape) / per_second
        rows += [
            (f"crop for {name}", median(partial(align, image, face.landmarks, network.template)), 0.0),
            (f"score {name} with its map", median(partial(network, crops)), 1000 * floor),
            (f"draw the map of {name}", median(explanation.overlay), 0.0),
        ]
        if name == "beauty":
            measure = partial(quality.measure, crops[0], face.landmarks, *image.shape[1::-1])
            rows.append(("measure the image quality", median(measure), 0.0))
    shown = [(name, f"{value:.2f}", f"{floor:.2f}" if floor else "–") for name, value, floor in rows]
    whole = sum(value for name, value, _ in rows if not name.startswith("–"))
    shown.append(("**sum**", f"**{whole:.1f}**", f"**{sum(floor for _, _, floor in rows):.1f}**"))
    heading = (
        "part, alone in a loop",
        "median ms",
        f"floor, ms, at {per_second / 1e9:.0f} billion operations a second",
    )
    return table(heading, shown)


def cascade(image: np.ndarray, per_second: float) -> dict[str, tuple[float, float]]:
    """Median and floor in milliseconds of the detector's networks, on the batches that they see for this photo."""
    detector, seen = MTCNN(), {}
    networks = {"P-Net": "_proposal", "R-Net": "_refinement", "O-Net": "_output"}
    for name, attribute in networks.items():
        seen[name] = Recorder(getattr(detector, attribute))
        setattr(detector, attribute, seen[name])
    detector.detect(image)
    found = {}
    for (name, recorder), file in zip(seen.items(), ("pnet", "rnet", "onet"), strict=True):
        path = CHECKPOINTS / "face-detector" / f"{file}.tflite"
        work = sum(of_network(path, batch.shape) for batch in recorder.batches)
        found[name] = (median(recorder.replay), 1000 * work / per_second)
    return found


class Recorder:
    """A network that keeps its batches."""

    def __init__(self, network: Callable[[np.ndarray], object]) -> None:
        self.network, self.batches = network, list[np.ndarray]()

    def __call__(self, batch: np.ndarray) -> object:
        """Run the network."""
        self.batches.append(batch)
        return self.network(batch)

    def replay(self) -> None:
        """Run the network on all batches again."""
        for batch in self.batches:
            self.network(batch)


def median(work: Callable[[], object]) -> float:
    """Median milliseconds after a warm-up."""
    return statistics.median([milliseconds(work) for _ in range(RUNS + WARM_UP)][WARM_UP:])


def start_and_memory(then: Path) -> str:
    """Start of the command line and memory, of this tree and the other commit."""
    command = [sys.executable, "-m", "facescore", "score", str(PHOTO)]
    times: dict[Path, list[float]] = {ROOT: [], then: []}
    for _ in range(STARTS + 1):
        for tree, record in times.items():
            start = partial(subprocess.run, command, cwd=tree, capture_output=True, check=True)
            record.append(milliseconds(start))
    now, before = (statistics.median(record[1:]) / 1000 for record in times.values())
    return (
        f"From the start of the process to the first score on the command line: {now:.2f} s, at the commit "
        f"{before:.2f} s (medians of {STARTS} in turns; bar: no slower, {'reached' if now <= before else 'missed'}). "
        "Resident memory of a process that has scored one photo (bar: 150 MB at most): "
        f"{resident_megabytes(ROOT):.0f} MB, at the commit {resident_megabytes(then):.0f} MB."
    )


def resident_megabytes(tree: Path) -> float:
    """Resident memory of a process that has scored one photo (Linux)."""
    program = (
        "from facescore import Scorer, read_image\n"
        f"Scorer().score(read_image({str(PHOTO)!r}))\n"
        "print([line for line in open('/proc/self/status') if line.startswith('VmRSS')][0].split()[1])"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=tree, capture_output=True, text=True, check=True)
    return int(run.stdout) / 1000


def machine() -> str:
    """The processor's name and number of cores (Linux)."""
    features = " with AVX-512" if "avx512f" in Path("/proc/cpuinfo").read_text(encoding="utf-8") else ""
    return f"{processor()}{features}, {os.cpu_count()} cores, shared with other work"


if __name__ == "__main__":
    main()
