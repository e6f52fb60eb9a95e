"""What a stranger may send to the server, and what comes back: a picture's scores, or a sentence."""

import base64
import io
import itertools
import json
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from facescore.ui.words import say
from tests.server import API, INTERNALS, Server, serving

FILE = {"_type": "gradio.FileData"}
MALFORMED, NOT_UPLOADED = say("errors.malformed"), say("errors.not_uploaded")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "server.txt"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("gradio"), "--mcp", log=log) as running:
        yield running


@pytest.fixture(scope="module")
def config(server: Server) -> dict[str, Any]:
    told: dict[str, Any] = server.http.get("/config").json()
    return told


@pytest.fixture(autouse=True)
def nothing_written(server: Server) -> Iterator[None]:
    """No refused call writes a file."""
    before = set(server.files())
    yield
    assert set(server.files()) <= before


def hostile(outside: Path) -> list[Any]:
    """Payloads that name a photo which was not uploaded."""
    path = str(outside)
    nested = {"path": path, "meta": FILE}
    return [
        *({"path": path}, nested, {"path": path, "orig_name": "a.jpg", "url": f"{API}/file={path}", "meta": FILE}),
        {"path": path, "is_stream": True, "meta": FILE},
        *({"url": f"file://{path}", "meta": FILE}, {"url": "data:image/png;base64,iVBORw0KGgo="}),
        *({"path": "http://127.0.0.1:9/a.jpg", "meta": FILE}, {"path": "", "url": "http://127.0.0.1:9/a.jpg"}),
        {"path": None, "url": "data:image/x-portable-pixmap;base64,UDYKMSAxCjI1NQoAAAA=", "meta": FILE},
        *(path, [nested], {"path": nested}, {"video": nested, "image": nested}, [[nested]], 5, 1.5, True, "", [], {}),
        *({"path": "/dev/ptmx"}, {"path": "/proc/self/environ"}, {"path": "\0"}, {"path": "x" * 100_000}),
    ]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory, astronaut_path: Path) -> Path:
    """A picture of the server's that nobody uploaded."""
    path = tmp_path_factory.mktemp("outside") / "secret.jpg"
    path.write_bytes(astronaut_path.read_bytes())
    return path


def test_a_picture_that_nobody_uploaded_is_not_scored(server: Server, outside: Path) -> None:
    for payload in hostile(outside):
        assert server.call("score", payload, "all", "beauty") == [{"faces": [], "error": NOT_UPLOADED}], payload
        ranked = server.call("rank", [payload], "all")
        assert ranked == [{"faces": [], "failures": [], "error": NOT_UPLOADED}], payload


def test_whether_a_path_exists_is_not_told(server: Server, outside: Path) -> None:
    for path in (outside, outside.with_name("nothing.jpg"), outside.parent, server.folder, server.folder / ".lock"):
        assert server.call("score", {"path": str(path)}, "all", "beauty")[0]["error"] == NOT_UPLOADED
        answer = server.http.get(f"{API}/file={path}")
        assert (answer.status_code, answer.json()["detail"]) == (404, NOT_UPLOADED)


def test_a_pipe_does_not_block_the_server(server: Server, tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "fifo")
    assert server.call("score", {"path": str(tmp_path / "fifo")}, "all", "beauty")[0]["error"] == NOT_UPLOADED


def test_the_pages_own_functions_open_no_other_file_and_take_any_value(
    server: Server, config: dict[str, Any], outside: Path, log: Path
) -> None:
    """Every function of the page, with hostile values in every place, and as its photo beside allowed choices."""
    default = {one["id"]: one["props"].get("value") for one in config["components"]}
    values = [*hostile(outside), None, "../attractive", float("nan"), 10**30, {"a": {"b": []}}, "x" * 1000]
    before = set(server.files())
    for number, dependency in enumerate(config["dependencies"]):
        if not dependency["backend_fn"]:
            continue
        inputs = dependency["inputs"]
        for value, alone in itertools.product(values[number % 3 :: 3], (True, False)):
            data = [value, *(default[one] for one in inputs[1:])][: len(inputs)] if alone else [value] * len(inputs)
            event = {"index": 1, "value": 1} if alone else {"index": value, "value": value}
            answer = server.join(dependency["id"], data, event_data=event)
            text = json.dumps(answer)
            assert "error" in text or answer["success"], text
            for made in set(server.files()) - before:  # an example's photos, as if the visitor had uploaded them
                text = text.replace(str(made), "")
                made.unlink()
            assert not INTERNALS.search(text.replace(str(outside), "")), text
            assert "data:image/jpeg" not in text  # neither a photo nor a face
            assert "beauty_interval" not in text
    assert outside.is_file()
    assert "Traceback" not in log.read_text()


