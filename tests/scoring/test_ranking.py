import csv
import io
import os
import socket
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import PIL.Image
import pytest

from facescore import InvalidImage, InvalidRequest, Scorer
from facescore.images import MAX_BYTES, Image
from facescore.scoring import ranking
from facescore.scoring.archives import GONE, MAX_ENTRIES
from facescore.scoring.ranking import Row, Source
from facescore.scoring.scorer import NO_FACE, WARNINGS


def opened(*paths: Path) -> list[tuple[str, Source]]:
    return ranking.open_sources((path.name, path) for path in paths)


def errors(rows: list[Row]) -> list[tuple[str, str]]:
    """Why photos have no face."""
    return [(row.photo, str(row.error)) for row in rows]


def rated(photo: str, beauty: float, interval: tuple[float, float] = (2.0, 4.0), side: int = 10) -> Row:
    numbers = {
        "box": [0, 0, side, side],
        "beauty": beauty,
        "beauty_interval": list(interval),
        "percentile": 50.0,
        "percentile_interval": [40.0, 60.0],
        "group": "all",
        "attractive": 0.5,
        "warnings": ["small"],
    }
    return Row(photo, 1, numbers, b"jpeg")


@pytest.fixture
def archive(tmp_path: Path, astronaut_path: Path) -> Path:
    """A photo, a text named .jpg, and what systems and people put beside photos."""
    with zipfile.ZipFile(tmp_path / "holiday.zip", "w") as zipped:
        zipped.write(astronaut_path, "../day 1/astronaut.JPG")
        zipped.writestr("text.jpg", "hello")
        for name in ("day 1/", "__MACOSX/day 1/._astronaut.jpg", ".hidden.jpg", "notes.txt"):
            zipped.writestr(name, "")
    return tmp_path / "holiday.zip"


def test_every_face_of_a_photo_is_a_row_as_the_scorer_says(scorer: Scorer, two_faces: Image) -> None:
    rows = ranking.score_photo(scorer, "two", two_faces, "CF")
    assert [row.numbers for row in rows] == [face.to_dict() for face in scorer.score(two_faces, "CF")]
    assert [(row.photo, row.face, row.error) for row in rows] == [("two", 1, None), ("two", 2, None)]
    assert all(PIL.Image.open(io.BytesIO(row.thumbnail)).size == (ranking.THUMBNAIL,) * 2 for row in rows)


def test_faces_are_ranked_highest_first_and_the_rest_comes_last(
    scorer: Scorer, two_faces: Image, meadow: Image
) -> None:
    sources: list[tuple[str, Source]] = [("meadow", meadow), ("two", two_faces), ("text", b"hello")]
    rows = [row for photo in ranking.score_photos(scorer, sources) for row in photo]
    frame = ranking.table(rows)
    assert frame["rank"].tolist()[:2] == [1, 2]
    assert frame["beauty"][0] > frame["beauty"][1]
    assert frame["photo"].tolist() == ["two", "two", "meadow", "text"]
    assert frame["error"][2] == NO_FACE
    assert "not a picture" in frame["error"][3]
    assert frame["rank"].isna().tolist() == [False, False, True, True]


def test_equal_ratings_share_a_rank_in_the_order_they_came() -> None:
    rows = [rated("a", 2.0), rated("b", 3.0), rated("c", 3.0), rated("d", 1.0)]
    assert [(rank, row.photo) for rank, row in ranking.ranked(rows)] == [(1, "b"), (1, "c"), (3, "a"), (4, "d")]


def test_faces_are_level_while_their_intervals_meet() -> None:
    first = rated("a", 4.0, (3.5, 4.5))
    assert ranking.is_level(rated("b", 3.2, (2.9, 3.5)), first)
    assert not ranking.is_level(rated("c", 3.0, (2.8, 3.4)), first)


def test_the_best_shot_is_the_largest_face_of_each_photo_even_of_one_name() -> None:
    photos = [
        [rated("a", 4.0, side=5), rated("a", 2.0, side=9)],
        [rated("a", 3.0)],
        [Row("b", error=InvalidImage(NO_FACE))],
    ]
    assert [(rank, row.numbers["beauty"]) for rank, row in ranking.best_shots(photos)] == [(1, 3.0), (2, 2.0)]


def test_a_photo_is_there_before_the_next_one_is_read(scorer: Scorer, meadow: Image) -> None:
    def sources() -> Iterator[tuple[str, Source]]:
        yield "meadow", meadow
        pytest.fail("read too early")

    assert errors(next(ranking.score_photos(scorer, sources()))) == [("meadow", NO_FACE)]


def test_an_unknown_group_is_refused(scorer: Scorer, meadow: Image) -> None:
    with pytest.raises(InvalidRequest, match="all, AF, AM, CF"):
        ranking.score_photo(scorer, "meadow", meadow, "XX")


