"""The shipped networks' test results, from their cards.

    python benchmarks/results.py

prints the table and puts it into README.
"""

import report

from facescore import checkpoints
from facescore.checkpoints import Card
from facescore.settings import CHECKPOINTS
from facescore.training.model_card import NAMES

SHIPPED = ("beauty", "attractive")


def main() -> None:
    """Print and publish."""
    rows = [row for name in SHIPPED for row in results(checkpoints.load(CHECKPOINTS / name))]
    table = report.markdown(("network", "test pictures", "metric", "value", "95 % interval"), rows)
    print(table)
    report.publish("results", table)


def results(card: Card) -> list[tuple[str, ...]]:
    """One row a metric over the whole test part."""
    measured = card.metrics["all"]
    pictures = f"{measured['count']:,} of {card.data['name']} ({card.data['split']})"
    return [
        (card.name, pictures, NAMES[name], f"{value['value']:.3f}", f"{value['low']:.3f} to {value['high']:.3f}")
        for name, value in measured.items()
        if name != "count"
    ]


if __name__ == "__main__":
    main()
