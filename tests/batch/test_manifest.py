import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from facescore import InvalidImage, read_image
from facescore.batch.manifest import EMPTY, ITSELF, Item, chunks, listed, load, read, save, shown
from facescore.scoring.archives import GONE

DEEP = 1200  # folders in folders: more than Python nests calls


@pytest.fixture
def folder(tmp_path: Path, astronaut_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Named relatively: photos with a subfolder, an archive whose two pictures have one name, and other files."""
    (tmp_path / "photos" / "b" / "deep").mkdir(parents=True)
    (tmp_path / "photos" / ".hidden").mkdir()
    for name in ("z.jpg", "a.PNG", "b/deep/c.jpg", ".hidden/d.jpg"):
        shutil.copy(astronaut_path, tmp_path / "photos" / name)
    (tmp_path / "photos" / "notes.doc").touch()
    with zipfile.ZipFile(tmp_path / "photos" / "b" / "more.zip", "w") as archive:
        archive.write(astronaut_path, "e.jpg")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.write(astronaut_path.with_name("grace_hopper.jpg"), "e.jpg")
    monkeypatch.chdir(tmp_path)
    return Path("photos")


NAMES = [
    "photos/a.PNG",
    "photos/z.jpg",
    "photos/b/more.zip/e.jpg",
    "photos/b/more.zip/e.jpg (2)",
    "photos/b/deep/c.jpg",
]


def names(*inputs: object) -> list[str]:
    return [item.id for item in listed(map(str, inputs))]


def test_a_folder_gives_its_pictures_and_archives_then_those_of_its_subfolders(folder: Path) -> None:
    assert names(folder) == NAMES


def test_a_photo_that_is_named_twice_is_scored_once(folder: Path) -> None:
    assert names(folder, "photos/z.jpg", folder) == NAMES


def test_a_glob_gives_what_matches(folder: Path) -> None:
    assert names("photos/**/*.jpg") == ["photos/b/deep/c.jpg", "photos/z.jpg"]
    assert names("photos/*.gif") == ["photos/*.gif"]


def test_a_list_names_photos_folders_and_addresses(folder: Path) -> None:
    Path("list.txt").write_text("photos/z.jpg\n\n  photos/b\nhttp://127.0.0.1/a.jpg\n", encoding="utf-8")
    assert names("list.txt") == ["photos/z.jpg", *NAMES[2:], "http://127.0.0.1/a.jpg"]


def test_a_list_that_names_itself_ends(folder: Path) -> None:
    Path("all.txt").write_text("./all.txt\nmore.txt\nphotos/z.jpg\n", encoding="utf-8")
    Path("more.txt").write_text("*[l].txt\nphotos/a.PNG\n", encoding="utf-8")
    items = list(listed(["all.txt"]))
    assert [item.id for item in items if not item.error] == ["photos/a.PNG", "photos/z.jpg"]
    assert [(item.id, item.error) for item in items if item.error] == [("./all.txt", ITSELF), ("all.txt", ITSELF)]


def test_a_name_in_a_list_ends_with_its_line_alone(folder: Path) -> None:
    (folder / "a\u2028b\x0c.jpg").touch()
    Path("list.txt").write_text("photos/a\u2028b\x0c.jpg\r\nphotos/z.jpg", encoding="utf-8")
    assert names("list.txt") == ["photos/a\\u2028b\\x0c.jpg", "photos/z.jpg"]


def test_a_name_that_no_file_can_have_is_an_item_with_its_error(folder: Path) -> None:
    strange = ["a\0.jpg", "a\0.txt", "a\0/*.jpg", "a\0.zip", "a\0.parquet"]
    Path("list.txt").write_text("\n".join(strange), encoding="utf-8")
    items = list(listed(["list.txt"]))
    assert [item.id for item in items] == [shown(name) for name in strange]
    for item in items:
        with pytest.raises(InvalidImage):
            raise InvalidImage(item.error) if item.error else AssertionError(read(item.path))


def test_folders_may_be_as_deep_as_a_path_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(DEEP):
        Path("a").mkdir()
        os.chdir("a")
    Path("photo.jpg").touch()
    found = names(tmp_path)
    Path("photo.jpg").unlink()
    for _ in range(DEEP):  # here, because what clears temporary folders nests calls, too
        os.chdir("..")
        Path("a").rmdir()
    assert found == [f"{tmp_path}/{'a/' * DEEP}photo.jpg"]


def test_no_picture_of_a_manifest_is_lost_to_another_with_its_id(folder: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(
        arrow.table({"id": ["one", "one", "two", "one"], "path": ["z.jpg", "z.jpg", "z.jpg", "a.PNG"]}),
        folder / "list.parquet",
    )
    found = {item.id: Path(item.path).name for item in listed(["photos/list.parquet"])}
    assert found == {"one": "z.jpg", "two": "z.jpg", "one (2)": "a.PNG"}


def test_no_picture_is_lost_to_another_manifest_or_to_a_number(folder: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    for name, ids, pictures in (
        ("one", ["1", "1", "1 (2)"], ["z.jpg", "a.PNG", "b/deep/c.jpg"]),
        ("two", ["1"], [".hidden/d.jpg"]),
    ):
        parquet.write_table(arrow.table({"id": ids, "path": pictures}), folder / f"{name}.parquet")
    asked = [str(folder / f"{name}.parquet") for name in ("one", "two", "one")]
    found = {item.id: Path(item.path).name for item in listed(asked)}
    assert found == {"1": "z.jpg", "1 (2)": "a.PNG", "1 (2) (2)": "c.jpg", "1 (3)": "d.jpg"}


def test_a_link_that_leads_nowhere_does_not_hide_the_others(folder: Path) -> None:
    for name in ("m.jpg", "m.zip"):
        (folder / name).symlink_to(name)
    assert names(folder) == [NAMES[0], "photos/m.jpg", *NAMES[1:]]


def test_an_address_with_a_query_is_a_picture() -> None:
    (item,) = listed(["https://example.org/a.jpg?w=600"])
    assert item.path == item.id == "https://example.org/a.jpg?w=600"


def test_every_item_can_be_read_from_any_folder(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = list(listed([str(folder)]))
    monkeypatch.chdir("/")
    images = [read_image(read(item.path)) for item in items]
    assert [image.shape for image in images] == [(512, 512, 3)] * 3 + [(600, 512, 3)] + [(512, 512, 3)]


def test_what_cannot_be_listed_is_an_item_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.txt").touch()
    os.mkfifo(tmp_path / "pipe.jpg")
    broken, empty, no_lines, pipe, missing = listed(
        str(tmp_path / name) for name in ("broken.zip", "empty", "empty.txt", "pipe.jpg", "missing.txt")
    )
    assert "not a zip archive" in broken.error
    assert empty.error == no_lines.error == EMPTY
    assert "not an ordinary file" in pipe.error
    assert missing.error == "It cannot be opened: No such file or directory. Check its name."


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open any folder")
def test_a_folder_that_may_not_be_opened_does_not_hide_the_others(folder: Path) -> None:
    (folder / "b").chmod(0)
    *photos, closed = listed([str(folder)])
    (folder / "b").chmod(0o700)
    assert [photo.id for photo in photos] == NAMES[:2]
    assert "Permission denied" in closed.error


def test_names_are_text_that_stays_different() -> None:
    strange = ["照😀.jpg", "no \udcff.jpg", "no \udcfe.jpg", "a\\b", "a\\\\b", "\x1b[2J\n"]
    assert shown(strange[0]) == strange[0]
    assert len({shown(name) for name in strange}) == len(strange)
    assert all(shown(name).isprintable() and shown(name).encode() for name in strange)


def test_items_survive_a_file(tmp_path: Path) -> None:
    items = [Item("no \\udcff", "/no \udcff"), Item("照", "", "It is gone.")]
    with (tmp_path / "list").open("wb") as file:
        save(items, file)
    with (tmp_path / "list").open("rb") as file:
        assert list(load(file)) == items


def test_chunks_hold_all_items_in_order() -> None:
    items = [Item(str(number), "") for number in range(7)]
    assert [len(chunk) for chunk in chunks(items, 3)] == [3, 3, 1]
    assert [item for chunk in chunks(items, 3) for item in chunk] == items


def test_an_archive_that_has_changed_is_a_sentence(folder: Path) -> None:
    *_, second = [item for item in listed([str(folder)]) if "e.jpg" in item.id]
    Path("photos/b/more.zip").unlink()
    with pytest.raises(InvalidImage, match=GONE):
        read(second.path)


@pytest.mark.parametrize("address", ["member://a.jpg", "member://x::a.zip/b.jpg", "member://::.jpg", "member://0::\0"])
def test_an_address_made_up_by_a_user_is_a_sentence(address: str) -> None:
    with pytest.raises(InvalidImage):
        read(address)


def test_pictures_behind_addresses_are_found_and_read(astronaut_path: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    for name in ("/shots/a.jpg", "/shots/more/b.jpg", "/shots/notes.txt"):
        memory.pipe(name, astronaut_path.read_bytes())
    assert names("memory://shots") == ["memory:///shots/a.jpg", "memory:///shots/more/b.jpg"]
    assert names("memory://shots/*.jpg") == ["memory:///shots/a.jpg"]
    (item,) = listed(["memory://shots/a.jpg"])
    assert np.array_equal(read_image(read(item.path)), read_image(astronaut_path))
    with pytest.raises(InvalidImage, match="address cannot be read"):
        read("memory://shots/missing.jpg")
    (unknown,) = listed(["nowhere://shots"])
    assert "address cannot be read: Protocol not known" in unknown.error
