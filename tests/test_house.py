"""Who may import whom. docs/architecture.md says what each room is for."""

import ast
import subprocess
import symtable
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from facescore.settings import ROOT

BASE = ("estimates", "intervals", "settings", "files", "terminal", "processes", "typed", "errors")
ARROWS: dict[str, tuple[str, ...]] = {
    "app": ("ui",),
    "cli": ("batch", "training.again", "training.covered", "training.answers"),
    "batch": ("scoring",),
    "ui": ("results",),
    "results": ("scoring",),
    "scoring": ("faces",),
    "faces": ("runtime",),
    "runtime": ("checkpoints", "images", "templates"),
    "checkpoints": BASE,
    "images": BASE,
    "templates": BASE,
    "estimates": (),
    "intervals": (),
    "settings": ("errors",),
    "files": ("errors",),
    "terminal": ("errors",),
    "processes": (),
    "typed": (),
    "errors": (),
    "datasets": ("errors",),
    "networks": ("errors", "files"),
    "training.run": ("training.publish", "training.fit", "training.export"),
    "training.publish": ("training.recipes", "training.measure", "results"),
    "training.answers": ("training.measure", "results"),
    "training.covered": ("training.data",),
    "training.again": ("training.run",),
    "training.recipes": ("errors",),
    "training.export": ("results", "networks", "datasets"),
    "training.measure": ("training.data", "training.predict", "scoring"),
    "training.fit": ("training.data", "networks", "training.predict"),
    "training.data": ("datasets", "networks", "faces", "training.predict"),
    "training.predict": ("runtime",),
}
"""The rooms that a room points to; it may also import whatever those may."""
HEAVY = {"tensorflow", "keras", "sklearn", "scipy", "matplotlib"}
SERVING = ("app", "ui", "results", "scoring", "batch", "faces", "runtime", *ARROWS["runtime"], *BASE)
MODULES = [ROOT / "app.py", *sorted((ROOT / "facescore").rglob("*.py"))]


def below(room: str) -> set[str]:
    """The room and every room that it may import."""
    return {room}.union(*(below(other) for other in ARROWS[room]))


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str | None:
    """The room of a module of the project; the package itself and `facescore.training` are halls without one."""
    name = module.removeprefix("facescore.")
    rooms = [room for room in ARROWS if name == room or name.startswith(f"{room}.")]
    return max(rooms, key=len, default=None)


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_every_module_imports_only_from_its_room_and_those_below(path: Path) -> None:
    room = room_of(module_of(path))
    if room is None:
        assert path.name in ("__init__.py", "__main__.py")
        return
    known = {other for name in imports(path) if name.startswith("facescore.") and (other := room_of(name))}
    assert known <= below(room)


def test_the_rooms_form_no_circle() -> None:
    assert len(list(TopologicalSorter(ARROWS).static_order())) == len(ARROWS)


def test_the_modules_form_no_circle() -> None:
    modules = {module_of(path): path for path in MODULES}
    graph = {name: (imports(path) & modules.keys()) - {name} for name, path in modules.items()}
    for name, known in graph.items():  # a package's own __init__ that collects its modules is no circle
        graph[name] = {one for one in known if not name.startswith(f"{one}.")}
    assert set(TopologicalSorter(graph).static_order()) >= modules.keys()


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_only_training_knows_keras_and_only_the_export_tensorflow(path: Path) -> None:
    room, known = room_of(module_of(path)), {name.split(".")[0] for name in imports(path)}
    if room in SERVING:
        assert not known & {"keras", "tensorflow"}
    if room != "training.export":
        assert "tensorflow" not in known
    if room not in ("app", "ui"):
        assert "gradio" not in known


NOTE_STUBS = """(lambda event, arguments: event == "open" and str(arguments[0]).endswith(".pyi")
    and "components" in arguments[0] and print(arguments[0]))"""


@pytest.mark.parametrize("statement", ["import app", "import facescore.cli", "import facescore"])
def test_the_serving_side_starts_without_heavy_libraries(statement: str) -> None:
    """And without the stub files of Gradio's components, which take nearly as long as the rest of it."""
    command = f"import sys; sys.addaudithook({NOTE_STUBS}); {statement}; print(sorted({HEAVY!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


def hidden(scope: symtable.SymbolTable, imported: set[str]) -> Iterator[str]:
    """The local variables of a scope's functions that have the name of something imported."""
    for inner in scope.get_children():
        if isinstance(inner, symtable.Function):
            yield from ({*inner.get_locals()} - {*inner.get_parameters()}) & imported
        yield from hidden(inner, imported)


@pytest.mark.parametrize("folder", ["facescore", "benchmarks", "tests"])
def test_no_variable_hides_what_its_module_imports(folder: str) -> None:
    """Otherwise the rest of that function, above the assignment too, can no longer call what was imported."""
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        module = symtable.symtable(path.read_text(encoding="utf-8"), path.name, "exec")
        imported = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_imported()}
        found += [f"{path}: {name}" for name in hidden(module, imported)]
    assert found == []
