"""CelebA's label “Male”: a course report's answers and ours, as tables.

`python -m facescore export male` measures, from the studies' predictions, what is read here.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from facescore.errors import DataError
from facescore.estimates import METRICS, Estimate, from_json, text
from facescore.results.male_questions import ANSWERS, BY_PERSON, EXAMINED, NETWORKS, REPORT, Answer
from facescore.results.study import STUDIES, Study
from facescore.results.tables import table
from facescore.settings import ASSETS

ANSWERS_FILE = ASSETS / "male.json"


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
    """``agrees``, ``differs``, ``undecided`` (a difference whose interval holds 0), or empty if none was expected."""
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
        ``shown`` (the same as text), ``by`` (how far an accuracy lies from the report's) and ``verdict``.
    """
    rows = {}
    for name, measured in read(path)["answers"].items():
        answer = ANSWERS[name]
        by = measured.value - answer.expected if answer.kind == "accuracy" else None
        rows[name] = {
            "question": answer.question,
            "report": answer.report,
            "measured": measured,
            "shown": _shown(answer, measured),
            "by": None if by is None else f"{100 * by:+.1f} points",
            "verdict": verdict(answer, measured),
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object)


def _shown(answer: Answer, measured: Estimate | int) -> str:
    """A share as a percentage, a difference in points, an epoch as a number unless it is the last one."""
    if answer.kind == "epoch" and measured == Study.read(answer.networks[0]).metrics["training"]["epochs"]:
        return "none of them"  # the validation loss still falls
    if isinstance(measured, int) or answer.kind in ("accuracy", "outside"):
        return text(measured, "accuracy")
    value, low, high = (f"{100 * end:+.1f}" for end in (measured.value, measured.low, measured.high))
    return f"{value} points ({low} to {high})"


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
        (accuracy by label), ``outside``, ``outside_female`` and ``outside_male`` (the same on computer-generated
        faces, by perceived gender), ``epochs`` with the best one, ``seconds`` of training, and ``parameters``.
    """
    rows = {}
    for name in names:
        metrics = Study.read(name, studies).metrics
        test, outside, training = metrics["test"], metrics["outside"], metrics["training"]
        rows[name] = {
            "reported": f"{REPORT[name]:.1%}" if name in REPORT else None,
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
    """Accuracy on computer-generated faces by perceived gender and age: one row per study, one column per group."""
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
    """How often each cue appears in the most confident mistakes.

    Returns:
        One row per study and kind of mistake, and one for all tested pictures of that sex: ``pictures`` (how many
        mistakes were examined, of how many), and the share of them with each cue.
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


TITLES = {
    "reported": "report",
    "accuracy": "accuracy",
    "auc": "AUC",
    "female": "women",
    "male": "men",
    "outside": "outside",
    "outside_female": "women outside",
    "outside_male": "men outside",
    "epochs": "epochs (best)",
    "seconds": "seconds",
    "parameters": "parameters",
    "count": "pictures",
}
"""Titles of the columns that need one in docs."""


def tables() -> dict[str, pd.DataFrame]:
    """Every table of the study as text, by its name in ``docs/male.md``."""
    asked = answers().drop(columns="measured").rename(columns={"shown": "here", "by": "further than the report"})
    shown = {
        "exploration": exploration(),
        "networks": networks(NETWORKS),
        "persons": networks(BY_PERSON),
        "groups": by_group(),
        "outside": outside(),
        "mistakes": mistakes(),
    }
    return {"answers": asked.set_index("question").fillna("")} | {
        name: frame.apply(_column).rename(columns=TITLES | ({"male": "male"} if name == "groups" else {}))
        for name, frame in shown.items()
    }


def _column(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Shares as percentages, metrics and counts as everywhere, and nothing where nothing was measured."""
    metric = str(cells.name) if cells.name in METRICS else "accuracy"
    return cells.map(lambda cell: "" if cell is None or cell != cell else text(cell, metric))
