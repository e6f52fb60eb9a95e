"""How the Live tab keeps up with a moving camera, end to end, beside this repository's first edition.

    python benchmarks/live.py [--publish]

Chromium plays a 640×480 film of two faces as its camera, 30 frames per second; what it shows is counted in the page.
The first edition, commit e3c1c3e, is served from a temporary git worktree, and both take turns. Needs Chromium and
Playwright. --publish writes the tables into docs/performance.md.
"""

import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
from peer import checkout

from facescore import read_image
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.settings import ASSETS, ROOT
from facescore.ui.words import say

WARM_UP, SECONDS, TURNS, VISITORS = 2.0, 6.0, 2, 3
FRAMES, HIDDEN = 240, range(60, 120)  # of the film, eight seconds; in which the face on the right is covered
BLOCK = 40  # pixels; the number of a frame of the film is written below it in black and white blocks, one per bit
PHOTOS = 200
SERVE = """
import time
from facescore import Scorer
from facescore.ui import build_page, launch
_, address, _ = launch(build_page(Scorer()), prevent_thread_lock=True, quiet=True)
print(address, flush=True)
time.sleep(3600)
"""
NOTE = """
[window.shown, window.answers] = [[], []];
const { drawImage, strokeRect } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.drawImage = function (source, ...place) {
  drawImage.call(this, source, ...place);
  if (!this.canvas.isConnected) return;
  const { data } = this.getImageData(0, source.height - 8, source.width, 1);
  const bit = (block) => data[4 * (source.width - (block + 0.5) * BLOCK)] > 127;
  const frame = [...Array(8).keys()].reduce((sum, one) => sum + (bit(one) << one), 0);
  shown.push({ at: performance.now(), frame, boxes: [] });
};
CanvasRenderingContext2D.prototype.strokeRect = function (...box) {
  strokeRect.call(this, ...box);
  shown.at(-1)?.boxes.push(box);
};
const { fetch } = window;
window.fetch = async (...request) => {
  const response = await fetch(...request);
  if (String(request[0]?.url ?? request[0]).includes("component_server")) answers.push(await response.clone().json());
  return response;
};
""".replace("BLOCK", str(BLOCK))


@dataclass(frozen=True)
class Watched:
    """What one visitor saw during some seconds.

    Attributes:
        shown: the pictures, each with the time in milliseconds, the film's frame and its boxes.
        scored: when the first face was scored, seconds by the camera's clock.
        milliseconds: of the server's processor, per picture shown.
    """

    shown: list[dict[str, Any]]
    scored: list[float]
    milliseconds: float

    @property
    def rate(self) -> float:
        """Pictures shown per second."""
        return len(self.shown) / SECONDS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", action="store_true", help="write the tables into docs/performance.md")
    arguments = parser.parse_args()
    sys.path.append(str(ROOT))  # the fake camera and the visitor's steps are in the tests
    from playwright.sync_api import sync_playwright

    from tests.browser import camera

    pictures = list(moving())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        film = Path(folder) / "film.mjpeg"
        film.write_bytes(b"".join(cv2.imencode(".jpg", one[:, :, ::-1])[1].tobytes() for one in pictures))
        browser = camera.launch(playwright, film)
        with checkout() as old, serving(ROOT) as new, serving(old) as before:
            turns = [(visit(browser, new)[0], visit(browser, before)[0]) for _ in range(TURNS)]
            three = visit(browser, new, VISITORS)
            far = visit(browser, new, latency=80)[0]
            with ranking(new[0]) as unfinished:
                beside = visit(browser, new)[0]
                if not unfinished():
                    sys.exit("The ranking was over before Live was measured: rank more photos.")
    text = report([one for one, _ in turns], [one for _, one in turns], three, far, beside, pictures)
    print(text)
    if arguments.publish:
        publish("live", text, PERFORMANCE)


def moving() -> Iterator[Image]:
    """The film: a camera that pans over two faces, one of which is covered for two seconds."""
    from tests.browser import camera

    astronaut, hopper = (read_image(ASSETS / "examples" / name) for name in ("astronaut.jpg", "grace_hopper.jpg"))
    for number, picture in enumerate(camera.pan(astronaut, hopper, FRAMES)):
        if number in HIDDEN:
            picture[:, : picture.shape[1] // 2] = 128
        for bit in range(8):
            picture[-16:, bit * BLOCK : (bit + 1) * BLOCK] = 255 * (number >> bit & 1)
        yield picture


@contextmanager
def serving(tree: Path) -> Iterator[tuple[str, int]]:
    """The address of a page served from a checkout, and the server's process."""
    environment = os.environ | {"PYTHONPATH": str(tree)}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tree,
        env=environment,
    )
    try:
        assert process.stdout
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.kill()
        process.wait()


