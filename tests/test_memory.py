"""What the server holds in memory does not grow with the number of its visitors."""

import io
import time
from pathlib import Path

import PIL.Image
import pytest

from facescore.settings import ASSETS
from tests.server import API, Server, serving

FEW, MANY = 200, 2000
MOST = 50_000_000  # bytes more after many requests than after few
SHORT = "from facescore.ui import janitor; janitor.DELETE_OLDER, janitor.DELETE_EVERY = 20, 5"


def ask(server: Server, number: int, photo: bytes) -> None:
    """An upload and a call, of which every second one's answer is never fetched."""
    payload = server.uploaded(f"{number}.jpg", photo)
    for _ in range(600):
        asked = server.post(f"{API}/call/score", {"data": [payload, "all", "beauty"]})
        if asked.status_code != 429:
            break
        time.sleep(0.1)
    event = asked.json()["event_id"]
    if number % 2:
        assert "complete" in server.http.get(f"{API}/call/score/{event}").text


def held(server: Server) -> int:
    """Bytes, once all that was asked is answered."""
    while server.http.get(f"{API}/queue/status").json()["queue_size"]:
        time.sleep(0.1)
    time.sleep(1)
    return server.memory()


@pytest.mark.slow
def test_two_thousand_requests_leave_the_memory_where_it_was_after_two_hundred(tmp_path: Path) -> None:
    with PIL.Image.open(ASSETS / "examples" / "astronaut.jpg") as picture:
        small = picture.resize((192, 192))
    small.save(file := io.BytesIO(), "JPEG")
    with serving(tmp_path, before=SHORT) as server:
        for number in range(FEW):
            ask(server, number, file.getvalue())
        few = held(server)
        for number in range(FEW, MANY):
            ask(server, number, file.getvalue())
        many = held(server)
    print(f"{few / 1e6:.0f} MB after {FEW} requests, {many / 1e6:.0f} MB after {MANY}")
    assert many - few < MOST
