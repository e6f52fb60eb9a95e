"""The gate to uploaded files, and the folder that holds them."""

import base64
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from facescore import FaceScoreError
from facescore.settings import ROOT
from facescore.ui import uploads
from facescore.ui.words import say

HOLD = "from facescore.ui import uploads; print(uploads.folder(), flush=True); input()"


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    return tmp_path / "parent"


@pytest.fixture
def folder(parent: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(parent))
    return uploads.folder()


@pytest.fixture
def photo(folder: Path) -> Path:
    with uploads.own_folder() as own:
        (own / "photo.jpg").write_bytes(b"photo")
        return own / "photo.jpg"


def refused(path: object) -> str:
    with pytest.raises(FaceScoreError) as refusal:
        uploads.uploaded(path)
    return str(refusal.value)


def test_an_upload_is_opened(photo: Path) -> None:
    assert uploads.photo({"path": str(photo)}) == photo
    assert uploads.files([{"path": str(photo), "meta": {"_type": "gradio.FileData"}}]) == [photo]
    assert uploads.photo(None) is None
    assert uploads.files(None) == []


def test_nothing_outside_is_and_no_answer_tells_what_is_there(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "there.jpg").write_bytes(b"")
    os.mkfifo(tmp_path / "fifo")
    outside = [tmp_path / "there.jpg", tmp_path / "not there.jpg", tmp_path / "fifo", folder.parent, "/etc/passwd", "/"]
    beside = [
        f"{folder}x/y",
        f"{folder}/../there.jpg",
        f"{folder}/a/../../there.jpg",
        folder,
        folder / ".lock",
        "x",
        "",
    ]
    no_names = [f"{folder}/{name}" for name in ("x" * 300, "a\0b.jpg", "\ud800.jpg")]
    for path in (*outside, *beside, "http://127.0.0.1/x.jpg", "a\0b", "x" * 10_000, *no_names):
        assert refused(str(path)) == uploads.NOT_UPLOADED
    for path in (None, 5, ["x"], {"path": "/etc/passwd"}, b"/etc/passwd", True):
        assert refused(path) == uploads.NOT_UPLOADED


def test_only_regular_files_are_and_no_link_leads_out(folder: Path, tmp_path: Path, photo: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "out").symlink_to(tmp_path)
    (folder / "circle").symlink_to("circle")
    os.mkfifo(folder / "fifo.jpg")
    for name in ("link.jpg", "out/secret.jpg", "fifo.jpg", "circle", photo.parent.name):
        assert refused(str(folder / name)) == uploads.NOT_UPLOADED


@pytest.mark.parametrize(
    "payload", ["/etc/passwd", {"url": "data:image/png;base64,AAAA"}, {"path": None}, {"path": {}}, [], 5, {}, True]
)
def test_a_payload_of_another_form_is_refused(folder: Path, payload: object) -> None:
    with pytest.raises(FaceScoreError, match="Only files that were uploaded"):
        uploads.photo(payload)
    if payload != []:
        with pytest.raises(FaceScoreError, match="Only files that were uploaded"):
            uploads.files([payload])


def test_what_was_deleted_is_asked_for_again(photo: Path) -> None:
    photo.unlink()
    assert refused(str(photo)) == say("errors.gone")


def test_a_large_photo_and_a_large_archive_are_refused(photo: Path) -> None:
    os.truncate(photo, 20_000_001)
    assert "20 MB" in refused(str(photo))
    archive = photo.rename(photo.with_suffix(".zip"))
    assert uploads.uploaded(str(archive)) == archive
    os.truncate(archive, 40_000_001)
    assert "40 MB" in refused(str(archive))


def test_more_than_200_files_are_refused(photo: Path) -> None:
    with pytest.raises(FaceScoreError, match="more than 200 photos"):
        uploads.files([{"path": str(photo)}] * 201)


def test_the_visitors_files_are_deleted_and_nobody_elses(photo: Path, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.jpg").write_bytes(b"")
    uploads.delete({"path": str(tmp_path / "outside.jpg")}, [{"path": str(photo)}, None, 5], {"path": str(photo)})
    assert (tmp_path / "outside.jpg").exists()
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_what_is_too_large_to_be_opened_is_deleted_all_the_same(photo: Path, folder: Path) -> None:
    os.truncate(photo, 20_000_001)
    uploads.delete([{"path": str(photo)}])
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_a_data_address_becomes_an_upload(folder: Path) -> None:
    path = uploads.add_base64("data:image/jpeg;base64," + base64.b64encode(b"photo").decode())
    assert uploads.uploaded(path).read_bytes() == b"photo"
    for address, sentence in (("data:image/png;base64,#", "damaged"), ("data:," + "A" * 28_000_000, "20 MB")):
        with pytest.raises(FaceScoreError, match=sentence):
            uploads.add_base64(address)


def test_nothing_stays_of_an_upload_that_fails(folder: Path) -> None:
    def half() -> None:
        with uploads.own_folder() as own:
            (own / "half").write_bytes(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_the_folder_is_private_and_one_for_the_process(folder: Path, parent: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent == parent
    assert uploads.folder() == folder
    assert os.environ["GRADIO_TEMP_DIR"] == str(folder)


def test_a_folder_is_not_taken_for_a_leftover_while_it_is_made(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def others_start() -> None:
        while not ended.is_set():
            uploads.delete_leftovers(parent)

    parent.mkdir()
    with ThreadPoolExecutor(2) as others:
        starting = [others.submit(others_start) for _ in range(2)]
        try:
            for _ in range(50):
                monkeypatch.setenv("GRADIO_TEMP_DIR", str(parent))
                assert (uploads.folder() / uploads.LOCK).is_file()
        finally:
            ended.set()
        for one in starting:
            one.result()


def test_what_dead_processes_left_is_deleted_and_a_living_ones_folder_is_not(parent: Path) -> None:
    environment = os.environ | {"GRADIO_TEMP_DIR": str(parent)}

    def start() -> tuple["subprocess.Popen[str]", Path]:
        command = [sys.executable, "-c", HOLD]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        return process, Path(process.stdout.readline().strip())

    parent.mkdir()
    (parent / "facescore-elses").symlink_to(ROOT)
    killed, left = start()
    (left / "photo.jpg").write_bytes(b"photo")
    living, kept = start()
    assert left.exists()
    killed.kill()
    killed.communicate()
    (kept / "photo.jpg").write_bytes(b"photo")
    uploads.delete_leftovers(parent)
    assert not left.exists()
    assert (kept / "photo.jpg").exists()
    living.communicate("end\n")
    assert not kept.exists()
    assert ROOT.exists()
