"""The command line on every kind of terminal, pipe and full disk: a sentence or a quiet end, never a traceback."""

import io
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from facescore import Scorer, terminal
from facescore.images import Image
from facescore.settings import ROOT
from facescore.terminal import print_json, printable
from tests.server import heed_interrupts

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a full disk is /dev/full, which Linux has")
COMMAND = [sys.executable, "-m", "facescore"]
ENCODINGS: dict[str, dict[str, str]] = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "GBK": {"PYTHONIOENCODING": "gbk"},
    "C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


def run(*arguments: object, unbuffered: bool = False, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command line on bytes."""
    command = [COMMAND[0], *(["-u"] if unbuffered else []), *COMMAND[1:], *map(str, arguments)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    if "input" not in options:
        pipes["stdin"] = subprocess.DEVNULL
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.run(command, cwd=ROOT, timeout=120, check=False, env=environment, **(pipes | options))


def errors(ended: subprocess.CompletedProcess[bytes]) -> list[str]:
    """The lines on standard error that are the project's, after a check that Python wrote none of its own."""
    assert b"Traceback" not in ended.stderr
    assert b"Exception ignored" not in ended.stderr
    return [line for line in ended.stderr.decode(errors="replace").splitlines() if line.startswith("facescore:")]


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory, astronaut_path: Path) -> list[Path]:
    """A photo under names that few encodings can hold, one of them none at all."""
    folder = tmp_path_factory.mktemp("strange")
    names = [b"\xe7\x85\xa7\xf0\x9f\x98\x80.jpg", "é–.jpg".encode(), b"no \xff\xfe utf.jpg", b"\x1b[31mred\n.jpg"]
    paths = [folder / os.fsdecode(name) for name in names]
    for path in paths:
        shutil.copy(astronaut_path, path)
    return paths


@pytest.mark.parametrize("environment", ENCODINGS.values(), ids=ENCODINGS)
def test_names_that_an_output_cannot_hold_do_not_end_a_run(strange: list[Path], environment: dict[str, str]) -> None:
    scored = run("score", *strange, strange[0].parent / "missing 照.jpg", env=environment)
    assert scored.returncode == 2
    assert scored.stdout.count(b": 1 face, in reading order") == len(strange)
    assert len(errors(scored)) == 1
    ranked = run("rank", strange[0].parent, env=environment)
    assert ranked.returncode == 0
    assert ranked.stdout.count(b".jpg (1)") == len(strange)
    assert errors(ranked) == []
    assert b"\x1b" not in scored.stdout + ranked.stdout


def test_whatever_the_system_lacks_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def closed() -> None:
        raise OSError("handle is closed")  # as some libraries do, without a number

    assert terminal.run(lambda: bytearray(2**62)) == 2
    assert capsys.readouterr().err.startswith("facescore: There is not enough memory")
    assert terminal.run(closed) == 2
    assert capsys.readouterr().err == "facescore: The output cannot be written: handle is closed.\n"


def test_names_that_no_encoding_can_hold_get_into_the_csv(tmp_path: Path, strange: list[Path]) -> None:
    missing = strange[0].parent / os.fsdecode(b"missing \xff.jpg")
    ended = run("rank", strange[0].parent, missing, "-o", tmp_path / "a.csv")
    assert ended.returncode == 2
    assert errors(ended) == []
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert "照😀.jpg" in text
    assert r"missing \udcff.jpg" in text


@pytest.mark.parametrize("environment", ENCODINGS.values(), ids=ENCODINGS)
def test_json_stays_json_in_every_encoding(strange: list[Path], environment: dict[str, str]) -> None:
    scored = run("score", "--json", *strange, env=environment)
    text = scored.stdout.decode(environment.get("PYTHONIOENCODING", "ascii"))
    photos = [os.fsencode(report["photo"]) for report in json.loads(text)]
    assert photos == [os.fsencode(path) for path in strange]


