"""Hostile pictures and archives, sent to the real server: each is answered, and the server serves on."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from facescore.settings import ASSETS, ROOT
from tests.server import INTERNALS, Server, serving

CASES = ROOT / "tests" / "cases"
PHOTO = ASSETS / "examples" / "astronaut.jpg"
LEAST_SENT = 30  # files of either kind that are not refused as too large
MOST_MEMORY = 500_000_000  # bytes above what the idle process holds, at the end


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    command = [sys.executable, str(CASES / "hostile_pictures.py"), str(folder), str(PHOTO)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def archives(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archives")
    small = folder.with_name("small.png")
    PIL.Image.new("RGB", (40, 40), (90, 140, 70)).save(small)
    command = [sys.executable, *map(str, (CASES / "hostile_archives.py", folder, PHOTO, small, pictures))]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("gradio")) as running:
        yield running


def sent(server: Server, path: Path) -> dict[str, Any] | None:
    """Upload a file and return what names it in a call, or None if the server refuses it as too large."""
    answer = server.upload(path.name, path.read_bytes())
    if answer.status_code != 200:
        assert "larger than" in answer.text
        return None
    return {"path": answer.json()[0]}


def serves_on(server: Server) -> None:
    assert server.process.poll() is None
    assert len(server.call("score", server.uploaded("astronaut.jpg", PHOTO.read_bytes()), "all", "beauty")[0]["faces"])


@pytest.mark.slow
def test_every_hostile_picture_is_answered(server: Server, pictures: Path) -> None:
    idle, answered = server.memory(), 0
    for path in sorted(pictures.rglob("*")):
        if not path.is_file() or not (payload := sent(server, path)):
            continue
        (report,) = server.call("score", payload, "all", "beauty")
        answered += 1
        assert isinstance(report["faces"], list), path.name
        assert not INTERNALS.search(str(report)), path.name
    assert answered >= LEAST_SENT
    serves_on(server)
    assert server.memory() - idle < MOST_MEMORY


@pytest.mark.slow
def test_every_hostile_archive_is_answered(server: Server, archives: Path) -> None:
    idle, answered = server.memory(), 0
    for path in sorted(archives.rglob("*")):
        if not path.is_file() or not (payload := sent(server, path)):
            continue
        (report,) = server.call("rank", [payload], "all")
        answered += 1
        assert report["faces"] or report["failures"] or report["error"], path.name
        errors = " ".join(failure["error"] for failure in report["failures"])
        assert not INTERNALS.search(errors + report.get("error", "")), path.name
    assert answered >= LEAST_SENT
    serves_on(server)
    assert server.memory() - idle < MOST_MEMORY
