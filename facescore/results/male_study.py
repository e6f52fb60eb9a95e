"""CelebA's label “Male”: a course report's questions, its answers, and ours.

The report recognised the label from small gray pictures with convolutional and recurrent networks and with logistic
regression. `python -m facescore export male` measures, from the studies' predictions, what is read here.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from facescore.errors import DataError
from facescore.estimates import Estimate, from_json
from facescore.results.study import STUDIES, Study
from facescore.results.tables import table
from facescore.settings import ASSETS

ANSWERS_FILE = ASSETS / "male.json"
NETWORKS = (
    *("male-logistic-50", "male-rnn-50", "male-lstm-50", "male-cnn-50", "male-cnn-50-rate", "male-cnn-50-l1"),
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
    "male-logistic-100": 0.914,
    "male-logistic-50": 0.908,
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
            computer-made women's faces that it takes for men. ``epoch``: the one with the lowest validation loss.
        networks: the studies.
        expected: the report's number; for a difference, its sign.
    """

    question: str
    report: str
    kind: Kind
    networks: tuple[str, ...]
    expected: float


ANSWERS = {
    "cnn at 100": Answer("How good is a CNN at 100×100?", "95.4 %", "accuracy", ("male-cnn-100",), 0.954),
    "cnn at 50": Answer("How good is a CNN at 50×50?", "94.6 %", "accuracy", ("male-cnn-50",), 0.946),
    "cnn by size": Answer(
        "Is a CNN better at 100×100 than at 50×50?",
        "by 0.8 points",
        "difference",
        ("male-cnn-100", "male-cnn-50-persons"),
        1,
    ),
    "logistic at 100": Answer(
        "How good is logistic regression at 100×100?", "91.4 %", "accuracy", ("male-logistic-100",), 0.914
    ),
    "logistic at 50": Answer(
        "How good is logistic regression at 50×50?", "90.8 %", "accuracy", ("male-logistic-50",), 0.908
    ),
    "logistic by size": Answer(
        "Is logistic regression better at 100×100 than at 50×50?",
        "by 0.6 points",
        "difference",
        ("male-logistic-100", "male-logistic-50-persons"),
        1,
    ),
    "rnn": Answer("How good is a plain RNN over the rows?", "88.35 %", "accuracy", ("male-rnn-50",), 0.8835),
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
    "overfitting": Answer("After which epoch does a CNN overfit?", "4", "epoch", ("male-cnn-50-ten-epochs",), 4),
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


def read(path: Path = ANSWERS_FILE) -> dict[str, Any]:
    """What ``export male`` measured: ``exploration``, ``answers`` and ``mistakes``.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        found: dict[str, Any] = from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} cannot be read: {error}. Restore it with 'git checkout -- assets'.") from error
    return found


def verdict(answer: Answer, measured: Estimate | int) -> str:
    """``agrees``, ``differs`` or ``undecided``, which is said of a difference whose interval holds 0; else empty."""
    if isinstance(measured, int):
        return "agrees" if measured == answer.expected else "differs"
    if answer.kind == "accuracy":
        return "agrees" if measured.low <= answer.expected <= measured.high else "differs"
    if answer.kind == "outside":
        return "agrees" if measured.high >= answer.expected else "differs"
    if not answer.expected:
        return ""
    if measured.low <= 0 <= measured.high:
        return "undecided"
    return "agrees" if (measured.value > 0) == (answer.expected > 0) else "differs"


def answers(path: Path = ANSWERS_FILE) -> pd.DataFrame:
    """The report's questions one by one.

    Returns:
        One row per question, by name: ``question``, ``report``, ``measured`` (a share as an `Estimate`, or an epoch),
        ``by`` (how far an accuracy lies from the report's) and ``verdict``.
    """
    rows = {}
    for name, measured in read(path)["answers"].items():
        answer = ANSWERS[name]
        by = measured.value - answer.expected if answer.kind == "accuracy" else None
        rows[name] = {
            "question": answer.question,
            "report": answer.report,
            "measured": measured,
            "by": None if by is None else f"{100 * by:+.1f} points",
            "verdict": verdict(answer, measured),
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object)


def exploration(path: Path = ANSWERS_FILE) -> pd.DataFrame:
    """How many of CelebA's 202,599 pictures are labelled Male or not, in rows, and Young or not, in columns."""
    counts = pd.Series(read(path)["exploration"])
    counts.index = pd.MultiIndex.from_tuples([tuple(name.split()) for name in counts.index], names=["sex", "age"])
    return counts.unstack("age")[["young", "older"]]


def networks(names: tuple[str, ...], studies: Path = STUDIES) -> pd.DataFrame:
    """Several networks compared: accuracy on test pictures, for women and men, outside, and the cost of training.

    Args:
        names: studies on the same pictures, `NETWORKS` or `BY_PERSON`.
        studies: their folder.

    Returns:
        One row per study: ``reported`` (the report's accuracy), ``accuracy``, ``auc``, ``female`` and ``male``
        (accuracy by label), ``outside``, ``outside_female`` and ``outside_male`` (the same on computer-made faces,
        by perceived gender), ``epochs`` with the best one, ``seconds`` of training, and ``parameters``.
    """
    rows = {}
    for name in names:
        metrics = Study.read(name, studies).metrics
        test, outside, training = metrics["test"], metrics["outside"], metrics["training"]
        rows[name] = {
            "reported": f"{REPORT[known]:.1%}" if (known := name.removesuffix("-persons")) in REPORT else None,
            "accuracy": test["all"]["accuracy"],
            "auc": test["all"]["auc"],
            **{sex: test[sex]["accuracy"] for sex in ("female", "male")},
            "outside": outside["all"]["accuracy"],
            **{f"outside_{sex}": outside[sex]["accuracy"] for sex in ("female", "male")},
            "epochs": f"{training['epochs']} ({training['best_epoch']})",
            "seconds": training["seconds"],
            "parameters": training["parameters"],
        }
    return table(rows, tuple(next(iter(rows.values()))), "network")


def by_group(names: tuple[str, ...] = EXAMINED, studies: Path = STUDIES) -> pd.DataFrame:
    """Accuracy by sex, age, hair, beard and make-up, as labelled: one row per group, one column per study."""
    tests = {name: Study.read(name, studies).metrics["test"] for name in names}
    groups = [group for group in tests[names[0]] if group != "all"]
    rows = {
        group: {"count": tests[names[0]][group]["count"]}
        | {name: test[group]["accuracy"] for name, test in tests.items()}
        for group in groups
    }
    return table(rows, ("count", *names), "group")


def outside(names: tuple[str, ...] = (*NETWORKS, *BY_PERSON), studies: Path = STUDIES) -> pd.DataFrame:
    """Accuracy on computer-made faces by perceived gender and age: one row per study, one column per group."""
    rows = {}
    for name in names:
        groups = {
            group: values
            for group, values in Study.read(name, studies).metrics["outside"].items()
            if group != "not_found"
        }
        rows[name] = {group: values["accuracy"] for group, values in groups.items()}
    return table(rows, tuple(next(iter(rows.values()))), "network")


def mistakes(path: Path = ANSWERS_FILE) -> pd.DataFrame:
    """The surest mistakes by cue.

    Returns:
        One row per study and kind of mistake, then one for all tested pictures of that sex: ``pictures`` (of how many
        mistakes, the surest), and the share of them with each cue.
    """
    rows = {}
    for name, kinds in read(path)["mistakes"].items():
        for kind, found in kinds.items():
            cues = {cue: shares for cue, shares in found.items() if isinstance(shares, dict)}
            rows[f"{name}: {kind}"] = {"pictures": f"{found['surest']} of {found['mistakes']}"} | {
                cue: shares["surest"] for cue, shares in cues.items()
            }
            rows[f"all {'women' if kind.startswith('women') else 'men'}"] = {
                cue: shares["all"] for cue, shares in cues.items()
            }
    return table(rows, tuple(next(iter(rows.values()))), "mistakes")
