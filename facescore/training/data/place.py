"""Where training reads and writes."""

from dataclasses import dataclass
from pathlib import Path

from facescore.faces import Detector


@dataclass(frozen=True)
class Place:
    """The folders of a run, and what finds faces in them.

    Attributes:
        data: the folder that holds the data sets.
        weights: the folder that holds initial weights.
        runs: where runs and crops are kept.
        detector: finds the faces where a data set's pictures are not already in the template's frame.
    """

    data: Path
    weights: Path
    runs: Path
    detector: Detector

    @property
    def cache(self) -> Path:
        """Where crops are kept."""
        return self.runs / "cache"

    def run_of(self, recipe: str, split: str) -> Path:
        """The folder of one split's run."""
        return self.runs / recipe / split.replace(" ", "-").replace("/", "-")
