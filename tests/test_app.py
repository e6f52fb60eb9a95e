"""The page on a real server, by `gradio_client`."""

import ast
import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from gradio_client import Client, handle_file
from jsonschema import Draft202012Validator
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool

from facescore import Scorer, read_image
from facescore.images import Image
from facescore.scoring.scorer import WARNINGS
from facescore.settings import ROOT
from tests.server import serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page with tools for assistants."""
    with serving(tmp_path_factory.mktemp("gradio"), "--mcp") as running:
        yield str(running.http.base_url).rstrip("/")


def test_what_keeps_the_page_from_starting_is_one_line() -> None:
    environment = os.environ | {"GRADIO_TEMP_DIR": "/dev/null/uploads"}
    command = [sys.executable, "app.py"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("facescore: ")
    assert "/dev/null/uploads" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.fixture(scope="module")
def client(server: str) -> Client:
    return Client(server, verbose=False)


def score(client: Client, photo: Path, *choices: str) -> dict[str, Any]:
    report: dict[str, Any] = client.predict(handle_file(photo), *choices, api_name="/score")
    return report


def test_a_photo_is_scored_as_the_package_does(client: Client, scorer: Scorer, astronaut_path: Path) -> None:
    report = score(client, astronaut_path)
    assert report == {"faces": [face.to_dict() for face in scorer.score(read_image(astronaut_path))]}


def test_every_face_is_reported(client: Client, two_faces: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(two_faces).save(tmp_path / "two.png")
    assert len(score(client, tmp_path / "two.png")["faces"]) == 2


def test_the_group_moves_the_percentile(client: Client, astronaut_path: Path) -> None:
    everyone, women = (score(client, astronaut_path, group)["faces"][0] for group in ("all", "CF"))
    assert everyone["beauty"] == women["beauty"]
    assert everyone["percentile"] != women["percentile"]


def test_the_other_network_moves_the_rating_alone(client: Client, astronaut_path: Path) -> None:
    small, large = (
        score(client, astronaut_path, "all", network)["faces"][0] for network in ("beauty", "beauty-resnet50")
    )
    assert small["attractive"] == large["attractive"]
    assert small["beauty"] != large["beauty"]
    assert "no such network" in score(client, astronaut_path, "all", "../attractive")["error"]


def test_no_face_is_no_error(client: Client, meadow: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(meadow).save(tmp_path / "meadow.png")
    assert score(client, tmp_path / "meadow.png") == {"faces": []}


def test_a_text_named_jpg_is_refused_in_words(client: Client, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("hello")
    report = score(client, tmp_path / "text.jpg")
    assert report["faces"] == []
    assert "not a picture" in report["error"]


def test_a_tiny_and_a_turned_picture_are_told_apart(client: Client, astronaut: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(astronaut[:20, :20]).save(tmp_path / "tiny.png")
    assert "20 × 20" in score(client, tmp_path / "tiny.png")["error"]
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    sideways = PIL.Image.fromarray(astronaut).transpose(PIL.Image.Transpose.ROTATE_90)
    sideways.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    assert len(score(client, tmp_path / "turned.jpg")["faces"]) == 1


def test_nothing_is_shared_flagged_or_recorded(client: Client) -> None:
    config = client.config
    assert config["analytics_enabled"] is False
    assert config["run_history"] is False
    assert "runs" not in config["footer_links"]
    for component in config["components"]:
        assert "share" not in (component["props"].get("buttons") or [])


def test_only_score_and_rank_are_offered(client: Client) -> None:
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/score", "/rank"]


def test_what_the_functions_say_of_themselves_has_limits_codes_fields_and_our_example(
    client: Client, scorer: Scorer, astronaut_path: Path
) -> None:
    """As “Use via API” and assistants show it."""
    info = client.view_api(return_format="dict")["named_endpoints"]
    for name, limits in (("/score", ("20 MB", "no children")), ("/rank", ("200 photos", "90 seconds", "no children"))):
        endpoint = info[name]
        assert all(limit in endpoint["description"] for limit in limits)
        told = {one["parameter_name"]: one for one in endpoint["parameters"]}
        assert all(one["label"] == name and one["python_type"]["description"] for name, one in told.items())
        group = told["group"]["python_type"]["description"]
        for letters, word in (("A", "Asian"), ("C", "Caucasian"), ("F", "women"), ("M", "men")):
            assert f"{word} ({letters})" in group
        given = next(one["example_input"] for one in told.values() if one["component"] in ("Image", "File"))
        example = given[0] if isinstance(given, list) else given
        assert (ROOT / example["path"]).is_file()
    returned = info["/score"]["description"]
    (fields,) = (face.to_dict() for face in scorer.score(read_image(astronaut_path)))
    assert all(f"`{field}`" in returned for field in ("faces", "error", *fields))
    assert all(warning in returned for warning in WARNINGS)
    assert "up to 40 MB each" in info["/rank"]["parameters"][0]["python_type"]["description"]


def test_an_assistant_scores_a_photo_by_mcp(server: str, client: Client, astronaut_path: Path) -> None:
    photo = "data:image/jpeg;base64," + base64.b64encode(astronaut_path.read_bytes()).decode()

    async def ask() -> tuple[Tool, CallToolResult]:
        """List the tools and call the one for a photo."""
        address = f"{server}/gradio_api/mcp/"
        async with streamable_http_client(address) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            (tool,) = [tool for tool in (await session.list_tools()).tools if tool.name == "score"]
            return tool, await session.call_tool(tool.name, {"photo": photo})

    with ThreadPoolExecutor(1) as pool:  # Playwright keeps an event loop in this thread
        tool, answer = pool.submit(asyncio.run, ask()).result()
    assert "every face in a photo" in (tool.description or "")
    assert "women (F) or men (M)" in str(tool.inputSchema)
    assert all(warning in (tool.description or "") for warning in WARNINGS)
    (content,) = answer.content
    assert isinstance(content, TextContent)
    assert ast.literal_eval(content.text) == score(client, astronaut_path)


def test_a_strict_assistant_ranks_photos_by_mcp(server: str, astronaut_path: Path) -> None:
    photo = "data:image/jpeg;base64," + base64.b64encode(astronaut_path.read_bytes()).decode()

    async def ask() -> tuple[list[Tool], CallToolResult]:
        async with (
            streamable_http_client(f"{server}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            return tools, await session.call_tool("rank", {"files": [photo, photo]})

    with ThreadPoolExecutor(1) as pool:  # Playwright keeps an event loop in this thread
        tools, answer = pool.submit(asyncio.run, ask()).result()
    schemas = {tool.name: tool.inputSchema for tool in tools}
    for arguments, name in (({"photo": photo}, "score"), ({"files": [photo]}, "rank")):
        Draft202012Validator.check_schema(schemas[name])
        Draft202012Validator(schemas[name]).validate(arguments)  # as strict clients do before they call
    (content,) = answer.content
    assert isinstance(content, TextContent)
    assert len(ast.literal_eval(content.text)["faces"]) == 2


def test_without_networks_the_app_says_so_and_ends(tmp_path: Path) -> None:
    """A copy of the project without its checkpoints."""
    import shutil

    for name in ("app.py", "facescore", "assets"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    run = subprocess.run(
        [sys.executable, "app.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 1
    assert run.stderr.strip().endswith("(see docs/training.md).")
    assert "face-detector is incomplete" in run.stderr
