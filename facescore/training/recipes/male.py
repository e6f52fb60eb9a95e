"""CelebA's label “Male”: the small gray networks of a course report, rebuilt, and the one that is served."""

from facescore.training.recipes.recipe import LIMITS, RECOGNISER, Recipe

MALE = "The probability that CelebA's annotators would have ticked “Male”"
MALE_LIMITS = (
    "“Male” is a label that unknown annotators gave to how celebrities looked in pictures. It has two values, is wrong "
    "for many people, and is not a person's gender.",
    *LIMITS,
    "CelebA shows celebrities, mostly at public events, and its label follows make-up, hair and beards: see the table "
    "by group.",
)
SPLITS = {"official": ("official partition",), "persons": tuple(f"persons {fold}" for fold in range(1, 6))}
SOFTMAX = {"head": "softmax"}


def _small(
    name: str, expected: str, *splits: str, colour: bool = False, options: dict[str, str] | None = None, **fit: float
) -> Recipe:
    """A small network on whole pictures, gray unless said otherwise: four epochs of Adam in batches of 500.

    Args:
        name: the recipe's; after ``male`` it names the layout (see `facescore.networks.small.build`) and the side of
            the pictures, pixels.
        expected: the result to expect.
        splits: names of `SPLITS`; ``official`` if none is given.
        colour: whether the pictures keep their colour.
        options: further arguments of ``build``.
        fit: what differs from the four epochs.
    """
    layout, side = name.split("-")[1], int(name.split("-")[2])
    return Recipe(
        name=name,
        title=MALE,
        expected=expected,
        task="binary",
        splits={split: SPLITS[split] for split in splits or ("official",)},
        data={"datasets": ("celeba",), "target": "Male", "template": "celeba", "side": side, "gray": not colour},
        family="small",
        options={"layout": layout, "side": side, "colour": colour, **(options or {})},
        fit={"epochs": 4, "batch": 500, "rate": 1e-3, "augmentation": {"flip": False}, **fit},
        limits=MALE_LIMITS,
    )


RECIPES = (
    _small("male-cnn-50", "accuracy 0.921; the report's 0.946"),
    _small("male-cnn-100", "accuracy 0.917, above that of 50×50; the report's 0.954", "persons", epochs=2, batch=64),
    _small("male-cnn-50-persons", "accuracy 0.907", "persons", epochs=2, batch=64),
    _small("male-cnn-50-rate", "accuracy 0.891, below that of 0.001, as the report says", rate=1e-2),
    _small(
        "male-cnn-50-l1",
        "accuracy 0.639, that of one answer for all, as poor as in the report",
        options={"regularizer": "l1"},
    ),
    _small("male-cnn-50-l2", "accuracy 0.901, below that without, as in the report", options={"regularizer": "l2"}),
    _small("male-cnn-50-softmax", "accuracy 0.923, the sigmoid's; below it in the report", options=SOFTMAX),
    _small("male-cnn-50-relu", "accuracy 0.798, below the sigmoid's, as in the report", options={"head": "relu"}),
    _small("male-cnn-50-ten-epochs", "accuracy 0.937, no overfitting by epoch 10; the report's begins at 4", epochs=10),
    _small("male-cnn-50-batch-64", "accuracy 0.948, above that of larger batches; below it in the report", batch=64),
    _small("male-cnn-50-batch-1000", "accuracy 0.902; the report's is about that of 500", batch=1000),
    _small("male-cnn-50-colour", "accuracy 0.937", colour=True),
    _small("male-logistic-50", "accuracy 0.920; the report's 0.908", *SPLITS, epochs=0, ridge=1000.0),
    _small("male-logistic-100", "accuracy 0.915; the report's 0.914", "persons", epochs=0, ridge=1000.0),
    _small("male-rnn-50", "accuracy 0.750; the report's 0.884", options=SOFTMAX, epochs=5, batch=1000),
    _small(
        "male-rnn-50-long",
        "accuracy 0.844, with as many batches as five epochs over CelebA's 162,770 training pictures",
        options=SOFTMAX,
        epochs=22,
        batch=1000,
    ),
    _small("male-lstm-50", "accuracy 0.774, above the plain one's", options=SOFTMAX, epochs=5, batch=1000),
    Recipe(
        name="male",
        title=MALE,
        expected="accuracy 0.981 on the 3,478 test pictures at hand",
        task="binary",
        splits={"official": SPLITS["official"]},
        data={"datasets": ("celeba",), "target": "Male", "template": "arcface", "aligned": True},
        family="mobilefacenet",
        options={"resolution": 64},
        initial_weights=RECOGNISER,
        fit={
            "epochs": 1,
            "batch": 32,
            "rate": 3e-4,
            "warmup": 100,
            "cosine": True,
            "weight_decay": 0.01,
            "ema": 0.99,
            "ridge": 300.0,
            "augmentation": {
                "flip": True,
                "rotation": 5,
                "scale": 0.06,
                "shift": 2.5,
                "brightness": 0.2,
                "colour": 0.04,
                "degraded": 0.1,
            },
        },
        served=True,
        limits=MALE_LIMITS,
    ),
)