def test_json_is_readable_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, text in (("utf-8", '"照😀"'), ("ascii", r'"\u7167\ud83d\ude00"')):
        output = io.TextIOWrapper(io.BytesIO(), encoding)
        monkeypatch.setattr(sys, "stdout", output)
        print_json("照😀")
        output.seek(0)
        assert output.read() == f"{text}\n"


def test_a_name_does_nothing_to_a_terminal() -> None:
    assert printable("a\x1b[2J\n\x9b\u202e\udcff\x7f照 😀.jpg") == "a�[2J�����照 😀.jpg"


@pytest.mark.parametrize("unbuffered", [False, True], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("arguments", [["score", "--json"], ["rank"]], ids=" ".join)
def test_a_full_disk_behind_the_output_is_a_sentence(
    astronaut_path: Path, arguments: list[str], unbuffered: bool
) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = run(*arguments, astronaut_path, stdout=full, unbuffered=unbuffered)
    assert ended.returncode == 2
    assert errors(ended) == ["facescore: The output cannot be written: No space left on device."]


def test_an_error_that_cannot_be_told_still_has_its_exit_code() -> None:
    with Path("/dev/full").open("wb") as full:
        assert run("score", "missing.jpg", stderr=full).returncode == 2
        assert run("rank", "missing.jpg", stderr=full).returncode == 2


@pytest.mark.parametrize("unbuffered", [False, True], ids=["buffered", "unbuffered"])
def test_a_reader_that_has_enough_ends_the_run_quietly(astronaut_path: Path, unbuffered: bool) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = run("score", astronaut_path, astronaut_path, stdout=writer, unbuffered=unbuffered)
    os.close(writer)
    assert ended.returncode == 1
    assert errors(ended) == []


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_closed_outputs_end_no_run_and_get_into_no_file(tmp_path: Path, astronaut_path: Path, closed: str) -> None:
    overlay = tmp_path / "out.png"
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, "score", str(astronaut_path), "--overlay", str(overlay)]
    ended = subprocess.run(shell, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert ended.returncode == 0
    assert errors(ended) == []
    assert overlay.read_bytes().startswith(b"\x89PNG")
    assert overlay.read_bytes().endswith(b"IEND\xaeB`\x82")


def test_an_error_on_a_closed_standard_error_does_not_get_into_the_json(astronaut_path: Path) -> None:
    shell = ["sh", "-c", 'exec "$@" 2>&-', "sh", *COMMAND, "score", "--json", "missing.jpg", str(astronaut_path)]
    ended = subprocess.run(shell, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert [set(report) for report in json.loads(ended.stdout)] == [{"photo", "error"}, {"photo", "faces"}]


def test_ctrl_c_ends_without_a_traceback(astronaut_path: Path) -> None:
    command = [COMMAND[0], "-u", *COMMAND[1:], "score", *[str(astronaut_path)] * 190]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed_interrupts
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # of the first photo
        process.send_signal(signal.SIGINT)
        output, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert output.count(b": 1 face") < 189
    assert told == b""


def test_a_photo_comes_from_standard_input(
    tmp_path: Path, scorer: Scorer, astronaut_path: Path, astronaut: Image
) -> None:
    overlay = tmp_path / "out.png"
    ended = run("score", "--json", "-", "--overlay", overlay, input=astronaut_path.read_bytes())
    assert ended.returncode == 0
    assert json.loads(ended.stdout) == [{"photo": "-", "faces": [face.to_dict() for face in scorer.score(astronaut)]}]
    assert overlay.is_file()


def test_a_photo_comes_through_a_slow_pipe_in_pieces(astronaut_path: Path) -> None:
    data = astronaut_path.read_bytes()
    with subprocess.Popen(
        [*COMMAND, "score", "-"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        for start in range(0, len(data), 20_000):
            process.stdin.write(data[start : start + 20_000])
            process.stdin.flush()
            time.sleep(0.05)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"-: 1 face, in reading order" in output


def test_a_file_named_like_standard_input_can_be_scored(tmp_path: Path, astronaut_path: Path) -> None:
    shutil.copy(astronaut_path, tmp_path / "-")
    assert b": 1 face, in reading order" in run("score", f"{tmp_path}/-").stdout


def test_standard_input_that_holds_no_photo_says_so() -> None:
    ended = run("score", "-")
    assert ended.returncode == 2
    assert errors(ended)[0].startswith("facescore: -: This file is empty.")
    master, tty = os.openpty()
    ended = run("score", "-", stdin=tty)
    os.close(master)
    os.close(tty)
    assert ended.returncode == 2
    assert errors(ended) == [
        "facescore: -: Standard input is a terminal. Redirect a photo to it: facescore score - < photo.jpg"
    ]


def limit_files() -> None:
    """Every file ends after 100 bytes, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.mark.parametrize(("command", "option", "name"), [("score", "--overlay", "o.png"), ("rank", "-o", "o.csv")])
def test_a_file_that_cannot_be_written_exits_2_and_leaves_nothing(
    tmp_path: Path, astronaut_path: Path, command: str, option: str, name: str
) -> None:
    ended = run(command, astronaut_path, option, tmp_path / name, preexec_fn=limit_files)
    assert ended.returncode == 2
    assert errors(ended) == [
        f"facescore: {tmp_path / name} cannot be written: File too large. Name a file in another folder."
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("command", "option", "name"), [("score", "--overlay", "o.png"), ("rank", "-o", "o.csv")])
def test_a_folder_is_not_written_over_and_that_is_said_before_the_work(
    tmp_path: Path, astronaut_path: Path, command: str, option: str, name: str
) -> None:
    (tmp_path / name).mkdir()
    ended = run(command, astronaut_path, option, tmp_path / name)
    assert ended.returncode == 2
    assert errors(ended) == [f"facescore: {tmp_path / name} is a folder and cannot be overwritten. Name a file."]
    assert ended.stdout == b""


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", ".csv", "", "/proc/none.csv", "/dev/null/o.csv"])
def test_names_that_no_file_can_have_are_a_sentence(astronaut_path: Path, name: str) -> None:
    ended = run("rank", astronaut_path, "-o", name)
    assert ended.returncode == 2
    assert len(errors(ended)) == 1


def test_links_that_lead_in_a_circle_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    ended = run("score", tmp_path / "loop.jpg", "--overlay", tmp_path / "o.png")
    assert ended.returncode == 2
    assert "cannot be opened: Too many levels of symbolic links" in errors(ended)[0]


def on_a_terminal(*arguments: object, width: int = 80, **options: Any) -> str:
    """What a command shows on a terminal of some columns."""
    master, tty = os.openpty()
    ended = run(*arguments, stdout=tty, stderr=tty, env={"COLUMNS": str(width), "TERM": "xterm"}, **options)
    os.close(tty)
    shown = b""
    try:
        while piece := os.read(master, 65536):
            shown += piece
    except OSError:  # Linux's way to say that nobody writes any more
        pass
    os.close(master)
    assert ended.returncode == 0
    return shown.decode()


def test_only_a_terminal_gets_colours_and_progress_and_no_name_loses_its_end_there(
    tmp_path: Path, astronaut_path: Path
) -> None:
    names = [f"a photo with a long name, number {number}.jpg" for number in (1, 2)]
    for name in names:
        shutil.copy(astronaut_path, tmp_path / name)
    shown = on_a_terminal("rank", tmp_path)
    assert "\x1b[1m" in shown
    assert "2/2" in shown
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).splitlines()
    start = next(found.start() for line in lines if (found := re.search(r"photo(?!s)", line)))  # of the last column
    photos = "".join(line[start:].strip() for line in lines)
    assert all(name.replace(" ", "") in photos.replace(" ", "") for name in names)
    ended = run("rank", tmp_path)
    assert ended.stderr == b""
    assert b"\x1b" not in ended.stdout
