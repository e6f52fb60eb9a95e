"""Compare a face that is already scored with another group of faces in the data set."""

from dataclasses import replace

from facescore.scoring.percentile import ScoreDistribution
from facescore.scoring.scorer import FaceScore


def compared(face: FaceScore, ratings: ScoreDistribution, group: str) -> FaceScore:
    """A face whose percentiles compare it with another group.

    Args:
        face: a scored face.
        ratings: the data set's ratings.
        group: ``all``, AF, AM, CF or CM.

    Raises:
        InvalidRequest: there is no such group.
    """
    low, high = (ratings.percentile(end, group) for end in face.beauty_interval)
    return replace(
        face, group=group, percentile=ratings.percentile(face.beauty, group), percentile_interval=(low, high)
    )