def test_a_call_of_another_form_is_refused_in_a_sentence(server: Server) -> None:
    datas: list[Any] = [[], [None], [None] * 4, None, {}, "x", 5]
    bodies: list[Any] = [[], None, 5, "x", {}, {"data": [None] * 3, "session_hash": {"a": 1}}]
    indices: list[Any] = [None, -1, 9999, "0", {}]
    named: list[Any] = [{"nonsense": 1}, [], {"photo": None, "more": 1}]
    cancelling: list[Any] = [{}, {"session_hash": "s"}, {"session_hash": "s", "event_id": "e"}]
    of_live: list[Any] = [{}, {"session_hash": "s", "component_id": 1, "fn_name": "answer"}]
    calls: list[tuple[str, Any]] = [
        *(("/call/score", {"data": data}) for data in datas),
        *(("/call/score", body) for body in bodies),
        ("/call/score", {"data": [None, "all", "beauty"], "session_hash": "x" * 1000}),
        *(("/call/v2/score", body) for body in named),
        *(("/queue/join", {"data": [], "session_hash": "s", "fn_index": index}) for index in indices),
        ("/queue/join", {"data": [None], "session_hash": "s", "fn_index": 0, "trigger_id": 9999}),
        ("/queue/join", {"data": [], "fn_index": 0}),
        *(("/cancel", body) for body in cancelling),
        *(("/component_server", {"data": 1} | body) for body in of_live),
    ]
    for path, body in calls:
        answer = server.post(f"{API}{path}", body)
        assert (answer.status_code, answer.json()["detail"]) == (422, MALFORMED), (path, body, answer.text)
    for content in (b"", b"{", b"[" * 100_000, b"\xff\xfe"):
        answer = server.http.post(f"{API}/call/score", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["detail"]) == (422, MALFORMED)
    answer = server.http.post(f"{API}/call/score", content=b'{"data": [null, "all", "beauty"]}')
    assert answer.status_code == 415  # any page could send this one in a visitor's name
    answer = server.http.post(f"{API}/call/score", json={"data": ["x" * 1_000_000, "all", "beauty"]})
    assert answer.status_code == 413
    answer = server.http.get(f"{API}/call/score/unknown")
    assert (answer.status_code, answer.json()["detail"]) == (404, say("errors.no_answer_left"))


@pytest.mark.parametrize(
    "message",
    [
        None,
        5,
        [],
        {},
        {"method": "ping", "id": 1},
        {"jsonrpc": "2.0", "method": "ping", "id": {"a": 1}},
        {"jsonrpc": "2.0", "method": 5, "id": 1},
    ],
)
def test_an_assistants_message_of_another_form_is_refused_in_a_sentence(server: Server, message: Any) -> None:
    answer = server.post(f"{API}/mcp/", message)
    assert (answer.status_code, answer.json()["detail"]) == (422, MALFORMED)


def test_a_choice_that_does_not_exist_is_refused_in_a_sentence(server: Server) -> None:
    for group in ("ZZ", None, 5, ["all"], {"a": 1}, "x" * 10_000):
        assert server.call("score", None, group, "beauty")[0]["error"] == say("errors.no_group")
        assert server.call("rank", None, group)[0]["error"] == say("errors.no_group")
    networks: list[Any] = ["attractive", "../beauty", None, ["beauty"], {}]
    for network in networks:
        assert server.call("score", None, "all", network)[0]["error"] == say("errors.no_network")


