"""What the served networks would gain in speed and lose in accuracy with weights in float16, or in int8.

    python benchmarks/precision.py [--data DIR] [--publish]

LiteRT's quantizer converts the files as they are served: weights in float16; weights in int8, and activations that are
quantized anew for each face; weights and activations of convolutions in int8, calibrated beforehand. (The rest stays in
float32: for PReLU in integers there is no fast code, and the scores are sums over the last map.) All versions score one
face at a time, with its mirror image, in turns; medians after a warm-up.

With --data, they are calibrated on faces that the networks learned from and compared on test faces: SCUT-FBP5500's for
the rating, CelebA's for “Attractive”. Without, the faces of the example photos in several lights serve for both.
--publish writes the table into docs/performance.md.
"""

import argparse
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from ai_edge_quantizer.algorithm_manager import AlgorithmName
from ai_edge_quantizer.qtyping import TFLOperationName
from ai_edge_quantizer.quantizer import Quantizer
from pipeline import machine

from facescore.checkpoints import Task
from facescore.datasets import celeba, scut
from facescore.faces import largest
from facescore.faces.alignment import align
from facescore.faces.mtcnn import MTCNN
from facescore.images import read_image
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.results.study import STUDIES
from facescore.runtime import INPUT, MODEL, Network, ScoringNetwork
from facescore.scoring.sweeps import exposed
from facescore.settings import ASSETS, CHECKPOINTS
from facescore.training.data.crops import crop_all
from facescore.training.measure.metrics import STATISTICS
from facescore.training.predict import Crops, Numbers, as_shown

TASKS: dict[str, Task] = {"beauty": "regression", "attractive": "binary"}
METRICS = {"beauty": ("correlation", "pearson"), "attractive": ("accuracy", "accuracy")}
DATASETS = {"beauty": "scut", "attractive": "celeba"}
CALIBRATION, TEST = 100, 300  # faces
TOGETHER = 25  # faces whose extreme activations count; the ranges are the averages over several times as many
LIGHTS = np.geomspace(0.25, 2.5, 15)  # of the example photos
RUNS, WARM_UP = 60, 5
SERVED = "float32, as served"
INTEGER = (
    TFLOperationName.CONV_2D,
    TFLOperationName.DEPTHWISE_CONV_2D,
    TFLOperationName.ADD,
    TFLOperationName.PAD,
)


