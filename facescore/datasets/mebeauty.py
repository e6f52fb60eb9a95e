"""MEBeauty: faces in the wild of six ethnicities, rated from 1 to 10 by about 300 people (Lebedeva, Guo, Ying 2021).

Layout of the public repository: ``original_images/SEX/ETHNICITY/NAME.jpg``, and ``scores`` with the parts of 2022, each
line a path, whose last three parts name the picture, and the mean rating. Terms: non-commercial research.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from facescore.errors import DataError

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
    """The table of the official training and validation part of 2022; the test part is left alone.

    A picture that is listed more than once is kept where it comes first, so that none is in both parts.

    Args:
        data: the folder that holds ``mebeauty``.

    Returns:
        One row a picture: ``file`` (SEX/ETHNICITY/NAME), ``path``, ``partition`` (train or validation), ``sex``,
        ``ethnicity``, ``group`` (ethnicity and sex), ``score`` (mean rating, 1 to 10), and of the single ratings
        behind it the standard deviation ``spread`` and number ``raters``, nan where the list of them is not there.

    Raises:
        DataError: the data set, or a part of it, is not there.
    """
    folder = data / FOLDER
    table = pd.concat([_part(folder, name).assign(partition=name) for name in PARTS], ignore_index=True)
    table = table.drop_duplicates("file", ignore_index=True)
    table[["sex", "ethnicity", "name"]] = table["file"].str.split("/", expand=True)
    table = table.assign(
        path=[data / SOURCE["pictures"] / file for file in table["file"]],
        group=table["ethnicity"] + " " + table["sex"],
    ).drop(columns="name")
    spread = folder / "scores" / SPREAD
    if not spread.is_file():
        return table.assign(spread=np.nan, raters=np.nan)
    ratings = pd.read_csv(spread).drop_duplicates("path").set_index("path").rename(columns={"sd": "spread"})
    return table.join(ratings[["spread", "raters"]], on="file")


def _part(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "scores" / PARTS[name]
    try:
        lines = [line.rsplit(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        rows = [("/".join(picture.split("/")[-3:]), float(score)) for picture, score in lines]
    except (OSError, ValueError) as error:
        raise DataError(
            f"MEBeauty is not complete in {folder}: {error}. "
            f"Name the folder that holds '{FOLDER}' by --data or FACESCORE_DATA."
        ) from error
    return pd.DataFrame(rows, columns=["file", "score"])
