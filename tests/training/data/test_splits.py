import numpy as np
import pandas as pd

from facescore.training.data import splits


def test_the_validation_part_is_a_tenth_of_the_training_part_with_each_group_in_its_share() -> None:
    table = pd.DataFrame({"group": ["AF"] * 200 + ["CM"] * 100 + ["AF"] * 50})
    table["partition"] = ["train"] * 300 + ["test"] * 50
    split = splits.hold_out_validation(table, seed=0)
    held_out = split[split["partition"] == "validation"]
    assert dict(held_out["group"].value_counts()) == {"AF": 20, "CM": 10}
    assert (split["partition"][300:] == "test").all()
    pd.testing.assert_frame_equal(split, splits.hold_out_validation(table, seed=0))
    assert not split.equals(splits.hold_out_validation(table, seed=1))


def test_an_identity_is_in_one_part() -> None:
    """Forty people with three pictures each, the last of which is officially for validation with some of the people."""
    person = np.repeat(np.arange(40), 3)
    embeddings = np.eye(40, dtype=np.float32)[person]
    table = pd.DataFrame({"group": np.where(person % 2, "asian female", "black male")})
    table["partition"] = np.where((person < 5) | ((person < 10) & (np.arange(120) % 3 == 2)), "validation", "train")
    split = splits.split_by_identity(table, embeddings, seed=0).assign(person=person)
    assert set(split["person"][split["partition"] == "test"]) == {0, 1, 2, 3, 4}
    assert set(split["person"][split["partition"] == "left out"]) == {5, 6, 7, 8, 9}
    train, validation = (set(split["person"][split["partition"] == part]) for part in ("train", "validation"))
    assert not train & validation
    held_out = split[split["partition"] == "validation"]["group"].value_counts()
    assert len(held_out) == 2
    assert 8 <= held_out.sum() <= 14
