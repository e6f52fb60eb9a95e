import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from facescore import Scorer, read_image
from facescore.errors import InvalidRequest
from facescore.images import Image
from facescore.scoring import ranking
from facescore.ui import copies, photo, rank, uploads
from facescore.ui.words import say


def test_a_photo_in_an_archive_is_taken_out_by_its_place(scorer: Scorer, astronaut_path: Path, hopper: Image) -> None:
    PIL.Image.fromarray(hopper).save(file := io.BytesIO(), "PNG")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(astronaut_path, "deep/in/it.jpg")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("deep/in/it.jpg", file.getvalue())
    path = uploads.add_bytes("two.zip", packed.getvalue())
    rows = [row for scored in ranking.score_photos(scorer, rank.open_files([Path(path)])) for row in scored]
    assert [row.photo for row in rows] == ["two.zip/deep/in/it.jpg"] * 2
    for row, image in zip(rows, (read_image(astronaut_path), hopper), strict=True):
        copy = copies.copied({"file": str(row.file), "offset": row.offset})
        assert np.array_equal(read_image(Path(copy)), image)


@pytest.mark.parametrize("question", [None, {}, {"file": "/etc/passwd", "offset": None}, {"file": 1, "offset": 2}])
def test_nothing_but_an_uploaded_photo_is_copied(question: Any) -> None:
    with pytest.raises(InvalidRequest):
        copies.copied(question)


def test_what_is_not_in_an_archive_is_gone() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("it.jpg", b"")
    path = uploads.add_bytes("one.zip", packed.getvalue())
    for offset in (None, 7, "0", -1):
        with pytest.raises(InvalidRequest, match=re.escape(say("errors.gone"))):
            copies.copied({"file": path, "offset": offset})


def test_the_example_is_one_face_under_different_lights(scorer: Scorer) -> None:
    found = [scorer.score(read_image(uploads.uploaded(path))) for path in copies.example()]
    assert [len(faces) for faces in found] == [1] * len(photo.LIGHTS)
