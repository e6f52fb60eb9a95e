"""A checkpoint's README.md: the Hugging Face model card, rendered from card.json."""

from facescore.checkpoints import Card
from facescore.estimates import text
from facescore.results import card_sections
from facescore.results.tables import by_group, markdown, overall

DETECTOR = """---
license: mit
library_name: litert
tags:
- face-detection
---

# {name}

{title}: {network}, {initial_weights}.

`pnet.tflite`, `rnet.tflite` and `onet.tflite` take `uint8[N, H, W, 3]` RGB pixels (24×24 crops for R-Net, 48×48 for
O-Net) and return `offsets`, `face` (two probabilities, the second for a face) and, from O-Net, `landmarks`.

## Limits

{limits}

## Licence

{licence}. Made by `python -m facescore export detector`; `card.json` holds the sha256 of every file.
"""

NETWORK = """---
license: other
license_name: non-commercial-research
library_name: litert
pipeline_tag: image-classification
tags:
- face
- explainability
---

# {name}

{title}{unit}. It learned {label} of {sources}{teacher}.

## Results

On the {part}, with 95% bootstrap intervals (whole persons are resampled where the data set names them). Every
prediction is in `assets/studies/{name}/predictions.csv`.

{overall}

By group:

{by_group}
{sections}
## Use

{use}

`model.tflite` takes `uint8[N, {input_size}, {input_size}, 3]` RGB crops, aligned to the template `{template}` of
`facescore.templates`, and returns `score float32[N]` ({kind}) and `contribution float32[N, h, w]`, both the mean over
the crop and its mirror image, with `score = {bias:.6f} + contribution.sum()`.{other_outputs}

## Limits

{limits}

## Training

`python -m facescore train {name} --data DIR`. Network: `facescore/networks/{network}.py`. Initial weights:
{initial_weights}. Split: {split} ({counts}). `assets/studies/{name}/history.csv` has a row for every epoch; epoch 0 is
before any layer but the head was trained. `card.json` holds the recipe and the sha256 of every file.{pseudo_labels}

## Licence

{licence} ({terms}).
"""


FOLDS = (
    "test parts of five folds (this network is the first of five that were trained alike; each picture is predicted by "
    "the one that did not learn from it)"
)


TEACHER = (
    ", along with the other labels and the predictions of a teacher (a logistic regression on frozen features of "
    "HSE-FaceRes, which was trained on VGGFace2)"
)
USE = """    from facescore import Scorer, read_image
    Scorer({}).score(read_image("photo.jpg"))"""
USES = {
    "beauty-resnet50": USE.format('beauty="beauty-resnet50"') + "  # in a checkout: the wheel does not hold it",
    "male": "    facescore score --attribute male photo.jpg",
}
"""How to use the networks that a `Scorer` does not use by itself."""


def render(card: Card) -> str:
    """Render a checkpoint's ``README.md``."""
    limits = "\n".join(f"- {sentence}" for sentence in card.limits)
    if card.task == "detection":
        return DETECTOR.format(
            name=card.name,
            title=card.title,
            network=card.network,
            initial_weights=card.initial_weights,
            limits=limits,
            licence=card.licence,
        )
    learned = [card.data, *card.data.get("others", [])]
    unrated = [card.data["unrated"]] if "unrated" in card.data else []
    counts = [
        f"{data['name']}: " + ", ".join(f"{count:,} {part}" for part, count in sorted(data["counts"].items()))
        for data in learned
    ]
    return NETWORK.format(
        name=card.name,
        title=card.title,
        use=USES.get(card.name, USE.format("")),
        unit="" if card.task == "binary" else f" ({card.unit})",
        label=f"the label “{card.label}”" if card.task == "binary" else "the ratings",
        teacher=TEACHER if card.recipe["data"].get("distilled") else "",
        sources=" and of ".join(f"[{data['name']}]({data['source']})" for data in learned),
        part=FOLDS if "folds" in card.metrics else "test part",
        overall=markdown(overall(card.metrics)),
        by_group=markdown(by_group(card.metrics)),
        sections=_calibration(card) + _intervals(card) + card_sections.render(card),
        input_size=card.input_size,
        template=card.template,
        kind="the logit of the probability" if card.task == "binary" else "the score",
        bias=card.bias,
        other_outputs=_other_outputs(card),
        limits=limits,
        network=card.network,
        initial_weights=card.initial_weights,
        split=card.data["split"],
        counts="; ".join(counts),
        pseudo_labels="".join(
            f"\n\nIt also learned from {data['counts']['train']:,} unrated pictures of {data['name']}, rated by a "
            "teacher (`facescore/training/data/pseudo_labels.py`).\nFor all data sets but the first, it learned the "
            "average of each rating and of the prediction of a teacher that had\nnot seen that person; the results are "
            "measured against the ratings alone."
            for data in unrated
        ),
        licence=_capitalised(card.licence),
        terms="; ".join(f"{data['name']}: {data['licence']}" for data in learned + unrated),
    )


def _capitalised(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _calibration(card: Card) -> str:
    """What was fitted on the validation part after training; empty if nothing was."""
    metrics = card.metrics
    if "temperature" in metrics:
        error = text(metrics["test"]["all"]["calibration_error"], "calibration_error")
        return f"""
The logit is divided by a temperature of {metrics["temperature"]:.3f}, fitted on the validation part and folded into the
last layer. Over ten bins of the test part, probability and labelled share differ by {error} on average.
"""
    return ""


def _intervals(card: Card) -> str:
    """How the interval of a new score is made, and its coverage on the test part."""
    if not card.intervals:
        return ""
    kinds = dict.fromkeys(row.wild for row in card.intervals)
    rows = "; ".join(_interval_rows(card, wild) for wild in kinds)
    coverage = ", ".join(f"{group} {share:.1%}" for group, share in card.interval_coverage_on_test.items())
    folds = "the other folds' faces, each predicted by the network that did not learn from it"
    several = "folds" in card.metrics
    where = folds if several else "the validation part"
    held = "The tables of the five networks, each on its own fold," if several else "On the test part it"
    held = f" {held} held: {coverage}." if coverage else ""
    return f"""
A new score comes with an interval made to hold {card.interval_coverage:.0%} of the true ratings (split conformal
prediction, by score, from residuals on {where}: {rows}).{held}
"""


def _interval_rows(card: Card, wild: bool | None) -> str:
    """The rows of the interval table for one kind of face."""
    rows = "; ".join(
        f"{'above' if row.below is None else f'below {row.below:.2f}'}: {row.lower:+.2f} to {row.upper:+.2f}"
        for row in card.intervals
        if row.wild == wild
    )
    if wild is None:
        return rows
    return f"for faces that look more like those of {'the other data sets' if wild else 'the first data set'}, {rows}"


def _other_outputs(card: Card) -> str:
    """What the network returns besides score and map."""
    sentences = ""
    if "distance" in card.thresholds:
        sentences += (
            " It also returns `distance float32[N]`, how unlike the training faces a face is (the Mahalanobis "
            "distance of the averaged last map; near 1 for the training faces)."
        )
    if any(row.wild for row in card.intervals):
        sentences += (
            " `wild float32[N]` is above 0 where a face looks more like the other data sets' pictures than the first's "
            "(a linear discriminant of the same map)."
        )
    return sentences
