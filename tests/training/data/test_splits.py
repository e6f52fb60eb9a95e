from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore.training.data import splits


def test_the_validation_part_is_a_tenth_of_the_training_part_with_each_group_in_its_share() -> None:
    table = pd.DataFrame({"group": ["AF"] * 200 + ["CM"] * 100 + ["AF"] * 50})
    table["partition"] = ["train"] * 300 + ["test"] * 50
    split = splits.hold_out_validation(table)
    held_out = split[split["partition"] == "validation"]
    assert dict(held_out["group"].value_counts()) == {"AF": 20, "CM": 10}
    assert (split["partition"][300:] == "test").all()
    pd.testing.assert_frame_equal(split, splits.hold_out_validation(table))


def of_persons(tmp_path: Path) -> pd.DataFrame:
    """Sixty people of two groups with two pictures each, and a picture that was downsized."""
    for name, size in (("large", (89, 109)), ("small", (64, 64))):
        PIL.Image.new("RGB", size).save(tmp_path / f"{name}.png")
    person = np.append(np.repeat(np.arange(60), 2), 0)
    paths = [tmp_path / f"{name}.png" for name in ["large"] * 120 + ["small"]]
    group = np.where(person % 2, "female young", "male older")
    return pd.DataFrame({"identity": person, "group": group, "path": paths, "partition": "test"})


def test_five_folds_test_every_large_picture_once_and_no_person_is_in_two_parts(tmp_path: Path) -> None:
    folds = [splits.of_celeba(of_persons(tmp_path), name) for name in splits.BY_PERSON]
    tested = np.array([fold["partition"] == "test" for fold in folds])
    assert tested.shape == (5, 120)
    assert (tested.sum(axis=0) == 1).all()
    for fold in folds:
        assert (fold.groupby("identity")["partition"].nunique() == 1).all()
        assert dict(fold["partition"].value_counts()) == {"train": 84, "test": 24, "validation": 12}


def test_celebas_official_partition_is_kept(tmp_path: Path) -> None:
    table = of_persons(tmp_path)
    assert splits.of_celeba(table, "official partition") is table


@pytest.mark.parametrize("how", ["people", "names"])
def test_every_face_is_tested_in_one_of_five_folds(how: str) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"file": [f"{number}.jpg" for number in range(200)], "group": ["a", "b"] * 100})
    people = rng.normal(size=(40, 16))[np.arange(200) // 5].astype(np.float32)
    faces = people / np.linalg.norm(people, axis=1, keepdims=True)
    tested = []
    for fold in range(1, 6):
        split = splits.identity_fold(table, faces, fold) if how == "people" else splits.hashed_fold(table, fold)
        inside = (split["partition"] == "test").to_numpy()
        assert set(split["partition"]) == {"train", "test"}
        assert 20 <= inside.sum() <= 60
        if how == "people":
            assert not set(np.flatnonzero(inside) // 5) & set(np.flatnonzero(~inside) // 5)
        tested += list(table["file"][inside])
    assert sorted(tested) == sorted(table["file"])
    assert list(splits.hashed_fold(table[:50], 1)["partition"]) == list(splits.hashed_fold(table, 1)["partition"][:50])
