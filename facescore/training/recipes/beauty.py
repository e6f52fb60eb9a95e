"""Ratings: SCUT-FBP5500 alone, or with faces in the wild, faces of every age, and faces that a teacher rated."""

from facescore.training.recipes.recipe import LIMITS, RECOGNISER, Recipe

SCUT_LIMITS = (
    *LIMITS,
    "The 60 raters of SCUT-FBP5500 were young people in China. Its faces are frontal, Asian or Caucasian, mostly "
    "young: on other faces, ages, poses and light the error is larger than the table says.",
    "Scores shrink towards the middle: very high and very low ratings are predicted as less extreme than they were.",
)
WILD_LIMITS = (
    *LIMITS,
    "The 60 raters of SCUT-FBP5500 were young people in China; its faces are frontal, Asian or Caucasian, mostly "
    "young. The network also learned from MEBeauty's everyday photos of people of six ethnicities, rated by about 300 "
    "people, and from computer-generated faces, rated by about 31 people each. All ratings were brought to the same "
    "scale by mean and standard deviation. So a score of 3 for such a face says that its raters would have put "
    "it at the mean of their own data set, not that SCUT-FBP5500's raters would have given a 3.",
    "Few real faces of people over 50 are in these data sets, and the older faces that the network learned from are "
    "mostly computer-generated: its scores for older people are less certain than the table by age suggests. Nothing "
    "is known about its scores for children or for people unlike those in the tables.",
    "Scores shrink towards the middle: very high and very low ratings are predicted as less extreme than they were.",
)
IMAGENET = (
    "ResNet50V2 trained on ImageNet, up to its fourth stage, from the public repository ibelem/test-data (TF-Slim; "
    "Apache-2.0); the last stage started at random, and every layer but the first four stages' batch norms was trained"
)
JOINT = tuple(f"joint fold {k}" for k in range(1, 6))
FOLDS = tuple(f"fold {k}" for k in range(1, 6))
RATING = "The mean rating that SCUT-FBP5500's 60 raters would have given"

RECIPES = (
    Recipe(
        name="beauty-mobilefacenet",
        title=RATING,
        expected="Pearson correlation 0.940, mean absolute error 0.185 over the five folds; on 60/40 0.935, 0.185",
        task="regression",
        splits={"folds": FOLDS, "60-40": ("60/40",)},
        data={"datasets": ("scut",), "target": "score", "template": "arcface"},
        family="mobilefacenet",
        options={"embedding": False},
        initial_weights=RECOGNISER,
        fit={
            "epochs": 12,
            "batch": 32,
            "rate": 1e-4,
            "warmup": 100,
            "cosine": True,
            "weight_decay": 0.01,
            "ema": 0.99,
            "ridge": 7500.0,
            "augmentation": {"flip": True, "rotation": 5, "scale": 0.06, "shift": 2.5, "brightness": 0.2},
        },
        limits=SCUT_LIMITS,
    ),
    Recipe(
        name="beauty-resnet50",
        title=RATING,
        expected="Pearson correlation 0.907, mean absolute error 0.219 on fold 1; on 60/40 0.901, 0.225",
        task="regression",
        splits={"fold-1": ("fold 1",), "60-40": ("60/40",)},
        data={"datasets": ("scut",), "target": "score", "template": "scut"},
        family="resnet50",
        initial_weights=IMAGENET,
        fit={
            "epochs": 5,
            "batch": 16,
            "rate": 1e-4,
            "warmup": 100,
            "cosine": True,
            "head_epochs": 3,
            "head_rate": 1e-3,
            "head": (*(f"conv5_block{block}" for block in ("1_0", "1_1", "1_2", "1_3", "2", "3")), "post", "score"),
            "augmentation": {"flip": True, "rotation": 5, "scale": 0.05, "shift": 6, "brightness": 0.15},
        },
        served=True,
        half=True,
        limits=SCUT_LIMITS,
    ),
    Recipe(
        name="beauty",
        title=RATING,
        expected="Pearson correlation 0.928 on SCUT-FBP5500, 0.770 on MEBeauty, 0.834 on One Million Impressions",
        task="regression",
        splits={"folds": JOINT},
        data={
            "datasets": ("scut", "mebeauty", "omi"),
            "target": "score",
            "template": "arcface",
            "pseudo_labelled": "celeba",
            "both_detectors": True,
        },
        family="mobilefacenet",
        options={"embedding": False},
        initial_weights=RECOGNISER,
        fit={
            "epochs": 10,
            "batch": 32,
            "rate": 2e-4,
            "warmup": 100,
            "cosine": True,
            "weight_decay": 0.01,
            "ema": 0.998,
            "ridge": 7500.0,
            "augmentation": {
                "flip": True,
                "rotation": 6,
                "scale": 0.08,
                "shift": 3,
                "brightness": 0.2,
                "colour": 0.04,
                "erased": 0.1,
                "oval": 0.25,
                "photographed": 0.3,
            },
        },
        served=True,
        limits=WILD_LIMITS,
    ),
)
