"""Whether a network of CelebA's label became better: both versions on the same test pictures, paired by person.

    python benchmarks/paired.py NAME --data DIR --before FOLDER

FOLDER holds the earlier version's study, such as ``assets/studies/NAME`` of another commit's checkout.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from facescore.datasets import celeba
from facescore.results.study import STUDIES
from facescore.training.measure.metrics import RESAMPLES, with_interval

LEAST = 1e-4  # of a probability, as the earlier predictions have four digits


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--before", type=Path, required=True)
    arguments = parser.parse_args()
    tables = [pd.read_csv(folder / "predictions.csv") for folder in (arguments.before, STUDIES / arguments.name)]
    both = tables[0].merge(tables[1], on="file", suffixes=("_before", "_now"))
    both = both.merge(celeba.load(arguments.data)[["file", "identity"]], on="file")
    true = both["truth_now"]
    right, loss = {}, {}
    for version in ("before", "now"):
        chance = both[f"prediction_{version}"].clip(LEAST, 1 - LEAST)
        right[version] = ((chance > 0.5) == (true > 0.5)).astype(float)
        loss[version] = -np.log(chance.where(true > 0.5, 1 - chance))
    for name, of_version in (("accuracy", right), ("log loss", loss)):
        persons = (of_version["now"] - of_version["before"]).groupby(both["identity"]).agg(["sum", "size"]).to_numpy()
        draws = np.random.default_rng(0).integers(0, len(persons), (RESAMPLES, len(persons)))
        resampled = [persons[draw, 0].sum() / persons[draw, 1].sum() for draw in draws]
        found = with_interval(persons[:, 0].sum() / len(both), resampled)
        difference = f"{found.value:+.4f} ({found.low:+.4f} to {found.high:+.4f})"
        print(f"{name}, now minus before: {difference}, {len(both):,} pictures")


if __name__ == "__main__":
    main()
