"""What the studies of CelebA's label “Male” answer together: `python -m facescore export male`. No network is trained.

The studies hold what each network predicted; here they are compared picture by picture, and joined with CelebA's other
labels. Pictures of one person are not independent, so every interval resamples persons.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore.datasets import celeba
from facescore.estimates import Estimate, to_json
from facescore.files import write_text
from facescore.results.male_questions import ANSWERS, EXAMINED, Answer
from facescore.results.study import Study
from facescore.training.measure import metrics
from facescore.training.predict import Numbers

SUREST = 50  # mistakes of each kind
CUES = {"bald": "Bald", "beard": "No_Beard", "lipstick": "Wearing_Lipstick", "make-up": "Heavy_Makeup"}
Mask = npt.NDArray[np.bool_]


def export(path: Path, data: Path) -> None:
    """Write the comparisons, the surest mistakes and the counts of all labels as JSON.

    Raises:
        DataError: CelebA or a study is missing or damaged.
    """
    table = celeba.load(data).set_index("file")
    networks = {name for names in ANSWERS.values() for name in names.networks} | set(EXAMINED)
    studies = {name: Study.read(name) for name in sorted(networks)}
    found = {
        "exploration": exploration(celeba.labels(data)),
        "answers": {
            name: answer(asked, [studies[one] for one in asked.networks], table) for name, asked in ANSWERS.items()
        },
        "mistakes": {name: mistakes(studies[name].predictions, table) for name in EXAMINED},
    }
    write_text(path, to_json(found))


def exploration(labels: pd.DataFrame) -> dict[str, int]:
    """How many pictures each combination of Male and Young has: ``female young``, ``male older`` and so on."""
    return {str(name): int(count) for name, count in celeba.groups(labels).value_counts().items()}


def means(values: Numbers, persons: npt.NDArray[np.int64], groups: Sequence[Mask]) -> tuple[Numbers, Numbers]:
    """The mean of the pictures' values in each group, float64[groups], and in resamples of the persons.

    Args:
        values: float64[N].
        persons: who is in each picture, int64[N].
        groups: bool[N] each.
    """
    inside = pd.DataFrame(np.transpose(groups), dtype=np.float64)
    sums, counts = (rows.groupby(persons, sort=False).sum().to_numpy() for rows in (inside.mul(values, axis=0), inside))
    known = len(counts)
    times = np.random.default_rng(0).multinomial(known, np.full(known, 1 / known), metrics.RESAMPLES)
    return sums.sum(axis=0) / counts.sum(axis=0), (times @ sums) / (times @ counts)


def _estimate(values: Numbers, persons: npt.NDArray[np.int64], *groups: Mask) -> Estimate:
    """The mean over the pictures in a group; of two groups, the first one's mean minus the second one's."""
    value, resampled = means(values, persons, groups)
    signs = np.array((1, -1)[: len(groups)])
    return metrics.with_interval(value @ signs, resampled @ signs)


def right(predictions: pd.DataFrame) -> Numbers:
    """1 where the label is predicted, 0 elsewhere, float64[N]."""
    prediction, truth = (predictions[column].to_numpy() for column in ("prediction", "truth"))
    return np.asarray((prediction > 0.5) == (truth > 0.5), dtype=np.float64)


def answer(asked: Answer, studies: Sequence[Study], table: pd.DataFrame) -> Estimate | int:
    """What was measured for a question, from its networks' studies and CelebA's labels by file."""
    study, *others = studies
    if asked.kind == "epoch":
        return int(study.history["epoch"][study.history["val_loss"].argmin()])
    if asked.kind == "outside":
        share: Estimate = study.metrics["outside"]["female"]["predicted_share"]
        return share
    predictions = study.predictions.set_index("file")
    labels = table.loc[predictions.index]
    persons, male = labels["identity"].to_numpy(np.int64), labels["Male"].to_numpy(bool)
    everyone = np.ones(len(labels), bool)
    if asked.kind == "accuracy":
        return _estimate(right(predictions), persons, everyone)
    if asked.kind == "sureness":
        given = np.where(predictions["truth"] > 0.5, predictions["prediction"], 1 - predictions["prediction"])
        return _estimate(given, persons, male, ~male)
    gain = right(predictions) - right(others[0].predictions.set_index("file").loc[predictions.index])
    if asked.kind == "gain of women":
        return _estimate(gain, persons, ~male, male)
    made_up = ~male & labels["Heavy_Makeup"].to_numpy()
    return _estimate(gain, persons, made_up if asked.kind == "gain with make-up" else everyone)


def mistakes(predictions: pd.DataFrame, table: pd.DataFrame, surest: int = SUREST) -> dict[str, dict[str, Any]]:
    """Which cues a study's surest mistakes show, beside how common each is among all tested pictures of that sex.

    Returns:
        ``women taken for men``, ``men taken for women``: the number of mistakes, and for the surest of them and for all
        pictures of that sex the share with each of `CUES`.
    """
    labels = table.loc[predictions["file"]]
    shown = labels[[*CUES.values()]].set_axis([*CUES], axis=1).assign(beard=~labels["No_Beard"]).reset_index(drop=True)
    male, prediction = labels["Male"].to_numpy(), predictions["prediction"].to_numpy()
    doubts = {"women taken for men": (~male, 1 - prediction), "men taken for women": (male, prediction)}
    found = {}
    for name, (of_sex, doubt) in doubts.items():
        wrong = np.flatnonzero(of_sex & (doubt < 0.5))
        chosen = wrong[np.argsort(doubt[wrong], kind="stable")][:surest]
        shares = shown[of_sex].mean(), shown.iloc[chosen].mean().fillna(0.0)
        found[name] = {"mistakes": len(wrong), "surest": len(chosen)} | {
            cue: {"surest": float(shares[1][cue]), "all": float(shares[0][cue])} for cue in CUES
        }
    return found
