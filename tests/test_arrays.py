import random
from pathlib import Path

import numpy as np
import pytest

from facescore import arrays


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "arrays.npz"
    np.savez(path, crops=np.arange(24, dtype=np.uint8).reshape(2, 3, 4), detected=np.array([True, False]))
    return path


def test_what_was_kept_is_read(path: Path) -> None:
    found = arrays.kept(path, {"crops": (2, 3, 4), "detected": None})
    assert found is not None
    assert found["crops"].sum() == 276


def test_every_damage_is_noticed_or_changes_nothing(path: Path) -> None:
    right, whole = path.read_bytes(), arrays.read(path)
    noticed = 0
    for seed in range(300):
        rng = random.Random(seed)
        content = bytearray(right[: rng.randrange(len(right))] if seed % 3 == 0 else right)
        for _ in range(rng.randrange(1, 4)):
            if content:
                content[rng.randrange(len(content))] = rng.randrange(256)
        path.write_bytes(content)
        try:
            found = arrays.read(path)
        except ValueError:
            noticed += 1
        else:
            assert all(np.array_equal(found[name], values) for name, values in whole.items() if name in found)
    assert noticed > 150


@pytest.mark.parametrize(
    "shapes", [{"crops": (3, 3, 4), "detected": (2,)}, {"crops": None}, {"crops": None, "a": None}]
)
def test_other_arrays_than_expected_are_made_anew(
    path: Path, shapes: dict[str, tuple[int, ...] | None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert arrays.kept(path, shapes) is None
    assert "arrays.npz is damaged and is made anew." in capsys.readouterr().out


def test_what_is_not_there_is_made_without_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert arrays.kept(tmp_path / "none.npz", {}) is None
    assert capsys.readouterr().out == ""


def test_objects_are_not_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.array([{"x": 1}], dtype=object))
    with pytest.raises(ValueError, match="is damaged"):
        arrays.read(tmp_path / "a.npz")
