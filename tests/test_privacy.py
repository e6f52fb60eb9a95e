"""No photo stays on the server's disk, whatever becomes of its visitor or of the server."""

import io
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import PIL.Image
import pytest

from facescore.ui.janitor import DELETE_EVERY, DELETE_OLDER
from facescore.ui.words import say
from tests.server import API, Server, serving

OLDER, EVERY = 2.0, 0.3
SHORT = f"from facescore.ui import janitor; janitor.DELETE_OLDER, janitor.DELETE_EVERY = {OLDER}, {EVERY}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With times as short as a test can wait."""
    with serving(tmp_path_factory.mktemp("gradio"), before=SHORT) as running:
        yield running


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that was killed while it held a photo."""
    with serving(tmp_path_factory.mktemp("gradio")) as server:
        folder = server.folder
        server.uploaded("a.jpg", b"x")
        server.process.kill()
        server.process.wait()
    assert list(folder.rglob("a.jpg"))
    return folder


@pytest.fixture(scope="module")
def patient_server(left: Path) -> Iterator[Server]:
    """With the times as they are: its janitor comes after ten minutes. It starts where another one was killed."""
    with serving(left.parent) as running:
        yield running


@pytest.fixture
def patient(patient_server: Server) -> Iterator[Server]:
    """The patient server, and no files on it."""
    yield patient_server
    for path in patient_server.files():
        path.unlink()


def comes_true(happens: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def half_an_upload(server: Server) -> socket.socket:
    """The beginning of an upload, from a visitor whose connection is still open."""
    connection = socket.create_connection(("127.0.0.1", server.http.base_url.port or 80))
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="half.jpg"\r\n\r\n' + b"x" * 500_000
    request = f"POST {API}/upload HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    connection.sendall(request.encode() + b"Content-Length: 900000\r\n\r\n" + head)
    return connection


def test_the_promise_is_eleven_minutes() -> None:
    assert (DELETE_EVERY, DELETE_OLDER) == (60, 600)


def event_of_photo(server: Server, name: str) -> int:
    """The number of the page's function that an event of the photo calls, first or after a stop."""
    config = server.http.get("/config").json()
    (photo,) = (one["id"] for one in config["components"] if one["props"].get("elem_id") == "photo")
    first = [one["id"] for one in config["dependencies"] if [photo, name] in one["targets"]]
    asked = (one for one in config["dependencies"] if one["id"] in first or one["trigger_after"] in first)
    return int(next(one["id"] for one in asked if one["backend_fn"]))


def test_a_photo_is_deleted_after_its_time_and_its_results_are_not_written(
    server: Server, astronaut_path: Path
) -> None:
    scored = event_of_photo(server, "upload")
    photo = server.uploaded("astronaut.jpg", astronaut_path.read_bytes())
    shown = server.join(scored, [photo["path"], "all", "beauty", "beauty"])
    assert 'data-face="1"' in shown["output"]["data"][0]
    assert server.files() == [Path(photo["path"])]  # boxes, thumbnails and maps are part of the page
    assert comes_true(lambda: not server.files(), OLDER + 5)
    assert server.call("score", photo, "all", "beauty")[0]["error"] == say("errors.gone")


def test_an_answer_that_nobody_fetches_is_dropped_like_the_photo(server: Server, astronaut_path: Path) -> None:
    photo = server.uploaded("astronaut.jpg", astronaut_path.read_bytes())
    call = {"data": [photo["path"], "all", "beauty", "beauty"], "session_hash": "left"}
    joined = server.post(f"{API}/queue/join", call | {"fn_index": event_of_photo(server, "upload")})
    assert joined.status_code == 200
    assert comes_true(lambda: not server.files(), OLDER + 5)
    time.sleep(2 * OLDER)
    assert server.http.get(f"{API}/queue/data", params={"session_hash": "left"}).status_code == 404


def test_an_upload_that_ends_early_leaves_nothing(patient: Server) -> None:
    connection = half_an_upload(patient)
    assert comes_true(lambda: bool(patient.files()), 5)
    connection.close()
    assert comes_true(lambda: not patient.files(), 10)


