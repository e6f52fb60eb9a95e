"""What the repository promises: front matter, pins, links, README's size."""

import itertools
import re
import textwrap
from pathlib import Path

import pytest
import yaml

from facescore import checkpoints
from facescore.results import male_study
from facescore.results.study import Study
from facescore.settings import CHECKPOINTS, ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]


def front_matter() -> dict[str, str]:
    _, matter, _ = (ROOT / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    parsed: dict[str, str] = yaml.safe_load(matter)
    return parsed


def test_readme_is_a_valid_space() -> None:
    matter = front_matter()
    pinned = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    assert matter["sdk"] == "gradio"
    assert matter["sdk_version"] == pinned["gradio"]
    assert matter["python_version"] == "3.12"
    assert (ROOT / matter["app_file"]).is_file()
    assert {"title", "emoji", "colorFrom", "colorTo", "license", "short_description"} <= set(matter)
    assert len(matter["short_description"]) <= 60


def test_every_requirement_is_pinned_exactly() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line.split(";")[0].strip() for line in (ROOT / name).read_text().splitlines()]
        packages = [line for line in lines if line and not line.startswith(("#", "-"))]
        assert packages
        assert all(re.fullmatch(r"[\w-]+(\[\w+\])?==[\w.]+", package) for package in packages)


def test_files_that_pages_link_to_are_there() -> None:
    for page in PAGES:
        named = re.findall(r"\]\(((?!http)[^)#]+)\)", page.read_text(encoding="utf-8"))
        assert [name for name in named if not (page.parent / name).exists()] == []


def test_readme_is_read_in_one_go() -> None:
    assert (ROOT / "README.md").stat().st_size <= 6000


@pytest.mark.parametrize("place", [ROOT / "README.md", ROOT / "facescore" / "__init__.py"])
def test_the_shown_python_runs_as_it_stands(
    place: Path,
    tmp_path: Path,
    astronaut_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    blocks = re.findall(r"(?:```python|Example:)\n(.*?)(?:```|\"\"\")", place.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    (tmp_path / "photo.jpg").write_bytes(astronaut_path.read_bytes())
    monkeypatch.chdir(tmp_path)
    for block in blocks:
        exec(textwrap.dedent(block), {})
    assert capsys.readouterr().out


def test_no_tab_styles_anothers_classes() -> None:
    sheets = {
        path.name: selectors(path) for path in (ROOT / "assets" / "style").glob("*.css") if path.name != "base.css"
    }
    assert len(sheets) > 2
    for one, other in itertools.permutations(sheets, 2):
        everywhere = {found[1] for selector in sheets[one] if (found := re.match(r"\.([\w-]+)", selector))}
        named = set(re.findall(r"\.([a-zA-Z][\w-]*)", " ".join(sheets[other])))
        assert everywhere & named == set(), (one, other)


def selectors(sheet: Path) -> list[str]:
    """A style sheet's selectors, without what they set."""
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [one.strip() for several in re.findall(r"(?:^|[{};])\s*([^{};@]+)\{", rules) for one in several.split(",")]


def test_counts_in_prose_are_those_of_the_studies() -> None:
    """What tables do not hold: how many pictures of each data set there are, are at hand, and were learned from."""
    counts = {name: checkpoints.read_card(CHECKPOINTS / name).data["counts"] for name in ("attractive", "beauty")}
    hand, rated = (sum(of_parts.values()) for of_parts in counts.values())
    labelled = int(male_study.exploration().to_numpy().sum())
    large = Study.read("male-cnn-100").metrics["test"]["all"]["count"]
    prose = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
    for name, numbers in {
        "male.md": (labelled, hand, counts["attractive"]["train"], large),
        "data-and-licences.md": (labelled, hand, rated),
        "results.md": (counts["attractive"]["train"], rated),
        "README.md": (rated,),
    }.items():
        assert [number for number in numbers if f"{number:,}" not in prose[name]] == [], name
