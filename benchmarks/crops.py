"""How far faces, crops and scores have moved since another commit, on every SCUT picture.

    python benchmarks/crops.py --data DIR [--publish]

Both commits find the faces; then today's networks score both commits' crops of the largest face. --publish writes the
table into docs/performance.md.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from peer import COMMIT, checkout
from tqdm import tqdm

from facescore import Scorer, read_image
from facescore.datasets import scut
from facescore.faces.alignment import align
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.runtime import ScoringNetwork
from facescore.settings import ROOT, Settings
from facescore.training.predict import as_shown

FIND = """
import sys
import numpy as np
from facescore import read_image
from facescore.faces import largest
from facescore.faces.mtcnn import MTCNN
detector, landmarks, counts = MTCNN(), [], []
for path in open(sys.argv[1], encoding="utf-8").read().splitlines():
    faces = detector.detect(read_image(path))
    counts.append(len(faces))
    landmarks.append(largest(faces).landmarks if faces else np.full((5, 2), np.nan))
np.savez(sys.argv[2], landmarks=landmarks, counts=counts)
"""
Landmarks = npt.NDArray[np.float64]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--publish", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    paths = list(scut.load(arguments.data, "60/40")["path"])
    with checkout() as then, tempfile.TemporaryDirectory() as folder:
        runs = [find(tree, paths, Path(folder) / f"{index}.npz") for index, tree in enumerate((then, ROOT))]
        found = [finished(*run) for run in runs]
    shown = report(paths, *found)
    print(shown)
    if arguments.publish:
        publish("crops", shown, PERFORMANCE)


def find(tree: Path, paths: list[Path], into: Path) -> tuple["subprocess.Popen[bytes]", Path]:
    """Start to find the faces with a tree's detector."""
    names = into.with_suffix(".txt")
    names.write_text("\n".join(str(Path(path).resolve()) for path in paths), encoding="utf-8")
    return subprocess.Popen([sys.executable, "-c", FIND, str(names), str(into)], cwd=tree), into


def finished(process: "subprocess.Popen[bytes]", result: Path) -> tuple[Landmarks, npt.NDArray[np.int64]]:
    """Landmarks float[N, 5, 2] of the largest face of every picture, nan where none was found, and counts of faces."""
    if process.wait():
        sys.exit("The faces could not be found: see above.")
    with np.load(result) as arrays:
        return arrays["landmarks"], arrays["counts"]


def report(
    paths: list[Path],
    then: tuple[Landmarks, npt.NDArray[np.int64]],
    now: tuple[Landmarks, npt.NDArray[np.int64]],
) -> str:
    """The table."""
    scorer = Scorer(Settings())
    both = [index for index in range(len(paths)) if then[1][index] and now[1][index]]
    before, after = then[0][both], now[0][both]
    moved = np.linalg.norm(after - before, axis=2).mean(axis=1) / np.linalg.norm(before[:, 0] - before[:, 1], axis=1)
    ratings = [scores(scorer.beauty, paths, both, landmarks) for landmarks in (before, after)]
    logits = [scores(scorer.attractive, paths, both, landmarks) for landmarks in (before, after)]
    chances = [as_shown(values, "binary") for values in logits]
    kept = f" ({len(both)} pictures with a face then and now)"
    return table(
        (f"{len(paths)} SCUT pictures", f"commit {COMMIT}", "now", "moved by, mean (95th percentile)", "mean shift"),
        [
            ("pictures with exactly one face", *(str(int((counts == 1).sum())) for _, counts in (then, now)), "–", "–"),
            (f"landmarks, in distances between the eyes{kept}", "–", "–", spread(moved), "–"),
            *(
                (name, *(f"{values.mean():.3f}" for values in pair), spread(np.abs(pair[1] - pair[0])), shift(*pair))
                for name, pair in ((f"beauty, points{kept}", ratings), (f"attractive, probability{kept}", chances))
            ),
        ],
    )


def scores(
    network: ScoringNetwork, paths: list[Path], chosen: list[int], landmarks: Landmarks
) -> npt.NDArray[np.float32]:
    """The raw scores of the crops, one per chosen picture."""
    crops = (
        align(read_image(paths[index]), points.astype(np.float32), network.template)
        for index, points in zip(chosen, landmarks, strict=True)
    )
    return np.array([network(crop[None]).scores[0] for crop in tqdm(crops, total=len(chosen), disable=None)])


def spread(values: npt.NDArray[np.floating]) -> str:
    """Mean and 95th percentile."""
    return f"{values.mean():.4f} ({np.percentile(values, 95):.4f})"


def shift(before: npt.NDArray[np.floating], after: npt.NDArray[np.floating]) -> str:
    """By how much the mean moved."""
    return f"{(after - before).mean():+.4f}"


if __name__ == "__main__":
    main()