def test_an_archive_gives_its_photos_and_only_them(scorer: Scorer, archive: Path, astronaut: Image) -> None:
    (good,), (bad,) = ranking.score_photos(scorer, opened(archive))
    assert good.photo == "holiday.zip/../day 1/astronaut.JPG"
    assert good.numbers == scorer.score(astronaut)[0].to_dict()
    assert bad.photo == "holiday.zip/text.jpg"
    assert "not a picture" in str(bad.error)
    assert sorted(path.name for path in archive.parent.iterdir()) == ["holiday.zip"]  # nothing was unpacked


def test_a_folder_gives_its_pictures_in_order(tmp_path: Path, astronaut_path: Path) -> None:
    for name in ("b.jpg", "a.PNG", "notes.txt", ".hidden.jpg"):
        (tmp_path / name).touch()
    (tmp_path / "within.jpg").mkdir()
    folder = tmp_path.name
    assert [name for name, _ in opened(tmp_path, astronaut_path)] == [
        f"{folder}/a.PNG",
        f"{folder}/b.jpg",
        "astronaut.jpg",
    ]


def reason(path: Path) -> str:
    """Why a file as a whole is refused."""
    ((_, source),) = opened(path)
    assert isinstance(source, InvalidImage)
    return str(source)


def test_folders_and_archives_without_a_picture_say_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as zipped:
        zipped.writestr("notes.txt", "")
    (tmp_path / "empty").mkdir()
    assert "no picture" in reason(tmp_path / "empty.zip")
    assert "no picture" in reason(tmp_path / "empty")
    assert "cannot be opened: No such file" in reason(tmp_path / "missing.zip")


def test_a_damaged_archive_says_so_and_the_others_are_ranked(scorer: Scorer, archive: Path, meadow: Image) -> None:
    archive.write_bytes(archive.read_bytes()[:2000])
    sources = [*opened(archive), ("meadow", meadow)]
    (broken,), (none,) = ranking.score_photos(scorer, sources)
    assert "or it is damaged. Create or download it again." in str(broken.error)
    assert str(none.error) == NO_FACE


def test_a_damaged_member_says_so(scorer: Scorer, archive: Path) -> None:
    data = bytearray(archive.read_bytes())
    data[5000] ^= 0xFF  # within the photo
    archive.write_bytes(data)
    (row,) = ranking.score_photo(scorer, *opened(archive)[0])
    assert "damaged within its archive" in str(row.error)


def test_an_archive_with_a_password_says_so(archive: Path) -> None:
    data = bytearray(archive.read_bytes())
    entry = data.index(b"PK\x01\x02")
    (flags,) = struct.unpack_from("<H", data, entry + 8)
    struct.pack_into("<H", data, entry + 8, flags | 1)
    archive.write_bytes(data)
    assert "password" in reason(archive)


