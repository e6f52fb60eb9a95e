"""Every experiment: what is trained on what, the command, and the result to expect."""

from dataclasses import replace

from facescore.errors import InvalidRequest
from facescore.training.recipe import LIMITS, Augmentation, Recipe

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
WIDE_LIMITS = (
    *LIMITS,
    "The 60 raters of SCUT-FBP5500 were young people in China; its faces are frontal, Asian or Caucasian, mostly "
    "young. Faces in the wild are MEBeauty's, of six ethnicities, rated by some 300 other people; their ratings were "
    "brought to the same scale by mean and spread. So a score of 3 for a face in the wild says that MEBeauty's raters "
    "would have put it at the middle of their own data set, not that SCUT-FBP5500's raters would have given a 3.",
    "MEBeauty's measured part is small, some fifteen faces of each ethnicity and sex: what is said of one of these "
    "groups is uncertain, and of other people, ages and ethnicities nothing is known.",
    "Scores shrink towards the middle: very high and very low ratings are predicted less extreme than they were.",
)

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
    epochs=12,
    batch=32,
    rate=1e-4,
    warmup=100,
    decay=True,
    weight_decay=0.01,
    averaging=0.99,
    initial_weights=RECOGNISER,
    ridge=7500.0,
    augmentation=Augmentation(flip=True, rotation=5, scale=0.06, shift=2.5, brightness=0.2),
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

IN_THE_WILD = Augmentation(
    flip=True, rotation=6, scale=0.08, shift=3, brightness=0.2, colour=0.04, degraded=0.1, erased=0.15
)

MEBEAUTY = replace(
    ON_FOLDS,
    name="mebeauty",
    title="The mean rating that MEBeauty's raters would have given",
    dataset="mebeauty",
    splits=("official parts",),
    expected="Pearson correlation 0.80, mean absolute error 0.62 of 10 on the official validation part",
    augmentation=IN_THE_WILD,
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
    augmentation=replace(IN_THE_WILD, oval=0.25),
    limits=WIDE_LIMITS,
)

MOMENTS = replace(
    WIDE,
    name="beauty-wide-moments",
    auxiliary=False,
    options={"embedding": False},
    expected="as beauty-wide, with one score for both data sets' linked ratings",
)

SCUT_ALONE = replace(
    ON_FOLDS,
    name="beauty-scut",
    splits=ON_FOLDS.splits[:1],
    measured_on=("mebeauty",),
    residuals=ON_FOLDS.name,
    expected="Pearson correlation 0.935, mean absolute error 0.185 on fold 1's 1,100 test pictures",
    augmentation=replace(ON_FOLDS.augmentation, oval=0.3),
)

BOTH = replace(
    MOMENTS,
    name="beauty-both",
    splits=SCUT_ALONE.splits,
    expected="Pearson correlation 0.92 on fold 1's 1,100 test pictures, 0.73 on MEBeauty's official validation part",
)

TAUGHT = replace(
    BOTH,
    name="beauty-taught",
    unrated="celeba",
    epochs=8,
    expected="as beauty-both, with less error in the wild",
)

BEAUTY = replace(
    TAUGHT,
    name="beauty",
    blends=(SCUT_ALONE.name, BOTH.name, TAUGHT.name),
    served=True,
    expected="Pearson correlation 0.93 on fold 1's 1,100 test pictures, 0.71 on MEBeauty's official validation part",
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
        SCUT_ALONE,
        replace(
            ON_FOLDS,
            name="beauty-mobilefacenet-60-40",
            splits=("60/40",),
            measured_on=("mebeauty",),
            expected="Pearson correlation 0.935, mean absolute error 0.190, root mean square error 0.250 on the 40 %",
        ),
        MEBEAUTY,
        replace(
            MEBEAUTY,
            name="mebeauty-taught",
            unrated="celeba",
            epochs=8,
            expected="Pearson correlation 0.74, mean absolute error 0.69 of 10 on the official validation part",
        ),
        MOMENTS,
        replace(
            WIDE,
            name="beauty-wide-affine",
            options={"embedding": False, "linked": True},
            expected="as beauty-wide, with one score and a line to MEBeauty's ratings that is learned",
        ),
        WIDE,
        BOTH,
        TAUGHT,
        BEAUTY,
        replace(
            TAUGHT,
            name="beauty-taught-60-40",
            splits=MOMENTS.splits,
            expected="Pearson correlation 0.91 on the 40 %, 0.76 on MEBeauty's official validation part",
        ),
        replace(
            BEAUTY,
            name="beauty-60-40",
            splits=MOMENTS.splits,
            blends=("beauty-mobilefacenet-60-40", MOMENTS.name, "beauty-taught-60-40"),
            served=False,
            expected="Pearson correlation 0.93 on the 40 %, 0.73 on MEBeauty's official validation part",
        ),
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
