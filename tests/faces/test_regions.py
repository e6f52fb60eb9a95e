import numpy as np
import pytest

from facescore.faces import regions
from facescore.templates import CELEBA, TEMPLATES, Template


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_every_pixel_belongs_to_exactly_one_part(template: Template) -> None:
    masks = regions.masks(template)
    assert (np.sum(list(masks.values()), axis=0) == 1).all()
    assert all(mask.any() for mask in masks.values())


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_landmarks_lie_in_the_parts_they_are_named_after(template: Template) -> None:
    masks = regions.masks(template)
    scale = np.array(template.frame) / template.size
    for point, part in zip(template.points, ("eyes", "eyes", "nose", "mouth", "mouth"), strict=True):
        x, y = np.rint((np.array(point) + 0.5) / scale - 0.5).astype(int)
        assert masks[part][y, x]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_the_parts_are_as_symmetric_as_the_template(template: Template) -> None:
    for mask in regions.masks(template).values():
        assert np.mean(mask != mask[:, ::-1]) < 0.06


def test_an_even_map_lies_in_each_part_by_its_area() -> None:
    shares = regions.shares(np.full((2, 5, 7), -0.3, np.float32), CELEBA)
    for name, mask in regions.masks(CELEBA).items():
        assert np.allclose(shares[name], mask.mean())


def test_what_lies_in_one_place_counts_for_the_parts_under_it() -> None:
    contributions = np.zeros((1, 64, 64), np.float32)
    contributions[0, 44, 32] = -2.0  # between the corners of the mouth
    shares = regions.shares(contributions, CELEBA)
    assert shares["mouth"][0] == pytest.approx(1)
    assert sum(share[0] for share in shares.values()) == pytest.approx(1)
