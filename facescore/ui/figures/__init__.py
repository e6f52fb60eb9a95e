"""The figures of the studies, drawn with matplotlib from the small text files in ``assets/studies``."""

from facescore.ui.figures.attractive import calibration, confidence_histogram, label_distribution, surest
from facescore.ui.figures.beauty import (
    distributions,
    error_by_decile,
    published_table,
    ratings_by_group,
    samples,
    scatter,
    wild_table,
)
from facescore.ui.figures.common import average_faces, group_figures, map_curves, networks_table, training_curves
from facescore.ui.figures.study import Study

__all__ = [
    "Study",
    "average_faces",
    "calibration",
    "confidence_histogram",
    "distributions",
    "error_by_decile",
    "group_figures",
    "label_distribution",
    "map_curves",
    "networks_table",
    "published_table",
    "ratings_by_group",
    "samples",
    "scatter",
    "surest",
    "training_curves",
    "wild_table",
]
