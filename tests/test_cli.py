import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import PIL.Image
import pytest

from facescore import Scorer, __version__, read_image
from facescore.batch import local, parts
from facescore.batch.tables import Record
from facescore.cli import app, main
from facescore.images import Image
from facescore.scoring.scorer import WARNINGS
from facescore.settings import ROOT


class Run(NamedTuple):
    """How a command ended, and what it wrote."""

    returncode: int | str | None
    stdout: str
    stderr: str


def facescore(*arguments: object, **environment: str) -> Run:
    """Run the command line as a user would, but in this process: `test_terminal` starts it as a process."""
    written = {name: io.BytesIO() for name in ("stdout", "stderr")}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(sys, "argv", ["facescore", *map(str, arguments)])
        for name, value in environment.items():
            patch.setenv(name, value)
        for name, output in written.items():
            patch.setattr(sys, name, io.TextIOWrapper(output, "utf-8", write_through=True))
        with pytest.raises(SystemExit) as ended:
            main()
        return Run(ended.value.code, *(output.getvalue().decode() for output in written.values()))


@pytest.fixture
def photo_of_two(tmp_path: Path, two_faces: Image) -> Path:
    PIL.Image.fromarray(two_faces).save(tmp_path / "two.png")
    return tmp_path / "two.png"


@pytest.fixture
def photo_of_none(tmp_path: Path, meadow: Image) -> Path:
    PIL.Image.fromarray(meadow).save(tmp_path / "meadow.png")
    return tmp_path / "meadow.png"


@pytest.fixture
def not_a_photo(tmp_path: Path) -> Path:
    (tmp_path / "text.jpg").write_text("hello")
    return tmp_path / "text.jpg"


def test_a_photo_gives_a_readable_table(photo_of_two: Path) -> None:
    run = facescore("score", photo_of_two)
    assert run.returncode == 0
    title, header, *faces, meaning = run.stdout.strip().splitlines()
    assert title == f"{photo_of_two}: 2 faces, in reading order"
    assert all(word in header for word in ("beauty", "interval", "percentile of all faces", "attractive"))
    assert [row.split()[0] for row in faces] == ["1", "2"]
    assert faces[0].strip().endswith("unlike")  # Grace Hopper's
    assert meaning == f"unlike: {WARNINGS['unlike']}"
    assert run.stderr == ""
    assert len({line.index("%") for line in faces}) == 1


def test_json_has_every_photo_and_face(photo_of_two: Path, photo_of_none: Path) -> None:
    run = facescore("score", "--json", "--group", "AF", photo_of_two, photo_of_none)
    assert run.returncode == 0
    two, none = json.loads(run.stdout)
    assert two["photo"] == str(photo_of_two)
    assert [face["group"] for face in two["faces"]] == ["AF", "AF"]
    assert none == {"photo": str(photo_of_none), "faces": []}


def test_a_photo_without_a_face_is_said_and_no_error(photo_of_none: Path) -> None:
    run = facescore("score", photo_of_none)
    assert run.returncode == 0
    assert "No face was found" in run.stdout


def test_bad_input_exits_2_with_one_line_and_the_other_photos_are_scored(
    not_a_photo: Path, astronaut_path: Path
) -> None:
    run = facescore("score", not_a_photo, astronaut_path)
    assert run.returncode == 2
    errors = [line for line in run.stderr.splitlines() if line.startswith("facescore:")]
    assert len(errors) == 1
    assert f"{not_a_photo}: This file is not a picture" in errors[0]
    assert "astronaut.jpg: 1 face," in run.stdout


def test_bad_input_alone_says_one_line_and_nothing_else(not_a_photo: Path) -> None:
    run = facescore("score", not_a_photo)
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
    assert run.stdout == ""


def test_the_overlay_never_replaces_the_photo(tmp_path: Path, astronaut_path: Path) -> None:
    photo = tmp_path / "own.png"
    photo.write_bytes(astronaut_path.read_bytes())
    for overlay in (photo, tmp_path / "out.jpg"):
        run = facescore("score", photo, "--overlay", overlay)
        assert run.returncode == 2
        assert "--overlay writes a new .png file" in run.stderr
    assert photo.read_bytes() == astronaut_path.read_bytes()


def test_an_unknown_group_exits_2_with_the_known_ones(astronaut_path: Path) -> None:
    run = facescore("score", "--group", "XX", astronaut_path)
    assert run.returncode == 2
    assert "all, AF, AM, CF, CM" in run.stderr
    assert "Traceback" not in run.stderr