@pytest.mark.parametrize("depth", [400, 700, 930])
def test_values_nested_deeply_are_answered_in_a_sentence(server: Server, config: dict[str, Any], depth: int) -> None:
    deep = f"{'[' * depth}{']' * depth}"
    (index,) = (one["id"] for one in config["dependencies"] if one["api_name"] == "score")
    call = f'{{"fn_index": {index}, "session_hash": "deep", "data": [null, "all", "beauty"], "event_data": {deep}}}'
    for path, body in (
        ("/queue/join", call),
        ("/call/score", f'{{"data": [{deep}, "all", "beauty"]}}'),
        ("/call/rank", f'{{"data": [null, {deep}]}}'),
        ("/call/score", deep),
    ):
        answer = server.http.post(f"{API}{path}", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 422), answer.text
        assert answer.status_code == 200 or answer.json()["detail"] == MALFORMED


def test_by_name_too_a_call_is_answered(server: Server) -> None:
    asked = server.http.post(f"{API}/call/v2/score", json={"photo": None, "group": "ZZ"})
    told = server.http.get(f"{API}/call/v2/score/{asked.json()['event_id']}").text
    assert say("errors.no_group") in told


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", path) for path in ("/monitoring", "/monitoring/summary", "/monitoring/x", "/gradio_api/monitoring")),
        *(("GET", f"{API}/{path}") for path in ("token", "user", "dev/reload", "runs", "openapi.json", "deep_link")),
        *(("GET", f"{API}/{path}") for path in ("file=http://127.0.0.1:9/", "file=https://a.b/c", "file/etc/passwd")),
        *(
            ("GET", f"{API}/{path}")
            for path in ("proxy=http://127.0.0.1:9/", "proxy=https://a.hf.space/x", "vibe-code")
        ),
        *(("GET", f"{API}/{path}") for path in ("custom_component/x/client/y/z.js", "stream/a/b/1/playlist.m3u8")),
        *(("GET", path) for path in ("/pwa_icon", "/svelte/x", "/logout", "/login/huggingface", "/docs", "/x")),
        *(("POST", f"{API}/{path}") for path in ("process_recording", "run/score", "api/score", "run/predict")),
        *(
            ("POST", f"{API}/{path}")
            for path in ("vibe-edit", "vibe-code", "stream/x", "stream/x/close", "call/answer")
        ),
        *(("POST", path) for path in ("/login", "/", "/config")),
        ("GET", "/assets/x/..%2f..%2fx"),
        *((method, "/") for method in ("PUT", "PATCH", "DELETE", "TRACE", "NONSENSE")),
    ],
)
def test_what_the_page_does_not_need_is_not_there(server: Server, method: str, path: str) -> None:
    answer = server.http.request(method, path, json={} if method == "POST" else None)
    assert (answer.status_code, "nothing at this address" in answer.text or "uploaded" in answer.text) == (404, True)


def test_what_the_page_needs_is_there(server: Server, config: dict[str, Any]) -> None:
    for path in ("/", "/theme.css", "/manifest.json", f"{API}/info", f"{API}/app_id", f"{API}/queue/status"):
        assert server.http.get(path).status_code == 200
    assert config["root"] == str(server.http.base_url).rstrip("/")


def test_every_answer_is_what_it_says_and_no_other_page_gets_credentials(server: Server) -> None:
    origin = {"Origin": "https://elsewhere.example", "Host": "facescore.example"}
    asking = origin | {"Access-Control-Request-Method": "POST"}
    for answer in (
        server.http.get("/"),
        server.http.get("/nothing"),
        server.http.get("/config", headers=origin),
        server.http.post(f"{API}/call/score", json={}),
        server.http.options(f"{API}/queue/join", headers=asking),
        server.http.get("/config", headers={"Origin": "https://elsewhere.example"}),
    ):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers  # of a server at home
    assert "default-src 'self'" in server.http.get("/").headers["Content-Security-Policy"]


