"""The real server in a process of its own, and a stranger who talks to it over plain HTTP."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from facescore.settings import ROOT

API = "/gradio_api"
START = (
    "import runpy, sys; sys.argv = ['app.py', *{arguments}]; {before}; runpy.run_path('app.py', run_name='__main__')"
)
NOTHING_AHEAD = "from facescore.ui import ahead; ahead.start = lambda: None"
INTERNALS = re.compile(r"Traceback|pydantic|site-packages|File \"|/root|/home|/usr|/etc|facescore-|validation error")
"""What no answer may hold."""


def heed_interrupts() -> None:
    """For a new process: end on Ctrl-C even when these tests run in the background, where shells ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def free_port() -> int:
    """A port that nobody listens at, and that the system gives to no other of these processes right away."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        process: of Python.
        parent: GRADIO_TEMP_DIR as it was given.
        http: asks it.
    """

    process: "subprocess.Popen[bytes]"
    parent: Path
    http: httpx.Client

    @property
    def folder(self) -> Path:
        """Its private folder."""
        (folder,) = self.parent.glob("facescore-*")
        return folder

    def files(self) -> list[Path]:
        """All that lies there."""
        tree = os.walk(self.folder)  # which passes over a folder that is deleted meanwhile
        return [Path(folder, name) for folder, _, names in tree for name in names if name != ".lock"]

    def post(self, path: str, body: Any) -> httpx.Response:
        """A call with any JSON, and with what is none: NaN."""
        return self.http.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})

    def upload(self, name: str, content: bytes, field: str = "files") -> httpx.Response:
        return self.http.post(f"{API}/upload", files={field: (name, content)})

    def uploaded(self, name: str, content: bytes) -> dict[str, Any]:
        """An uploaded file, as a client names it in a call."""
        return {"path": self.upload(name, content).json()[0], "meta": {"_type": "gradio.FileData"}}

    def call(self, name: str, *data: Any) -> Any:
        """What one of the two functions for everybody answers."""
        asked = self.post(f"{API}/call/{name}", {"data": data})
        if asked.status_code != 200:
            return asked.json()
        told = self.http.get(f"{API}/call/{name}/{asked.json()['event_id']}").text
        return json.loads(told.split("data: ")[-1])

    def join(self, index: int, data: list[Any], session: str = "stranger", **more: Any) -> dict[str, Any]:
        """What any function of the page answers, by its number: the last message."""
        call = {"data": data, "fn_index": index, "session_hash": session} | more
        asked = self.post(f"{API}/queue/join", call)
        if asked.status_code != 200:
            return dict(asked.json(), status=asked.status_code)
        with self.http.stream("GET", f"{API}/queue/data", params={"session_hash": session}) as stream:
            for line in stream.iter_lines():
                message = json.loads(line.removeprefix("data: ")) if line else {"msg": ""}
                if message["msg"] == "process_completed":
                    completed: dict[str, Any] = message
                    return completed
        raise AssertionError("no answer")

    def memory(self) -> int:
        """Bytes that the process holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return 1024 * int(found[1])


@contextmanager
def serving(
    parent: Path, *arguments: str, before: str = "pass", ahead: bool = False, log: Path | None = None, **more: str
) -> Iterator[Server]:
    """Serve the page on a free port.

    Args:
        parent: of the private folder.
        arguments: of app.py.
        before: Python that runs before it.
        ahead: whether it draws in the background, which takes a processor from other tests.
        log: to which the server's own words are written.
        more: environment variables.
    """
    port = free_port()
    before = before if ahead else f"{before}; {NOTHING_AHEAD}"
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(parent)} | more
    command = [sys.executable, "-c", START.format(arguments=list(arguments), before=before)]
    with (log or Path(os.devnull)).open("wb") as words:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=words, stderr=words, preexec_fn=heed_interrupts
        )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as http:
        try:
            for _ in range(600):
                assert process.poll() is None, "the server ended early"
                try:
                    if http.head("/").status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield Server(process, parent, http)
        finally:
            process.terminate()
            process.wait(timeout=30)
