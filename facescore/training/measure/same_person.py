"""The same person twice: how far a score differs between a person's photos, against how far between people.

CelebA names who is in each picture. The intraclass correlation is the share of the variance that lies between people:
1 if all photos of a person get the same score, 0 if a person's photos differ as much as those of different people.
"""

import dataclasses
from collections import Counter
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from tqdm import tqdm

from facescore.datasets import celeba
from facescore.estimates import Estimate
from facescore.faces import largest, quality
from facescore.faces.alignment import align, resize
from facescore.images import Image
from facescore.scoring.percentile import ScoreDistribution
from facescore.templates import ARCFACE, CELEBA
from facescore.training.data.crops import read_picture
from facescore.training.data.place import Place
from facescore.training.measure import metrics
from facescore.training.measure.examine import Trained
from facescore.training.predict import Numbers, apply, as_shown

People = npt.NDArray[np.intp]

FOLDS = 10
FACTORS = {
    "light": ("light", "glare", "brightness", "contrast", "one_sided"),
    "pose": ("turn", "tilt"),
    "expression": ("Smiling", "Mouth_Slightly_Open", "Narrow_Eyes"),
    "sharpness": ("sharpness",),
}
"""What may differ between two photos of one person, and the columns that measure it."""
MEASURED = tuple(column for factor in FACTORS.values() for column in factor if column.islower())  # others are labels
FEWEST = 50  # people


def on_celeba(trained: Trained, place: Place) -> dict[str, Any]:
    """`measure` on CelebA's test part, for people who are in several pictures in which a face is found.

    Of pictures of several sizes, only those of the commonest are taken: otherwise the score's dependence on the
    resolution would look like a difference between people. Logits are shown as probabilities, ratings as percentiles.

    Returns:
        The measurements as ``same_person``; nothing if fewer than 50 such people are there.
    """
    table = celeba.load(place.data)
    table = _several(table[table["partition"] == "test"])
    pictures = {index: read_picture(path) for index, path in table["path"].items()}
    sizes = Counter(picture.shape for picture in pictures.values())
    rows, crops = [], list[Image]()
    for index, picture in tqdm(pictures.items(), "the same people", unit=" pictures", disable=None):
        photo = resize(picture, *CELEBA.frame)
        faces = place.detector.detect(photo) if picture.shape == sizes.most_common(1)[0][0] else []
        if faces:
            landmarks = largest(faces).landmarks
            whole = trained.template == CELEBA
            crop = resize(picture, CELEBA.size, CELEBA.size) if whole else align(photo, landmarks, trained.template)
            crops.append(crop)
            rows.append({"index": index} | _factors(photo, landmarks))
    found = table.join(pd.DataFrame(rows, columns=["index", *MEASURED]).set_index("index"), how="inner")
    if _several(found)["identity"].nunique() < FEWEST:
        return {}
    score = apply(trained.network, np.stack(crops))["score"].astype(np.float64)
    if trained.task == "binary":
        shown = as_shown(score, trained.task)
    else:
        distribution = ScoreDistribution()
        shown = np.array([distribution.percentile(one) / 100 for one in score])
    return {"same_person": measure(_several(found.assign(score=score, shown=shown)))}


def _several(table: pd.DataFrame) -> pd.DataFrame:
    """The pictures of people who are in more than one."""
    return table[table.groupby("identity")["identity"].transform("size") > 1]


def _factors(photo: Image, landmarks: npt.NDArray[np.float32]) -> dict[str, float]:
    """Light, pose and sharpness of a face: its `Quality`, and more."""
    crop = align(photo, landmarks, ARCFACE)
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float64)
    middle = ARCFACE.size // 2
    left, right = (gray[:, half][quality.FACE[:, half]].mean() for half in (slice(middle), slice(middle, None)))
    eyes, nose, mouth = landmarks[:2].mean(axis=0), landmarks[2], landmarks[3:].mean(axis=0)
    return dataclasses.asdict(quality.measure(crop, landmarks, *photo.shape[1::-1])) | {
        "brightness": float(gray[quality.FACE].mean()),
        "contrast": float(gray[quality.FACE].std()),
        "one_sided": abs(float(left - right)),
        "tilt": float((nose - eyes) @ (mouth - eyes) / ((mouth - eyes) @ (mouth - eyes))),  # lower when looking up
    }