def test_another_network_may_predict_the_rating(astronaut_path: Path, scorer: Scorer, astronaut: Image) -> None:
    (report,) = json.loads(facescore("score", "--json", "--network", "beauty-resnet50", astronaut_path).stdout)
    assert report["faces"] == [face.to_dict() for face in scorer.with_beauty("beauty-resnet50").score(astronaut)]
    run = facescore("score", "--network", "none", astronaut_path)
    assert run.returncode == 2
    assert "beauty, beauty-resnet50" in run.stderr


def test_celebas_label_is_added_on_demand_and_said_to_be_no_gender(photo_of_two: Path) -> None:
    shown = facescore("score", "--attribute", "male", photo_of_two)
    assert shown.returncode == 0
    assert re.search(r"^male: face 1 \d+%, face 2 \d+%$", shown.stdout, re.MULTILINE)
    assert "not a person's gender" in shown.stdout
    (photo,) = json.loads(facescore("score", "--json", "--attribute", "male", photo_of_two).stdout)
    assert all(0 <= face["male"] <= 1 for face in photo["faces"])
    (plain,) = json.loads(facescore("score", "--json", photo_of_two).stdout)
    assert all("male" not in face for face in plain["faces"])


def test_an_unknown_attribute_exits_2_with_the_known_ones(astronaut_path: Path) -> None:
    run = facescore("score", "--attribute", "bald", astronaut_path)
    assert run.returncode == 2
    assert run.stderr == "facescore: There is no attribute 'bald'. Choose one of: male.\n"


def test_the_overlay_is_a_picture_of_the_photos_size(tmp_path: Path, astronaut_path: Path, astronaut: Image) -> None:
    run = facescore("score", astronaut_path, "--overlay", tmp_path / "out.png")
    assert run.returncode == 0
    overlay = read_image(tmp_path / "out.png")
    assert overlay.shape == astronaut.shape
    assert (overlay != astronaut).any()


def test_the_overlay_draws_one_photo(tmp_path: Path, astronaut_path: Path) -> None:
    run = facescore("score", astronaut_path, astronaut_path, "--overlay", tmp_path / "out.png")
    assert run.returncode == 2
    assert "--overlay draws one photo" in run.stderr


def test_an_overlay_that_cannot_be_written_exits_2(tmp_path: Path, astronaut_path: Path) -> None:
    (tmp_path / "file").touch()
    run = facescore("score", astronaut_path, "--overlay", tmp_path / "file" / "out.png")
    assert run.returncode == 2
    assert "cannot be written" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_meaningless_setting_exits_2(astronaut_path: Path) -> None:
    run = facescore("score", astronaut_path, FACESCORE_DETECTOR="haar")
    assert run.returncode == 2
    assert "FACESCORE_DETECTOR must be one of mtcnn, yunet" in run.stderr


def test_training_an_unknown_recipe_exits_2_with_the_known_ones(tmp_path: Path) -> None:
    run = facescore("train", "nonsense", "--data", tmp_path)
    assert run.returncode == 2
    known = "attractive-simple, attractive-hotornot, attractive-cam, attractive, beauty-mobilefacenet,"
    assert f"Choose one of: {known}" in run.stderr


def test_training_without_data_exits_2(tmp_path: Path) -> None:
    run = facescore("train", "beauty-mobilefacenet", "--data", tmp_path, "--runs", tmp_path)
    assert run.returncode == 2
    assert "SCUT-FBP5500 is not complete" in run.stderr


def test_the_version_is_told() -> None:
    assert facescore("--version").stdout.strip() == f"facescore {__version__}"


