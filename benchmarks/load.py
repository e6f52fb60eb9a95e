"""The page under load: fifty visitors at once, one face while somebody ranks 200 photos, and how fast a choice answers.

    python benchmarks/load.py [--publish]

Starts the page in a process of its own, on this machine only, and asks it as a browser does: upload, call, answer.
Fifty visitors are tried with every number of photos at once and of threads in each network. --publish writes the tables
into docs/performance.md.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import numpy as np

from facescore.results.readme import PERFORMANCE, publish, table
from facescore.settings import ASSETS, ROOT

API = "/gradio_api"
PHOTO = ASSETS / "examples" / "astronaut.jpg"
VISITORS, RANKED, CHOICES = 50, 200, 30
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
    print(crowded)
    with serving() as http:
        choices = [("a face, a map or a group chosen", *quantiles(choosing(http)))]
    for name, patience in (("one face during a rank of 200", 0.5), ("the same if nobody gives way", 0.0)):
        with serving(patience=patience) as http:
            choices.append((name, *quantiles(beside_a_rank(http))))
    waited = table(("answer", "p50, s", "p95, s"), choices)
    print(waited)
    if arguments.publish:
        publish("load", f"{crowded}\n\n{waited}", PERFORMANCE)


@contextmanager
def serving(at_once: int = 2, threads: int = 2, patience: float = 0.5) -> Iterator[httpx.Client]:
    """The page in a new process; gives a client, after one photo to warm up."""
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
            limits = httpx.Limits(max_connections=2 * VISITORS)
            with httpx.Client(base_url=address, timeout=600, limits=limits) as http:
                assert scored(http, upload(http))
                yield http
        finally:
            process.kill()
            process.wait()


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
    with serving(at_once, threads) as http:

        def visit(_: int) -> float:
            started = time.perf_counter()
            return time.perf_counter() - started if scored(http, upload(http)) else float("nan")

        started = time.perf_counter()
        with ThreadPoolExecutor(VISITORS) as pool:
            seconds = np.array(list(pool.map(visit, range(VISITORS))))
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


def beside_a_rank(http: httpx.Client) -> list[float]:
    """Seconds that one face takes, again and again, while 200 photos are ranked."""
    photos = upload(http, RANKED)
    ranking = threading.Thread(target=call, args=(http, "rank", [photos, "all"]))
    ranking.start()
    seconds: list[float] = []
    time.sleep(1)
    while ranking.is_alive() and len(seconds) < CHOICES:
        started = time.perf_counter()
        assert scored(http, upload(http))
        seconds.append(time.perf_counter() - started)
        time.sleep(0.1)
    return seconds


def quantiles(seconds: list[float]) -> tuple[str, str]:
    """The median and the 95th percentile."""
    middle, high = np.quantile(seconds, (0.5, 0.95))
    return f"{middle:.3f}", f"{high:.3f}"


if __name__ == "__main__":
    main()
