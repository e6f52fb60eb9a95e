"""Subgroups of faces that a network is measured on, beyond the groups in a data set's table."""

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from facescore.faces import regions
from facescore.templates import Template
from facescore.training.data.examples import Examples

OF_HAIR = ("Bald", "Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair", "Wearing_Hat")
LABELS = ("Pale_Skin", "Eyeglasses", "Smiling", "Heavy_Makeup")
QUARTER = 0.25
AGES = ("youngest quarter", "second quarter", "third quarter", "oldest quarter")

Masks = dict[str, npt.NDArray[np.bool_]]
"""Which faces are in each group, bool[N]."""


def of_celeba(examples: Examples, template: Template) -> Masks:
    """CelebA's faces by label, and women by smile and lightness of the cheeks.

    CelebA has a label for pale skin but none for dark skin, so the darkest and lightest quarters are chosen by how
    light the cheeks are in the picture, which also depends on the lighting.
    """
    table = examples.table
    groups: Masks = {}
    for label in LABELS:
        groups |= {label: table[label].to_numpy(), f"not {label}": ~table[label].to_numpy()}
    lightness = cheek_lightness(examples.crops, template)
    dark, light = lightness <= np.quantile(lightness, QUARTER), lightness >= np.quantile(lightness, 1 - QUARTER)
    for sex, members in (("female", ~table["Male"].to_numpy()), ("male", table["Male"].to_numpy())):
        for name, quarter in (("darkest", dark), ("lightest", light)):
            for smile, smiling in (("Smiling", groups["Smiling"]), ("not Smiling", groups["not Smiling"])):
                groups[f"{sex}, {name} quarter of cheeks, {smile}"] = members & quarter & smiling
    return groups


def by_looks(table: pd.DataFrame) -> Masks:
    """CelebA's faces by the labels Male and Young, by those of hair and make-up, and men by beard."""
    male, young = table["Male"].to_numpy(), table["Young"].to_numpy()
    beard, makeup = ~table["No_Beard"].to_numpy(), table["Heavy_Makeup"].to_numpy()
    return (
        {"female": ~male, "male": male, "young": young, "older": ~young}
        | {label: table[label].to_numpy() for label in OF_HAIR}
        | {"female, Heavy_Makeup": ~male & makeup, "female, not Heavy_Makeup": ~male & ~makeup}
        | {"male, beard": male & beard, "male, No_Beard": male & ~beard}
    )


def of_table(table: pd.DataFrame) -> Masks:
    """The groups that one data set's table of ratings names, and those of MEBeauty's faces."""
    return _by(table["group"]) | (of_mebeauty(table) if (table["dataset"] == "mebeauty").all() else {})


def of_mebeauty(table: pd.DataFrame) -> Masks:
    """MEBeauty's faces by ethnicity and by sex; the table's own groups combine both."""
    words = table["group"].str.split()
    return _by(words.str[0], words.str[1])


def of_omi(table: pd.DataFrame) -> Masks:
    """The faces of One Million Impressions by perceived sex, look and quarter of age."""
    words = table["group"].str.rsplit(n=1)
    age = pd.qcut(table["age"], len(AGES), labels=AGES)
    return _by(words.str[1], words.str[0]) | {name: (age == name).to_numpy() for name in AGES}


def _by(*columns: pd.Series) -> Masks:
    """The rows with each value of each column, bool[N] each."""
    return {str(value): (column == value).to_numpy() for column in columns for value in sorted(set(column))}


def cheek_lightness(crops: npt.NDArray[np.uint8], template: Template) -> npt.NDArray[np.float64]:
    """The mean lightness (CIELAB's L*, 0 to 100) of each face's cheeks, float64[N]."""
    cheeks = regions.masks(template)["cheeks"]
    planes = (cv2.cvtColor(crop, cv2.COLOR_RGB2LAB)[:, :, 0] for crop in crops)
    return np.array([plane[cheeks].mean() * 100 / 255 for plane in planes])
