"""How every network was trained, and what it does, as HTML."""

from typing import Any

import numpy as np
import pandas as pd
from markupsafe import escape

from facescore.estimates import BY_GROUP, OVERALL, parts
from facescore.results import tables
from facescore.scoring.scorer import BEAUTY_NETWORKS
from facescore.settings import ASSETS
from facescore.ui import wild
from facescore.ui.drawings import FACES, average_faces
from facescore.ui.figures import figure
from facescore.ui.pieces import (
    drawn_groups,
    find_card,
    folded,
    group_table,
    heading,
    is_on_disk,
    read_study,
    scrolling_table,
    table,
    term,
    title,
)
from facescore.ui.words import WORDS, say, say_html
from facescore.ui.written import once

SERVED = (*BEAUTY_NETWORKS, "attractive")
BINARY = ("calibration", "confidence_histogram", "label_distribution")
REGRESSION = ("scatter", "distributions")


def studies() -> list[str]:
    """The names of all studies, those of the networks behind the tab Score first."""
    names = {path.parent.name for path in (ASSETS / "studies").glob("*/metrics.json")}
    names = {name for name in names if not name.startswith("male")}  # they have a section of their own
    return [*(name for name in SERVED if name in names), *sorted(names - set(SERVED))]


def experiments() -> list[str]:
    """The names of the studies whose networks are not served."""
    return [name for name in studies() if name not in SERVED]


@once
def describe(name: str, language: str) -> str:
    """Everything about one network: what counts in view, the tables behind it folded.

    Args:
        name: the name of the network's study.
        language: the language of the text.
    """
    made = _made(name, language) + figure("training_curves", name, language)
    return (
        f"<h2>{escape(title(name, language))}</h2>{_what(name, language)}"
        f"{folded('networks.made', language, made)}{_limits(name, language)}{_results(name, language)}"
        f"{heading('networks.by_group', language)}{drawn_groups(read_study(name).metrics['test'], language)}"
        f"{folded('stories.numbers', language, groups(name, language))}"
        f"{heading('networks.predictions', language)}{_tenths(name, language)}"
        f"<div class='figures'>{_figures(name, language)}</div>"
        f"{wild.describe(name, language)}{_where(name, language)}{_changes(name, language)}"
    )


def _figures(name: str, language: str) -> str:
    """What a network predicts, drawn; with a data set's pictures where they are on disk."""
    metrics, card = read_study(name).metrics, find_card(name)
    binary = "accuracy" in metrics["test"]["all"]
    kinds: tuple[str, ...] = BINARY if binary else REGRESSION
    kinds += ("error_by_decile",) * ("deciles" in metrics)
    if card and is_on_disk(card):
        kinds += ("surest" if binary else "samples",)
    return "".join(figure(kind, name, language) for kind in kinds)


def _tenths(name: str, language: str) -> str:
    """The average face of each tenth of the test part, with its predictions; empty if there are none."""
    paths = sorted((FACES / name).glob("decile-*.webp"))
    if not paths:
        return ""
    tenths = np.array_split(np.sort(read_study(name).predictions["prediction"]), len(paths))
    lines = {
        f"{name}/{path.stem}": say("score.between", language, low=f"{tenth[0]:.2f}", high=f"{tenth[-1]:.2f}")
        for path, tenth in zip(paths, tenths, strict=True)
    }
    return average_faces(lines, say("networks.caption_average_faces", language))


def _unrated(data: dict[str, Any], language: str) -> dict[str, str]:
    """A line about the pictures that a teacher rated, if there are any."""
    if "unrated" not in data:
        return {}
    unrated = data["unrated"]
    values = {"name": unrated["name"], "licence": term(unrated["licence"], language)}
    return {"unrated": say("networks.unrated", language, count=f"{unrated['counts']['train']:,}", **values)}


def _what(name: str, language: str) -> str:
    """What a network predicts, and what it is."""
    card, about = find_card(name), f"networks.about_{name}"
    what = term(card.title, language) if card else say("networks.study_only", language)
    told = f"<p>{say_html(about, language)}</p>" if about in WORDS[language] else ""
    return f"<p><strong>{escape(what)}</strong></p>{told}"


def _made(name: str, language: str) -> str:
    """Data, counts, training and terms; for a network that is not served, what its study holds."""
    card, training = find_card(name), read_study(name).metrics["training"]
    lines: dict[str, str] = {}
    if card:
        learned = [card.data, *card.data.get("others", [])]
        lines |= {
            "data": ", ".join(f"{data['name']} ({term(data['licence'], language)})" for data in learned),
            "split": f"{term(card.data['split'], language)}: "
            + "; ".join(f"{data['name']}, {_counts(data['counts'], language)}" for data in learned),
            **_unrated(card.data, language),
            "network": say("networks.input", language, network=card.network, size=card.input_size),
            "weights": term(card.initial_weights, language),
        }
    validated = "validation" in read_study(name).metrics
    lines["training"] = say(
        "networks.trained" if validated else "networks.trained_fixed",
        language,
        epochs=training["epochs"],
        best=training["best_epoch"],
        minutes=f"{training['seconds'] / 60:.0f}",
        parameters=f"{training['parameters']:,}",
    )
    if card:
        lines["licence"] = term(card.licence, language)
    listed = "".join(
        f"<dt>{say_html(f'networks.row_{key}', language)}</dt><dd>{escape(text)}</dd>" for key, text in lines.items()
    )
    return f"<dl>{listed}</dl>"


