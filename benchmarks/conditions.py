"""How far a change of the photo moves both scores, and how far another detector does.

    python benchmarks/conditions.py --data DIR --yunet FILE [--before DIR] [--publish]

The photos are those of MEBeauty and One Million Impressions that a network has not learned from: all of them for
“Attractive”, the served fold's test part for the rating. In each, the largest face is found once; then the part of the
photo around it is changed. --yunet names the file of the other detector, --before a folder of earlier checkpoints to
compare with. --publish writes the table into docs/results.md.
"""

import argparse
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from facescore import read_image
from facescore.checkpoints import Task
from facescore.datasets import mebeauty, omi
from facescore.estimates import Estimate
from facescore.faces import largest
from facescore.faces.alignment import align
from facescore.faces.mtcnn import MTCNN
from facescore.faces.yunet import YuNet
from facescore.results.readme import RESULTS, publish, table
from facescore.results.study import STUDIES
from facescore.runtime import ScoringNetwork
from facescore.scoring.sweeps import View, around, blurred, compressed, lit
from facescore.settings import CHECKPOINTS
from facescore.training.measure.metrics import mean_with_interval
from facescore.training.predict import as_shown

CHANGES: dict[str, Callable[[View], View]] = {
    "0.4 of the light": partial(lit, gain=0.4),
    "blurred by 0.04 of the eyes' distance": partial(blurred, sigma=0.04),
    "JPEG quality 30": partial(compressed, quality=30),
}
OTHER = "YuNet in place of the embedded detector"
TASKS: dict[str, Task] = {"attractive": "binary", "beauty": "regression"}
BARS = {"attractive": (0.08, 0.03), "beauty": (None, 0.05)}  # of a change, and of the other detector

Scores = npt.NDArray[np.float64]
Views = list[tuple[View, View]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--yunet", type=Path, required=True)
    parser.add_argument("--before", type=Path, help="a folder of earlier checkpoints")
    parser.add_argument("--publish", action="store_true", help="write the table into docs/results.md")
    arguments = parser.parse_args()
    photos = pd.concat([mebeauty.load(arguments.data), omi.load(arguments.data)], keys=("mebeauty", "omi"))
    photos = photos.reset_index(0, names="dataset")
    views, unlearned = seen(photos, YuNet(arguments.yunet, MTCNN()))
    folders = {"now": CHECKPOINTS} | ({"before": arguments.before} if arguments.before else {})
    asked = {"attractive": views, "beauty": unlearned}
    moved = {name: measured(asked, folder) for name, folder in folders.items()}
    rows = [
        (change, f"{network}, {len(asked[network]):,} photos", *map(shown, of_change), bar(network, change))
        for network in TASKS
        for change in moved["now"][network]
        for of_change in [[of_folder[network][change] for of_folder in moved.values()]]
    ]
    text = table(("mean absolute change", "score", *moved, "bar"), rows)
    print(text)
    if arguments.publish:
        publish("conditions", text, RESULTS)


def seen(photos: pd.DataFrame, other: YuNet) -> tuple[Views, Views]:
    """The surroundings of the largest face of each photo in which both detectors find one, with either's landmarks.

    Returns:
        Those of all photos, and of the photos that the served rating network has not learned from.
    """
    study = pd.read_csv(STUDIES / "beauty" / "predictions.csv")
    tested = study[study["split"] == study["split"].iloc[0]].set_index(["dataset", "file"]).index
    embedded, views, unlearned = MTCNN(), [], []
    for row in tqdm(photos.itertuples(), "detecting faces", len(photos), unit=" photos", disable=None):
        photo = read_image(row.path)
        found = [detector.detect(photo) for detector in (embedded, other)]
        if all(found):
            one, two = (around(photo, largest(faces).landmarks) for faces in found)
            views.append((one, two))
            unlearned += views[-1:] * ((row.dataset, row.file) in tested)
    return views, unlearned


def measured(views: dict[str, Views], folder: Path) -> dict[str, dict[str, Estimate]]:
    """The mean absolute change of each network's score by each change, with its 95% interval."""
    found: dict[str, dict[str, Estimate]] = {}
    for name, task in TASKS.items():
        network = ScoringNetwork(folder / name, task)
        ones, twos = zip(*views[name], strict=True)
        own = scores(network, ones)
        asked = {change: map(apply, ones) for change, apply in CHANGES.items()} | {OTHER: twos}
        found[name] = {
            change: mean_with_interval(np.abs(scores(network, changed) - own)) for change, changed in asked.items()
        }
    return found


def scores(network: ScoringNetwork, views: Iterable[View]) -> Scores:
    """Ratings, or probabilities, float64[N]."""
    crops = (align(view.image, view.landmarks, network.template)[None] for view in views)
    raw = np.concatenate([network(crop).scores for crop in tqdm(crops, "scoring", disable=None)])
    return as_shown(raw, network.card.task)


def shown(value: Estimate) -> str:
    """With its interval."""
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"


def bar(network: str, change: str) -> str:
    """What the change may be at most."""
    most = BARS[network][change == OTHER]
    return "–" if most is None else f"≤ {most}"


if __name__ == "__main__":
    main()
