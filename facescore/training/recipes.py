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
        oval: share of the crops that have an oval put on, or their white surroundings taken off, so that nothing can be
            learned from an oval; see `facescore.training.ovals`.
    """

    flip: bool = True
    rotation: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    brightness: float = 0.0
    oval: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """One experiment.

    Attributes:
        name: the recipe's, the study's and the checkpoint's name; `python -m facescore train NAME --data DIR` runs it.
        title: what the network predicts, as a person would say it.
        task: ``binary`` ends in a logit, ``regression`` in the score itself.
        dataset: ``celeba``, ``scut``, ``mebeauty``, or several joined by ``+``: on the scale of the first.
        target: the column that is learned.
        auxiliary: learn beside it what else the data tell: CelebA's other labels, with half of the loss; the ratings of
            a second data set by a unit of their own, which is mixed with the first one's when served.
        splits: the official splits, each trained on by itself; a study pools their test parts.
        shares_runs_with: the recipe that this one's runs are kept under, where both train the same network.
        network: module of `facescore.networks`.
        options: what its ``build`` is called with.
        served: whether the network becomes a checkpoint; others, built as published, leave a study only.
        template: name of the cut.
        expected: the result to expect on the test part.
        head: how the names of the layers begin that are trained alone, with the rest frozen, in the first epochs.
        head_epochs: how many epochs.
        head_rate: their learning rate.
        epochs: the most epochs in which every layer is trained.
        patience: stop after so many epochs without a lower validation loss; None never stops early.
        batch: crops a step.
        rate: learning rate, reached after ``warmup`` steps; decays to 0 by a cosine if ``decay``.
        weight_decay: of AdamW; 0 means plain Adam.
        averaging: momentum, a step, of a moving average of the weights, which is then judged and kept in their place; 0
            averages nothing.
        initial_weights: what the network starts from, with its source and terms; empty starts at random.
        ridge: regulariser of the ridge regression on the frozen features to which the head is set first, before every
            layer is trained; None starts the head at random.
        residuals: the study out of whose folds the residuals for the interval table come; empty takes the validation
            part's.
        half: serve the weights in float16.
        limits: for the card.
        seed: of the validation part, the shuffling, the augmentation and the initial weights.
    """

    name: str
    title: str
    task: Literal["binary", "regression"]
    dataset: Literal["celeba", "scut", "mebeauty", "scut+mebeauty"]
    target: str
    splits: tuple[str, ...]
    network: str
    template: str
    expected: str
    epochs: int
    batch: int
    rate: float
    augmentation: Augmentation
    shares_runs_with: str = ""
    head: tuple[str, ...] = ()
    head_epochs: int = 0
    head_rate: float = 0.0
    patience: int | None = None
    warmup: int = 0
    decay: bool = False
    weight_decay: float = 0.0
    averaging: float = 0.0
    initial_weights: str = ""
    ridge: float | None = None
    auxiliary: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    served: bool = True
    residuals: str = ""
    half: bool = False
    limits: tuple[str, ...] = LIMITS
    seed: int = 0

    @property
    def datasets(self) -> tuple[str, ...]:
        """The names of the data sets; the score is on the scale of the first."""
        return tuple(self.dataset.split("+"))


NONE = Augmentation(flip=False)
RECOGNISER = (
    "MobileFaceNet trained for face recognition on MS-Celeb-1M, from the public repository "
    "liguiyuan/mobilefacenet-ncnn (no licence stated); every layer was trained further"
)
IMAGENET = (
    "ResNet50V2 trained on ImageNet, up to its fourth stage, from the public repository ibelem/test-data (TF-Slim; "
    "Apache-2.0); the last stage started at random, and every layer but the first four stages' batch norms was trained"
)

AS_PUBLISHED = Recipe(
    name="attractive-simple",
    title="How likely CelebA's annotators would have ticked “Attractive”",
    task="binary",
    dataset="celeba",
    target="Attractive",
    splits=("official partition",),
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

ON_FOLDS = Recipe(
    name="beauty-mobilefacenet",
    title="The mean rating that SCUT-FBP5500's 60 raters would have given",
    task="regression",
    dataset="scut",
    target="score",
    splits=tuple(f"fold {k}" for k in range(1, 6)),
    network="mobilefacenet",
    options={"embedding": False},
    served=False,
    template="arcface",
    expected="mean over the five folds: Pearson correlation 0.940, mean absolute error 0.185",
    epochs=10,
    batch=32,
    rate=1e-4,
    warmup=100,
    decay=True,
    weight_decay=0.01,
    averaging=0.99,
    initial_weights=RECOGNISER,
    ridge=7500.0,
    augmentation=Augmentation(flip=True, rotation=5, scale=0.06, shift=2.5, brightness=0.2, oval=0.5),
    limits=SCUT_LIMITS,
)

RESNET50 = replace(
    ON_FOLDS,
    name="beauty-resnet50",
    splits=ON_FOLDS.splits[:1],
    served=True,
    network="resnet50",
    options={},
    template="scut",
    expected="Pearson correlation 0.88, mean absolute error 0.25 on fold 1's 1,100 test pictures",
    head=(*(f"conv5_block{block}" for block in ("1_0", "1_1", "1_2", "1_3", "2", "3")), "post", "score"),
    head_epochs=3,
    head_rate=1e-3,
    epochs=5,
    batch=16,
    rate=1e-4,
    weight_decay=0.0,
    averaging=0.0,
    initial_weights=IMAGENET,
    ridge=None,
    augmentation=Augmentation(flip=True, rotation=5, scale=0.05, shift=6, brightness=0.15),
    half=True,
)

MEBEAUTY = replace(
    ON_FOLDS,
    name="mebeauty",
    title="The mean rating that MEBeauty's raters would have given",
    dataset="mebeauty",
    splits=("official parts",),
    expected="Pearson correlation 0.80, mean absolute error 0.62 of 10 on the official validation part",
    augmentation=replace(ON_FOLDS.augmentation, oval=0.0),
    limits=LIMITS,
)

WIDE = replace(
    ON_FOLDS,
    name="beauty-wide",
    dataset="scut+mebeauty",
    splits=("60/40",),
    auxiliary=True,
    options={"embedding": False, "outputs": 2},
    expected="Pearson correlation 0.93 on SCUT-FBP5500's 40 %, 0.79 on MEBeauty's official validation part",
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
        replace(
            AS_PUBLISHED,
            name="attractive",
            auxiliary=True,
            network="mobilefacenet",
            options={"size": 64, "margin": 8, "resolution": 96, "outputs": 40},
            served=True,
            expected="accuracy 0.81 on the 3,478 test pictures at hand",
            epochs=5,
            rate=5e-4,
            warmup=100,
            decay=True,
            weight_decay=0.02,
            initial_weights=RECOGNISER,
            augmentation=Augmentation(flip=True, rotation=4, scale=0.06, shift=2, brightness=0.15),
        ),
        ON_FOLDS,
        replace(
            ON_FOLDS,
            name="beauty",
            splits=ON_FOLDS.splits[:1],
            shares_runs_with=ON_FOLDS.name,
            served=True,
            residuals=ON_FOLDS.name,
            expected="Pearson correlation 0.94, mean absolute error 0.185 on fold 1's 1,100 test pictures",
        ),
        replace(
            ON_FOLDS,
            name="beauty-mobilefacenet-60-40",
            splits=("60/40",),
            expected="Pearson correlation 0.935, mean absolute error 0.190, root mean square error 0.250 on the 40 %",
        ),
        MEBEAUTY,
        replace(
            WIDE,
            name="beauty-wide-moments",
            auxiliary=False,
            options={"embedding": False},
            expected="as beauty-wide, with one score for both data sets' linked ratings",
        ),
        replace(
            WIDE,
            name="beauty-wide-affine",
            options={"embedding": False, "linked": True},
            expected="as beauty-wide, with one score and a line to MEBeauty's ratings that is learned",
        ),
        WIDE,
        RESNET50,
        replace(
            RESNET50,
            name="beauty-resnet50-60-40",
            splits=("60/40",),
            served=False,
            expected="Pearson correlation 0.87, mean absolute error 0.26 on the 40 %",
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
