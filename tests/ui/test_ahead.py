import os
import subprocess
import sys
from pathlib import Path

from facescore.settings import ROOT
from facescore.ui import ahead, networks
from facescore.ui.words import LANGUAGES

DRAWN = """
import sys
from itertools import islice
from facescore.ui import ahead, written
ahead.NICE = 0  # beside other tests, a process that gives way would take minutes
parts = list(islice(ahead.parts(), 2))
if __name__ == "__main__":
    ahead.parts = lambda: iter(parts)
    ahead.draw(wait=0)
    kept = list(written.WRITTEN.values())
    assert [part() for part in parts] == kept
    print(len(kept), "matplotlib" in sys.modules)
"""

ENDED = """
import multiprocessing, threading, time
from functools import partial
from facescore.ui import ahead
if __name__ == "__main__":
    ahead.parts = lambda: iter([partial(time.sleep, 600)])
    threading.Thread(target=ahead.draw, args=(0,), daemon=True).start()
    while not multiprocessing.active_children():
        time.sleep(0.01)
    time.sleep(1)
"""


def test_every_network_and_every_other_part_is_drawn_in_every_language() -> None:
    drawn = {(part.func, part.args) for part in ahead.parts()}
    assert {(networks.describe, (name, language)) for name in networks.studies() for language in LANGUAGES} < drawn
    assert len(drawn) == len(LANGUAGES) * (len(networks.studies()) + 5)


def test_what_was_drawn_ahead_is_given_at_once_and_no_library_of_figures_stays(tmp_path: Path) -> None:
    (script := tmp_path / "drawn.py").write_text(DRAWN)
    run = subprocess.run(
        [sys.executable, script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "2 False\n"


def test_what_is_being_drawn_does_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    (script := tmp_path / "ended.py").write_text(ENDED)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, script], cwd=ROOT, env=environment, check=True, timeout=60)
