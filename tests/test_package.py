"""The package as `pip install .` leaves it: a command that works from any folder."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from facescore.settings import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    assert wheel.stat().st_size < 20e6
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def facescore(installed: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command, away from the checkout."""
    start = f"import sys; sys.path.insert(0, {str(installed)!r}); from facescore.cli import main; main()"
    command = [sys.executable, "-c", start, *map(str, arguments)]
    return subprocess.run(command, cwd=installed.parent, capture_output=True, text=True, check=False)


def test_the_installed_command_scores_a_photo(installed: Path, astronaut_path: Path) -> None:
    run = facescore(installed, "score", "--json", astronaut_path)
    assert run.returncode == 0, run.stderr
    here = subprocess.run(
        [sys.executable, "-m", "facescore", "score", "--json", astronaut_path], cwd=ROOT, capture_output=True, text=True
    )
    assert run.stdout == here.stdout


def test_every_script_of_the_page_is_installed(installed: Path) -> None:
    scripts = {path.name for path in (ROOT / "assets").glob("*.js")}
    assert scripts == {path.name for path in (installed / "facescore" / "_assets").glob("*.js")}


def test_the_large_network_stays_in_the_repository_and_the_command_says_so(
    installed: Path, astronaut_path: Path
) -> None:
    run = facescore(installed, "score", "--network", "beauty-resnet50", astronaut_path)
    assert run.returncode == 2
    assert "beauty-resnet50 is not installed" in run.stderr
    assert "Clone the repository" in run.stderr


def test_licences_travel_with_the_package(installed: Path) -> None:
    (info,) = installed.glob("*.dist-info")
    metadata = (info / "METADATA").read_text(encoding="utf-8")
    assert "LicenseRef-Non-Commercial-Research" in metadata
    assert {"LICENSE", "NOTICE"} <= {path.name for path in info.rglob("*")}
    assert "Requires-Dist: tensorflow" not in metadata.split("Provides-Extra")[0]