def test_an_upload_is_shown_to_its_visitor_and_kept_by_no_cache(server: Server, astronaut_path: Path) -> None:
    photo = server.uploaded("astronaut.jpg", astronaut_path.read_bytes())
    for headers in ({}, {"Range": "bytes=0-10", "X-Mine": "x"}):
        answer = server.http.get(f"{API}/file={photo['path']}", headers=headers)
        assert answer.content == astronaut_path.read_bytes()
        assert answer.headers["Cache-Control"] == "no-store"
        assert "X-Mine" not in answer.headers
    Path(photo["path"]).unlink()


def test_two_visitors_with_one_photo_have_a_file_each(server: Server) -> None:
    first, second = (server.uploaded("same.jpg", b"same")["path"] for _ in range(2))
    assert first != second
    for path in (first, second):
        Path(path).unlink()


@pytest.mark.parametrize("name", [".", "..", "..?", "?.?.?", "/..", "...", ".lock"])
def test_an_upload_has_a_plain_name(server: Server, name: str) -> None:
    (path,) = server.upload(name, b"x").json()
    assert Path(path).is_file()
    assert Path(path).parent.parent.parent == server.folder
    Path(path).unlink()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_upload_of_another_form_is_refused_in_a_sentence(server: Server, language: str) -> None:
    headers = {"Accept-Language": language}
    form = headers | {"Content-Type": "multipart/form-data; boundary=x"}
    before = server.files()
    head = '--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n'
    long = f"{'A' * 100_000}: b\r\n\r\nx\r\n--x--\r\n"
    answers = [
        *(
            server.http.post(f"{API}/upload", headers=form, content=content)
            for content in (b"x", b"--x", b"--y\r\n", head, f"{head}\r\nx", f"{head}\r\nx\r\n--x", f"{head}{long}")
        ),
        server.http.post(f"{API}/upload", headers=headers, files={"files": (None, b"x" * 1000)}),
        server.http.post(f"{API}/upload", headers=headers, content=b"x"),
        server.http.post(f"{API}/upload?upload_id=a", headers=headers, files={"files": (None, b"x")}),
        server.http.post(f"{API}/upload", headers=headers | {"Content-Type": "multipart/form-data"}, content=b"x"),
    ]
    for answer in answers:
        assert (answer.status_code, answer.text) == (400, say("errors.no_files", language))
    assert server.files() == before
    answer = server.http.post(f"{API}/upload", headers=headers, files=[("files", ("a", b"x"))] * 201)
    assert answer.text == say("errors.too_many_photos", language, most=200)
    assert server.upload("a.jpg", b"x", field="other").json() == []


def test_a_file_of_more_than_40_mb_is_refused_in_a_sentence(server: Server) -> None:
    assert server.upload("a.zip", b"x" * 40_000_001).text == say("errors.file_too_large", most=40)


def frame() -> str:
    file = io.BytesIO()
    PIL.Image.fromarray(np.full((240, 320, 3), 120, np.uint8)).save(file, "JPEG")
    return base64.b64encode(file.getvalue()).decode()


WRONG: list[Any] = [None, "x", {}, [None], float("nan"), 1e300, 10**400]
NO_NAMES: list[Any] = [None, 5, [], {}, "", "a b", "é", "x" * 65, "../x"]


