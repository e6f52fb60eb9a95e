"""A result is written once and whole, whatever happens on the way."""

import json
from pathlib import Path

import pytest

from facescore import InvalidRequest, StorageError
from facescore.batch import parts
from facescore.batch.tables import Record
from facescore.batch.worker import Job


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """70 files that are not read here: two chunks and a part of a third."""
    (tmp_path / "photos").mkdir()
    for number in range(70):
        (tmp_path / "photos" / f"{number:02}.jpg").touch()
    return tmp_path / "photos"


def record(photo: str) -> Record:
    return {"photo": photo, "face": 0, "error": "It is gone."}


def test_what_is_done_is_not_done_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with parts.opened(out, [str(folder)], Job()) as kept:
        assert kept.photos == 70
        assert [(number, len(items)) for number, items in kept.left()] == [(0, 32), (1, 32), (2, 6)]
        _, _, (number, items) = kept.left()
        kept.write(number, [record(item.id) for item in items])
    (folder / "new.jpg").touch()  # the list is that of the start
    with parts.opened(out, [str(folder)], Job()) as kept:
        assert (kept.photos, kept.photos_done()) == (70, 6)
        for number, items in kept.left():
            assert number < 2
            kept.write(number, [record(item.id) for item in items])
        assert list(kept.left()) == []
        counts = kept.finish(out)
    assert counts == {"photos": 70, "unread": 70}
    photos = [line.split(",")[1] for line in out.read_text().splitlines()[1:]]
    assert photos == [f"{folder}/{number:02}.jpg" for number in range(70)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "photos"]


def test_a_run_with_other_photos_or_options_is_not_mixed_in(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with parts.opened(out, [str(folder)], Job()) as kept:
        kept.write(0, [record("a")])
    for inputs, job in (([str(folder / "00.jpg")], Job()), ([str(folder)], Job(group="AF"))):
        with (
            pytest.raises(InvalidRequest, match="holds part of a run with other"),
            parts.opened(out, inputs, job),
        ):
            pass
    with parts.opened(out, [str(folder)], Job()) as kept:
        assert kept.photos_done() == 32


def test_a_run_that_was_killed_before_anything_was_done_gives_way_to_another(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    half = parts.folder_of(out)
    with parts.opened(out, [str(folder)], Job()):
        description = (half / parts.DESCRIPTION).read_text()
    half.mkdir()
    (half / parts.DESCRIPTION).write_text(description)
    with parts.opened(out, [str(folder / "00.jpg")], Job(group="AF")) as kept:
        assert kept.photos == 1


def test_the_same_name_in_another_folder_is_another_photo(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.csv"
    monkeypatch.chdir(tmp_path)
    with parts.opened(out, ["photos"], Job()) as kept:
        kept.write(0, [record("a")])
    with parts.opened(out, [str(folder)], Job()) as kept:
        assert kept.photos_done() == 32
    (tmp_path / "elsewhere" / "photos").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(InvalidRequest, match="with other photos"), parts.opened(out, ["photos"], Job()):
        pass


def test_what_a_removal_left_that_was_ended_is_not_mixed_in(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with parts.opened(out, [str(folder)], Job()) as kept:
        kept.write(0, [record("a")])
    (parts.folder_of(out) / parts.DESCRIPTION).unlink()
    with parts.opened(out, [str(folder / "00.jpg")], Job()) as kept:
        assert (kept.photos, kept.photos_done()) == (1, 0)


def test_two_runs_never_write_the_same_result(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with (
        parts.opened(out, [str(folder)], Job()),
        pytest.raises(StorageError, match="Another run is writing"),
        parts.opened(out, [str(folder)], Job()),
    ):
        pass


def test_nothing_stays_of_a_run_that_did_nothing(folder: Path, tmp_path: Path) -> None:
    with parts.opened(tmp_path / "out.csv", [str(folder)], Job()):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_a_list_that_was_not_completed_is_made_anew(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    half = parts.folder_of(out)
    half.mkdir()
    (half / parts.LIST).write_text(json.dumps(["a", "/a.jpg", ""]) + "\n")
    with parts.opened(out, [str(folder)], Job()) as kept:
        assert kept.photos == 70
