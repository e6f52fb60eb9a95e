"""What holds for the house as a whole: who may import whom, and what README promises."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from facescore.settings import ROOT

SERVING = ("facescore.ui", "facescore.scoring", "facescore.faces", "facescore.images", "facescore.checkpoints")
TRAINING = ("facescore.training", "facescore.networks", "facescore.datasets")
MODULES = sorted((ROOT / "facescore").rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("statement", ["import app", "import facescore.cli", "import facescore"])
def test_the_serving_side_starts_without_tensorflow(statement: str) -> None:
    heavy = "{'tensorflow', 'keras', 'sklearn', 'scipy', 'matplotlib'}"
    command = f"import sys; {statement}; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_every_room_knows_only_the_rooms_below_it(path: Path) -> None:
    name, known = module_of(path), imports(path)
    forbidden: tuple[str, ...] = ()
    if name.startswith(SERVING):
        forbidden += ("tensorflow", "keras", *TRAINING)
    if name.startswith(("facescore.faces", "facescore.images", "facescore.checkpoints")):
        forbidden += ("facescore.scoring", "facescore.ui")
    if name.startswith("facescore.scoring"):
        forbidden += ("facescore.ui", "gradio")
    if name.startswith(TRAINING):
        forbidden += ("facescore.scoring", "facescore.ui", "gradio")
        if name != "facescore.training.export":
            forbidden += ("tensorflow",)
    assert not [one for one in known if one.startswith(forbidden)]


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_rooms_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 300


def front_matter() -> dict[str, str]:
    _, matter, _ = (ROOT / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return dict(re.findall(r"^(\w+): (.+)$", matter, re.MULTILINE))


def test_readme_is_a_valid_space() -> None:
    matter = front_matter()
    pinned = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    assert matter["sdk"] == "gradio"
    assert matter["sdk_version"] == pinned["gradio"]
    assert (ROOT / matter["app_file"]).is_file()
    assert {"title", "emoji", "colorFrom", "colorTo", "python_version", "license", "short_description"} <= set(matter)
    assert len(matter["short_description"]) <= 60


def test_every_requirement_is_pinned_exactly() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line.split(";")[0].strip() for line in (ROOT / name).read_text().splitlines()]
        packages = [line for line in lines if line and not line.startswith(("#", "-"))]
        assert packages
        assert all(re.fullmatch(r"[\w-]+(\[\w+\])?==[\w.]+", package) for package in packages)


def test_files_that_readme_names_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\(((?!http)[^)#]+)\)", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
