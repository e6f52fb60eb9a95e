"""Every experiment: what is trained on what, the command, and the result to expect."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from facescore.errors import InvalidRequest

LIMITS = (
    "The score says what some annotators ticked or rated; it is no measure of a person and must not be used to judge, "
    "select, rank or advise people, nor in hiring, dating, medicine, advertising or policing.",
    "It must not be used on children.",
    "Pose, light, expression, make-up, lens, image quality and the cut all move the score.",
)
CELEBA_LIMITS = (
    *LIMITS,
    "The annotators of CelebA are unknown, and so is what they were asked; every picture has one label. The label "
    "depends strongly on age, sex, skin and make-up, and the network repeats that: see the table by group.",
    "CelebA shows celebrities, mostly at public events.",
)
SCUT_LIMITS = (
    *LIMITS,
    "The 60 raters of SCUT-FBP5500 were young people in China. Its faces are frontal, Asian or Caucasian, mostly "
    "young: on other faces, ages, poses and light the error is larger than the table says.",
    "Scores shrink towards the middle: very high and very low ratings are predicted less extreme than they were.",
)


@dataclass(frozen=True)
class Augmentation:
    """Random changes of a training crop; every range is symmetric about no change.

    Attributes:
        flip: mirror half of the crops.
        rotation: degrees.
        scale: relative, 0.03 is ±3 %.
        shift: pixels of the crop.
        brightness: relative, as a factor on the pixels.
    """

    flip: bool = True
    rotation: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    brightness: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """One experiment.

    Attributes:
        name: the recipe's, the study's and the checkpoint's name; `python -m facescore train NAME --data DIR` runs it.
        title: what the network predicts, as a person would say it.
        task: ``binary`` ends in a logit, ``regression`` in the score itself.
        dataset: ``celeba`` or ``scut``.
        target: the column that is learned.
        auxiliary: learn the data set's other labels beside it, with half of the loss.
        split: the official split.
        network: module of `facescore.networks`.
        options: what its ``build`` is called with.
        served: whether the network becomes a checkpoint; others, built as published, leave a study only.
        template: name of the cut.
        expected: the result to expect on the test part.
        epochs: the most epochs.
        patience: stop after so many epochs without a lower validation loss; None never stops early.
        batch: crops a step.
        rate: learning rate, reached after ``warmup`` steps; decays to 0 by a cosine if ``decay``.
        weight_decay: of AdamW; 0 means plain Adam.
        initial_weights: what the network starts from, with its source and terms; empty starts at random.
        ridge: regulariser of the ridge regression on the frozen features to which the head is set first, before every
            layer is trained; None starts the head at random.
        limits: for the card.
        seed: of the validation part, the shuffling, the augmentation and the initial weights.
    """

    name: str
    title: str
    task: Literal["binary", "regression"]
    dataset: Literal["celeba", "scut"]
    target: str
    split: str
    network: str
    template: str
    expected: str
    epochs: int
    batch: int
    rate: float
    augmentation: Augmentation
    patience: int | None = None
    warmup: int = 0
    decay: bool = False
    weight_decay: float = 0.0
    initial_weights: str = ""
    ridge: float | None = None
    auxiliary: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    served: bool = True
    limits: tuple[str, ...] = LIMITS
    seed: int = 0


NONE = Augmentation(flip=False)
MOBILEFACENET = (
    "MobileFaceNet trained for face recognition on MS-Celeb-1M, from the public repository "
    "liguiyuan/mobilefacenet-ncnn (no licence stated); every layer was trained further"
)

AS_PUBLISHED = Recipe(
    name="attractive-simple",
    title="How likely CelebA's annotators would have ticked “Attractive”",
    task="binary",
    dataset="celeba",
    target="Attractive",
    split="official partition",
    network="attractive_cnn",
    options={"layout": "simple"},
    served=False,
    template="celeba",
    expected="accuracy 0.72 on the validation part (public write-up)",
    epochs=10,
    batch=64,
    rate=1e-3,
    augmentation=NONE,
    limits=CELEBA_LIMITS,
)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        AS_PUBLISHED,
        replace(
            AS_PUBLISHED,
            name="attractive-hotornot",
            options={"layout": "hotornot"},
            expected="accuracy 0.80 on the validation part after 7 epochs, training up to 0.92 (public write-up)",
            epochs=30,
        ),
        replace(
            AS_PUBLISHED,
            name="attractive-cam",
            options={"layout": "cam"},
            expected="accuracy 0.80 on the validation part at epoch 23, 0.804 on the test part (public write-up)",
            epochs=40,
            patience=6,
        ),
        Recipe(
            name="attractive",
            title="How likely CelebA's annotators would have ticked “Attractive”",
            task="binary",
            dataset="celeba",
            target="Attractive",
            auxiliary=True,
            split="official partition",
            network="mobilefacenet",
            options={"size": 64, "margin": 8, "resolution": 96, "outputs": 40},
            template="celeba",
            expected="accuracy 0.81 on the 3,478 test pictures at hand",
            epochs=5,
            batch=64,
            rate=5e-4,
            warmup=100,
            decay=True,
            weight_decay=0.02,
            initial_weights=MOBILEFACENET,
            augmentation=Augmentation(flip=True, rotation=4, scale=0.06, shift=2, brightness=0.15),
            limits=CELEBA_LIMITS,
        ),
        Recipe(
            name="beauty",
            title="The mean rating that SCUT-FBP5500's 60 raters would have given",
            task="regression",
            dataset="scut",
            target="score",
            split="60/40",
            network="mobilefacenet",
            template="arcface",
            expected="Pearson correlation 0.93, mean absolute error 0.20 on the 40 %",
            epochs=10,
            batch=32,
            rate=3e-4,
            warmup=100,
            decay=True,
            weight_decay=0.01,
            initial_weights=MOBILEFACENET,
            ridge=300.0,
            augmentation=Augmentation(flip=True, rotation=3, scale=0.03, shift=1.5, brightness=0.15),
            limits=SCUT_LIMITS,
        ),
    )
}


def find(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        InvalidRequest: there is none.
    """
    if name not in RECIPES:
        raise InvalidRequest(f"There is no recipe {name!r}. Choose one of: {', '.join(RECIPES)}.")
    return RECIPES[name]
