from pathlib import Path

import pytest

from facescore import DataError
from facescore.datasets import omi

HEADER = "file,attractive,sd,raters,age,gender,asian,middle_eastern,hispanic,islander,native,black,white,happy\n"
ROWS = (
    "1.jpg,44.6,19,31,50.4,86.9,1.7,19.6,18.8,12.5,13.9,5.1,93,19\n2.jpg,60.6,18,30,31.3,12.6,44,77,70,63,55,73,5,76\n"
)


def write(folder: Path, text: str = HEADER + ROWS) -> Path:
    (folder / omi.FOLDER).mkdir()
    (folder / omi.FOLDER / omi.RATINGS).write_text(text)
    return folder


def test_the_table_holds_the_ratings_and_what_people_saw(tmp_path: Path) -> None:
    table = omi.load(write(tmp_path)).set_index("file")
    assert list(table.index) == ["1.jpg", "2.jpg"]
    assert list(table.loc["1.jpg", ["attractive", "spread", "raters", "age", "gender"]]) == [44.6, 19, 31, 50.4, 86.9]
    assert table.loc["2.jpg", "path"] == tmp_path / "omi" / "images" / "2.jpg"
    assert set(omi.ETHNICITIES) < set(table.columns)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"ratings\.csv.*--data.*'omi'"):
        omi.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (HEADER, 1, "lists no faces"),
        ("file,attractive\n1.jpg,3\n", 1, "does not name the column"),
        (HEADER + ROWS + ROWS, 4, "1.jpg is listed a second time"),
        (HEADER + ROWS.replace("86.9", "186.9"), 2, "'186.9' is not a rating of 0 to 100"),
        (HEADER + ROWS.replace(",30,", ",few,"), 3, "'few' is not a whole number"),
        (HEADER + ROWS.replace("2.jpg", "../2.jpg"), 3, "plain file name"),
        (HEADER + '"1.jpg', 2, "not a row of a CSV file"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, text: str, line: int, sentence: str) -> None:
    with pytest.raises(DataError, match=rf"ratings\.csv, line {line}: .*{sentence}.*from the data set's download"):
        omi.load(write(tmp_path, text))


def test_the_real_faces_have_their_pictures(data: Path) -> None:
    table = omi.load(data)
    assert len(table) == 602
    assert all(path.is_file() for path in table["path"])
    assert (
        table[["attractive", "gender", *omi.ETHNICITIES]].apply(lambda ratings: ratings.between(0, 100)).all(axis=None)
    )
