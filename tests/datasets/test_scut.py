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


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("AF1.jpg", "2 columns are needed, but 1 found"),
        ("AF1.jpg 3.0 4.0", "a picture's plain file name"),
        ("AF1.jpg high", "'high' is not a rating of 1 to 5"),
        ("AF1.jpg nan", "'nan' is not a rating of 1 to 5"),
        ("AF1.jpg inf", "'inf' is not a rating of 1 to 5"),
        ("AF1.jpg 5.5", "'5.5' is not a rating of 1 to 5"),
        ("XX1.jpg 3.0", "does not begin with one of AF, AM, CF, CM"),
        ("AF/../../x.jpg 3.0", "a picture's plain file name"),
        ("AF2.jpg 3.0", r"AF2\.jpg is listed a second time"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    path = write(tmp_path) / scut.FOLDER / "train_test_files" / scut.SPLITS["60/40"].format(part="train")
    text = path.read_text().split("\n")
    path.write_text("\n".join([*text[:4], line, *text[4:]]))
    with pytest.raises(DataError, match=rf"train\.txt, line 5: .*{sentence}.*from the data set's download"):
        scut.load(tmp_path, "60/40")


def test_a_picture_in_both_parts_is_named(tmp_path: Path) -> None:
    path = write(tmp_path) / scut.FOLDER / "train_test_files" / scut.SPLITS["60/40"].format(part="test")
    path.write_text(path.read_text() + "AF2.jpg 3.0\n")
    with pytest.raises(DataError, match=r"test\.txt lists AF2\.jpg, which the training part lists too"):
        scut.load(tmp_path, "60/40")


@pytest.mark.parametrize("content", [b"", b"\xff\xfeA\x00", b"\x80", bytes(100)])
def test_what_is_no_list_is_named(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path) / scut.FOLDER / "train_test_files" / scut.SPLITS["60/40"].format(part="train")
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"train\.txt.*from the data set's download"):
        scut.load(tmp_path, "60/40")


def test_a_mark_at_the_beginning_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = write(tmp_path) / scut.FOLDER / "train_test_files" / scut.SPLITS["60/40"].format(part="train")
    right = scut.load(tmp_path, "60/40")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    assert scut.load(tmp_path, "60/40").equals(right)