def measure(pictures: pd.DataFrame) -> dict[str, Any]:
    """How much of a score belongs to the person, and what moves the rest.

    Args:
        pictures: one row per picture of people who are in more than one: ``identity``; ``Attractive``, CelebA's label;
            ``score``, a logit or a rating; ``shown``, what the page shows of it, 0 to 1; and the columns of `FACTORS`.

    Returns:
        The numbers of ``people`` and ``pictures``; ``icc`` and ``icc_of_label``, the intraclass correlations of score
        and label; ``same`` and ``others``, the mean difference of what is shown between two photos of one person and of
        two people; and ``explained``, the share of the score's variance within people that each of `FACTORS`, and
        ``all`` of them, predict for people who were left out.
    """
    person = np.unique(pictures["identity"], return_inverse=True)[1]
    draws = metrics.draws(int(person.max()) + 1)
    score, shown, label = (pictures[name].to_numpy(np.float64) for name in ("score", "shown", "Attractive"))
    return {
        "people": draws.shape[1],
        "pictures": len(pictures),
        "icc": _icc(score, person, draws),
        "icc_of_label": _icc(label, person, draws),
        **_differences(shown, person, draws),
        "explained": _explained(pictures, score, person, draws),
    }


def _icc(values: Numbers, person: People, draws: People) -> Estimate:
    """One-way intraclass correlation, ICC(1), for groups of unequal size (Shrout and Fleiss 1979; Donner 1986)."""
    counts = np.bincount(person).astype(np.float64)
    totals, squares = np.bincount(person, values), np.bincount(person, values**2)

    def share(chosen: People) -> float:
        """Over these people."""
        size, total, square = counts[chosen], totals[chosen], squares[chosen]
        people, number = len(chosen), size.sum()
        within = (square.sum() - (total**2 / size).sum()) / (number - people)
        between = ((total**2 / size).sum() - total.sum() ** 2 / number) / (people - 1)
        usual = (number - (size**2).sum() / number) / (people - 1)
        return float((between - within) / (between + (usual - 1) * within))

    return metrics.with_interval(share(np.arange(len(counts))), [share(draw) for draw in draws])


def _differences(shown: Numbers, person: People, draws: People) -> dict[str, Estimate]:
    """Mean absolute differences between two photos of one person, and of two; every person counts equally."""
    order = np.argsort(person, kind="stable")
    starts = np.flatnonzero(np.diff(person[order], prepend=-1))
    counts = np.bincount(person)
    apart = np.abs(shown[order][:, None] - shown[order][None, :])
    sums = np.add.reduceat(np.add.reduceat(apart, starts, axis=0), starts, axis=1)
    same = np.diag(sums) / (counts * (counts - 1))
    others = sums / np.outer(counts, counts)
    np.fill_diagonal(others, np.nan)
    resampled = [float(np.nanmean(others[np.ix_(draw, draw)])) for draw in draws]
    return {
        "same": metrics.with_interval(float(same.mean()), same[draws].mean(axis=1)),
        "others": metrics.with_interval(float(np.nanmean(others)), resampled),
    }


def _explained(pictures: pd.DataFrame, score: Numbers, person: People, draws: People) -> dict[str, Estimate]:
    """Shares of the variance within people, by linear regressions on other people's deviations from their own means."""
    columns = [column for factor in FACTORS.values() for column in factor]
    table = pictures[columns].astype(np.float64).assign(score=score)
    table = pd.concat([table, (table[columns] ** 2).add_suffix("²")], axis=1)
    deviations = table - table.groupby(person).transform("mean")
    own = deviations["score"].to_numpy()
    whole = np.bincount(person, own**2)
    found = {}
    for name, factor in (FACTORS | {"all": tuple(columns)}).items():
        inputs = deviations[[*factor, *(f"{column}²" for column in factor)]].to_numpy()
        inputs = inputs / inputs.std(axis=0).clip(1e-12)
        predicted = cross_val_predict(LinearRegression(), inputs, own, groups=person, cv=GroupKFold(FOLDS))
        left = np.bincount(person, (own - predicted) ** 2)
        resampled = 1 - left[draws].sum(axis=1) / whole[draws].sum(axis=1)
        found[name] = metrics.with_interval(float(1 - left.sum() / whole.sum()), resampled)
    return found