def _limits(name: str, language: str) -> str:
    """A network's limits, folded; empty if it is not served."""
    card = find_card(name)
    limits = "".join(f"<li>{escape(term(limit, language))}</li>" for limit in card.limits) if card else ""
    return folded("networks.limits", language, f"<ul>{limits}</ul>" if limits else "")


def _counts(counts: dict[str, int], language: str) -> str:
    """How many pictures are in each part of a data set."""
    key = "counts" if "validation" in counts else "counts_of_fold"
    return say(f"networks.{key}", language, **{f"{part}_count": f"{count:,}" for part, count in counts.items()})


def _results(name: str, language: str) -> str:
    """Metrics of the whole test part, one row each; means over the folds if there are several."""
    metrics = read_study(name).metrics
    (whole,) = tables.overall(metrics).to_dict("records")
    lines = []
    for metric in OVERALL:
        if metric in whole:
            value, low, high = parts(whole[metric], metric)
            meaning = say(f"networks.meaning_{metric}", language)
            lines.append((say(f"networks.metric_{metric}", language), value, f"{low} – {high}", meaning))
    header = [say(f"networks.{key}", language) for key in ("metric", "value", "interval", "meaning")]
    shown = pd.DataFrame(lines, columns=header).set_index(header[0])
    shown.index.name, shown.columns.name = None, header[0]
    caption = say(
        "networks.on_folds" if "folds" in metrics else "networks.on_test", language, count=f"{whole['count']:,}"
    )
    return heading("networks.results", language) + scrolling_table(shown.map(escape), caption)


def groups(name: str, language: str) -> str:
    """The metrics of every group of a network's test part.

    Args:
        name: the name of the network's study.
        language: the language of the text.
    """
    metrics = read_study(name).metrics
    named_by_quarter = any("quarter" in group for group in metrics["test"])
    quarters = f"<p>{say_html('networks.quarters', language)}</p>" if named_by_quarter else ""
    measured = tables.table(metrics["test"], BY_GROUP, "group")
    return group_table(measured, say("networks.groups_caption", language), language) + quarters


def _where(name: str, language: str) -> str:
    """Where the network looks, and whether its map is faithful; empty if that was not measured."""
    metrics = read_study(name).metrics
    if "map" not in metrics:
        return ""
    parts_of_faces = tables.regions(metrics).rename(
        index=lambda part: say(f"score.part_{part.replace(' ', '_')}", language)
    )
    verdicts = f"<p>{_verdict(metrics['map'], language)}</p>"
    if "examined_wild" in metrics:
        in_the_wild = _verdict(metrics["examined_wild"]["map"], language)
        verdicts += f"<p>{say_html('wild.heading', language)}: {in_the_wild}</p>"
    shares = table(parts_of_faces, say("networks.regions_caption", language), language, say("networks.part", language))
    numbers = folded("stories.numbers", language, shares + figure("map_curves", name, language))
    return heading("networks.where", language) + verdicts + numbers


def _verdict(found: dict[str, Any], language: str) -> str:
    """Whether the map may be taken for an explanation."""
    key = "networks.map_true" if found["map_beats_both"] else "networks.map_not_true"
    return say_html(key, language, faces=found["faces"])


def _changes(name: str, language: str) -> str:
    """What else moves a network's score, folded below its heading."""
    moved = changes(name, language)
    return heading("networks.changes", language) + folded("stories.numbers", language, moved) if moved else ""


def changes(name: str, language: str) -> str:
    """What else moves a network's score; empty if that was not measured.

    Args:
        name: the name of the network's study.
        language: the language of the text.
    """
    metrics = read_study(name).metrics
    if not metrics.keys() & {"robustness", "invariance"}:
        return ""
    moved = tables.changes(metrics).drop(columns="count", errors="ignore")
    if "examined_wild" in metrics:
        others = tables.changes(metrics["examined_wild"]).drop(columns="count")
        moved = moved.join(others.add_suffix("_wild")).astype(object)
        moved = moved.where(moved.notna(), None)
    named = moved.rename(index=lambda change: term(change, language))
    card = find_card(name)
    key = "networks.changes_crop" if "robustness" in metrics else "networks.changes_caption"
    caption = say(key, language, unit=term(card.unit, language) if card else "")
    return table(named, caption, language, say("networks.change", language))


@once
def compare(language: str) -> str:
    """The networks of each data set in one table, with published results on SCUT-FBP5500 among them."""
    known = [read_study(name) for name in studies()]
    celeba = [study for study in known if "accuracy" in study.metrics["test"]["all"]]
    scut = [study for study in known if "AF" in study.metrics["test"]]
    compared = {
        "celeba": tables.celeba_networks(celeba),
        "scut": tables.scut_networks(scut),
    }
    for frame in compared.values():
        frame.index = pd.Index([title(str(name), language) for name in frame.index], name=frame.index.name)
    compared["scut"] = compared["scut"].sort_values("split", kind="stable")  # only rows of one split compare
    compared["scut"]["split"] = [term(split, language) for split in compared["scut"]["split"]]
    return "".join(
        heading(f"networks.compare_{key}", language)
        + table(frame, say(f"networks.compare_{key}_text", language), language, say("networks.row_network", language))
        for key, frame in compared.items()
    )
