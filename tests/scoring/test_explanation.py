import numpy as np

from facescore.scoring.explanation import Explanation, tint
from facescore.templates import ARCFACE


def explanation(contribution: list[list[float]]) -> Explanation:
    return Explanation(
        np.full((64, 64, 3), 128, np.uint8), np.array(contribution, np.float32), scale=0.1, template=ARCFACE
    )


def test_what_raised_the_score_is_warm_and_what_lowered_it_cold() -> None:
    overlay = explanation([[0.1, -0.1], [0.1, -0.1]]).overlay(100).astype(int)
    assert (overlay[:, :30, 0] > overlay[:, :30, 2] + 50).all()
    assert (overlay[:, -30:, 2] > overlay[:, -30:, 0] + 50).all()


def test_a_map_of_zeros_leaves_the_face_gray() -> None:
    overlay = explanation([[0.0, 0.0], [0.0, 0.0]]).overlay(100)
    assert overlay.shape == (100, 100, 3)
    assert (overlay == 128).all()


def test_the_same_contribution_has_the_same_strength_on_every_map() -> None:
    """Maps of two faces compare: nothing is rescaled by what else is on a map."""
    assert np.allclose(explanation([[0.02, 0.02], [0.02, 0.02]]).strength(100), 0.2)
    assert np.isclose(explanation([[0.02] * 8] * 7 + [[0.5] * 8]).strength(100)[5, 50], 0.2, atol=0.01)


def test_contributions_beyond_the_scale_are_drawn_at_full_strength() -> None:
    picture = np.full((8, 8, 3), 128, np.uint8)
    assert np.array_equal(tint(picture, np.full((8, 8), 1, np.float32)), tint(picture, np.full((8, 8), 9, np.float32)))
