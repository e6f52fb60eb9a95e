"""Another commit of this repository, or other software, as a process that takes turns with ours.

Every way of doing the work runs in a process of its own and does one task when asked, so that no way's threads or
memory slow down another one's.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facescore.settings import ROOT

COMMIT = "e3c1c3e"  # what this repository is compared with: its first edition


@contextmanager
def checkout(commit: str = COMMIT) -> Iterator[Path]:
    """A temporary work tree of another commit."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / commit
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


class Peer:
    """A program that reads names of tasks from its standard input and answers each with the milliseconds it took.

    Args:
        program: Python source.
        arguments: of the program.
        tree: the folder in which it runs, and from which it imports facescore.
    """

    def __init__(self, program: str, *arguments: str, tree: Path = ROOT) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=tree,
        )

    def milliseconds(self, task: str) -> float:
        """Do a task once."""
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{task}\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            sys.exit(f"The program for {task!r} in {process.args!r} ended. Run it alone to see why.")
        return float(answer)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
