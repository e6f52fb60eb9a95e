"""Compare a scored face with another group of the data set's faces, without finding or scoring it again."""

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
