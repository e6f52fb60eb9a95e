"""A run resumes after a kill, a full disk and damage."""

import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facescore import DataError, StorageError
from facescore.faces.mtcnn import MTCNN
from facescore.files import locked
from facescore.settings import ROOT
from facescore.training.data.place import Place
from facescore.training.fit import states
from facescore.training.run import run as train
from tests.datasets.test_celeba import write
from tests.training.fit.test_loop import PLAN, build, fit, interrupt_after, made

EXAMPLES = made()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An uninterrupted run."""
    run = tmp_path_factory.mktemp("whole") / "run"
    fit(PLAN, EXAMPLES, build, run)
    return run


@pytest.fixture(scope="module")
def stopped_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("stopped") / "run"
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(12, patch)  # in the middle of the third epoch
        with pytest.raises(KeyboardInterrupt):
            fit(PLAN, EXAMPLES, build, run)
    return run


@pytest.fixture
def stopped(stopped_run: Path, tmp_path: Path) -> Path:
    """A copy of a run that was interrupted in its third epoch."""
    return Path(shutil.copytree(stopped_run, tmp_path / "run"))


def names(run: Path) -> set[str]:
    return {path.name for path in run.iterdir()}


def end_is_the_same(run: Path, whole: Path) -> bool:
    fit(PLAN, EXAMPLES, build, run)
    ours, theirs = (pd.read_csv(one / "history.csv").drop(columns="seconds") for one in (run, whole))
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-4)
    weights = (states.load_best(one) for one in (run, whole))
    return all(np.allclose(a, b, atol=1e-5) for a, b in zip(*weights, strict=True))


def test_the_last_two_states_are_kept(stopped: Path, whole: Path) -> None:
    others = {"best.npz", "history.csv", "recipe.json"}
    assert names(stopped) == others | {"epoch-001.keras", "epoch-002.keras"}
    assert names(whole) == others | {"network.keras", "summary.txt"} | {"epoch-003.keras", "epoch-004.keras"}


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def one_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + random.Random(0).randbytes(5000))


def another_epoch(path: Path) -> None:
    shutil.copy(path.with_name("epoch-001.keras"), path)


DAMAGES = (cut_off, one_byte, empty, garbage, another_epoch)


@pytest.mark.parametrize("damage", DAMAGES)
def test_where_the_newest_state_is_damaged_the_one_before_is_taken(
    damage: Callable[[Path], None], stopped: Path, whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(stopped / "epoch-002.keras")
    assert end_is_the_same(stopped, whole)
    said = capsys.readouterr().out
    assert "epoch-002.keras is damaged; the epoch before it is taken." in said
    assert "Resuming after epoch 1" in said


def test_where_all_states_are_damaged_the_run_is_refused(stopped: Path) -> None:
    for path in stopped.glob("*.keras"):
        cut_off(path)
    with pytest.raises(DataError, match=r"All states .* are damaged\. Delete that folder"):
        fit(PLAN, EXAMPLES, build, stopped)


@pytest.mark.parametrize("text", [None, "", "epoch\n", "epoch,val_loss\n0,1\n1,x\n", "\udcff", "epoch,val_loss\n" * 99])
def test_whatever_happened_to_the_history_beside_the_states_it_is_written_anew(
    text: str | None, stopped: Path, whole: Path
) -> None:
    (stopped / "history.csv").unlink()
    if text is not None:
        (stopped / "history.csv").write_text(text, errors="surrogateescape")
    assert end_is_the_same(stopped, whole)


@pytest.mark.parametrize("damage", [cut_off, one_byte, empty, garbage, Path.unlink])
def test_damaged_weights_of_the_best_epoch_are_named(
    damage: Callable[[Path], None], whole: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(whole, tmp_path / "run"))
    damage(run / "best.npz")
    with pytest.raises(DataError, match=r"best\.npz, are missing or damaged\. Delete that folder"):
        fit(PLAN, EXAMPLES, build, run)


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Limit the size of every file, in bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_last_states(stopped: Path, whole: Path) -> None:
    before, found = names(stopped), states.resume(stopped)
    assert found
    model, history = found
    another = pd.concat([history, history.tail(1).assign(epoch=3)], ignore_index=True)
    size = (stopped / "epoch-002.keras").stat().st_size
    for part in (0.1, 0.5, 0.95):
        with full_disk(int(part * size)), pytest.raises(OSError, match="File too large"):
            states.save(model, another, stopped)
    with full_disk(size // 2), pytest.raises(OSError, match="File too large"):
        fit(PLAN, EXAMPLES, build, stopped)  # Keras needs room to load a state, too
    assert names(stopped) == before
    assert end_is_the_same(stopped, whole)


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, detector: MTCNN) -> None:
    data, runs = write(tmp_path / "data"), tmp_path / "runs"
    sentence = r"cannot be used: File too large\. What was trained is kept: make room"
    with full_disk(2000), pytest.raises(StorageError, match=sentence):
        train("attractive-simple", None, Place(data, tmp_path, runs, detector))
    assert [path for path in runs.rglob("*") if path.is_file()] == []


def test_an_unusable_folder_is_told_in_a_sentence(tmp_path: Path, detector: MTCNN) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"file.*cannot be used: Not a directory\. .* run the same command again"):
        train("attractive-simple", None, Place(tmp_path, tmp_path, tmp_path / "file", detector))


def test_one_process_at_a_time_trains_a_recipe(tmp_path: Path, detector: MTCNN) -> None:
    with (
        locked(tmp_path / "attractive-simple"),
        pytest.raises(StorageError, match="Another process is training attractive-simple"),
    ):
        train("attractive-simple", None, Place(tmp_path, tmp_path, tmp_path, detector))


ENDLESS = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.training.fit.test_loop import PLAN, build, fit, made
fit(replace(PLAN, epochs=10_000), made(), build, Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_at_most_an_epoch(tmp_path: Path) -> None:
    run, rng = tmp_path / "run", random.Random(0)
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(run)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        last = 0
        for line in process.stdout:  # an epoch is printed before it is saved
            if ": epoch " in line:
                epoch = int(line.split(": epoch ")[1].split(",")[0])
                last = last or epoch + rng.randrange(3, 12)
                if epoch == last:
                    break
        time.sleep(rng.random() / 10)
        process.kill()
        process.communicate()
        assert len(states.history(run)) >= last
