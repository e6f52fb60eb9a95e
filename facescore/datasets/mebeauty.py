"""MEBeauty: faces in the wild of six ethnicities, rated from 1 to 10 by about 300 people (Lebedeva, Guo, Ying 2021).

Layout of the public repository: ``original_images/SEX/ETHNICITY/NAME.jpg``, and ``scores`` with the partition of 2022.
Each line holds a path, whose last three components name the picture, and the mean rating. Terms: non-commercial
research.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from facescore.datasets import lists

FOLDER = "mebeauty"
SOURCE = {
    "name": "MEBeauty",
    "source": "https://github.com/fbplab/MEBeauty-database",
    "licence": "non-commercial research only",
    "pictures": f"{FOLDER}/original_images",
}
SEXES = ("female", "male")
ETHNICITIES = ("asian", "black", "caucasian", "hispanic", "indian", "mideastern")
PARTS = {"train": "train_2022.txt", "validation": "val_2022.txt"}
SPREAD = "spread_2022.csv"


def load(data: Path) -> pd.DataFrame:
    """The table of the official training and validation parts of 2022; the test part is not used.

    If a picture is listed more than once, only its first entry counts, so that no picture is in both parts. The files
    that `left_out` names are excluded.

    Args:
        data: the folder that holds ``mebeauty``.

    Returns:
        One row per picture: ``file`` (SEX/ETHNICITY/NAME), ``path``, ``partition`` (train or validation), ``sex``,
        ``ethnicity``, ``group`` (ethnicity and sex), ``score`` (mean rating, 1 to 10), and the standard deviation
        ``spread`` and number ``raters`` of the individual ratings behind it, nan if their list is missing.

    Raises:
        DataError: the data set or a part of it is missing, or a line of its lists is damaged.
    """
    table = listed(data)
    return table[~table["file"].isin(left_out(data))].reset_index(drop=True)


def left_out(data: Path) -> list[str]:
    """The files whose individual ratings are all equal (``spread`` is 0), which no face gets: they cannot be right.

    Raises:
        DataError: as `load`.
    """
    table = listed(data)
    return list(table["file"][table["spread"] == 0])


def listed(data: Path) -> pd.DataFrame:
    """The table of `load`, including the pictures that `left_out` names.

    Raises:
        DataError: as `load`.
    """
    folder = data / FOLDER
    table = pd.concat([_part(folder, name).assign(partition=name) for name in PARTS]).reset_index()
    table = table.drop_duplicates("file", ignore_index=True)
    table[["sex", "ethnicity", "name"]] = table["file"].str.split("/", expand=True)
    table = table.assign(
        path=[data / SOURCE["pictures"] / file for file in table["file"]],
        group=table["ethnicity"] + " " + table["sex"],
    ).drop(columns="name")
    spread = folder / "scores" / SPREAD
    if not spread.is_file():
        return table.assign(spread=np.nan, raters=np.nan)
    return table.join(_spread(spread), on="file")


def _part(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "scores" / PARTS[name]
    text = lists.lines(path, SOURCE["name"], FOLDER)
    return lists.table(path, text, ["score"], lists.rating(1, 10), _name, repeated=True)


def _spread(path: Path) -> pd.DataFrame:
    """Spread and number of the individual ratings, by picture; a picture's first row counts."""
    found: dict[str, tuple[float, int]] = {}
    rows = csv.DictReader(lists.lines(path, SOURCE["name"], FOLDER), strict=True)
    try:
        for row in rows:
            found.setdefault(row["path"], (lists.rating(0, 10)(row["sd"] or ""), lists.whole(row["raters"] or "")))
    except KeyError as error:
        raise lists.refusal(path, 1, "it does not name the columns path, sd and raters") from error
    except ValueError as error:
        raise lists.refusal(path, rows.line_num, str(error)) from error
    except csv.Error as error:  # raised before the line is counted
        raise lists.refusal(path, rows.line_num + 1, "it is not a row of a CSV file") from error
    return pd.DataFrame.from_dict(found, orient="index", columns=["spread", "raters"])


def _name(listed: str) -> str:
    """SEX/ETHNICITY/NAME, from the end of a path."""
    parts = listed.split("/")[-3:]
    sex, ethnicity, name = parts if len(parts) == 3 else ("", "", "")
    if sex not in SEXES or ethnicity not in ETHNICITIES or name in ("", "..") or not name.isprintable():
        raise ValueError("it does not begin with a path that ends in SEX/ETHNICITY/NAME")
    return f"{sex}/{ethnicity}/{name}"
