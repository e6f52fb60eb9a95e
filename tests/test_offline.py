"""Nothing leaves the machine: every socket of the server is watched while it is used, and attacked."""

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from facescore.ui.words import say
from tests.server import API, Server, serving

WATCH = """
def note(event, arguments):
    if event == "socket.connect":
        asked = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"):
        asked = arguments[:2]
    elif event in ("urllib.Request", "subprocess.Popen", "os.system", "os.posix_spawn", "os.exec"):
        asked = arguments
    else:
        return
    with open({log!r}, "a") as file:
        print(event, asked, file=file)
sys.addaudithook(note)"""
AT_HOME = ("socket.connect ('127.0.0.1', ", "socket.getaddrinfo ('127.0.0.1', ", "socket.getaddrinfo (None, ")
ELSEWHERE = ("http://192.0.2.1/a.jpg", "https://example.com/a.jpg", "http://127.0.0.1:9/a.jpg", "//example.com/a.jpg")


async def by_assistant(address: str, photo: str) -> str:
    """What the tool for a photo answers."""
    async with (
        streamable_http_client(f"{address}{API}/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = [tool.name for tool in (await session.list_tools()).tools]
        name = next(name for name in tools if name.endswith("score"))
        answer = await session.call_tool(name, {"photo": photo})
        return str(answer.content[0])


def use(server: Server, photo: Path) -> None:
    """As a visitor does, and as a stranger does who wants the server to ask others."""
    server.http.get("/")
    server.http.get("/config")
    uploaded = server.uploaded("astronaut.jpg", photo.read_bytes())
    assert server.call("score", uploaded, "all", "beauty")[0]["faces"]
    assert server.call("rank", [uploaded], "all")[0]["faces"]
    for address in ELSEWHERE:
        for payload in ({"path": address, "meta": {"_type": "gradio.FileData"}}, {"url": address}, address):
            assert server.call("score", payload, "all", "beauty")[0]["error"] == say("errors.not_uploaded")
            assert server.call("rank", [payload], "all")[0]["error"] == say("errors.not_uploaded")
        assert server.http.get(f"{API}/file={address}").status_code == 404
        assert server.http.get(f"{API}/proxy={address}").status_code == 404
    for path in ("vibe-edit", "process_recording", "run-history/connect"):
        assert server.http.post(f"{API}/{path}", json={"url": ELSEWHERE[0]}).status_code == 404


@pytest.mark.parametrize("space", ["", "someone/facescore"])
def test_nothing_asks_anybody_else(tmp_path: Path, astronaut_path: Path, space: str) -> None:
    log = tmp_path / "sockets.txt"
    (tmp_path / "parent").mkdir()
    environment = {"HF_HUB_OFFLINE": "0", "GRADIO_ANALYTICS_ENABLED": "True", "GRADIO_SHARE": "True"}
    environment |= {"SPACE_ID": space, "SYSTEM": "spaces"} if space else {}
    watch = WATCH.format(log=str(log))
    with serving(tmp_path / "parent", "--mcp", before=watch, ahead=False, log=None, **environment) as server:
        use(server, astronaut_path)
        address = str(server.http.base_url).rstrip("/")
        with ThreadPoolExecutor(1) as pool:  # Playwright keeps an event loop in this thread
            photo = "data:image/jpeg;base64," + base64.b64encode(astronaut_path.read_bytes()).decode()
            assert "beauty_interval" in pool.submit(asyncio.run, by_assistant(address, photo)).result()
            for elsewhere in (*ELSEWHERE[:3], str(astronaut_path), "data:image/png;base64,#"):
                told = pool.submit(asyncio.run, by_assistant(address, elsewhere)).result()
                assert "beauty_interval" not in told
                assert "Traceback" not in told
    asked = log.read_text().splitlines()
    assert asked  # it is being watched: the server asks itself
    assert [line for line in asked if not line.startswith(AT_HOME)] == []


def test_behind_a_proxy_under_a_path_of_its_own(tmp_path: Path, astronaut_path: Path) -> None:
    with serving(tmp_path, GRADIO_ROOT_PATH="/faces") as server:
        for prefix in ("", "/faces"):  # as the proxy strips it, or does not
            page = server.http.get(f"{prefix}/")
            assert (page.status_code, "/faces" in page.text) == (200, True)
            assert server.http.get(f"{prefix}{API}/info").status_code == 200
            assert server.http.get(f"{prefix}{API}/file=/etc/passwd").status_code == 404
            assert server.http.get(f"{prefix}/monitoring/summary").status_code == 404
            answer = server.http.post(f"{prefix}{API}/call/score", json={"data": [None, "all", "beauty"]})
            told = server.http.get(f"{prefix}{API}/call/score/{answer.json()['event_id']}")
            assert "faces" in told.text
        photo = server.uploaded("astronaut.jpg", astronaut_path.read_bytes())
        assert server.http.get(f"/faces{API}/file={photo['path']}").content == astronaut_path.read_bytes()