def visit(browser: Any, server: tuple[str, int], visitors: int = 1, latency: float = 0) -> list[Watched]:
    """What visitors see who look at the tab at the same time, after a warm-up."""
    address, process = server
    pages = [browser.new_page(locale="en-US") for _ in range(visitors)]
    for page in pages:
        page.add_init_script(NOTE)
        page.goto(address)
        page.get_by_role("tab", name=say("live.tab"), exact=True).click()
        page.get_by_role("button", name=say("live.start")).wait_for()
        if latency:
            slow = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
            page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    for page in pages:
        page.get_by_role("button", name=say("live.start")).click()
    for page in pages:
        page.wait_for_function("answers.length > 3")
    time.sleep(WARM_UP)
    for page in pages:
        page.evaluate("[shown, answers] = [[], []]")
    spent = processor_seconds(process)
    time.sleep(SECONDS)
    spent = processor_seconds(process) - spent
    seen = [page.evaluate("[shown, answers.flatMap((one) => one.tracks?.[0]?.scored ?? [])]") for page in pages]
    for page in pages:
        page.close()
    every = sum(len(shown) for shown, _ in seen)
    return [Watched(shown, sorted(set(scored)), 1000 * spent / every) for shown, scored in seen]


def processor_seconds(process: int) -> float:
    """How long the processor has worked for a process so far (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def ranking(address: str) -> Iterator[Any]:
    """Somebody else's ranking of 200 photos; gives a function that says whether it is still running."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for number in range(PHOTOS):
            zipped.write(ASSETS / "examples" / "astronaut.jpg", f"{number}.jpg")
    with httpx.Client(base_url=address, timeout=120) as http:
        (path,) = http.post("/gradio_api/upload", files={"files": ("many.zip", archive.getvalue())}).json()
        photos = [{"path": path, "meta": {"_type": "gradio.FileData"}}]
        event = http.post("/gradio_api/call/rank", json={"data": [photos, "all"]}).json()["event_id"]
        waiting = threading.Thread(target=lambda: http.get(f"/gradio_api/call/rank/{event}"))
        waiting.start()
        yield waiting.is_alive
        waiting.join()


def report(
    now: list[Watched], before: list[Watched], three: list[Watched], far: Watched, beside: Watched, film: list[Image]
) -> str:
    """The bars, each with what was measured."""
    costs = [statistics.median(one.milliseconds for one in watched) for watched in (now, before)]
    rates = [statistics.median(one.rate for one in watched) for watched in (now, before)]
    off = [share for one in now for share in deviations(one, film)]
    known = [picture for one in now for picture in one.shown]
    boxed = sum(bool(picture["boxes"]) for picture in known) / len(known)
    late = [seconds for one in (*now, *three, far, beside) for seconds in delays(one)]
    scores = statistics.median(len(one.scored) / SECONDS for one in now)
    rows = [
        (
            "server's processor time per picture, of the first edition's",
            "≤ 0.5×",
            f"{costs[0] / costs[1]:.2f}× ({costs[0]:.0f} and {costs[1]:.0f} ms)",
        ),
        (
            "pictures shown, of the first edition's",
            "≥ 1.5×",
            f"{rates[0] / rates[1]:.2f}× ({rates[0]:.1f} and {rates[1]:.1f} per second)",
        ),
        ("scores of each face", "≥ 10 per second", f"{scores:.1f}"),
        ("pictures with boxes", "all", f"{boxed:.1%}"),
        (
            "boxes' edges beside a full detection, of the face's size",
            "≤ 10%",
            f"median {np.median(off):.1%}, 95% within {np.quantile(off, 0.95):.1%}, all within {max(off):.1%}",
        ),
        ("a new face appears", "≤ 0.5 s", f"{max(late):.2f} s, the longest of {len(late)}"),
        ("three visitors at once, the slowest's pictures", "≥ 8 per second", f"{min(one.rate for one in three):.1f}"),
        ("80 ms round trip, pictures", "≥ 10 per second", f"{far.rate:.1f}"),
        (f"beside a ranking of {PHOTOS} photos, pictures", "≥ 8 per second", f"{beside.rate:.1f}"),
    ]
    return table(("film of two faces, 640×480, 30 frames per second", "bar", "measured"), rows)


def deviations(watched: Watched, film: list[Image]) -> Iterator[float]:
    """How far the farthest edge of each box shown lies from that of a full detection, as a share of the face's size."""
    detector = MTCNN()
    for picture in watched.shown:
        mirrored = np.ascontiguousarray(film[picture["frame"]][:, ::-1])
        faces = [np.array(face.box) for face in detector.detect(mirrored)]
        for box in picture["boxes"]:
            edges = [np.abs(corners(np.array(box)) - corners(face)).max() / face[2:].max() for face in faces]
            if edges and min(edges) < 1:  # a face that has just been covered is remembered for a moment
                yield min(edges)


def corners(box: Any) -> Any:
    """Left, top, right and bottom."""
    return np.concatenate([box[:2], box[:2] + box[2:]])


def delays(watched: Watched) -> Iterator[float]:
    """Seconds from the first picture on which the covered face is back to the first with a box around it."""
    since = None
    for last, picture in zip(watched.shown, watched.shown[1:], strict=False):
        if last["frame"] in HIDDEN and picture["frame"] not in HIDDEN:
            since = picture["at"]
        if since is not None and len(picture["boxes"]) == 2:
            yield (picture["at"] - since) / 1000
            since = None


if __name__ == "__main__":
    main()
