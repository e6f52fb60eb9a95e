"""Where a network looks, and whether its map is faithful.

The map is tested as in Petsiuk et al. 2018 (RISE, arXiv 1806.07421): places are replaced one after the other, the most
relevant first, and a faithful map moves the score faster than any other order. The map shows how a face differs from
the data set's average, so places are replaced by the same places of other people's faces: once all are replaced, no
difference is left on average. Borders between the faces are feathered, since the network would see hard edges.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from facescore.estimates import Estimate
from facescore.faces import regions
from facescore.templates import Template
from facescore.training.measure.metrics import mean_with_interval
from facescore.training.predict import Crops, Network, Numbers, apply

STEPS = 12
FEATHER = 1 / 3  # of a place's side: sigma of the Gaussian that softens the borders of what is replaced
SUREST = 10
ORDERS = ("map", "random", "centre")


def where_it_looks(contributions: npt.NDArray[np.float32], scores: Numbers, template: Template) -> dict[str, Any]:
    """The share of the map's absolute contributions in each part of the face.

    Args:
        contributions: differences from the mean map, float[N, h, w].
        scores: float64[N].
        template: of the crops.

    Returns:
        For each part, its share of the crop's ``area`` and its share of the map: over ``all`` faces, and over the faces
        with the ten ``highest`` and the ten ``lowest`` scores.
    """
    order, masks = np.argsort(scores, kind="stable"), regions.masks(template)
    return {
        name: {
            "area": round(float(masks[name].mean()), 4),
            "all": mean_with_interval(share),
            "highest": round(float(share[order[-SUREST:]].mean()), 4),
            "lowest": round(float(share[order[:SUREST]].mean()), 4),
        }
        for name, share in regions.shares(contributions, template).items()
    }


def is_the_map_true(
    served: Network, crops: Crops, contributions: npt.NDArray[np.float32], others: Crops, mean_score: float
) -> dict[str, Any]:
    """Deletion and insertion curves of the map, of a random order and of an order from the crop's centre outwards.

    Args:
        served: the network as served.
        crops: uint8[N, size, size, 3].
        contributions: their maps, as differences from the mean map, float[N, h, w].
        others: uint8[N, size, size, 3], another person's face for each, from the faces behind the mean map.
        mean_score: the mean raw score of those faces.

    Returns:
        ``curves`` with the share of the difference from the mean score that is left, by the share of places replaced
        (deletion) or put back (insertion); ``areas`` between the map's curve and each other order's, above 0 where the
        map is better, with 95% intervals; and ``map_beats_both``: whether all of these lie above 0, intervals
        included.
    """
    whole = apply(served, crops)["score"].astype(np.float64) - mean_score
    direction = np.sign(whole)[:, None]
    ranks = _ranks(contributions * direction[:, :, None])
    curves: dict[str, Any] = {"share_of_places": [round(step / STEPS, 4) for step in range(STEPS + 1)]}
    areas: dict[str, dict[str, Estimate]] = {}
    for kind, better in (("deletion", 1), ("insertion", -1)):
        scores = {order: _scores(served, crops, others, by, kind) for order, by in ranks.items()}
        left = {order: (score - mean_score) * direction / np.abs(whole).mean() for order, score in scores.items()}
        curves[kind] = {order: curve.mean(axis=0).round(4).tolist() for order, curve in left.items()}
        areas[kind] = {
            order: mean_with_interval(better * np.trapezoid(left[order] - left["map"], dx=1 / STEPS, axis=1))
            for order in ORDERS[1:]
        }
    lows = [area.low for by_order in areas.values() for area in by_order.values()]
    return {"faces": len(whole), "curves": curves, "areas": areas, "map_beats_both": min(lows) > 0}


def _ranks(relevance: Numbers) -> dict[str, npt.NDArray[np.intp]]:
    """The rank of each place, from 0, in each order; int[N, h, w]."""
    count, height, width = relevance.shape
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(y - (height - 1) / 2, x - (width - 1) / 2)
    orders = {
        "map": -relevance,
        "random": np.random.default_rng(0).random(relevance.shape),
        "centre": np.broadcast_to(distance, relevance.shape),
    }
    return {
        name: by.reshape(count, -1).argsort(axis=1, kind="stable").argsort(axis=1).reshape(relevance.shape)
        for name, by in orders.items()
    }


def _scores(served: Network, crops: Crops, others: Crops, ranks: npt.NDArray[np.intp], kind: str) -> Numbers:
    """The score of every face after each step, float64[N, STEPS + 1]."""
    places, size = ranks[0].size, crops.shape[1]
    scores = []
    for step in range(STEPS + 1):
        replaced = (ranks < step * places / STEPS) == (kind == "deletion")
        weights = np.stack([_feathered(face, size) for face in replaced])[..., None]
        mixed = np.rint(crops * (1 - weights) + others * weights).astype(np.uint8)
        scores.append(apply(served, mixed)["score"])
    return np.stack(scores, axis=1).astype(np.float64)


def _feathered(places: npt.NDArray[np.bool_], size: int) -> npt.NDArray[np.float32]:
    """Places, bool[h, w], as pixel weights, float32[size, size]."""
    weights = cv2.resize(places.astype(np.float32), (size, size), interpolation=cv2.INTER_NEAREST)
    blurred = cv2.GaussianBlur(weights, (0, 0), FEATHER * size / len(places), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, dtype=np.float32)