class Faces(NamedTuple):
    """Crops to calibrate on, crops to compare scores on, and what is true of these, where that is known."""

    calibration: Crops
    test: Crops
    truth: Numbers | None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder that holds the data sets")
    parser.add_argument("--publish", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    if arguments.publish and not arguments.data:
        parser.error("--publish needs --data: the table is of the data sets' test faces.")
    logging.disable()  # the quantizer reports every operation that it leaves as it is
    rows: list[Sequence[str]] = []
    for name in TASKS:
        faces = of_data(name, arguments.data) if arguments.data else of_examples(name)
        rows += report(name, faces)
    heading = ("network", "numbers", "file, MB", "median ms", "speed", "scores move by, mean", "largest", "result")
    shown = f"{table(heading, rows)}\n\nMachine: {machine()}."
    print(shown)
    if arguments.publish:
        publish("precision", shown, PERFORMANCE)


def of_data(name: str, data: Path) -> Faces:
    """Some faces of a data set that a network learned from, and some of those that it was tested on."""
    if name == "attractive":
        pictures = celeba.load(data)
        pictures["truth"] = pictures["Attractive"].astype(float)
        learned, tested = (pictures[pictures["partition"] == part] for part in ("train", "test"))
    else:
        study = pd.read_csv(STUDIES / name / "predictions.csv")
        of_served = study.loc[study["split"] == study["split"].iloc[0], "file"]
        pictures = scut.load(data, "60/40").rename(columns={"score": "truth"})
        unlearned = pictures["file"].isin(of_served)
        learned, tested = pictures[~unlearned], pictures[unlearned]
    parts = spread(learned, CALIBRATION), spread(tested, TEST)
    template = ScoringNetwork(CHECKPOINTS / name, TASKS[name]).template
    with tempfile.TemporaryDirectory() as cache:
        crops = [crop_all(part, DATASETS[name], template, Path(cache), MTCNN())[0] for part in parts]
    return Faces(crops[0], crops[1], parts[1]["truth"].to_numpy(np.float64))


def spread(pictures: pd.DataFrame, count: int) -> pd.DataFrame:
    """So many pictures, evenly spread over the list."""
    return pictures.iloc[np.linspace(0, len(pictures) - 1, count).astype(int)]


def of_examples(name: str) -> Faces:
    """The largest face of each example photo in different lights."""
    template, detector = ScoringNetwork(CHECKPOINTS / name, TASKS[name]).template, MTCNN()
    photos = map(read_image, sorted((ASSETS / "examples").glob("*.jpg")))
    crops = [align(photo, largest(detector.detect(photo)).landmarks, template) for photo in photos]
    lit = np.stack([exposed(crop, gain) for crop in crops for gain in LIGHTS])
    return Faces(lit, lit, None)


def versions(content: bytes, calibration: Crops) -> dict[str, bytes]:
    """The content of a .tflite file in each kind of numbers."""
    every = (".*", TFLOperationName.ALL_SUPPORTED)
    half, dynamic, static = (Quantizer(bytearray(content)) for _ in range(3))
    half.add_weight_only_config(*every, 16, algorithm_key=AlgorithmName.FLOAT_CASTING)
    dynamic.add_dynamic_config(*every, 8)
    for operation in INTEGER:
        static.add_static_config(".*", operation, 8, 8)
    mixed = np.random.default_rng(0).permutation(calibration)
    batches = [{INPUT: mixed[start : start + TOGETHER]} for start in range(0, len(mixed), TOGETHER)]
    with redirect_stdout(sys.stderr):  # where the quantizer's progress belongs
        ranges = static.calibrate({"serving_default": batches})
        return {
            SERVED: content,
            "weights in float16": bytes(half.quantize().quantized_model),
            "weights in int8": bytes(dynamic.quantize().quantized_model),
            "convolutions in int8": bytes(static.quantize(ranges).quantized_model),
        }


def report(name: str, faces: Faces) -> list[Sequence[str]]:
    """A row per version of a network."""
    contents = versions((CHECKPOINTS / name / MODEL).read_bytes(), faces.calibration)
    networks = {version: Network(content, version) for version, content in contents.items()}
    times = milliseconds(networks, faces.test)
    scores = {version: scored(name, network, faces.test) for version, network in networks.items()}
    rows: list[Sequence[str]] = []
    for version, content in contents.items():
        moved = np.abs(scores[version] - scores[SERVED])
        title, metric = METRICS[name]
        true = "–" if faces.truth is None else f"{STATISTICS[TASKS[name]][metric](faces.truth, scores[version]):.4f}"
        rows.append(
            (
                f"{name}, {len(faces.test)} faces",
                version,
                f"{len(content) / 1e6:.1f}",
                f"{times[version]:.2f}",
                f"{times[SERVED] / times[version]:.2f}×",
                f"{moved.mean():.4f}",
                f"{moved.max():.3f}",
                f"{title} {true}",
            )
        )
    return rows


def milliseconds(networks: dict[str, Network], crops: Crops) -> dict[str, float]:
    """Median milliseconds that each network takes for one face; they take turns."""
    times: dict[str, list[float]] = {version: [] for version in networks}
    for run in range(RUNS + WARM_UP):
        crop = crops[run % len(crops)][None]
        for version, network in networks.items():
            start = time.perf_counter()
            network(crop)
            times[version].append(1000 * (time.perf_counter() - start))
    return {version: statistics.median(record[WARM_UP:]) for version, record in times.items()}


def scored(name: str, network: Network, crops: Crops) -> Numbers:
    """Ratings, or probabilities, float64[N]; scored one by one, as on the page."""
    return as_shown(np.array([network(crop[None])["score"][0] for crop in crops], np.float64), TASKS[name])


if __name__ == "__main__":
    main()
