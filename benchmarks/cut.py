"""What detection and alignment cost: the attractive network on CelebA's own frame, and on crops made as when served.

    python benchmarks/cut.py --data DIR [--publish]

Uses the test pictures that are on disk at CelebA's own 178×218; smaller ones are squashed and cannot be aligned again.
--publish writes the sentence into docs/performance.md.
"""

import argparse
from pathlib import Path

import numpy as np

from facescore.datasets import celeba
from facescore.faces import largest
from facescore.faces.alignment import align, resize
from facescore.faces.mtcnn import MTCNN
from facescore.images import read_image
from facescore.results.readme import PERFORMANCE, publish
from facescore.runtime import ScoringNetwork
from facescore.settings import CHECKPOINTS
from facescore.templates import CELEBA
from facescore.training.predict import as_shown


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--publish", action="store_true", help="write the sentence into docs/performance.md")
    arguments = parser.parse_args()
    sentence = measure(arguments.data)
    print(sentence)
    if arguments.publish:
        publish("cut", sentence, PERFORMANCE)


def measure(data: Path) -> str:
    """Score every picture in both ways and compare the results."""
    table = celeba.load(data)
    detector, runtime = MTCNN(), ScoringNetwork(CHECKPOINTS / "attractive", "binary")
    framed, aligned, labels = [], [], []
    test = table[table["partition"] == "test"]
    for path, label in zip(test["path"], test["Attractive"], strict=True):
        image = read_image(path)
        faces = detector.detect(image) if image.shape[1::-1] == CELEBA.frame else []
        if faces:
            framed.append(resize(image, CELEBA.size, CELEBA.size))
            aligned.append(align(image, largest(faces).landmarks, CELEBA))
            labels.append(label)
    logits = [runtime(np.stack(crops))[0] for crops in (framed, aligned)]
    accuracies = [float(np.mean((logit > 0) == np.array(labels))) for logit in logits]
    probabilities = [as_shown(logit, "binary") for logit in logits]
    change = float(np.abs(probabilities[1] - probabilities[0]).mean())
    return (
        f"On {len(labels)} of CelebA's test pictures the network `attractive` is right in {accuracies[0]:.1%} in the "
        f"data set's own frame and in {accuracies[1]:.1%} after the face is detected and aligned as when served; the "
        f"probability changes by {change:.3f} on average."
    )


if __name__ == "__main__":
    main()
