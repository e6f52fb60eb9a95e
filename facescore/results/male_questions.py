"""A course report's questions about CelebA's label “Male”: what it says, and which studies answer.

The report recognised the label from small gray pictures with convolutional and recurrent networks and with logistic
regression.
"""

from dataclasses import dataclass
from typing import Literal

NETWORKS = (
    *(
        "male-logistic-50",
        "male-rnn-50",
        "male-rnn-50-long",
        "male-lstm-50",
        "male-cnn-50",
        "male-cnn-50-rate",
        "male-cnn-50-l1",
    ),
    *("male-cnn-50-l2", "male-cnn-50-softmax", "male-cnn-50-relu", "male-cnn-50-ten-epochs", "male-cnn-50-batch-64"),
    *("male-cnn-50-batch-1000", "male-cnn-50-colour", "male"),
)
"""The studies on the official partition."""
BY_PERSON = ("male-logistic-50-persons", "male-logistic-100", "male-cnn-50-persons", "male-cnn-100")
"""The studies on five folds of persons, over the pictures of at least 89×109."""
EXAMINED = ("male-logistic-50", "male-rnn-50", "male-cnn-50", "male-cnn-50-colour", "male")
"""The studies whose surest mistakes are counted."""
MOST = 0.9  # the share that the report's “almost every” stands for
REPORT = {
    "male-cnn-100": 0.954,
    "male-cnn-50": 0.946,
    "male-cnn-50-persons": 0.946,
    "male-logistic-100": 0.914,
    "male-logistic-50": 0.908,
    "male-logistic-50-persons": 0.908,
    "male-rnn-50": 0.8835,
}
"""The report's accuracy by study, on its own test pictures."""

Kind = Literal["accuracy", "difference", "sureness", "gain of women", "gain with make-up", "outside", "epoch"]


@dataclass(frozen=True)
class Answer:
    """One question of the report.

    Attributes:
        question: in plain words.
        report: what the report says.
        kind: what is measured. ``accuracy``: of the first network. ``difference``: its accuracy minus that of the
            second one, on the same pictures. ``sureness``: the mean probability that it gives to the true label, for
            men minus for women. ``gain of women``: by how much the difference is larger for women than for men.
            ``gain with make-up``: the difference for women labelled Heavy_Makeup. ``outside``: the share of
            computer-generated women's faces that it takes for men. ``epoch``: the one with the lowest validation loss.
        networks: the studies.
        expected: the report's number; for a difference, its sign.
    """

    question: str
    report: str
    kind: Kind
    networks: tuple[str, ...]
    expected: float


ANSWERS = {
    "cnn at 100": Answer("How good is a CNN at 100×100?", "95.4%", "accuracy", ("male-cnn-100",), 0.954),
    "cnn at 50": Answer("How good is a CNN at 50×50?", "94.6%", "accuracy", ("male-cnn-50",), 0.946),
    "cnn by size": Answer(
        "Is a CNN better at 100×100 than at 50×50?",
        "by 0.8 points",
        "difference",
        ("male-cnn-100", "male-cnn-50-persons"),
        1,
    ),
    "logistic at 100": Answer(
        "How good is logistic regression at 100×100?", "91.4%", "accuracy", ("male-logistic-100",), 0.914
    ),
    "logistic at 50": Answer(
        "How good is logistic regression at 50×50?", "90.8%", "accuracy", ("male-logistic-50",), 0.908
    ),
    "logistic by size": Answer(
        "Is logistic regression better at 100×100 than at 50×50?",
        "by 0.6 points",
        "difference",
        ("male-logistic-100", "male-logistic-50-persons"),
        1,
    ),
    "rnn": Answer("How good is a plain RNN over the rows?", "88.35%", "accuracy", ("male-rnn-50",), 0.8835),
    "rnn long": Answer(
        "And after as many batches as all of CelebA gives?", "88.35%", "accuracy", ("male-rnn-50-long",), 0.8835
    ),
    "rnn outside": Answer(
        "Does the RNN take women for men on outside pictures?", "almost every one", "outside", ("male-rnn-50",), MOST
    ),
    "lstm": Answer(
        "Is an LSTM better than the plain RNN?", "not tried", "difference", ("male-lstm-50", "male-rnn-50"), 0
    ),
    "l1": Answer("What does L1 change?", "very poor", "difference", ("male-cnn-50-l1", "male-cnn-50"), -1),
    "l2": Answer("What does L2 change?", "a little worse", "difference", ("male-cnn-50-l2", "male-cnn-50"), -1),
    "rate": Answer(
        "What does a learning rate of 0.01 change against 0.001?",
        "learns more slowly",
        "difference",
        ("male-cnn-50-rate", "male-cnn-50"),
        -1,
    ),
    "batch 500": Answer(
        "Are batches of 500 better than of 64?", "yes", "difference", ("male-cnn-50", "male-cnn-50-batch-64"), 1
    ),
    "batch 1000": Answer(
        "Are batches of 1000 better than of 64?",
        "yes",
        "difference",
        ("male-cnn-50-batch-1000", "male-cnn-50-batch-64"),
        1,
    ),
    "softmax": Answer(
        "What does a softmax of two units change against a sigmoid?",
        "worse",
        "difference",
        ("male-cnn-50-softmax", "male-cnn-50"),
        -1,
    ),
    "relu": Answer(
        "What does a ReLU as the output change against a sigmoid?",
        "worse",
        "difference",
        ("male-cnn-50-relu", "male-cnn-50"),
        -1,
    ),
    "overfitting": Answer(
        "After which of ten epochs does a CNN overfit?", "4", "epoch", ("male-cnn-50-ten-epochs",), 4
    ),
    "men surer": Answer("Are men recognised more surely than women?", "yes", "sureness", ("male-cnn-50",), 1),
    "gray": Answer(
        "Does colour help with women more than with men, as it would if gray hid make-up?",
        "suspected",
        "gain of women",
        ("male-cnn-50-colour", "male-cnn-50"),
        1,
    ),
    "gray make-up": Answer(
        "Does colour help with women who wear heavy make-up?",
        "suspected",
        "gain with make-up",
        ("male-cnn-50-colour", "male-cnn-50"),
        1,
    ),
}
"""The report's questions by name, in the order in which they are shown."""