def test_an_upload_slower_than_photos_are_kept_is_told_so(server: Server) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\nx\r\n'
    head = f"POST {API}/upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    head += "Content-Type: multipart/form-data; boundary=b\r\n"
    end = b"--b--\r\n"
    with socket.create_connection(("127.0.0.1", server.http.base_url.port or 80)) as slow:
        slow.sendall(f"{head}Content-Length: {2 * len(part) + len(end)}\r\n\r\n".encode() + part)
        assert comes_true(lambda: bool(server.files()), 5)
        assert comes_true(lambda: not server.files(), OLDER + 5)
        slow.sendall(part + end)
        answer = b"".join(iter(lambda: slow.recv(10_000), b"")).decode()  # until it is closed
    assert say("errors.slow_upload") in answer


def test_an_upload_in_another_field_is_not_kept(server: Server) -> None:
    assert server.upload("photo.jpg", b"photo", field="photo").json() == []
    assert server.files() == []


def test_a_folder_that_is_named_as_photo_does_not_end_the_deletion(server: Server) -> None:
    photo = server.uploaded("a.jpg", b"x")
    for path in (str(Path(photo["path"]).parent), str(server.folder), str(Path(photo["path"]).parent.parent)):
        assert server.call("score", {"path": path}, "all", "beauty")[0]["error"] == say("errors.not_uploaded")
        assert server.call("rank", [{"path": path, "meta": photo["meta"]}], "all")[0]["error"]
    assert comes_true(lambda: not server.files(), OLDER + 5)
    server.uploaded("b.jpg", b"x")
    assert comes_true(lambda: not server.files(), OLDER + 5)


def test_uploads_during_many_sweeps_arrive_and_are_deleted(server: Server, astronaut_path: Path) -> None:
    content, end = astronaut_path.read_bytes(), time.monotonic() + 2 * OLDER
    while time.monotonic() < end:
        photo = server.uploaded("astronaut.jpg", content)
        assert Path(photo["path"]).read_bytes() == content
        time.sleep(0.05)
    assert comes_true(lambda: not server.files(), OLDER + 5)


def test_ranking_leaves_no_file_of_gradios(server: Server) -> None:
    payloads = [server.uploaded(f"{number}.jpg", b"x") for number in range(3)]
    server.call("rank", payloads, "all")
    assert len(server.files()) == 3
    assert comes_true(lambda: not server.files(), OLDER + 5)


def test_a_visitor_deletes_the_photo_and_its_results_at_once(patient: Server, astronaut_path: Path) -> None:
    photo = patient.uploaded("astronaut.jpg", astronaut_path.read_bytes())
    others = patient.uploaded("other.jpg", b"x")
    patient.join(event_of_photo(patient, "upload"), [photo["path"], "all", "beauty", "beauty"])
    patient.join(event_of_photo(patient, "clear"), [photo["path"]])
    assert patient.files() == [Path(others["path"])]
    assert patient.call("score", photo, "all", "beauty")[0]["error"] == say("errors.gone")


def test_after_a_kill_the_next_start_deletes_what_was_left(left: Path, patient: Server) -> None:
    assert not left.exists()
    assert patient.folder.parent == left.parent


def test_a_full_disk_is_told_and_nothing_stays(patient: Server) -> None:
    limit = 1_000_000, resource.prlimit(patient.process.pid, resource.RLIMIT_FSIZE)[1]
    before = resource.prlimit(patient.process.pid, resource.RLIMIT_FSIZE, limit)
    answer = patient.upload("large.jpg", b"x" * 3_000_000)  # writing beyond a megabyte fails, as on a full disk
    assert answer.text == say("errors.no_room")
    assert comes_true(lambda: not patient.files(), 2)
    file = io.BytesIO()
    PIL.Image.new("RGB", (64, 64)).save(file, "PNG")
    assert patient.call("score", patient.uploaded("small.png", file.getvalue()), "all", "beauty") == [{"faces": []}]
    resource.prlimit(patient.process.pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(("name", "number"), [("server", signal.SIGTERM), ("patient_server", signal.SIGINT)])
def test_the_folder_is_deleted_when_the_server_is_ended(
    request: pytest.FixtureRequest, name: str, number: signal.Signals
) -> None:
    """Last in this file, because it ends the file's servers."""
    server: Server = request.getfixturevalue(name)
    folder = server.folder
    server.uploaded("a.jpg", b"x")
    with half_an_upload(server):
        assert comes_true(lambda: len(server.files()) == 2, 5)
        server.process.send_signal(number)
        assert server.process.wait(timeout=30) == 0
    assert not folder.exists()
