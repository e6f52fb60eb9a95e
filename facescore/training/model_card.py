"""README.md of a checkpoint: the Hugging Face model card, generated from card.json."""

from typing import Any

from facescore.checkpoints import Card
from facescore.training import findings, findings_wild


def readme(card: Card) -> str:
    """The text of a checkpoint's ``README.md``."""
    return _detector_readme(card) if card.task == "detection" else _network_readme(card)


def _detector_readme(card: Card) -> str:
    return f"""---
license: mit
library_name: litert
tags:
- face-detection
---

# {card.name}

{card.title}: {card.network}, {card.initial_weights}.

`pnet.tflite`, `rnet.tflite` and `onet.tflite` take `uint8[N, H, W, 3]` RGB pixels (24×24 and 48×48 crops for the
latter two) and give `offsets`, `face` (the second of two probabilities) and, from O-Net, `landmarks`.

## Limits

{_bullets(card.limits)}

## Licence

{card.licence}. Made by `python -m facescore export detector`; `card.json` holds every file's sha256.
"""


def _network_readme(card: Card) -> str:
    learned = [card.data, *card.data.get("others", [])]
    source = " and of ".join(f"[{data['name']}]({data['source']})" for data in learned)
    counts = "; ".join(
        f"{data['name']}: " + ", ".join(f"{count:,} {part}" for part, count in sorted(data["counts"].items()))
        for data in learned
    )
    unrated = [card.data["unrated"]] if "unrated" in card.data else []
    terms = "; ".join(f"{data['name']}: {data['licence']}" for data in learned + unrated)
    kind = "the logit of the probability" if card.task == "binary" else "the score"
    return f"""---
license: other
license_name: non-commercial-research
library_name: litert
pipeline_tag: image-classification
tags:
- face
- explainability
---

# {card.name}

{card.title}. {card.unit[0].upper()}{card.unit[1:]}, learned from the column “{card.label}” of {source}.

## Results

On the test part, with 95 % bootstrap intervals (whole persons are resampled where the data set names them).
`predictions.csv` holds every prediction behind them.

{findings.results(card.metrics)}{findings.calibration(card.metrics)}{_interval_sentence(card)}{_sections(card)}
## Use

    from facescore import Scorer, read_image
    Scorer().score(read_image("photo.jpg"))

`model.tflite` takes `uint8[N, {card.input_size}, {card.input_size}, 3]` RGB crops, cut with the template
`{card.template}` of `facescore.faces.alignment`, and gives `score float32[N]` ({kind}) and
`contribution float32[N, h, w]`, both the mean over the crop and its mirror image, with
`score = {card.bias:.6f} + contribution.sum()`.{_other_outputs(card)}

## Limits

{_bullets(card.limits)}

## Training

`python -m facescore train {card.name} --data DIR`. Network: `facescore/networks/{card.network}.py`. Started from:
{card.initial_weights}. Split: {card.data["split"]} ({counts}). `history.csv` has a row an epoch; epoch 0 is the network
before its first epoch. `card.json` holds the whole recipe and every file's sha256.{_taught(unrated)}

## Licence

{card.licence[0].upper()}{card.licence[1:]} ({terms}).
"""


def _taught(unrated: list[dict[str, Any]]) -> str:
    """From which pictures without ratings a network learned, a sentence for each data set of them."""
    return "".join(
        f"\n\nIt also learned from {data['counts']['train']:,} pictures of {data['name']} that nobody rated; their "
        "ratings are those\nof a teacher, `facescore/training/teacher.py`."
        for data in unrated
    )


def _other_outputs(card: Card) -> str:
    """What the network gives beside score and map, in sentences."""
    told = ""
    if "distance" in card.thresholds:
        told += (
            " Beside them it gives `distance float32[N]`:\nhow unlike the pictures that it learned from a face is (the "
            "Mahalanobis distance of the averaged last map; they lie\nnear 1)."
        )
    if any(row.wild for row in card.intervals):
        told += (
            " `wild float32[N]` is above 0 where a face looks more like the second data set's pictures, in the wild (a "
            "linear\ndiscriminant of the same map)."
        )
    return told


def _sections(card: Card) -> str:
    """Everything else that was found out."""
    metrics = card.metrics
    sections = [
        findings.by_score(metrics),
        findings.out_of_fold(metrics),
        findings_wild.wild(metrics),
        findings_wild.conditions(metrics),
        findings_wild.agreement(metrics),
    ]
    for where, examined in (("", metrics), (" in the wild", metrics.get("examined_wild"))):
        if examined:
            sections += [findings.robustness(examined, card.unit, where), findings.attribution(examined, where)]
    return "".join([*sections, findings.known_failure(metrics)])


def _interval_sentence(card: Card) -> str:
    if not card.intervals:
        return ""
    kinds = dict.fromkeys(row.wild for row in card.intervals)
    rows = "; ".join(_interval_rows(card, wild) for wild in kinds)
    coverage = ", ".join(f"{group} {share:.1%}" for group, share in card.interval_coverage_on_test.items())
    residuals = "the validation part"
    if "out_of_fold" in card.metrics:
        residuals = f"the other folds' test parts (study {card.metrics['out_of_fold']['study']})"
    return f"""
A new score comes with an interval made to hold {card.interval_coverage:.0%} of the true ratings (split conformal, by
score, from residuals on {residuals}: {rows}). On the test part it held: {coverage}.
"""


def _interval_rows(card: Card, wild: bool | None) -> str:
    """The rows of one kind of face."""
    rows = "; ".join(
        f"{'above' if row.below is None else f'below {row.below:.2f}'}: {row.lower:+.2f} to {row.upper:+.2f}"
        for row in card.intervals
        if row.wild == wild
    )
    if wild is None:
        return rows
    return f"of faces {'in the wild' if wild else 'like those of the first data set'}, by their look, {rows}"


def _bullets(sentences: tuple[str, ...]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
