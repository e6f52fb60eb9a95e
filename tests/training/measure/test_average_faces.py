from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facescore import DataError, read_image
from facescore.training.data.examples import Examples
from facescore.training.measure import average_faces


def examples(people: int) -> Examples:
    """A thousand gray crops, as light as their number, of so many people in turn."""
    values = (np.arange(1000) // 4).astype(np.uint8)
    crops = np.broadcast_to(values[:, None, None, None], (1000, 32, 32, 3))
    return Examples(pd.DataFrame({"file": range(1000), "identity": np.arange(1000) % people}), crops)


def test_each_tenth_by_prediction_is_averaged(tmp_path: Path) -> None:
    predictions = pd.DataFrame({"prediction": -np.arange(1000.0)})
    average_faces.write(tmp_path, examples(people=100), predictions)
    averages = [int(read_image(path).mean()) for path in sorted(tmp_path.iterdir())]
    assert [path.name for path in sorted(tmp_path.iterdir())][::9] == ["decile-01.png", "decile-10.png"]
    assert averages == sorted(averages, reverse=True)
    assert averages[0] == pytest.approx(237, abs=1)


def test_nobody_is_shown_among_too_few(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="fewer than 50 people"):
        average_faces.write(tmp_path, examples(people=49), pd.DataFrame({"prediction": np.arange(1000.0)}))
    assert not list(tmp_path.iterdir())
