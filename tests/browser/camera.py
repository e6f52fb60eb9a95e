"""Chromium with a camera that sees a picture; also used by benchmarks/live.py."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from facescore.images import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FRAMES, WIDTH, HEIGHT, SWAY = 60, 640, 480, 15

COUNT_CHANGES = """async ([selector, milliseconds]) => {
  const view = document.querySelector(selector), small = document.createElement("canvas");
  [small.width, small.height] = [32, 24];
  const pen = small.getContext("2d", { willReadFrequently: true });
  let changes = -1, last = "";
  for (const end = performance.now() + milliseconds; performance.now() < end; ) {
    await new Promise(requestAnimationFrame);
    pen.drawImage(view, 0, 0, small.width, small.height);
    const pixels = pen.getImageData(0, 0, small.width, small.height).data.join();
    if (pixels !== last) [changes, last] = [changes + 1, pixels];
  }
  return changes;
}"""


def chromium() -> str | None:
    """The browser's program, or None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def film(picture: Image, path: Path) -> None:
    """Write a film of a square picture that sways a little, 640×480, as Chromium's fake camera reads it (.mjpeg)."""
    square = cv2.resize(picture, (HEIGHT, HEIGHT), interpolation=cv2.INTER_AREA)
    beside = (WIDTH - HEIGHT) // 2 + SWAY
    canvas = cv2.copyMakeBorder(square, SWAY, SWAY, beside, beside, cv2.BORDER_REPLICATE)[:, :, ::-1]
    with path.open("wb") as file:
        for angle in np.linspace(0, 2 * np.pi, FRAMES, endpoint=False):
            left, top = round(SWAY * (1 + np.cos(angle))), round(SWAY * (1 + np.sin(angle)))
            frame = np.ascontiguousarray(canvas[top : top + HEIGHT, left : left + WIDTH])
            file.write(cv2.imencode(".jpg", frame)[1].tobytes())


def pan(astronaut: Image, hopper: Image, frames: int) -> Iterator[Image]:
    """A moving camera's view of both portraits side by side, once around and in and out, uint8[480, 640, 3] each."""
    height = 450
    near = cv2.resize(astronaut[:256, 90:346], (512, 512), interpolation=cv2.INTER_CUBIC)
    scene = np.concatenate([hopper[:height], near[:height]], axis=1)
    scale = scene.shape[1] / WIDTH
    for angle in np.linspace(0, 2 * np.pi, frames, endpoint=False):
        zoom = scale * (1 + 0.15 * np.sin(angle))
        x, y = scene.shape[1] / 2 + scale * 60 * np.sin(2 * angle), height / 2 + scale * 20 * np.sin(3 * angle)
        matrix = np.array([[zoom, 0, x - zoom * WIDTH / 2], [0, zoom, y - zoom * HEIGHT / 2]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        view = cv2.warpAffine(scene, matrix, (WIDTH, HEIGHT), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        yield np.asarray(view, dtype=np.uint8)


def launch(playwright: Playwright, film: Path | None = None) -> Browser:
    """Chromium, with a camera that plays a film, or without a camera that it may use."""
    camera = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    arguments = [*camera, f"--use-file-for-fake-video-capture={film}"] if film else []
    return playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", *arguments])


def changes_per_second(page: Page, selector: str, seconds: float) -> float:
    """How often a canvas shows another picture, as the browser sees it."""
    return float(page.evaluate(COUNT_CHANGES, [selector, 1000 * seconds])) / seconds