def test_a_member_that_unpacks_to_too_much_is_refused(scorer: Scorer, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("bomb.jpg", bytes(MAX_BYTES + 1), zipfile.ZIP_STORED)
        zipped.writestr("rare.jpg", bytes(1000), zipfile.ZIP_LZMA)
    sources = opened(tmp_path / "bomb.zip")
    (bomb,), (rare,) = ranking.score_photos(scorer, sources)
    assert "larger than 20 MB" in str(bomb.error)
    assert "compressed in an unusual way" in str(rare.error)


def test_no_more_is_unpacked_than_a_photo_may_have_whatever_size_the_archive_says(
    scorer: Scorer, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("bomb.jpg", (os.urandom(20_000) + bytes(980_000)) * (10 * MAX_BYTES // 1_000_000))
    data = bytearray(path.read_bytes())
    for entry, size_at in ((data.index(b"PK\x03\x04"), 22), (data.rindex(b"PK\x01\x02"), 24)):
        struct.pack_into("<I", data, entry + size_at, 1000)
    path.write_bytes(data)
    sources = opened(path)
    tracemalloc.start()
    ((bomb,),) = ranking.score_photos(scorer, sources)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than 20 MB" in str(bomb.error)
    assert peak < 3 * MAX_BYTES


def test_an_archive_that_is_gone_meanwhile_says_so(scorer: Scorer, archive: Path) -> None:
    sources = opened(archive)
    archive.unlink()
    assert {str(row.error) for rows in ranking.score_photos(scorer, sources) for row in rows} == {GONE}


def test_a_photo_that_is_gone_meanwhile_says_so_and_not_where_it_was(
    scorer: Scorer, tmp_path: Path, astronaut_path: Path
) -> None:
    (photo := tmp_path / "photo.jpg").write_bytes(astronaut_path.read_bytes())
    sources = ranking.open_sources([("photo.jpg", photo)])
    photo.unlink()
    ((row,),) = ranking.score_photos(scorer, sources)
    assert str(row.error) == GONE


def test_more_than_200_photos_are_refused(tmp_path: Path, astronaut_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as zipped:
        for number in range(ranking.MAX_PHOTOS):
            zipped.writestr(f"{number}.jpg", "")
    assert len(opened(tmp_path / "many.zip")) == 200
    with pytest.raises(InvalidRequest, match="more than 200 photos"):
        opened(tmp_path / "many.zip", astronaut_path)


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as zipped:
        for number in range(MAX_ENTRIES + 1):
            zipped.writestr(f"{number}.txt", "")
    assert "more than 2,000 files" in reason(tmp_path / "many.zip")


def lines_of(text: str) -> list[dict[str, str]]:
    """A CSV's lines by column, as Excel reads them: UTF-8 where it begins with a byte order mark."""
    assert text.encode().startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_the_csv_holds_the_table() -> None:
    rows = lines_of(ranking.as_csv([rated('照片,"一".jpg', 3.0), Row("x", error=InvalidImage(NO_FACE))]))
    assert list(rows[0]) == [
        *("rank", "photo", "face", "beauty", "beauty_low", "beauty_high", "percentile", "percentile_low"),
        *("percentile_high", "group", "attractive", "warnings", "error"),
    ]
    assert rows[0]["photo"] == '照片,"一".jpg'
    assert (rows[0]["rank"], rows[0]["face"], rows[0]["beauty_low"], rows[0]["beauty_high"]) == ("1", "1", "2.0", "4.0")
    assert rows[0]["warnings"] == WARNINGS["small"]
    assert (rows[-1]["rank"], rows[-1]["beauty"], rows[-1]["error"]) == ("", "", NO_FACE)


@pytest.mark.parametrize(
    "text",
    [
        *('=HYPERLINK("x")', "+1.jpg", "-1.jpg", "@a.jpg", "＝1.jpg", "＋1.jpg", "－1.jpg", "＠a.jpg"),
        *("\t=1", "\tx", "\rx", "\nx", " =1", "\u3000=1", "\x00=1", "\u200b=1", "\ufeff=1"),
    ],
)
def test_no_text_in_the_csv_is_a_formula(text: str) -> None:
    face = rated(text, 3.0)
    face.numbers["group"] = text
    first, second = lines_of(ranking.as_csv([face, Row("x.jpg", error=InvalidImage(text))]))
    assert [first["photo"], first["group"]] == [f"'{text}"] * 2
    assert not second["error"].startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"))
    assert second["photo"] == "x.jpg"


def test_names_do_nothing_to_a_terminal(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr("\x1b[2Jgone\n.jpg", "")
    assert [name for name, _ in opened(tmp_path / "a.zip")] == ["a.zip/�[2Jgone�.jpg"]


def test_names_are_told_with_their_accents_composed(tmp_path: Path) -> None:
    (tmp_path / "Bjo\u0308rk.jpg").touch()
    assert [name for name, _ in opened(tmp_path)] == [f"{tmp_path.name}/Bj\u00f6rk.jpg"]


def test_what_is_no_ordinary_file_is_a_row_and_is_never_opened(
    scorer: Scorer, tmp_path: Path, astronaut_path: Path
) -> None:
    os.mkfifo(tmp_path / "a pipe.jpg")
    (tmp_path / "device.jpg").symlink_to("/dev/zero")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "nowhere.jpg").symlink_to("missing")
    (tmp_path / "photo.jpg").symlink_to(astronaut_path)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket.jpg"))
        rows = [row for photo in ranking.score_photos(scorer, opened(tmp_path)) for row in photo]
    assert [Path(row.photo).name for row in rows] == [
        *("a pipe.jpg", "device.jpg", "loop.jpg", "nowhere.jpg", "photo.jpg", "socket.jpg")
    ]
    pipe, device, loop, nowhere, photo, bound = (str(row.error) for row in rows)
    assert all(note.startswith("This is not an ordinary file.") for note in (pipe, device, bound))
    assert "cannot be opened" in loop
    assert "cannot be opened" in nowhere
    assert photo == "None"


def test_a_pipe_given_by_name_is_a_row_too(tmp_path: Path) -> None:
    for name in ("pipe.jpg", "pipe.zip"):
        os.mkfifo(tmp_path / name)
        assert reason(tmp_path / name).startswith("This is not an ordinary file.")


def test_photos_that_are_not_reached_in_time_are_rows_and_are_not_read(scorer: Scorer, meadow: Image) -> None:
    read = []

    def sources() -> Iterator[tuple[str, Source]]:
        for number in range(5):
            read.append(number)
            yield f"{number}", meadow

    photos = ranking.score_photos(scorer, sources(), seconds=0.5)
    assert errors(next(photos)) == [("0", NO_FACE)]
    assert read == [0]
    time.sleep(0.6)
    assert [errors(rows) for rows in photos] == [[(f"{number}", ranking.LATE)] for number in range(1, 5)]
    (late,) = ranking.score_photos(scorer, [("a", Path("never opened"))], seconds=0)
    assert errors(late) == [("a", ranking.LATE)]
