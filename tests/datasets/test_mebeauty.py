from pathlib import Path

import pytest

from facescore import DataError
from facescore.datasets import mebeauty

PREFIX = "./cropped_images/images_crop_align_mtcnn"


def write(folder: Path, spread: bool = True) -> Path:
    """Four rows in the official layout; one picture is listed in both parts."""
    scores = folder / mebeauty.FOLDER / "scores"
    scores.mkdir(parents=True)
    (scores / "train_2022.txt").write_text(
        f"{PREFIX}/female/asian/a.jpg 6.5\n{PREFIX}/male/black/b.jpg 4.25\n{PREFIX}/female/asian/a.jpg 6.75\n"
    )
    (scores / "val_2022.txt").write_text(f"{PREFIX}/female/asian/a.jpg 6.5\n{PREFIX}/male/mideastern/c d.jpg 5\n")
    if spread:
        (scores / "spread_2022.csv").write_text(
            "part,path,score,mean,sd,raters\ntrain,male/black/b.jpg,4.25,4.2,1.5,8\n"
        )
    return folder


def test_the_table_names_person_groups_and_scores(tmp_path: Path) -> None:
    table = mebeauty.load(write(tmp_path)).set_index("file")
    assert list(table.index) == ["female/asian/a.jpg", "male/black/b.jpg", "male/mideastern/c d.jpg"]
    assert list(table["partition"]) == ["train", "train", "validation"]
    assert list(table["group"]) == ["asian female", "black male", "mideastern male"]
    assert list(table["score"]) == [6.5, 4.25, 5.0]
    assert list(table.loc["male/black/b.jpg", ["spread", "raters"]]) == [1.5, 8]
    assert table["spread"].isna().sum() == 2


def test_the_spread_of_the_ratings_may_be_missing(tmp_path: Path) -> None:
    assert mebeauty.load(write(tmp_path, spread=False))["spread"].isna().all()


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train_2022\.txt.*--data"):
        mebeauty.load(tmp_path)


def test_the_real_parts_share_no_picture(data: Path) -> None:
    table = mebeauty.load(data)
    assert table["file"].is_unique
    assert dict(table["partition"].value_counts()) == {"train": 1761, "validation": 221}
    assert len(mebeauty.left_out(data)) == 3
    assert set(table["ethnicity"]) == set(mebeauty.ETHNICITIES)
    assert set(table["sex"]) == set(mebeauty.SEXES)
    assert table["score"].between(1, 10).all()
    assert all(path.is_file() for path in table["path"])


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"{PREFIX}/female/asian/c.jpg", "columns are needed|is not a rating"),
        (f"{PREFIX}/female/asian/c.jpg nan", "'nan' is not a rating of 1 to 10"),
        (f"{PREFIX}/female/asian/c.jpg 11", "'11' is not a rating of 1 to 10"),
        (f"{PREFIX}/female/martian/c.jpg 5", "ends in SEX/ETHNICITY/NAME"),
        ("c.jpg 5", "ends in SEX/ETHNICITY/NAME"),
        ("female/asian/.. 5", "ends in SEX/ETHNICITY/NAME"),
        ("female/asian/\0.jpg 5", "ends in SEX/ETHNICITY/NAME"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    path = write(tmp_path) / mebeauty.FOLDER / "scores" / "val_2022.txt"
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(DataError, match=rf"val_2022\.txt, line 3: .*({sentence}).*from the data set's download"):
        mebeauty.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a,b\n1,2\n", 1),
        ("path,sd,raters\nx.jpg,1.5,8\ny.jpg,wide,8\n", 3),
        ("path,sd,raters\nx.jpg,1.5\n", 2),
        ("path,sd,raters\nx.jpg,1.5,8.5\n", 2),
        ('path,sd,raters\n"x.jpg,1.5,8\n', 2),
    ],
)
def test_a_damaged_line_of_the_spreads_is_named(tmp_path: Path, text: str, line: int) -> None:
    (write(tmp_path) / mebeauty.FOLDER / "scores" / "spread_2022.csv").write_text(text)
    with pytest.raises(DataError, match=rf"spread_2022\.csv, line {line}: .*from the data set's download"):
        mebeauty.load(tmp_path)
