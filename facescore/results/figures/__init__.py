"""Figures of the studies, drawn with matplotlib from the text files in ``assets/studies``."""

from facescore.results.figures.attractive import calibration, confidence_histogram, label_distribution, surest
from facescore.results.figures.beauty import (
    distributions,
    error_by_decile,
    ratings_by_group,
    samples,
    scatter,
    scatter_wild,
)
from facescore.results.figures.common import map_curves, training_curves

__all__ = [
    "calibration",
    "confidence_histogram",
    "distributions",
    "error_by_decile",
    "label_distribution",
    "map_curves",
    "ratings_by_group",
    "samples",
    "scatter",
    "scatter_wild",
    "surest",
    "training_curves",
]
