"""The page under load: fifty visitors at once, a face and a camera beside a ranking, and how fast a choice answers.

    python benchmarks/load.py [--publish]

Starts the page in a process of its own, on this machine only, and asks it as a browser does: upload, call, answer;
every visitor over connections of their own. Fifty visitors are tried with every number of photos at once and of threads
in each network. --publish writes the tables into docs/performance.md.
"""

import argparse
import base64
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import cv2
import httpx
import numpy as np

from facescore import read_image
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.settings import ASSETS, ROOT

API = "/gradio_api"
PHOTO = ASSETS / "examples" / "astronaut.jpg"
VISITORS, RANKED, CHOICES = 50, 200, 30
WIDTH, HEIGHT = 640, 480  # of a camera's frame
FILM, LIVE_SECONDS = 60, 6  # frames of the camera's film; for how long it is on
AT_ONCE, THREADS = (1, 2, 4), (1, 2)
SERVE = """
import sys, time
from facescore import runtime
runtime.use_threads({threads})
from facescore.ui import build_page, lanes, launch, score
score.PHOTOS_AT_ONCE = {at_once}
lanes.LANE.patience = {patience}
from facescore import Scorer
_, address, _ = launch(build_page(Scorer()), prevent_thread_lock=True, quiet=True)
print(address, flush=True)
time.sleep(1800)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", action="store_true", help="write the tables into docs/performance.md")
    arguments = parser.parse_args()
    rows = [crowd(at_once, threads) for at_once, threads in itertools.product(AT_ONCE, THREADS)]
    columns = ("photos at once", "threads", "lost", "p50, s", "p95, s", "photos/s")
    crowded = table(columns, rows)
    with serving() as address, visitor(address) as http:
        answers = [("a face, a map or a group chosen", "≤ 0.1 s", *quantiles(choosing(http)))]
    for name, bar, patience in (
        (f"one face beside a ranking of {RANKED}", "≤ 1 s", 0.5),
        ("the same if nobody gives way", "", 0.0),
    ):
        answers.append((name, bar, *quantiles(beside_a_ranking(faces, patience))))
    shown = beside_a_ranking(frames)
    waited = table(("answer", "bar, p95", "p50, s", "p95, s"), answers)
    live = f"A camera beside a ranking of {RANKED}: {len(shown) / sum(shown):.1f} frames per second (bar: at least 8)."
    text = f"{VISITORS} visitors at once:\n\n{crowded}\n\n{waited}\n\n{live}"
    print(text)
    if arguments.publish:
        publish("load", text, PERFORMANCE)


@contextmanager
def serving(at_once: int = 2, threads: int = 2, patience: float = 0.5) -> Iterator[str]:
    """The address of the page in a new process, after one photo to warm up."""
    code = SERVE.format(at_once=at_once, threads=threads, patience=patience)
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={"GRADIO_TEMP_DIR": folder, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        )
        try:
            assert process.stdout
            address = process.stdout.readline().strip()
            with visitor(address) as http:
                assert scored(http, upload(http))
            yield address
        finally:
            process.kill()
            process.wait()


def visitor(address: str) -> httpx.Client:
    """A visitor of the page. Threads must not share one: what one of them closes, another may still be reading."""
    return httpx.Client(base_url=address, timeout=600, verify=False)  # on this machine; certificates take 20 ms to load


def upload(http: httpx.Client, copies: int = 1) -> list[dict[str, Any]]:
    """Send the photo; what names it on the server."""
    files = [("files", (f"{number}.jpg", PHOTO.read_bytes(), "image/jpeg")) for number in range(copies)]
    paths = http.post(f"{API}/upload", files=files).json()
    return [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths]


def call(http: httpx.Client, name: str, data: list[Any]) -> Any:
    """What a function answers; None if the server refuses."""
    asked = http.post(f"{API}/call/{name}", json={"data": data})
    if asked.status_code != 200:
        return None
    with http.stream("GET", f"{API}/call/{name}/{asked.json()['event_id']}") as stream:
        lines = list(stream.iter_lines())
    return json.loads(lines[-2 if not lines[-1] else -1].removeprefix("data: ")) if "complete" in str(lines) else None


def scored(http: httpx.Client, photos: list[dict[str, Any]]) -> bool:
    """Whether a photo's one face was found and scored."""
    answer = call(http, "score", [photos[0], "all", "beauty"])
    return bool(answer and len(answer[0]["faces"]) == 1)


