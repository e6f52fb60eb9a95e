from pathlib import Path

import PIL.Image
import pytest

from facescore import InvalidRequest, Scorer
from facescore.batch import worker as module
from facescore.batch.manifest import Item
from facescore.batch.worker import Job, Worker
from facescore.images import Image
from facescore.scoring.scorer import NO_FACE


@pytest.fixture(scope="module")
def worker() -> Worker:
    return Worker(Job(), threads=2)


@pytest.fixture(scope="module")
def items(
    tmp_path_factory: pytest.TempPathFactory, astronaut_path: Path, two_faces: Image, meadow: Image
) -> list[Item]:
    folder = tmp_path_factory.mktemp("photos")
    PIL.Image.fromarray(two_faces).save(folder / "two.png")
    PIL.Image.fromarray(meadow).save(folder / "meadow.png")
    (folder / "text.jpg").write_text("hello")
    photos = [folder / "two.png", folder / "meadow.png", folder / "text.jpg", folder / "missing.jpg", astronaut_path]
    return [*(Item(path.name, str(path)) for path in photos), Item("pipe", "", "It is a pipe.")]


def test_every_photo_has_its_records_in_order(
    worker: Worker, items: list[Item], scorer: Scorer, two_faces: Image
) -> None:
    records = worker(items)
    assert [(record["photo"], record["face"]) for record in records] == [
        ("two.png", 1), ("two.png", 2), ("meadow.png", 0), ("text.jpg", 0), ("missing.jpg", 0), ("astronaut.jpg", 1),
        ("pipe", 0),
    ]  # fmt: skip
    errors = [record.get("error", "") for record in records]
    assert errors[2] == NO_FACE
    assert "not a picture" in errors[3]
    assert errors[4] == "It cannot be opened: No such file or directory. Check its name."
    assert errors[6] == "It is a pipe."
    for record, face in zip(records, scorer.score(two_faces), strict=False):
        assert record["beauty"] == pytest.approx(face.beauty, abs=0.001)
        assert record["box"] == pytest.approx(face.to_dict()["box"], abs=0.1)


def test_photos_that_are_large_together_are_scored_apart_and_alike(
    worker: Worker, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = worker(items)
    monkeypatch.setattr(module, "PIXELS", 1)
    apart = worker(items)
    assert [record["photo"] for record in apart] == [record["photo"] for record in together]
    assert [record.get("beauty") for record in apart] == pytest.approx(
        [record.get("beauty") for record in together], abs=0.001
    )


def test_an_unknown_group_or_network_is_refused_before_any_work() -> None:
    with pytest.raises(InvalidRequest, match="AF, AM, CF, CM"):
        Worker(Job(group="XX"))
    with pytest.raises(InvalidRequest, match="beauty-resnet50"):
        Worker(Job(network="none"))


def test_a_job_is_described_by_all_that_scores_depend_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    jobs = [Job(), Job(group="AF"), Job(network="beauty-resnet50")]
    described = [job.describe() for job in jobs]
    monkeypatch.setenv("FACESCORE_DETECTOR", "yunet")
    described.append(Job().describe())
    monkeypatch.delenv("FACESCORE_DETECTOR")
    monkeypatch.setattr(module, "CHECKPOINTS", tmp_path)
    described.append(Job().describe())
    assert all(one != other for index, one in enumerate(described) for other in described[:index])
