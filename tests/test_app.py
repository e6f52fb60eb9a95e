"""The page on a real server, by `gradio_client`."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from gradio.data_classes import ImageData
from gradio_client import Client, handle_file

from facescore import Scorer, read_image
from facescore.images import Image
from facescore.settings import ROOT
from facescore.ui import build_page
from facescore.ui.cards import ordinal
from facescore.ui.photo import Photo


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`python app.py` on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    import os

    environment = {
        **os.environ,
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(tmp_path_factory.mktemp("gradio")),
    }
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "app.py ended early"
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def client(server: str) -> Client:
    return Client(server, verbose=False)


def score(client: Client, photo: Path, *group: str) -> tuple[str | None, str, dict[str, Any]]:
    boxes, cards, report = client.predict(handle_file(photo), *group, api_name="/score")
    return boxes, cards, report


def test_a_photo_is_scored_as_the_package_does(client: Client, scorer: Scorer, astronaut_path: Path) -> None:
    boxes, cards, report = score(client, astronaut_path)
    assert report == {"faces": [face.to_dict() for face in scorer.score(read_image(astronaut_path))]}
    assert boxes is not None
    assert read_image(boxes).shape == read_image(astronaut_path).shape
    assert cards.count("<article") == 1
    assert cards.count("<img") == cards.count('alt="Face 1') == 3
    assert f"{report['faces'][0]['beauty']:.2f}" in cards


def test_every_face_has_its_card(client: Client, two_faces: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(two_faces).save(tmp_path / "two.png")
    _, cards, report = score(client, tmp_path / "two.png")
    assert cards.count("<article") == len(report["faces"]) == 2


def test_the_group_moves_the_percentile(client: Client, astronaut_path: Path) -> None:
    everyone, women = (score(client, astronaut_path, group)[2]["faces"][0] for group in ("all", "CF"))
    assert everyone["beauty"] == women["beauty"]
    assert everyone["percentile"] != women["percentile"]
    assert "Caucasian women" in score(client, astronaut_path, "CF")[1]


def test_no_face_is_said_in_words(client: Client, meadow: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(meadow).save(tmp_path / "meadow.png")
    boxes, cards, report = score(client, tmp_path / "meadow.png")
    assert boxes is not None
    assert "No face was found" in cards
    assert report == {"faces": []}


def test_a_text_named_jpg_is_refused_in_words(client: Client, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("hello")
    boxes, cards, report = score(client, tmp_path / "text.jpg")
    assert boxes is None
    assert "not a picture" in cards
    assert 'role="alert"' in cards
    assert report["faces"] == []
    assert "not a picture" in report["error"]


def test_every_copy_of_the_photo_input_hands_over_the_file_itself(tmp_path: Path) -> None:
    """Gradio makes a visitor's components anew, from their class, once they were changed."""
    (tmp_path / "text.jpg").write_text("hello")
    payload = ImageData(path=str(tmp_path / "text.jpg"), orig_name="text.jpg")
    assert Photo(type="filepath").preprocess(payload) == payload.path
    assert Photo(type="filepath").preprocess(None) is None


def test_a_tiny_and_a_turned_picture_are_told_apart(client: Client, astronaut: Image, tmp_path: Path) -> None:
    PIL.Image.fromarray(astronaut[:20, :20]).save(tmp_path / "tiny.png")
    assert "20 × 20" in score(client, tmp_path / "tiny.png")[1]
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    sideways = PIL.Image.fromarray(astronaut).transpose(PIL.Image.Transpose.ROTATE_90)
    sideways.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    assert len(score(client, tmp_path / "turned.jpg")[2]["faces"]) == 1


def test_nothing_is_shared_flagged_or_recorded(client: Client) -> None:
    config = client.config
    assert config["analytics_enabled"] is False
    assert config["run_history"] is False
    assert "runs" not in config["footer_links"]
    for component in config["components"]:
        assert "share" not in (component["props"].get("buttons") or [])


def test_photos_are_deleted_after_ten_minutes(scorer: Scorer) -> None:
    assert build_page(scorer).delete_cache == (60, 600)


def test_only_score_is_offered(client: Client) -> None:
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/score"]


def test_a_server_file_outside_the_uploads_is_not_read(server: str, astronaut_path: Path) -> None:
    """A caller of the plain HTTP interface may name any path; only what was uploaded is opened."""
    outside = {"path": str(astronaut_path.parent.parent / "screenshot.png"), "meta": {"_type": "gradio.FileData"}}
    request = urllib.request.Request(
        f"{server}/gradio_api/call/score",
        data=json.dumps({"data": [outside, "all"]}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{server}/gradio_api/call/score/{event}") as stream:
        assert stream.read().decode().startswith("event: error")


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
    assert run.stderr.strip().endswith("see README).")
    assert "face-detector is incomplete" in run.stderr


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "1st"), (2.4, "2nd"), (3, "3rd"), (11, "11th"), (12.6, "13th"), (21, "21st"), (53, "53rd"), (99.9, "99th")],
)
def test_percentiles_are_said_as_people_do(value: float, said: str) -> None:
    assert ordinal(value) == said


def test_pictures_on_cards_are_inside_the_page(scorer: Scorer, astronaut: Image) -> None:
    from facescore.ui.cards import face_cards

    cards = face_cards(scorer.score(np.ascontiguousarray(astronaut)))
    assert cards.count('src="data:image/jpeg;base64,') == 3
    assert "file=" not in cards
