"""The tab About: what the scores are and are not, whom they fail, sources, privacy, how to cite and to run it."""

from functools import cache
from typing import Any

import gradio as gr
from gradio.context import get_render_context

from facescore.checkpoints import Card
from facescore.scoring.percentile import ALL, GROUPS
from facescore.ui.janitor import DELETE_EVERY, DELETE_OLDER
from facescore.ui.pieces import group_name, read_card, term
from facescore.ui.words import LANGUAGES, language_of, say

COMMANDS = ("pip install -r requirements.txt", "python app.py")
FEWEST = 25  # faces, or ticks of a label, behind a statement about one group
SEXES = ("female", "male")
DARK, LIGHT = "female, darkest quarter of cheeks, not Smiling", "female, lightest quarter of cheeks, Smiling"


def build() -> None:
    """Lay out the tab inside the open tab; it is rendered in the visitor's language whenever it is opened."""

    def in_language(request: gr.Request) -> str:
        """The tab's text in the visitor's language."""
        return text(language_of(request))

    opened = get_render_context()
    written = gr.Markdown(text(LANGUAGES[0]), elem_classes="about", elem_id="about")
    if isinstance(opened, gr.Tab):
        opened.select(in_language, outputs=written, api_visibility="private", show_progress="hidden")


@cache
def text(language: str) -> str:
    """The whole tab, as Markdown; its numbers are read from the cards.

    Args:
        language: of the text.
    """
    beauty, attractive, resnet50, detector = map(
        read_card, ("beauty", "attractive", "beauty-resnet50", "face-detector")
    )
    scores, failures = _scores(beauty, attractive), _failures(beauty, attractive, language)
    limits = dict.fromkeys(term(limit, language) for limit in (*beauty.limits, *attractive.limits))
    sources = {
        "checkpoint_licence": term(beauty.licence, language),
        "celeba": attractive.data["source"],
        "celeba_licence": term(attractive.data["licence"], language),
        "scut": beauty.data["source"],
        "scut_licence": term(beauty.data["licence"], language),
        "mobilefacenet": term(beauty.initial_weights, language),
        "resnet50": term(resnet50.initial_weights, language),
        "detector": detector.network,
        "detector_weights": term(detector.initial_weights, language),
    }
    kept = {
        "every": DELETE_EVERY,
        "older": DELETE_OLDER // 60,
        "most": (DELETE_EVERY + DELETE_OLDER) // 60,
    }
    return "\n\n".join(
        (
            say("about.scores", language, **scores),
            say("about.failures", language, **failures),
            "\n".join(f"- {limit}" for limit in limits),
            say("about.sources", language, **sources),
            say("about.photos", language),
            say("about.privacy", language, **kept),
            say("about.run", language),
            _code("\n".join(COMMANDS)),
            say("about.cite", language),
        )
    )


def _scores(beauty: Card, attractive: Card) -> dict[str, str]:
    """How well both networks do overall."""
    rating, label = beauty.metrics["test"]["all"], attractive.metrics["test"]["all"]
    return {
        "beauty_count": f"{rating['count']:,}",
        "beauty_mae": f"{rating['mae'].value:.2f}",
        "beauty_pearson": f"{rating['pearson'].value:.2f}",
        "attractive_count": f"{label['count']:,}",
        "attractive_accuracy": f"{label['accuracy'].value:.0%}",
        "calibration_error": f"{100 * label['calibration_error'].value:.1f}",
    }


def _failures(beauty: Card, attractive: Card, language: str) -> dict[str, str]:
    """For whom both networks do worst and best, and what moves their scores most."""
    labels = {group: values for group, values in attractive.metrics["test"].items() if group.startswith(SEXES)}
    ratings = {group: values for group, values in beauty.metrics["test"].items() if group in GROUPS and group != ALL}
    covered = {group: share for group, share in beauty.interval_coverage_on_test.items() if group in ratings}
    ticked = [group for group, values in labels.items() if values["count"] * values["true_share"].value >= FEWEST]
    missed = sorted(ticked, key=lambda group: labels[group]["false_negative_rate"].value)
    error = sorted(ratings, key=lambda group: ratings[group]["mae"].value)
    least_covered = min(covered, key=lambda group: covered[group])
    wild = beauty.metrics["wild"]
    twelve = [group for group in wild if " " in group and wild[group]["count"] >= FEWEST]  # ethnicity and sex
    off = max(twelve, key=lambda group: abs(wild[group]["signed_error"].value))
    furthest = wild[off]["signed_error"]
    rating_change, rating_moved = _largest_change(beauty)
    label_change, label_moved = _largest_change(attractive)
    return {
        "missed_most_group": group_name(missed[-1], language),
        "missed_most": _share(labels[missed[-1]], "false_negative_rate"),
        "missed_least_group": group_name(missed[0], language),
        "missed_least": _share(labels[missed[0]], "false_negative_rate"),
        "dark_true": _share(labels[DARK], "true_share"),
        "dark_predicted": _share(labels[DARK], "predicted_share"),
        "dark_missed": _share(labels[DARK], "false_negative_rate"),
        "light_true": _share(labels[LIGHT], "true_share"),
        "light_predicted": _share(labels[LIGHT], "predicted_share"),
        "light_missed": _share(labels[LIGHT], "false_negative_rate"),
        "error_most_group": group_name(error[-1], language),
        "error_most": f"{ratings[error[-1]]['mae'].value:.2f}",
        "error_least_group": group_name(error[0], language),
        "error_least": f"{ratings[error[0]]['mae'].value:.2f}",
        "interval": f"{beauty.interval_coverage:.0%}",
        "coverage": f"{covered[least_covered]:.0%}",
        "coverage_group": group_name(least_covered, language),
        "wild_count": f"{wild['all']['count']:,}",
        "wild_pearson": f"{wild['all']['pearson'].value:.2f}",
        "beauty_pearson": f"{beauty.metrics['test']['all']['pearson'].value:.2f}",
        "wild_coverage": _share(wild["all"], "coverage"),
        "off_group": group_name(off, language),
        "off_count": f"{wild[off]['count']}",
        "off": f"{furthest.value:+.2f}",
        "off_low": f"{furthest.low:+.2f}",
        "off_high": f"{furthest.high:+.2f}",
        "rating_change": term(rating_change, language),
        "rating_moved": f"{rating_moved:.2f}",
        "label_change": term(label_change, language),
        "label_moved": f"{100 * label_moved:.0f}",
    }


def _largest_change(card: Card) -> tuple[str, float]:
    """Which change of a picture moves the score most, and how far on average."""
    moved = card.metrics.get("robustness") or card.metrics["invariance"]
    change = max(moved, key=lambda name: moved[name]["mean_absolute_change"].value)
    return change, moved[change]["mean_absolute_change"].value


def _share(values: dict[str, Any], metric: str) -> str:
    return f"{values[metric].value:.0%}"


def _code(lines: str) -> str:
    """A code block without a language: Gradio's syntax colours are too faint."""
    return f"```text\n{lines}\n```"
