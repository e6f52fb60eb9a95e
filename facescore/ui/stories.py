"""Six cards, one number and one picture each: what the studies found, read from them."""

from markupsafe import escape

from facescore.results import tables
from facescore.scoring.percentile import ScoreDistribution
from facescore.ui import data, networks, wild
from facescore.ui.drawings import Row, histogram, raters, rows, scut_ratings
from facescore.ui.pieces import ends, read_card, read_study, table, term, with_interval
from facescore.ui.words import say, say_html
from facescore.ui.written import once

YOUNG_WOMEN, OLDER_MEN = "female young", "male older"
AGES = (YOUNG_WOMEN, "female older", "male young", OLDER_MEN)
MOST_ROWS = 6  # of what moves the score; the table has all of them
SHARE = "{:.0%}"
PLAIN, MADE_UP = "not Heavy_Makeup", "Heavy_Makeup"


@once
def describe(language: str) -> str:
    """All cards; the one about two photos of the same person only if that was measured.

    Args:
        language: the language of the text.
    """
    cards = [_rated(language), _ticked(language), _missed(language), _moved(language)]
    if "same_person" in read_study("attractive").metrics:
        cards.append(_same(language))
    cards.append(_unknown(language))
    return f"<div class='cards stories'>{''.join(cards)}</div>"


def headlines() -> tuple[str, str, str]:
    """The numbers of three cards: who is ticked, whom the network misses, and how far the annotators agree."""
    found = read_study("attractive").metrics
    groups = found["test"]
    women, men = (_percent(groups[group]["true_share"].value) for group in (YOUNG_WOMEN, OLDER_MEN))
    missed = _percent(groups[PLAIN]["false_negative_rate"].value)
    return f"{women} / {men}", missed, f"{found['same_person']['icc_of_label'].value:.2f}"


def _card(name: str, language: str, number: str, picture: str, numbers: str, beside: str = "", **values: str) -> str:
    """A card.

    Args:
        name: the part of its words' keys, such as ``rated``.
        language: the language of the text.
        number: the one that counts.
        picture: the drawing, as HTML.
        numbers: the tables behind it, as HTML.
        beside: small text next to the number.
        values: for the sentences below the number.
    """
    title, text, more = (
        say_html(key, language, **values) for key in (f"stories.{name}", f"stories.{name}_text", "stories.numbers")
    )
    small = f" <small>{escape(beside)}</small>" if beside else ""
    return (
        f"<article class='card story'><h3>{title}</h3><p class='big'>{escape(number)}{small}</p><p>{text}</p>{picture}"
        f"<details><summary>{more}</summary><div class='study'>{numbers}</div></details></article>"
    )


def _percent(value: float) -> str:
    return SHARE.format(value)


def _name(group: str, language: str) -> str:
    """A group of CelebA's pictures, in words."""
    return say(f"stories.of_{group.replace(' ', '_')}", language)


def _rated(language: str) -> str:
    faces = f"{scut_ratings()['count'].sum():,}"
    picture = histogram(say("stories.rated_picture", language, faces=faces))
    return _card("rated", language, str(raters()), picture, data.ratings(language), faces=faces)


def _ticked(language: str) -> str:
    groups = read_study("attractive").metrics["test"]
    shares = {group: groups[group]["true_share"] for group in AGES}
    shown = [
        Row(_name(group, language), share, _percent(share.value), f"celeba/{group.replace(' ', '-')}")
        for group, share in shares.items()
    ]
    women, men = (_percent(shares[group].value) for group in (YOUNG_WOMEN, OLDER_MEN))
    picture = rows(shown, say("stories.ticked_picture", language))
    return _card("ticked", language, f"{women} / {men}", picture, networks.groups("attractive", language))


def _missed(language: str) -> str:
    groups = read_study("attractive").metrics["test"]
    missed = {group: groups[group]["false_negative_rate"] for group in (PLAIN, MADE_UP, *AGES)}
    shown = [
        Row(_name(group, language), rate, _percent(rate.value), strong=group == PLAIN) for group, rate in missed.items()
    ]
    ticks = round(groups[OLDER_MEN]["true_share"].value * groups[OLDER_MEN]["count"])
    return _card(
        "missed",
        language,
        _percent(missed[PLAIN].value),
        rows(shown, say("stories.missed_picture", language)),
        networks.groups("attractive", language),
        beside=ends(missed[PLAIN], SHARE, language),
        made_up=with_interval(missed[MADE_UP], SHARE, language),
        men=with_interval(missed[OLDER_MEN], SHARE, language),
        ticks=str(ticks),
    )


def _moved(language: str) -> str:
    study = read_study("attractive").metrics
    moved = {change: values["mean_absolute_change"] for change, values in study["robustness"].items()}
    most = max(moved, key=lambda change: moved[change].value)
    farthest = sorted(moved.items(), key=lambda one: -one[1].value)[:MOST_ROWS]
    shown = [
        Row(term(change, language), value, f"{100 * value.value:.0f}", strong=change == most)
        for change, value in farthest
    ]
    highest = shown[0].value.high
    return _card(
        "moved",
        language,
        f"{100 * moved[most].value:.0f}",
        rows(shown, say("stories.moved_picture", language, most=f"{100 * highest:.0f}"), highest),
        networks.changes("attractive", language) + networks.changes("beauty", language),
        beside=say("stories.points", language),
        change=term(most, language),
        side=str(read_card("attractive").input_size),
    )


def _same(language: str) -> str:
    found = read_study("attractive").metrics["same_person"]
    label, score = found["icc_of_label"], found["icc"]
    shown = [
        Row(say("stories.same_icc_of_label", language), label, f"{label.value:.2f}", strong=True),
        Row(say("stories.same_icc", language), score, f"{score.value:.2f}"),
    ]
    people, pictures = (f"{found[name]:,}" for name in ("people", "pictures"))
    explained = {
        say(f"stories.factor_{name}", language): {"explained": one} for name, one in found["explained"].items()
    }
    caption, factor = (say(f"stories.{key}", language) for key in ("same_numbers", "factor"))
    return _card(
        "same",
        language,
        f"{label.value:.2f}",
        rows(shown, say("stories.same_picture", language, people=people, pictures=pictures)),
        table(tables.table(explained, ("explained",), "factor"), caption, language, factor),
        same=f"{100 * found['same'].value:.0f}",
        others=f"{100 * found['others'].value:.0f}",
    )


def _unknown(language: str) -> str:
    faces = read_study("beauty").wild.sort_values("prediction", kind="stable")
    middle = faces.iloc[len(faces) // 2]
    low, high = float(middle["lower"]), float(middle["upper"])
    ratings = ScoreDistribution()
    span = (ratings.percentile(high) - ratings.percentile(low)) / 100
    coverage = _percent(read_card("beauty").interval_coverage)
    picture = histogram(say("stories.unknown_picture", language, low=f"{low:.1f}", high=f"{high:.1f}"), (low, high))
    limits = dict.fromkeys((*read_card("beauty").limits, *read_card("attractive").limits))
    listed = "".join(f"<li>{escape(term(limit, language))}</li>" for limit in limits)
    numbers = f"{wild.groups('beauty', language)}<ul>{listed}</ul>"
    return _card("unknown", language, _percent(span), picture, numbers, coverage=coverage)
