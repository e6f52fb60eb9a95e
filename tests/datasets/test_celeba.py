from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from facescore import DataError
from facescore.datasets import celeba


def write(folder: Path, rows: int = 6, pictures: int = 4) -> Path:
    """CelebA's official layout with a third of the rows in each part; only the first pictures are on disk."""
    root = folder / "celeba"
    (root / "img_align_celeba").mkdir(parents=True)
    files = [f"{number:06d}.jpg" for number in range(1, rows + 1)]
    names = "Attractive Male Young Pale_Skin Eyeglasses Smiling Heavy_Makeup"
    labels = [
        f"{file} {1 if index % 2 else -1:2} {-1 if index % 6 < 3 else 1:2}  1 -1 -1 {1 if index % 3 else -1:2} -1"
        for index, file in enumerate(files)
    ]
    (root / "list_attr_celeba.txt").write_text(f"{rows}\n{names}\n" + "\n".join(labels) + "\n")
    (root / "list_eval_partition.txt").write_text("".join(f"{f} {3 * i // rows}\n" for i, f in enumerate(files)))
    (root / "identity_CelebA.txt").write_text("".join(f"{f} {100 + i}\n" for i, f in enumerate(files)))
    for file in files[:pictures]:
        PIL.Image.fromarray(np.full((218, 178, 3), 90, np.uint8)).save(root / "img_align_celeba" / file)
    return folder


def test_the_table_lists_what_is_on_disk_with_its_labels(tmp_path: Path) -> None:
    table = celeba.load(write(tmp_path))
    assert list(table["file"]) == ["000001.jpg", "000002.jpg", "000003.jpg", "000004.jpg"]
    assert list(table["partition"]) == ["train", "train", "validation", "validation"]
    assert list(table["Attractive"]) == [False, True, False, True]
    assert list(table["group"]) == ["female young"] * 3 + ["male young"]
    assert list(table["identity"]) == [100, 101, 102, 103]
    assert all(path.is_file() for path in table["path"])


@pytest.mark.parametrize("name", ["list_attr_celeba.txt", "list_eval_partition.txt", "identity_CelebA.txt"])
def test_a_missing_list_is_named(tmp_path: Path, name: str) -> None:
    (write(tmp_path) / "celeba" / name).unlink()
    with pytest.raises(DataError, match=f"{name}.*FACESCORE_DATA"):
        celeba.load(tmp_path)


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pictures"):
        celeba.load(write(tmp_path, pictures=0))


def test_no_person_of_the_real_data_is_in_two_parts(data: Path) -> None:
    table = celeba.load(data)
    assert table.groupby("identity")["partition"].nunique().max() == 1
    assert set(table["partition"]) == set(celeba.PARTITIONS.values())


def change(folder: Path, name: str, line: int, text: str) -> None:
    """Put a text in a list's line, counted from 1."""
    path = folder / "celeba" / name
    content = path.read_text().split("\n")
    content[line - 1] = text
    path.write_text("\n".join(content))


@pytest.mark.parametrize(
    ("name", "line", "text", "sentence"),
    [
        ("list_attr_celeba.txt", 1, "7", "does not give the number of pictures listed, 6"),
        ("list_attr_celeba.txt", 2, "Attractive Male", "does not name the labels"),
        ("list_attr_celeba.txt", 4, "000002.jpg 1 1 1 1 1 1", "8 columns are needed, but 7 found"),
        ("list_attr_celeba.txt", 4, "000002.jpg 1 1 1 1 1 1 0", "'0' is not one of 1, -1"),
        ("list_attr_celeba.txt", 4, "000002.jpg 1 1 1 1 1 1 nan", "'nan' is not one of 1, -1"),
        ("list_attr_celeba.txt", 4, "000002.jpg 1 1 1 1 1 1 1 1", "a picture's plain file name"),
        ("list_attr_celeba.txt", 4, "../000002.jpg 1 1 1 1 1 1 1", "a picture's plain file name"),
        ("list_attr_celeba.txt", 4, "000001.jpg 1 1 1 1 1 1 1", r"000001\.jpg is listed a second time"),
        ("list_eval_partition.txt", 2, "000002.jpg 3", "'3' is not one of 0, 1, 2"),
        ("identity_CelebA.txt", 3, "000003.jpg -1", "'-1' is not a whole number"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, name: str, line: int, text: str, sentence: str) -> None:
    change(write(tmp_path), name, line, text)
    with pytest.raises(DataError, match=rf"{name}, line {line}: .*{sentence}.*from the data set's download"):
        celeba.load(tmp_path)


@pytest.mark.parametrize("name", ["list_eval_partition.txt", "identity_CelebA.txt"])
def test_a_picture_that_one_list_lacks_is_named(tmp_path: Path, name: str) -> None:
    change(write(tmp_path), name, 2, "")
    with pytest.raises(DataError, match=rf"{name} does not list 000002\.jpg"):
        celeba.load(tmp_path)


@pytest.mark.parametrize("name", ["list_attr_celeba.txt", "list_eval_partition.txt", "identity_CelebA.txt"])
@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe1\x00", b"\x80", b"1\n" + bytes(100), bytes(1000)])
def test_what_is_no_list_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (write(tmp_path) / "celeba" / name).write_bytes(content)
    with pytest.raises(DataError, match=rf"{name}.*from the data set's download"):
        celeba.load(tmp_path)


def test_a_file_where_the_data_sets_folder_should_be_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"\(Not a directory\)\. .* the folder that holds 'celeba'"):
        celeba.load(tmp_path / "file")
