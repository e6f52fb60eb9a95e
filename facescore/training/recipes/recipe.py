"""What an experiment is made of.

A recipe holds plain settings, so that it reads like a table; they are documented where they are used: ``data`` in
`facescore.training.data.examples.Selection`, ``family`` and ``options`` in the ``build`` functions of
`facescore.networks`, ``fit`` in `facescore.training.fit.loop.Plan`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

LIMITS = (
    "The score imitates what some annotators ticked or rated. It is not a measure of a person and must not be used to "
    "judge, select, rank or advise people, nor in hiring, dating, medicine, advertising or policing.",
    "It must not be used on children.",
    "Pose, light, expression, make-up, lens, image quality and the crop all move the score.",
)
RECOGNISER = (
    "MobileFaceNet trained for face recognition on MS-Celeb-1M, from the public repository "
    "liguiyuan/mobilefacenet-ncnn (no licence stated); every layer was trained further"
)


@dataclass(frozen=True)
class Recipe:
    """One experiment.

    Attributes:
        name: the recipe's name.
        title: what the network predicts, in plain words.
        expected: the result to expect, on the first split.
        task: ``binary`` ends in a logit, ``regression`` in the score itself.
        splits: the official splits to train on, by their name on the command line, the default first. If a name stands
            for several, one network is trained on each and the study pools their test parts.
        data: which pictures and labels are learned.
        family: module of `facescore.networks`.
        options: the arguments of its ``build``.
        initial_weights: what the network starts from, with source and terms; empty for a random start.
        fit: how it is trained.
        served: whether the network becomes a checkpoint; others leave a study only.
        half: serve the weights in float16.
        limits: of the network, for its card.
    """

    name: str
    title: str
    expected: str
    task: Literal["binary", "regression"]
    splits: Mapping[str, tuple[str, ...]]
    data: Mapping[str, Any]
    family: str
    limits: tuple[str, ...]
    fit: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    initial_weights: str = ""
    served: bool = False
    half: bool = False
