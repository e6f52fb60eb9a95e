import os
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from facescore import InvalidImage
from facescore.scoring.archives import MAX_LIST, members
from facescore.settings import ROOT

CASES = ROOT / "tests" / "cases" / "pictures"


def names(path: Path) -> list[str]:
    return [member.name for member in members(path)]


def central_entry(name: bytes, extra: bytes = b"", packing: int = 0, packed: bytes = b"", plain: bytes = b"") -> bytes:
    """One line of an archive's list, of a member at the file's beginning."""
    sizes = struct.pack("<III", zlib.crc32(plain), len(packed), len(plain))
    lengths = struct.pack("<HHH", len(name), len(extra), 0)
    return b"PK\x01\x02" + struct.pack("<6H", 20, 20, 0, packing, 0, 0) + sizes + lengths + bytes(12) + name + extra


def end(entries: int, size: int, offset: int) -> bytes:
    return b"PK\x05\x06" + struct.pack("<4HIIH", 0, 0, entries, entries, size, offset, 0)


def end64(entries: int, size: int, offset: int) -> bytes:
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, offset + size, 1)
    return record + locator + end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


def named(path: Path, name: bytes, extra: bytes = b"") -> Path:
    """An archive of one empty member, whose name is in no stated encoding."""
    local = b"PK\x03\x04" + struct.pack("<5HIIIHH", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    line = central_entry(name, extra)
    path.write_bytes(local + line + end(1, len(line), len(local)))
    return path


def unicode_path(of: bytes, name: str) -> bytes:
    """The extra field that repeats a name in UTF-8."""
    content = b"\x01" + struct.pack("<I", zlib.crc32(of)) + name.encode()
    return struct.pack("<HH", 0x7075, len(content)) + content


def test_names_in_gbk_and_in_utf_8_without_the_flag_are_read() -> None:
    assert names(CASES / "gbk.zip") == ["照片一.jpg"]
    first, second = names(CASES / "mac.zip")
    assert first == "照片一.jpg"
    assert second.endswith(".JPG")


@pytest.mark.parametrize(
    ("stored", "name"),
    [
        ("Grün.jpg".encode("cp437"), "Grün.jpg"),
        ("Año/niña.jpg".encode("cp437"), "Año/niña.jpg"),
        ("Straße 1.jpg".encode("cp437"), "Straße 1.jpg"),
        ("朱镕基.jpg".encode("gbk"), "朱镕基.jpg"),  # a letter that GB2312 lacks
        ("毕业照（二）.png".encode("gbk"), "毕业照（二）.png"),
        ("été.jpg".encode(), "été.jpg"),
        (b"plain.jpg", "plain.jpg"),
    ],
)
def test_a_name_of_unknown_encoding_is_what_its_owner_wrote(tmp_path: Path, stored: bytes, name: str) -> None:
    assert names(named(tmp_path / "a.zip", stored)) == [name]


def test_a_name_repeated_in_utf_8_counts_where_it_is_of_this_name(tmp_path: Path) -> None:
    stored = "Grün.jpg".encode("cp437")
    assert names(named(tmp_path / "a.zip", stored, unicode_path(stored, "照片.jpg"))) == ["照片.jpg"]
    assert names(named(tmp_path / "b.zip", stored, unicode_path(b"other.jpg", "照片.jpg"))) == ["Grün.jpg"]


@pytest.mark.parametrize(("stored", "found"), [(b"", []), (b"/", []), (b".", []), (b"\0", []), (b"\0.jpg", ["\0.jpg"])])
def test_a_name_that_zipfile_empties_breaks_nothing(tmp_path: Path, stored: bytes, found: list[str]) -> None:
    assert names(named(tmp_path / "a.zip", stored)) == found


def test_photos_in_an_archives_folders_are_taken(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        for name in ("a/b/c.jpg", "d.jpg/", "__MACOSX/a/b/c.jpg", "a/.d.jpg"):
            zipped.writestr(name, "")
    assert names(tmp_path / "a.zip") == ["a/b/c.jpg"]


@pytest.mark.parametrize("entries", [3, 780_000], ids=["said to be few", "said"])
@pytest.mark.parametrize("finish", [end, end64])
def test_a_list_of_very_many_files_is_not_read(tmp_path: Path, entries: int, finish: type) -> None:
    lines = central_entry(b"a.jpg") * (39_000_000 // 51)
    (tmp_path / "a.zip").write_bytes(lines + finish(min(entries, 0xFFFF), len(lines), 0))
    start = time.thread_time()
    with pytest.raises(InvalidImage, match="more than 2,000 files or very long file names"):
        members(tmp_path / "a.zip")
    assert time.thread_time() - start < 0.2


def test_the_longest_list_that_is_read_costs_little(tmp_path: Path) -> None:
    lines = central_entry(b"") * (MAX_LIST // 46)
    (tmp_path / "a.zip").write_bytes(lines + end(1, len(lines), 0))
    start = time.thread_time()
    with pytest.raises(InvalidImage, match="holds more than 2,000 files"):
        members(tmp_path / "a.zip")
    assert time.thread_time() - start < 1


def test_a_picture_is_read_without_the_archives_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listing it again for each of 200 photos took longer than reading them."""
    content = bytes(range(256)) * 100
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr("stored.jpg", content)
        zipped.writestr("packed.jpg", content, zipfile.ZIP_DEFLATED)
        with zipped.open("large.jpg", "w", force_zip64=True) as file:
            file.write(content)
    found = members(tmp_path / "a.zip")
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert [member.read() for member in found] == [content] * 3


def test_what_expands_far_more_than_a_photo_is_refused_soon(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a.jpg", bytes(20_000_000))
        zipped.writestr("white.bmp", bytes(900_000))  # a small drawing, which is mostly white, may
    bomb, drawing = members(tmp_path / "a.zip")
    with pytest.raises(InvalidImage, match="expands far more than a photo"):
        bomb.read()
    assert drawing.read() == bytes(900_000)


def test_only_a_regular_file_is_opened_as_an_archive(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(InvalidImage, match="not an ordinary file"):
        members(tmp_path / "pipe.zip")
    with pytest.raises(InvalidImage, match="not an ordinary file"):
        members(tmp_path)
