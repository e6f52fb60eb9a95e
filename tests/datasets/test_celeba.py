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
    assert set(table["partition"]) == set(celeba.PARTITIONS)