def test_photos_folders_and_archives_are_ranked_in_one_table(
    photo_of_two: Path, astronaut_path: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as zipped:
        zipped.write(astronaut_path, "moon.jpg")
    run = facescore("rank", photo_of_two, tmp_path / "photos.zip")
    assert (run.returncode, run.stderr) == (0, "")
    header, *rows, _, note, meaning = run.stdout.strip().splitlines()
    assert all(word in header for word in ("rank", "interval", "percentile of all faces", "attractive", "photo"))
    ratings = [float(row.split()[1]) for row in rows]
    assert len(ratings) == 3
    assert ratings == sorted(ratings, reverse=True)
    assert {re.split(r"\s{2,}", row.strip())[5] for row in rows} == {
        *(f"{photo_of_two} (1)", f"{photo_of_two} (2)", f"{tmp_path / 'photos.zip'}/moon.jpg (1)")
    }
    assert "the order of those faces says little" in note
    assert meaning == f"unlike: {WARNINGS['unlike']}"


def test_ranking_writes_csv_and_json(photo_of_two: Path, photo_of_none: Path, tmp_path: Path) -> None:
    """The printed faces are ranked, those in the file are in the order of the photos."""
    photos = ["rank", photo_of_none, photo_of_two, "--group", "AF"]
    told = json.loads(facescore(*photos, "--json").stdout)
    assert [face["rank"] for face in told["faces"]] == [1, 2]
    assert [failure["photo"] for failure in told["failures"]] == [str(photo_of_none)]
    run = facescore(*photos, "-o", tmp_path / "out" / "a.csv")
    assert (run.returncode, run.stderr) == (0, "")
    assert "2 faces in 2 photos. No face was found in 1; 0 could not be read" in run.stdout
    rows = list(csv.DictReader((tmp_path / "out" / "a.csv").read_text(encoding="utf-8-sig").splitlines()))
    faces = sorted(rows[1:], key=lambda row: int(row["rank"]))
    assert [float(row["beauty"]) for row in faces] == [face["beauty"] for face in told["faces"]]
    assert [row["group"] for row in rows] == ["", "AF", "AF"]


def test_another_network_may_rank(astronaut_path: Path, scorer: Scorer, astronaut: Image) -> None:
    told = json.loads(facescore("rank", "--json", "--network", "beauty-resnet50", astronaut_path).stdout)
    (face,) = scorer.with_beauty("beauty-resnet50").score(astronaut)
    assert told["faces"][0]["beauty"] == pytest.approx(face.beauty, abs=0.001)
    run = facescore("rank", "--network", "none", astronaut_path)
    assert run.returncode == 2
    assert "beauty, beauty-resnet50" in run.stderr


def test_what_cannot_be_ranked_is_listed_and_exits_2(not_a_photo: Path, astronaut_path: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK")
    run = facescore("rank", not_a_photo, tmp_path / "broken.zip", astronaut_path)
    assert run.returncode == 2
    errors = [line for line in run.stderr.splitlines() if line.startswith("facescore:")]
    assert f"{not_a_photo}: This file is not a picture" in errors[0]
    assert f"{tmp_path / 'broken.zip'}: This is not a zip archive" in errors[1]
    assert "astronaut.jpg (1)" in run.stdout


def test_the_result_never_replaces_a_photo(tmp_path: Path, astronaut_path: Path) -> None:
    photo = tmp_path / "own.jpg"
    photo.write_bytes(astronaut_path.read_bytes())
    run = facescore("rank", astronaut_path, "-o", photo)
    assert run.returncode == 2
    assert "-o writes a .csv or .parquet file" in run.stderr
    assert photo.read_bytes() == astronaut_path.read_bytes()


def test_the_result_never_replaces_the_list_of_photos(tmp_path: Path) -> None:
    (tmp_path / "list.parquet").write_bytes(b"mine")
    (tmp_path / "out.parquet").symlink_to("list.parquet")
    for out in ("list.parquet", "out.parquet"):
        run = facescore("rank", tmp_path / "list.parquet", "-o", tmp_path / out)
        assert (run.returncode, run.stderr.count("is to be read and would be overwritten")) == (2, 1)
    assert (tmp_path / "list.parquet").read_bytes() == b"mine"


def test_json_is_printed_or_a_file_is_written(tmp_path: Path, astronaut_path: Path) -> None:
    run = facescore("rank", astronaut_path, "--json", "-o", tmp_path / "a.csv")
    assert run.returncode == 2
    assert "Leave one of the two out" in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_result_that_cannot_be_written_exits_2(tmp_path: Path, astronaut_path: Path) -> None:
    (tmp_path / "file").touch()
    run = facescore("rank", astronaut_path, "-o", tmp_path / "file" / "a.csv")
    assert run.returncode == 2
    assert "cannot be written" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_stopped_ranking_keeps_what_was_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], astronaut_path: Path
) -> None:
    """Ctrl-C after the first chunk."""

    def stopped_after_first(*arguments: Any) -> Iterator[tuple[int, int, list[Record]]]:
        yield next(iter(score(*arguments)))
        raise KeyboardInterrupt

    score = local.score
    monkeypatch.setattr(local, "score", stopped_after_first)
    monkeypatch.setattr(parts, "CHUNK", 1)
    monkeypatch.setattr(local, "cores", lambda: 1)
    with pytest.raises(SystemExit) as stopped:
        app(["rank", str(astronaut_path), "next.jpg"])
    assert stopped.value.code == 130
    told = capsys.readouterr()
    assert "astronaut.jpg (1)" in told.out
    assert "Stopped after 1 of 2 photos" in told.err
