"""Networks of CelebA's label “Male” on faces from outside: One Million Impressions' computer-made ones."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from facescore.datasets import omi
from facescore.training.data import crops as cropping
from facescore.training.data.place import Place
from facescore.training.data.whole_pictures import small
from facescore.training.measure import metrics
from facescore.training.measure.examine import Trained
from facescore.training.measure.photos import asking
from facescore.training.predict import Crops

MIDDLE = 50  # of perceived gender, from 0 (feminine) to 100 (masculine)
AGES = {"under 30": (0, 30), "30 to 50": (30, 50), "50 and older": (50, 200)}


def measure(trained: Sequence[Trained], side: int, gray: bool, place: Place) -> dict[str, Any]:
    """Metrics against the perceived gender of computer-made faces, by that gender and by perceived age.

    Args:
        trained: one network per split; the mean of their logits is measured.
        side: of the whole pictures that they learned; 0 if they learned crops.
        gray: whether they learned them without colour.
        place: the data sets; faces that its detector does not find are left out and counted as ``not_found``.

    Raises:
        DataError: One Million Impressions is missing or damaged.
    """

    def network(crops: Crops) -> dict[str, Any]:
        """The mean logit, float[N]."""
        seen = np.stack([small(crop, side, gray) for crop in crops]) if side else crops
        return {"score": np.mean([one.network(seen)["score"] for one in trained], axis=0)}

    template = replace(trained[0].template, size=side or trained[0].template.size)
    table = omi.load(place.data)
    photos = [cropping.read_picture(path) for path in table["path"]]
    table = table.assign(prediction=asking(network, "binary", template, place.detector)(photos)["prediction"])
    found = table[table["prediction"].notna()].reset_index(drop=True)
    male = found["gender"] > MIDDLE
    found = found.assign(truth=male.astype(float), group=np.where(male, "male", "female"))
    ages = {name: found["age"].between(low, high, inclusive="left").to_numpy() for name, (low, high) in AGES.items()}
    return {**metrics.measure(found, "binary", groups=ages), "not_found": len(table) - len(found)}
