"""How well a kernel ridge on frozen features rates faces in the wild, by what it looks at.

    python benchmarks/teacher.py --data DIR --weights DIR --cache DIR [--publish]

Five folds, whole groups of look-alikes each, of the part of MEBeauty that networks learn from; no other rating is used.
--publish puts the table into docs/beyond-two-ethnicities.md.
"""

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import report
from sklearn.model_selection import GroupKFold

from facescore.datasets import mebeauty
from facescore.faces import load_detector
from facescore.faces.alignment import ARCFACE
from facescore.settings import Settings
from facescore.training import cutting, examples, look_alikes, recipes, teacher
from facescore.training.evaluate import STATISTICS, Numbers

FOLDS = 5
LOOKS = (("face",), ("wider",), ("loose",), ("face", "wider"), ("face", "loose"), ("face", "wider", "loose"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="where crops and features are kept")
    parser.add_argument("--publish", action="store_true", help="put the table into docs/beyond-two-ethnicities.md")
    arguments = parser.parse_args()
    rows = measure(arguments.data, arguments.weights, arguments.cache)
    table = report.markdown(("looks at", "faces", "Pearson correlation", "mean absolute error of 10"), rows)
    print(table)
    if arguments.publish:
        report.publish("teacher", table, report.WILD)


def measure(data: Path, weights: Path, cache: Path) -> list[tuple[str, ...]]:
    """A row for each choice of views."""
    detector, recipe = load_detector(Settings.read()), recipes.find("beauty-taught")
    table = mebeauty.load(data)
    crops, _ = cutting.cut_all(table, "mebeauty", ARCFACE, cache, detector)
    embeddings = look_alikes.embed(crops, weights)
    learned = (examples.split_by_look_alikes(table, embeddings, recipe.seed)["partition"] == "train").to_numpy()
    table, families = table[learned].reset_index(drop=True), look_alikes.families(embeddings[learned])
    views = teacher.views(table, "mebeauty", weights, cache, detector)
    truth = table["score"].to_numpy()
    rows: list[tuple[str, ...]] = []
    for names in LOOKS:
        rating = out_of_fold(views, truth, families, names)
        pearson, mae = (STATISTICS["regression"][name](truth, rating) for name in ("pearson", "mae"))
        rows.append((", ".join(names), f"{len(table):,}", f"{pearson:.3f}", f"{mae:.3f}"))
    return rows


def out_of_fold(
    views: teacher.Views, truth: Numbers, families: npt.NDArray[np.int32], names: tuple[str, ...]
) -> Numbers:
    """Each face's rating by a teacher that saw none of its look-alikes."""
    rating = np.zeros(len(truth))
    for learned, asked in GroupKFold(FOLDS).split(truth, groups=families):
        known, unknown = ({name: view[rows] for name, view in views.items()} for rows in (learned, asked))
        rating[asked] = teacher.fit(known, truth[learned], names)(unknown)
    return rating


if __name__ == "__main__":
    main()
