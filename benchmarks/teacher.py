"""How well a kernel ridge on frozen features rates faces in the wild, by what it looks at.

    python benchmarks/teacher.py --data DIR --weights DIR --cache DIR [--publish]

Five folds, whole groups of look-alikes each, of the part of MEBeauty that networks learn from; no other rating is used.
The last row lets a mean rating count more, the more raters are behind it and the more they agree.
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
    """A row for each choice of views, and one that counts ratings by how certain they are."""
    detector, recipe = load_detector(Settings.read()), recipes.find("beauty-taught")
    table = mebeauty.load(data)
    crops, _ = cutting.cut_all(table, "mebeauty", ARCFACE, cache, detector)
    embeddings = look_alikes.embed(crops, weights)
    learned = (examples.split_by_look_alikes(table, embeddings, recipe.seed)["partition"] == "train").to_numpy()
    table, families = table[learned].reset_index(drop=True), look_alikes.families(embeddings[learned])
    views = teacher.views(table, "mebeauty", weights, cache, detector)
    truth = table["score"].to_numpy()
    found = {", ".join(names): out_of_fold(views, truth, families, names) for names in LOOKS}
    all_views = LOOKS[-1]
    noise = (table["spread"] ** 2 / table["raters"]).to_numpy()
    own = np.mean((found[", ".join(all_views)] - truth) ** 2) - noise.mean()  # variance of the teacher's own errors
    certain = f"{', '.join(all_views)}; certain ratings count more"
    found[certain] = out_of_fold(views, truth, families, all_views, 1 / (own + noise))
    return [(looks, f"{len(table):,}", *_told(truth, rating)) for looks, rating in found.items()]


def _told(truth: Numbers, rating: Numbers) -> tuple[str, ...]:
    return tuple(f"{STATISTICS['regression'][name](truth, rating):.3f}" for name in ("pearson", "mae"))


def out_of_fold(
    views: teacher.Views,
    truth: Numbers,
    families: npt.NDArray[np.int32],
    names: tuple[str, ...],
    weights: Numbers | None = None,
) -> Numbers:
    """Each face's rating by a teacher that saw none of its look-alikes."""
    rating = np.zeros(len(truth))
    for learned, asked in GroupKFold(FOLDS).split(truth, groups=families):
        known, unknown = ({name: view[rows] for name, view in views.items()} for rows in (learned, asked))
        counted = None if weights is None else weights[learned]
        rating[asked] = teacher.fit(known, truth[learned], names, counted)(unknown)
    return rating


if __name__ == "__main__":
    main()
