from pathlib import Path

import pytest

from facescore import DataError
from facescore.datasets import scut

NAMES = [f"{group}{number}.jpg" for group in scut.GROUPS for number in (1, 2, 3)]


def write(folder: Path) -> Path:
    """Twelve rows in SCUT-FBP5500's official layout: the first nine are for training."""
    lists = folder / scut.FOLDER / "train_test_files"
    for split in scut.SPLITS.values():
        for part, names in (("train", NAMES[:9]), ("test", NAMES[9:])):
            path = lists / split.format(part=part)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{name} {1 + index / 4}\n" for index, name in enumerate(names)))
    return folder


@pytest.mark.parametrize("split", scut.SPLITS)
def test_the_table_is_the_official_split(tmp_path: Path, split: str) -> None:
    table = scut.load(write(tmp_path), split)
    assert list(table["file"]) == NAMES
    assert list(table["partition"]) == ["train"] * 9 + ["test"] * 3
    assert list(table["group"].unique()) == ["AF", "AM", "CF", "CM"]
    assert table["score"][1] == 1.25


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train\.txt.*--data"):
        scut.load(tmp_path, "60/40")


def test_the_real_splits_are_complete_and_apart(data: Path) -> None:
    for split, sizes in {"60/40": (3300, 2200), "fold 1": (4400, 1100), "fold 5": (4400, 1100)}.items():
        table = scut.load(data, split)
        assert table["file"].is_unique
        assert tuple(table["partition"].value_counts()[["train", "test"]]) == sizes
        assert all(path.is_file() for path in table["path"])
