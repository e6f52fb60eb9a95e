"""Whatever an archive holds: every picture in it is bytes or a sentence, and so is the archive."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facescore import InvalidImage, InvalidRequest
from facescore.scoring import ranking
from facescore.scoring.archives import Member
from facescore.terminal import printable

SENTENCES = re.compile(r"([A-Z][^.]{5,120}\. ?){1,3}", re.DOTALL)
NAMES = st.text(max_size=20).map(lambda name: f"{name}.jpg") | st.text(min_size=1, max_size=20)
LETTERS = st.text(st.characters(categories=["L", "N"]), min_size=1)
PHOTO_PACKINGS = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
PACKINGS = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
MEMBERS = st.lists(st.tuples(NAMES, st.binary(max_size=300), PACKINGS), max_size=5)
OFTEN = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def packed(members: list[tuple[str, bytes, int]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content, packing in members:
            archive.writestr(zipfile.ZipInfo(name.encode(errors="replace").decode()), content, packing)
    return file.getvalue()


def read(path: Path) -> dict[str, bytes | str]:
    """What every picture in an archive gives: its bytes, or the sentence that it is refused with."""
    found: dict[str, bytes | str] = {}
    try:
        sources = ranking.open_sources([("a.zip", path)])
    except InvalidRequest as error:
        return {"a.zip": str(error)}
    for name, source in sources:
        assert printable(name) == name
        try:
            found[name] = source.read() if isinstance(source, Member) else str(source)
        except InvalidImage as error:
            found[name] = str(error)
    return found


def check(path: Path) -> None:
    for found in read(path).values():
        assert isinstance(found, bytes) or SENTENCES.fullmatch(found), found


@given(content=st.binary(max_size=2000))
@OFTEN
def test_any_bytes_are_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    check(tmp_path / "a.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(
    members=MEMBERS,
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255) | st.just(255)), min_size=1, max_size=8),
    cut=st.integers(0, 40) | st.just(0),
)
@OFTEN
def test_a_changed_archive_gives_pictures_and_sentences(
    members: list[tuple[str, bytes, int]], changes: list[tuple[int, int]], cut: int, tmp_path: Path
) -> None:
    data = bytearray(packed(members))
    for place, value in changes:
        data[-1 - place % len(data)] = value  # its list is at its end
    (tmp_path / "a.zip").write_bytes(data[: len(data) - cut])
    check(tmp_path / "a.zip")


@given(members=st.lists(st.tuples(LETTERS, st.binary(max_size=300), PHOTO_PACKINGS), min_size=1))
@OFTEN
def test_what_was_packed_is_read(members: list[tuple[str, bytes, int]], tmp_path: Path) -> None:
    named = [(f"{number}/{name}.jpg", content, packing) for number, (name, content, packing) in enumerate(members)]
    (tmp_path / "a.zip").write_bytes(packed(named))
    expected = {printable(f"a.zip/{name}"): content for name, content, _ in named}
    assert read(tmp_path / "a.zip") == expected
