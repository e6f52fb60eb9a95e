"""One Million Impressions: 1,004 computer-generated faces, rated by about 31 people each (Peterson et al., PNAS 2022).

Layout: ``images/*.jpg`` and ``ratings.csv``, the mean ratings of the public repository jcpeterson/omi. They are
faces of no real person. A folder with only some of them works too. Terms: CC BY-NC-SA 4.0.
"""

import csv
from pathlib import Path

import pandas as pd

from facescore.datasets import lists

FOLDER = "omi"
SOURCE = {
    "name": "One Million Impressions",
    "source": "https://github.com/jcpeterson/omi",
    "licence": "CC BY-NC-SA 4.0: non-commercial, share alike",
    "pictures": f"{FOLDER}/images",
}
RATINGS = "ratings.csv"
ETHNICITIES = ("asian", "middle_eastern", "hispanic", "islander", "native", "black", "white")
LIMITS = {"attractive": 100, "sd": 100, "age": 120, "gender": 100} | dict.fromkeys(ETHNICITIES, 100)


def load(data: Path) -> pd.DataFrame:
    """The table of the faces.

    Args:
        data: the folder that holds ``omi``.

    Returns:
        One row per face: ``file``, ``path``, ``attractive`` (mean rating, 0 to 100) with the standard deviation
        ``spread`` and number ``raters`` of the individual ratings; and what people saw in the face, on average: ``age``
        in years, ``gender`` (0 feminine to 100 masculine), and how well each of `ETHNICITIES` describes it (0 to 100).

    Raises:
        DataError: the data set or a part of it is missing, or a line of its table is damaged.
    """
    path = data / FOLDER / RATINGS
    rows = csv.DictReader(lists.lines(path, SOURCE["name"], FOLDER), strict=True)
    found: dict[str, dict[str, float]] = {}
    try:
        for row in rows:
            file = lists.plain(row["file"] or "")
            if file in found:
                raise ValueError(f"{file} is listed a second time")
            numbers = {name: lists.rating(0, most)(row[name] or "") for name, most in LIMITS.items()}
            found[file] = numbers | {"raters": lists.whole(row["raters"] or "")}
    except KeyError as error:
        raise lists.refusal(path, 1, f"it does not name the column {error}") from error
    except ValueError as error:
        raise lists.refusal(path, rows.line_num, str(error)) from error
    except csv.Error as error:  # raised before the line is counted
        raise lists.refusal(path, rows.line_num + 1, "it is not a row of a CSV file") from error
    if not found:
        raise lists.refusal(path, 1, "it lists no faces")
    table = pd.DataFrame.from_dict(found, orient="index").rename(columns={"sd": "spread"}).rename_axis("file")
    return table.assign(path=[data / SOURCE["pictures"] / file for file in table.index]).reset_index()
