"""How far the page's scores lie from the command line's because the browser scales large photos down.

    python benchmarks/scaled.py --data DIR [--publish]

MEBeauty's validation faces, enlarged to nine megapixels, are given to the page in Chromium. What arrives at the server
is scored, and so is the photo as it was. Needs Chromium and Playwright. --publish writes the table into
docs/performance.md.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
from tqdm import tqdm

from facescore import Scorer, read_image, ui
from facescore.datasets import mebeauty
from facescore.faces import largest, search
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.settings import ROOT, Settings
from facescore.training.measure.metrics import mean_with_interval

SIDE, PHOTOS, QUALITY = 3000, 40, 95  # pixels; photos; of their JPEG


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds the data sets")
    parser.add_argument("--publish", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    sys.path.append(str(ROOT))  # the steps of a visitor are in the tests
    scorer = Scorer(Settings())
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder
        page = ui.build_page(scorer)
        _, address, _ = ui.launch(page, prevent_thread_lock=True, quiet=True)
        moved = np.array([*differences(scorer, address, arguments.data, Path(folder))])
        page.close(verbose=False)
    for name, values in zip(("rating, 1 to 5", "probability, 0 to 1"), moved.T, strict=True):
        found = mean_with_interval(values)
        rows.append((name, f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})", f"{values.max():.3f}"))
    shown = table(("score", f"mean absolute change ({len(moved)} photos)", "largest"), rows)
    print(shown)
    if arguments.publish:
        publish("scaled", shown, PERFORMANCE)


def differences(scorer: Scorer, address: str, data: Path, folder: Path) -> Iterator[tuple[float, float]]:
    """How far both scores of each photo move."""
    from playwright.sync_api import sync_playwright

    from tests.browser import camera, steps

    with sync_playwright() as playwright:
        view = camera.launch(playwright).new_page(locale="en-US")
        view.goto(address)
        view.get_by_role("tab").first.wait_for()
        for number, path in enumerate(tqdm(photos(data), unit=" photos", disable=None)):
            large = folder / f"large-{number}.jpg"
            picture = PIL.Image.fromarray(read_image(path)).resize((SIDE, SIDE), PIL.Image.Resampling.LANCZOS)
            picture.save(large, quality=QUALITY)
            with view.expect_response(lambda answer: "/upload" in answer.url) as answered:
                steps.upload(view, large)
            both = [subject(scorer, file) for file in (large, Path(answered.value.json()[0]))]
            large.unlink()
            if both[0] and both[1]:
                yield abs(both[0][0] - both[1][0]), abs(both[0][1] - both[1][1])
        view.locator("#moves .sweeps").wait_for()  # the server is at rest before it is closed


def subject(scorer: Scorer, file: Path) -> tuple[float, float] | None:
    """Both scores of a photo's largest face; None if there is no face."""
    photo = read_image(file)
    faces = search.find(scorer.detector, photo)
    if not faces:
        return None
    (scores,) = scorer.score_faces([(photo, largest(faces))])
    return scores.beauty, scores.attractive


def photos(data: Path) -> list[Path]:
    """Some of MEBeauty's validation faces, evenly spread over the list."""
    faces = mebeauty.load(data)
    paths = faces.loc[faces["partition"] == "validation", "path"]
    return list(paths[:: max(1, len(paths) // PHOTOS)][:PHOTOS])


if __name__ == "__main__":
    main()
