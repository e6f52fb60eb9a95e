"""How many pictures per second the Live tab shows, end to end, and what one costs.

    python benchmarks/live.py [--publish]

Chromium plays a 640×480 video of one face as its camera; the pictures shown are counted in the page. Needs Chromium
and Playwright. --publish writes the table into docs/performance.md.
"""

import argparse
import base64
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import PIL.Image

from facescore import Scorer, read_image, ui
from facescore.faces.alignment import align
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.settings import ASSETS, ROOT, Settings
from facescore.ui.live import look
from facescore.ui.words import say

PORTRAIT = ASSETS / "examples" / "astronaut.jpg"
WARM_UP, SECONDS = 2, 8
RUNS = 30
ENCODE = """() => {
  const start = performance.now();
  document.querySelector("#live canvas").toDataURL("image/jpeg", 0.8);
  return performance.now() - start;
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    scorer = Scorer(Settings())
    rates, encode = end_to_end(scorer)
    stages = {"encode the frame as JPEG, in the browser": encode} | stage_medians(scorer)
    shown = table(
        ("640×480, one face", "median"),
        [
            ("**pictures shown per second, end to end**", f"**{statistics.median(rates):.1f}**"),
            *((name, f"{value:.1f} ms") for name, value in stages.items()),
        ],
    )
    spread = f"Of {len(rates)} seconds, the slowest showed {min(rates):.0f} pictures and the fastest {max(rates):.0f}."
    print(f"{shown}\n\n{spread}")
    if arguments.publish:
        publish("live", f"{shown}\n\n{spread}", PERFORMANCE)


def end_to_end(scorer: Scorer) -> tuple[list[float], float]:
    """Pictures shown in each of several seconds, counted in the browser, and milliseconds to encode one JPEG."""
    sys.path.append(str(ROOT))  # the fake camera is in the tests
    from playwright.sync_api import sync_playwright

    from tests.browser import camera

    page = ui.build_page(scorer)
    _, address, _ = ui.launch(page, prevent_thread_lock=True, quiet=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        film = Path(folder) / "film.mjpeg"
        camera.film(read_image(PORTRAIT), film)
        view = camera.launch(playwright, film).new_page(locale="en-US")
        view.goto(address)
        view.get_by_role("tab", name=say("live.tab"), exact=True).click()
        view.get_by_role("button", name=say("live.start")).click()
        view.locator("#live .number").first.wait_for()
        rates = [camera.changes_per_second(view, "#live canvas", 1) for _ in range(WARM_UP + SECONDS)]
        encode = statistics.median(view.evaluate(ENCODE) for _ in range(RUNS))
    page.close(verbose=False)
    return rates[WARM_UP:], encode


def stage_medians(scorer: Scorer) -> dict[str, float]:
    """Median milliseconds of each stage on the server; the browser draws the boxes itself."""
    square = PIL.Image.fromarray(read_image(PORTRAIT)).resize((480, 480))
    canvas = PIL.Image.new("RGB", (640, 480))
    canvas.paste(square, (80, 0))
    frame, file = np.asarray(canvas), io.BytesIO()
    canvas.save(file, "JPEG", quality=80)
    sent = base64.b64encode(file.getvalue()).decode()
    (face,) = scorer.detector.detect(frame)
    stages: dict[str, Callable[[], object]] = {
        "read the frame": lambda: read_image(base64.b64decode(sent)),
        "find the face": lambda: scorer.detector.detect(frame),
    }
    for name, runtime in (("beauty", scorer.beauty), ("attractive", scorer.attractive)):
        crops = align(frame, face.landmarks, runtime.template)[None]
        stages[f"crop for {name}"] = partial(align, frame, face.landmarks, runtime.template)
        stages[f"score {name}"] = partial(runtime, crops)
    stages["all of it on the server"] = lambda: look(scorer, {"frame": sent, "tracks": [], "seconds": 0.0}, "en")
    return {name: statistics.median(milliseconds(work) for _ in range(RUNS)) for name, work in stages.items()}


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
