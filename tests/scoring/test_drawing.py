from pathlib import Path

import numpy as np
import pytest

from facescore import Scorer, read_image
from facescore.faces.alignment import resize
from facescore.images import Image
from facescore.scoring.drawing import LONGEST, annotate, number_faces, save_png


def test_a_box_is_drawn_where_the_face_is(scorer: Scorer, two_faces: Image) -> None:
    faces = [face.face for face in scorer.score(two_faces)]
    drawn = number_faces(two_faces, faces)
    assert drawn.shape == two_faces.shape
    changed = (drawn != two_faces).any(axis=2)
    for face in faces:
        left, top, width, height = (round(value) for value in face.box)
        assert changed[top + height // 2, max(left - 1, 0) : left + 3].any()
        assert not changed[top + height // 2, left + width // 2]


def test_without_faces_the_photo_stays_as_it_is(meadow: Image) -> None:
    assert np.array_equal(number_faces(meadow, []), meadow)


def test_large_photos_are_drawn_smaller(scorer: Scorer, astronaut: Image) -> None:
    large = resize(astronaut, 2400, 2400)
    assert number_faces(large, [face.face for face in scorer.score(large)]).shape == (LONGEST, LONGEST, 3)


def test_the_map_is_laid_over_the_face_only(scorer: Scorer, astronaut: Image) -> None:
    scores = scorer.score(astronaut)
    drawn = annotate(astronaut, scores, scorer.beauty.template)
    changed = (drawn != number_faces(astronaut, [score.face for score in scores])).any(axis=2)
    rows, columns = np.nonzero(changed)
    centre = scores[0].face.landmarks.mean(axis=0)
    assert np.array([columns.mean(), rows.mean()]) == pytest.approx(centre, abs=40)
    assert changed.mean() < 0.15


def test_a_png_is_written_whole(tmp_path: Path, meadow: Image) -> None:
    save_png(tmp_path / "out" / "meadow.png", meadow)
    assert np.array_equal(read_image(tmp_path / "out" / "meadow.png"), meadow)
