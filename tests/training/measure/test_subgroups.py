import numpy as np
import pandas as pd

from facescore.faces import regions
from facescore.templates import CELEBA
from facescore.training.data.examples import Examples
from facescore.training.measure import subgroups


def faces(lightness: np.ndarray) -> Examples:
    """Faces whose cheeks have a gray value each and whose rest is white; every other one smiles."""
    crops = np.full((len(lightness), 64, 64, 3), 255, np.uint8)
    crops[:, regions.masks(CELEBA)["cheeks"]] = lightness[:, None, None]
    flags = {name: np.zeros(len(lightness), bool) for name in ("Male", *subgroups.LABELS)}
    return Examples(pd.DataFrame(flags | {"Smiling": np.arange(len(lightness)) % 2 == 0}), crops)


def test_cheeks_are_measured_and_nothing_else() -> None:
    lightness = subgroups.cheek_lightness(faces(np.array([0, 119, 255])).crops, CELEBA)
    assert np.allclose(lightness, [0, 50, 100], atol=0.5)


def test_faces_are_grouped_by_label_and_by_lightness_with_smile() -> None:
    found = subgroups.of_celeba(faces(np.arange(0, 200, 5)), CELEBA)
    assert found["Smiling"].sum() == found["not Smiling"].sum() == 20
    assert not found["Eyeglasses"].any()
    dark = found["female, darkest quarter of cheeks, not Smiling"]
    assert list(np.flatnonzero(dark)) == [1, 3, 5, 7, 9]
    assert not found["male, darkest quarter of cheeks, not Smiling"].any()
    assert found["female, lightest quarter of cheeks, Smiling"].sum() == 5


def test_mebeautys_faces_are_grouped_by_ethnicity_and_by_sex_too() -> None:
    table = pd.DataFrame({"group": ["asian female", "black male", "asian male"], "dataset": "mebeauty"})
    found = subgroups.of_table(table)
    assert {"asian female", "asian male", "black male", "asian", "black", "female", "male"} == set(found)
    assert list(found["asian"]) == [True, False, True]
    assert list(found["male"]) == [False, True, True]
    assert list(found["female"]) == [True, False, False]


def test_of_another_data_set_only_the_groups_of_its_table_are_measured() -> None:
    found = subgroups.of_table(pd.DataFrame({"group": ["CF", "AM", "CF"], "dataset": "scut"}))
    assert {name: list(mask) for name, mask in found.items()} == {"AM": [False, True, False], "CF": [True, False, True]}


def test_the_label_male_is_measured_by_looks() -> None:
    flags = dict.fromkeys((*subgroups.OF_HAIR, "Heavy_Makeup", "No_Beard"), [False] * 4)
    table = pd.DataFrame(flags | {"Male": [True, True, False, False], "Young": [True, False, True, True]})
    table = table.assign(No_Beard=[False, True, True, True], Heavy_Makeup=[False, False, True, False])
    found = {name: np.flatnonzero(inside).tolist() for name, inside in subgroups.by_looks(table).items()}
    assert (found["male"], found["female"], found["older"]) == ([0, 1], [2, 3], [1])
    assert (found["male, beard"], found["male, No_Beard"]) == ([0], [1])
    assert (found["female, Heavy_Makeup"], found["female, not Heavy_Makeup"]) == ([2], [3])
    assert found["Bald"] == []
