import json
from pathlib import Path

import PIL.Image
import pytest

from facescore.datasets import scut
from facescore.faces.alignment import resize
from facescore.faces.covered import DIRECTIONS, GRID
from facescore.faces.mtcnn import MTCNN
from facescore.images import Image
from facescore.training import covered
from facescore.training.data import occlusions, splits
from tests.datasets.test_celeba import write as write_celeba
from tests.datasets.test_scut import NAMES
from tests.datasets.test_scut import write as write_scut
from tests.training.data.test_examples import write_mebeauty


@pytest.fixture
def pictures(tmp_path: Path, astronaut: Image) -> Path:
    """The layouts of three data sets; in two of them the astronaut is on every picture."""
    folder = write_celeba(write_scut(tmp_path)) / scut.FOLDER / "Images"
    folder.mkdir()
    for name in NAMES:
        PIL.Image.fromarray(resize(astronaut, 350, 350)).save(folder / name)
    write_mebeauty(tmp_path, resize(astronaut, 240, 240))
    return tmp_path


def test_the_detector_is_fitted_on_pictures_of_three_data_sets(
    pictures: Path, detector: MTCNN, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splits, "VALIDATION_SHARE", 1 / 3)
    monkeypatch.setattr(covered, "COVERED", {"train": 3, "validation": 2})
    monkeypatch.setattr(covered, "WEIGHTS", pictures / "covered.json")
    fitted = json.loads(covered.export(pictures, detector).read_text())
    assert len(fitted["weights"]) == GRID**2 * DIRECTIONS
    assert fitted["faces"] == 4  # two of each data set that shows faces
    assert set(fitted["found"]) == {kind.__name__ for kind in occlusions.KINDS}
