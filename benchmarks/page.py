"""How long the page takes to start and to answer, beside this repository's first edition.

    python benchmarks/page.py [--publish]

In each of several runs, a new process imports Gradio, loads the networks, builds the page and serves it; Chromium opens
the page and uploads a photo. The first edition, commit e3c1c3e, takes turns. Needs Chromium and Playwright. Then one
process scores a thousand photos of 1280×960 as the page's visitors would, and its memory is read. --publish writes the
table into docs/performance.md.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from peer import COMMIT, checkout
from pipeline import jpeg

from facescore.results.readme import PERFORMANCE, publish, table
from facescore.settings import ASSETS, ROOT

PHOTO = ASSETS / "examples" / "astronaut.jpg"
RUNS = 5
PHOTOS = 1000
AS_INSTALLED = "sys.modules['pyarrow'] = None"  # pandas loads it where it is, as in development; users do not get it
sys.path.append(str(ROOT))  # the steps of a visitor are in the tests
SERVE = """
import time
import gradio
print("imported", flush=True)
from facescore import Scorer
from facescore.ui import build_page, launch
_, address, _ = launch(build_page(Scorer()), prevent_thread_lock=True, quiet=True)
print(address, flush=True)
time.sleep(600)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    now: list[tuple[float, ...]] = []
    before: list[tuple[float, ...]] = []
    with checkout() as then:
        for _ in range(RUNS):
            now.append(once(ROOT))
            before.append(once(then))
    steps = ("page served, after `import gradio`", "page opened in the browser", "from the first photo to its scores")
    medians = [[statistics.median(times) for times in zip(*runs, strict=True)] for runs in (now, before)]
    rows = [
        (step, f"{new:.2f}", f"{old:.2f}", f"{new / old:.2f}×") for step, new, old in zip(steps, *medians, strict=True)
    ]
    heading = ("in a new process each time", f"seconds (median of {RUNS})", f"commit {COMMIT}", "ratio (bar: ≤ 1×)")
    shown = table(heading, rows)
    shown += f"\n\nMemory of the page's process after {PHOTOS:,} photos of 1280×960: {megabytes_after(PHOTOS):.0f} MB."
    print(shown)
    if arguments.publish:
        publish("page", shown, PERFORMANCE)


def once(tree: Path) -> tuple[float, float, float]:
    """Seconds until a checkout's page is served, until it is open, and from photo to scores."""
    environment = os.environ | {"PYTHONPATH": str(tree)}
    program = [sys.executable, "-c", SERVE]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=tree, env=environment)
    try:
        assert process.stdout
        if process.stdout.readline().strip() != "imported":
            sys.exit("The page could not be served: see above.")
        started = time.perf_counter()
        address = process.stdout.readline().strip()
        with urllib.request.urlopen(address) as answer:
            answer.read()
        return time.perf_counter() - started, *visit(address)
    finally:
        process.kill()
        process.wait()


def visit(address: str) -> tuple[float, float]:
    """Open the page and upload a photo; the seconds that each takes."""
    from playwright.sync_api import sync_playwright

    from tests.browser import camera, steps

    with sync_playwright() as playwright:
        page = camera.launch(playwright).new_page(locale="en-US")
        started = time.perf_counter()
        page.goto(address)
        page.locator("#photo input[type=file]").first.wait_for(state="attached")
        opened = time.perf_counter()
        steps.upload(page, PHOTO)
        page.locator("#faces article").first.wait_for()
        return opened - started, time.perf_counter() - opened


def megabytes_after(photos: int) -> float:
    """Resident memory of the page's process once it has scored so many photos, each fetched by who asked (Linux).

    The packages are those of requirements.txt.
    """
    from tests.server import API, serving

    photo = jpeg()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), before=AS_INSTALLED, ahead=True) as server:
        for number in range(photos):
            body = {"data": [server.uploaded(f"{number}.jpg", photo), "all", "beauty"]}
            while (asked := server.post(f"{API}/call/score", body)).status_code == 429:
                time.sleep(0.1)
            answer = server.http.get(f"{API}/call/score/{asked.json()['event_id']}").text
            if "complete" not in answer:
                sys.exit(f"The page did not answer photo {number}: {answer}")
        return server.memory() / 1e6


if __name__ == "__main__":
    main()
