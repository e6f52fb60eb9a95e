"""How long a visitor waits after a choice on the tab Score, and for what moves the score.

    python benchmarks/choices.py [--publish]

The page is served and opened in Chromium with a photo of two people. Each choice is pressed several times; the time is
that from the press to the changed text, in the browser. The sweeps are those of one face, from the moment when its
scores are there. Needs Chromium and Playwright. --publish writes the table into docs/performance.md.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from screenshots import EXAMPLES, together

from facescore import Scorer, read_image, ui
from facescore.results.readme import PERFORMANCE, publish, table
from facescore.scoring.sweeps import sweep
from facescore.settings import ROOT, Settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

RUNS = 7
PRESS = """([button, place]) => new Promise((done) => {
  const started = performance.now();
  new MutationObserver((_, observer) => {
    observer.disconnect();
    done(performance.now() - started);
  }).observe(document.querySelector(place), { childList: true, subtree: true, characterData: true });
  document.querySelector(button).click();
})"""
"""Milliseconds from a press until the place has changed."""
SWEPT = """() => new Promise((done) => {
  const place = document.querySelector("#moves"), button = document.querySelector("#thumbs [aria-pressed=false]");
  const started = performance.now(), { face } = button.dataset;
  new MutationObserver((_, observer) => {
    if (place.querySelector(".sweeps")?.dataset.face !== face) return;
    observer.disconnect();
    done(performance.now() - started);
  }).observe(place, { childList: true, subtree: true });
  button.click();
})"""
"""Milliseconds from choosing the other face until its sweeps are there."""
CHOICES = {
    "another face": ("#thumbs [aria-pressed=false]", "#faces"),
    "the map of the other score": ("#map input:not(:checked)", "#slider"),
    "another group to compare with": ("#group input:not(:checked)", "#faces"),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    sys.path.append(str(ROOT))  # the steps of a visitor are in the tests
    scorer = Scorer(Settings())
    page = ui.build_page(scorer)
    _, address, _ = ui.launch(page, prevent_thread_lock=True, quiet=True)
    shown = table(("what", f"milliseconds (median of {RUNS})"), [*measured(address), work(scorer)])
    page.close(verbose=False)
    print(shown)
    if arguments.publish:
        publish("choices", shown, PERFORMANCE)


def measured(address: str) -> list[tuple[str, str]]:
    """Every choice with its time."""
    from playwright.sync_api import sync_playwright

    from tests.browser import camera, steps

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        two = Path(folder) / "two.png"
        together(two)
        view = camera.launch(playwright).new_page(locale="en-US")
        view.goto(address)
        view.get_by_role("tab").first.wait_for()
        steps.upload(view, two)
        steps.face(view)
        view.locator("#moves .sweeps").wait_for()
        for fold in ("options", "why"):
            view.locator(f"#{fold} button").first.click()
        rows = [("what moves the score, all sweeps", median(view, SWEPT))]
        return rows + [(name, median(view, PRESS, *places)) for name, places in CHOICES.items()]


def work(scorer: Scorer) -> tuple[str, str]:
    """The processor time of one face's sweeps, over all threads: other programs hardly move it."""
    image = read_image(EXAMPLES[1])
    landmarks = scorer.score(image)[0].face.landmarks
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        sweep(image, landmarks, scorer)
        times.append(1000 * (time.process_time() - started))
    return "processor time of all sweeps, both cores together", f"{statistics.median(times):.0f}"


def median(view: "Page", script: str, *places: str) -> str:
    """The median of several times, with the page at rest before each."""
    times = []
    for _ in range(RUNS):
        view.wait_for_function("document.querySelector('#moves .sweeps')")
        view.wait_for_timeout(300)
        times.append(view.evaluate(script, list(places)))
    return f"{statistics.median(times):.0f}"


if __name__ == "__main__":
    main()
