"""Screenshots of the page for README: every tab in Chromium, with the two example photos.

    python benchmarks/screenshots.py

writes assets/screenshots/TAB.png, and assets/icon.png. Needs Chromium and Playwright.
"""

import io
import sys
import tempfile
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from facescore import Scorer, read_image, ui
from facescore.files import write_atomically
from facescore.settings import ASSETS, ROOT, Settings
from facescore.ui.words import say

FOLDER = ASSETS / "screenshots"
EXAMPLES = [ASSETS / "examples" / name for name in ("grace_hopper.jpg", "astronaut.jpg")]
WIDTH, HEIGHT = 1440, 1100
COLOURS = 128  # in each file, which halves its size


def main() -> None:
    """Draw the icon, serve the page, walk through its tabs, and save screenshots."""
    write_atomically(ASSETS / "icon.png", lambda file: icon().save(file, "PNG", optimize=True))
    sys.path.append(str(ROOT))  # the steps of a visitor are in the tests
    from playwright.sync_api import sync_playwright

    from tests.browser import camera, steps

    page = ui.build_page(Scorer(Settings()))
    _, address, _ = ui.launch(page, prevent_thread_lock=True, quiet=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        film, two = Path(folder) / "film.mjpeg", Path(folder) / "two.png"
        camera.film(read_image(EXAMPLES[1]), film)
        together(two)
        view = camera.launch(playwright, film).new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-US")
        view.goto(address)
        view.get_by_role("tab").first.wait_for()

        def keep(name: str) -> None:
            """Save the window once its pictures are loaded."""
            view.evaluate("scrollTo(0, 0)")
            view.wait_for_timeout(800)
            save(name, view.screenshot())

        steps.upload(view, two)
        steps.face(view)
        view.locator("#thumbs [data-face='2']").click()
        steps.face(view, 2)
        view.locator("#moves .sweeps[data-face='2']").wait_for()
        keep("score")
        steps.open_tab(view, "live")
        view.get_by_role("button", name=say("live.start")).click()
        view.locator("#live .tag").first.wait_for()
        view.wait_for_timeout(8000)  # of the curves' ten seconds
        keep("live")
        steps.open_tab(view, "rank")
        view.get_by_role("button", name=say("rank.example")).click()
        view.get_by_role("link", name=say("rank.save_csv")).wait_for()
        view.locator("#rank-stop:disabled").wait_for()
        keep("rank")
        steps.open_tab(view, "networks")
        view.locator("#stories figure").first.wait_for()
        keep("networks")
        steps.open_tab(view, "about")
        keep("about")
    page.close(verbose=False)


def icon() -> PIL.Image.Image:
    """The page's icon: a numbered face box, as on the photo, without a face."""
    picture = PIL.Image.new("RGB", (512, 512), "#161514")
    draw = PIL.ImageDraw.Draw(picture)
    draw.rounded_rectangle((96, 116, 416, 436), 40, outline="#ffd640", width=34)
    draw.rounded_rectangle((96, 76, 246, 216), 30, fill="#ffd640")
    draw.text((171, 146), "1", fill="#1d1600", font=PIL.ImageFont.load_default(120), anchor="mm")
    return picture


def together(path: Path) -> None:
    """Write both example portraits side by side in one photo."""
    portraits = [read_image(example) for example in EXAMPLES]
    height = min(portrait.shape[0] for portrait in portraits)
    PIL.Image.fromarray(np.concatenate([portrait[:height] for portrait in portraits], axis=1)).save(path)


def save(name: str, screenshot: bytes) -> None:
    """Write a screenshot with fewer colours."""
    small = PIL.Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(COLOURS)
    write_atomically(FOLDER / f"{name}.png", lambda file: small.save(file, "PNG", optimize=True))


if __name__ == "__main__":
    main()