def test_a_frame_of_another_form_is_refused_in_a_sentence(server: Server, config: dict[str, Any], log: Path) -> None:
    (live,) = (one["id"] for one in config["components"] if one["props"].get("elem_id") == "live")
    right = {"frame": frame(), "camera": "stranger", "seconds": 0.5}

    def ask(question: Any) -> dict[str, Any]:
        body = {"data": question, "component_id": live, "fn_name": "answer", "session_hash": "s"}
        answer = server.post(f"{API}/component_server/", body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    assert ask(right)["tracks"] == []
    wrong: list[Any] = [None, 5, "x", [], {}, [right], {"frame": frame()}, right | {"more": 1}]
    wrong += [right | {"camera": name} for name in NO_NAMES]
    wrong += [right | {"seconds": one} for one in (*WRONG, float("inf"), True)]
    frames: list[Any] = [None, [], 5, "#", "é", "A"]
    wrong += [right | {"frame": one} for one in frames]
    for question in wrong:
        assert ask(question) == {"error": say("errors.malformed_frame")}, question
    assert ask(right | {"frame": ""}) == {"error": say("errors.empty")}
    assert ask(right | {"frame": base64.b64encode(b"hello").decode()}) == {"error": say("errors.no_picture")}
    assert "400 kB" in ask(right | {"frame": "A" * 600_000})["error"]
    large = io.BytesIO()
    PIL.Image.new("RGB", (1500, 1500)).save(large, "PNG")
    assert "pixels" in ask(right | {"frame": base64.b64encode(large.getvalue()).decode()})["error"]
    assert "Traceback" not in log.read_text()


def test_a_full_queue_says_so_with_the_number_that_waits(server: Server, two_faces: Any) -> None:
    with zipfile.ZipFile(archive := io.BytesIO(), "w") as zipped:
        file = io.BytesIO()
        PIL.Image.fromarray(two_faces).save(file, "JPEG")
        for number in range(20):
            zipped.writestr(f"{number}.jpg", file.getvalue())
    payload = server.uploaded("many.zip", archive.getvalue())
    answers = [server.http.post(f"{API}/call/rank", json={"data": [[payload], "all"]}) for _ in range(72)]
    full = [answer for answer in answers if answer.status_code != 200]
    assert full
    for answer in full:
        assert answer.status_code == 429
        assert answer.json()["detail"] == say("errors.queue_full", waiting=64)
    chinese = server.http.post(
        f"{API}/call/rank", json={"data": [[payload], "all"]}, headers={"Accept-Language": "zh-CN,en;q=0.5"}
    )
    assert chinese.json()["detail"] == say("errors.queue_full", "zh", waiting=64)
    for answer in answers[: 72 - len(full)]:
        event = answer.json()["event_id"]
        server.http.post(f"{API}/cancel", json={"session_hash": event, "fn_index": 0, "event_id": event})
    Path(payload["path"]).unlink()


def test_a_connection_that_speaks_nonsense_ends_nothing(server: Server) -> None:
    assert server.http.base_url.port
    for content in (b"GET / HTTP/9\r\n\r\n", b"\0" * 1000, b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", server.http.base_url.port), timeout=5) as connection:
            connection.sendall(content)
    assert server.http.get("/").status_code == 200


def test_nobody_listens_for_answers_without_a_call(server: Server) -> None:
    for query in ("", "?session_hash=nobody", "?session_hash="):
        answer = server.http.get(f"{API}/queue/data{query}", timeout=5)
        assert (answer.status_code, answer.json()["detail"]) == (404, say("errors.no_call"))


def test_an_event_without_what_was_selected_is_refused(server: Server, config: dict[str, Any], log: Path) -> None:
    places = {one["id"]: one["props"].get("elem_id") for one in config["components"]}
    selecting = [
        one
        for one in config["dependencies"]
        if one["backend_fn"]
        and {("photo", "select"), ("view", "select")} & {(places.get(i), e) for i, e in one["targets"]}
    ]
    assert len(selecting) == 2
    events: list[Any] = [None, {}, {"index": 1}, {"value": 1}, [], "x"]
    for one in selecting:
        for event in events:
            body = {
                "data": [None] * len(one["inputs"]),
                "fn_index": one["id"],
                "session_hash": "s",
                "event_data": event,
            }
            answer = server.http.post(f"{API}/queue/join", json=body)
            assert (answer.status_code, answer.json()["detail"]) == (422, MALFORMED)
    assert "Traceback" not in log.read_text()


def test_only_the_page_and_its_files_answer_without_a_body(server: Server) -> None:
    assert server.http.head("/").status_code == 200
    for path in ("/config", "/manifest.json", f"{API}/info", f"{API}/startup-events", f"{API}/queue/data"):
        assert server.http.head(path).status_code == 404
