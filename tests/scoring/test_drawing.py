from pathlib import Path

import numpy as np
import pytest

from facescore import Scorer, read_image
from facescore.faces.alignment import resize
from facescore.images import Image
from facescore.scoring.drawing import FILL, LONGEST, _number, annotate, save_png


def test_a_box_is_drawn_where_the_face_is(scorer: Scorer, two_faces: Image) -> None:
    scores = scorer.score(two_faces)
    drawn = annotate(two_faces, scores, scorer.beauty.template)
    assert drawn.shape == two_faces.shape
    for score in scores:
        left, top, _, height = (round(value) for value in score.face.box)
        edge = drawn[top + height // 2, max(left - 1, 0) : left + 3]
        assert (edge == FILL).all(axis=1).any()


def test_without_faces_the_photo_stays_as_it_is(scorer: Scorer, meadow: Image) -> None:
    assert np.array_equal(annotate(meadow, [], scorer.beauty.template), meadow)


def test_large_photos_are_drawn_smaller(scorer: Scorer, astronaut: Image) -> None:
    large = resize(astronaut, 2400, 2400)
    assert annotate(large, scorer.score(large), scorer.beauty.template).shape == (LONGEST, LONGEST, 3)


def test_the_map_is_laid_over_the_face_only(scorer: Scorer, astronaut: Image) -> None:
    scores = scorer.score(astronaut)
    drawn = annotate(astronaut, scores, scorer.beauty.template)
    changed = (drawn != _number(astronaut, [score.face for score in scores], scale=1.0)).any(axis=2)
    rows, columns = np.nonzero(changed)
    centre = scores[0].face.landmarks.mean(axis=0)
    assert np.array([columns.mean(), rows.mean()]) == pytest.approx(centre, abs=40)
    assert changed.mean() < 0.15


def test_a_png_is_written_whole(tmp_path: Path, meadow: Image) -> None:
    save_png(tmp_path / "out" / "meadow.png", meadow)
    assert np.array_equal(read_image(tmp_path / "out" / "meadow.png"), meadow)
