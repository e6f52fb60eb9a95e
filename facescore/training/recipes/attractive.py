"""CelebA's label “Attractive”: small networks rebuilt from public write-ups, and the one that is served."""

from facescore.training.recipes.recipe import LIMITS, RECOGNISER, Recipe

ATTRACTIVE = "The probability that CelebA's annotators would have ticked “Attractive”"
CELEBA_LIMITS = (
    *LIMITS,
    "The annotators of CelebA are unknown, and so is what they were asked; every picture has one label. The label "
    "depends strongly on age, sex, skin and make-up, and the network repeats that: see the table by group.",
    "CelebA shows celebrities, mostly at public events.",
)

DATA = {"datasets": ("celeba",), "target": "Attractive", "template": "celeba"}
SPLITS = {"official": ("official partition",)}
ADAM = {"batch": 64, "rate": 1e-3}
REBUILT = (
    ("simple", "0.72 on the validation part", {"epochs": 10, **ADAM}),
    ("hotornot", "0.80 on the validation part after 7 epochs, training up to 0.92", {"epochs": 30, **ADAM}),
    ("cam", "0.80 on the validation part at epoch 23, 0.804 on the test part", {"epochs": 40, **ADAM, "patience": 6}),
)
"""Layouts of `facescore.networks.attractive_cnn`, the accuracy to expect, and the fit."""

RECIPES = (
    *(
        Recipe(
            name=f"attractive-{layout}",
            title=ATTRACTIVE,
            expected=f"accuracy {accuracy} (public write-up)",
            task="binary",
            splits=SPLITS,
            data=DATA,
            family="attractive_cnn",
            options={"layout": layout},
            fit={**fit, "augmentation": {"flip": False}},
            limits=CELEBA_LIMITS,
        )
        for layout, accuracy, fit in REBUILT
    ),
    Recipe(
        name="attractive",
        title=ATTRACTIVE,
        expected="accuracy 0.815, log loss 0.402 on the 3,478 test pictures at hand",
        task="binary",
        splits=SPLITS,
        data=DATA | {"auxiliary": True, "distilled": True},
        family="mobilefacenet",
        options={"size": 64, "margin": 8, "resolution": 96, "outputs": 40},
        initial_weights=RECOGNISER,
        fit={
            "epochs": 4,
            "batch": 64,
            "rate": 5e-4,
            "warmup": 100,
            "cosine": True,
            "weight_decay": 0.02,
            "ema": 0.995,
            "augmentation": {
                "flip": True,
                "rotation": 4,
                "scale": 0.06,
                "shift": 3,
                "brightness": 0.15,
                "photographed": 0.4,
                "erased": 0.1,
            },
        },
        served=True,
        limits=CELEBA_LIMITS,
    ),
)
