"""What an experiment is made of."""

from dataclasses import dataclass, field
from typing import Any, Literal

LIMITS = (
    "The score says what some annotators ticked or rated; it is no measure of a person and must not be used to judge, "
    "select, rank or advise people, nor in hiring, dating, medicine, advertising or policing.",
    "It must not be used on children.",
    "Pose, light, expression, make-up, lens, image quality and the cut all move the score.",
)


@dataclass(frozen=True)
class Augmentation:
    """Random changes of a training crop; every range is symmetric about no change.

    Attributes:
        flip: mirror half of the crops.
        rotation: degrees.
        scale: relative, 0.03 is ±3 %.
        shift: pixels of the crop.
        brightness: relative, as a factor on the pixels.
        colour: relative, as a factor of its own on each channel; four times as much on saturation and contrast.
        degraded: share of the crops that are blurred, that lose their colour, and that are compressed, each.
        erased: share of the crops of which a rectangle is painted over.
        oval: share of the crops that have an oval put on, or their white surroundings taken off, so that nothing can be
            learned from an oval; see `facescore.training.ovals`.
    """

    flip: bool = True
    rotation: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    brightness: float = 0.0
    colour: float = 0.0
    degraded: float = 0.0
    erased: float = 0.0
    oval: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """One experiment.

    Attributes:
        name: the recipe's, the study's and the checkpoint's name; `python -m facescore train NAME --data DIR` runs it.
        title: what the network predicts, as a person would say it.
        task: ``binary`` ends in a logit, ``regression`` in the score itself.
        dataset: ``celeba``, ``scut``, ``mebeauty``, or several joined by ``+``: on the scale of the first.
        target: the column that is learned.
        auxiliary: learn beside it what else the data tell: CelebA's other labels, with half of the loss; the ratings of
            a second data set by a unit of their own, which is mixed with the first one's when served.
        measured_on: data sets that the network is measured on beside those that it learns; their ratings are linked to
            its scale as those of a second one are.
        unrated: a data set whose training part is learned as well, rated by a teacher that was fitted on the last of
            the data sets learned; see `facescore.training.teacher`.
        blends: the recipes whose networks this one lies between, instead of being trained: the first one's, and the
            mean of the others'; see `facescore.training.blending`.
        splits: the official splits, each trained on by itself; a study pools their test parts.
        network: module of `facescore.networks`.
        options: what its ``build`` is called with.
        served: whether the network becomes a checkpoint; others, built as published, leave a study only.
        template: name of the cut.
        expected: the result to expect on the test part.
        head: how the names of the layers begin that are trained alone, with the rest frozen, in the first epochs.
        head_epochs: how many epochs.
        head_rate: their learning rate.
        epochs: the most epochs in which every layer is trained.
        patience: stop after so many epochs without a lower validation loss; None never stops early.
        batch: crops a step.
        rate: learning rate, reached after ``warmup`` steps; decays to 0 by a cosine if ``decay``.
        weight_decay: of AdamW; 0 means plain Adam.
        averaging: momentum, a step, of a moving average of the weights, which is then judged and kept in their place; 0
            averages nothing.
        initial_weights: what the network starts from, with its source and terms; empty starts at random.
        ridge: regulariser of the ridge regression on the frozen features to which the head is set first, before every
            layer is trained; None starts the head at random.
        residuals: the study out of whose folds the residuals for the interval table come; empty takes the validation
            part's.
        half: serve the weights in float16.
        limits: for the card.
        seed: of the validation part, the shuffling, the augmentation and the initial weights.
    """

    name: str
    title: str
    task: Literal["binary", "regression"]
    dataset: Literal["celeba", "scut", "mebeauty", "scut+mebeauty"]
    target: str
    splits: tuple[str, ...]
    network: str
    template: str
    expected: str
    epochs: int
    batch: int
    rate: float
    augmentation: Augmentation
    measured_on: tuple[str, ...] = ()
    unrated: Literal["", "celeba"] = ""
    blends: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    head_epochs: int = 0
    head_rate: float = 0.0
    patience: int | None = None
    warmup: int = 0
    decay: bool = False
    weight_decay: float = 0.0
    averaging: float = 0.0
    initial_weights: str = ""
    ridge: float | None = None
    auxiliary: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    served: bool = True
    residuals: str = ""
    half: bool = False
    limits: tuple[str, ...] = LIMITS
    seed: int = 0

    @property
    def datasets(self) -> tuple[str, ...]:
        """The names of the data sets that are learned; the score is on the scale of the first."""
        return tuple(self.dataset.split("+"))

    @property
    def datasets_measured(self) -> tuple[str, ...]:
        """The names of all data sets that the network is measured on, those that it learned first."""
        return self.datasets + self.measured_on