def crowd(at_once: int, threads: int) -> tuple[str, ...]:
    """Fifty visitors who upload a photo in the same moment."""

    def visit(http: httpx.Client) -> float:
        started = time.perf_counter()
        return time.perf_counter() - started if scored(http, upload(http)) else float("nan")

    with serving(at_once, threads) as address, ExitStack() as stack, ThreadPoolExecutor(VISITORS) as pool:
        visitors = [stack.enter_context(visitor(address)) for _ in range(VISITORS)]
        started = time.perf_counter()
        seconds = np.array(list(pool.map(visit, visitors)))
        whole = time.perf_counter() - started
    came = seconds[~np.isnan(seconds)]
    lost = VISITORS - len(came)
    return (str(at_once), str(threads), str(lost), *quantiles(came.tolist()), f"{len(came) / whole:.1f}")


def choosing(http: httpx.Client) -> list[float]:
    """Seconds until another group's numbers are there, of a photo that is scored: upload, then the page's own event."""
    config = http.get("/config").json()
    group = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "group")
    event = next(one for one in config["dependencies"] if [group, "input"] in one["targets"])
    (photo,) = upload(http)
    assert scored(http, [photo])
    seconds: list[float] = []
    for number in range(CHOICES):
        data = [photo["path"], ("all", "CF")[number % 2], "beauty", "beauty", 1]
        started = time.perf_counter()
        body = {"data": data, "fn_index": event["id"], "session_hash": "chooser", "trigger_id": group}
        http.post(f"{API}/queue/join", json=body).raise_for_status()
        with http.stream("GET", f"{API}/queue/data", params={"session_hash": "chooser"}) as stream:
            assert any("process_completed" in line and '"success":true' in line for line in stream.iter_lines())
        seconds.append(time.perf_counter() - started)
    return seconds


def beside_a_ranking(work: Callable[[httpx.Client], Iterator[float]], patience: float = 0.5) -> list[float]:
    """The seconds that some work, again and again, takes while somebody else ranks 200 photos."""

    def rank() -> None:
        with suppress(httpx.TransportError):  # the server ends first
            call(other, "rank", [photos, "all"])

    with serving(patience=patience) as address, visitor(address) as other, visitor(address) as http:
        photos = upload(other, RANKED)
        ranking = threading.Thread(target=rank, daemon=True)
        ranking.start()
        time.sleep(1)
        seconds = list(work(http))
        if not ranking.is_alive():
            sys.exit("The ranking was over before the work beside it was measured. Rank more photos.")
    return seconds


def faces(http: httpx.Client) -> Iterator[float]:
    """Seconds that a photo of one face takes."""
    for _ in range(CHOICES):
        started = time.perf_counter()
        assert scored(http, upload(http))
        yield time.perf_counter() - started
        time.sleep(0.1)


def frames(http: httpx.Client) -> Iterator[float]:
    """Seconds that the tab Live takes for each frame of a camera that moves."""
    components = http.get("/config").json()["components"]
    live = next(one["id"] for one in components if one["props"].get("elem_id") == "live")
    picture = read_image(PHOTO)
    film: list[str] = []
    for x in np.linspace(0, WIDTH - picture.shape[1], FILM).round().astype(int).tolist():
        scene = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
        scene[:, x : x + picture.shape[1]] = picture[:HEIGHT]
        film.append(base64.b64encode(cv2.imencode(".jpg", scene[:, :, ::-1])[1].tobytes()).decode())
    switched_on = time.perf_counter()
    for frame in itertools.cycle(film + film[::-1]):
        started = time.perf_counter()
        if started - switched_on > LIVE_SECONDS:
            return
        data = {"frame": frame, "camera": "moving", "seconds": started - switched_on}
        body = {"component_id": live, "fn_name": "answer", "session_hash": "watcher", "data": data}
        assert len(http.post(f"{API}/component_server", json=body).raise_for_status().json()["tracks"]) == 1
        yield time.perf_counter() - started


def quantiles(seconds: list[float]) -> tuple[str, str]:
    """The median and the 95th percentile."""
    middle, high = np.quantile(seconds, (0.5, 0.95))
    return f"{middle:.3f}", f"{high:.3f}"


if __name__ == "__main__":
    main()
