"""The training loop. An interrupted run resumes at the epoch it was in."""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from keras import ops
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from facescore.checkpoints import Task
from facescore.errors import InvalidRequest
from facescore.files import write_text
from facescore.images import Image
from facescore.training.data.augmentation import Augmentation, augment
from facescore.training.data.examples import Examples
from facescore.training.fit import states
from facescore.training.fit.losses import LOSSES, METRICS
from facescore.training.predict import Crops, apply

SEED = 0  # of the shuffling, the augmentation and the initial weights
MOST_ITERATIONS = 300  # of the logistic regression; on thousands of pixels more change next to nothing
MOST_FOR_HEAD = 12_000  # training examples, the first ones, whose frozen features initialise a head
WATCHED = 400  # training crops whose loss is recorded where there is no validation part


@dataclass(frozen=True)
class Plan:
    """How a network is trained.

    Attributes:
        epochs: the maximum number of epochs in which every layer is trained; with 0, the head alone is fitted by
            ``ridge``.
        batch: crops per step.
        rate: learning rate, reached after ``warmup`` steps; decays to 0 by a cosine if ``cosine``.
        augmentation: of the training crops.
        warmup: steps.
        cosine: see ``rate``.
        weight_decay: of AdamW; 0 means plain Adam.
        ema: momentum per step of an exponential moving average of the weights, which is then evaluated and saved in
            their place; 0 for none.
        patience: stop after this many epochs without a lower validation loss; None never stops early.
        ridge: regularisation strength of the ridge regression on the frozen features that initialises the head, for a
            label of the logistic regression; None initialises it at random.
        head: name prefixes of the layers that are trained alone, with the rest frozen, in the first epochs.
        head_epochs: the number of those first epochs.
        head_rate: their learning rate.
    """

    epochs: int
    batch: int
    rate: float
    augmentation: Augmentation
    warmup: int = 0
    cosine: bool = False
    weight_decay: float = 0.0
    ema: float = 0.0
    patience: int | None = None
    ridge: float | None = None
    head: tuple[str, ...] = ()
    head_epochs: int = 0
    head_rate: float = 0.0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Plan":
        """The plan that a recipe's settings describe."""
        return cls(**{**settings, "augmentation": Augmentation(**settings["augmentation"])})

    @property
    def last(self) -> int:
        """The number of the last epoch, from 1."""
        return self.head_epochs + self.epochs

    def steps(self, train: Examples) -> int:
        """The number of batches in an epoch."""
        return math.ceil(len(train.crops) / self.batch)


def batches(examples: Examples, plan: Plan, epoch: int) -> Iterator[tuple[Crops, npt.NDArray[np.float32]]]:
    """Shuffled, augmented training batches, determined by the epoch, so that a resumed run sees the same ones."""
    order = np.random.default_rng((SEED, epoch)).permutation(len(examples.crops))
    targets = examples.targets
    for index in range(plan.steps(examples)):
        chosen = order[index * plan.batch :][: plan.batch]
        rng = np.random.default_rng((SEED, epoch, index))
        crops = [augment(_crop(examples, row, rng), plan.augmentation, rng) for row in chosen]
        yield np.stack(crops), targets[chosen]


def _crop(examples: Examples, row: int, rng: np.random.Generator) -> Image:
    """A face's crop, by either detector if the examples have both."""
    if examples.others is not None and rng.random() < 0.5:
        return np.asarray(examples.others[row])
    return np.asarray(examples.crops[row])


def fit(
    name: str,
    task: Task,
    plan: Plan,
    examples: Examples,
    build: Callable[[], keras.Model],
    run: Path,
    settings: Mapping[str, Any],
) -> keras.Model:
    """Train, or resume training.

    After every epoch the run's folder holds ``history.csv``, the weights with the lowest validation loss
    (``best.npz``), the whole state (``epoch-NNN.keras``) and the state before it; a run that is interrupted, or whose
    newest state is damaged, loses no more than one epoch. At the end there are ``network.keras`` and ``summary.txt``.

    Args:
        name: the run's name in progress bars and errors.
        task: ``binary`` or ``regression``.
        plan: how to train.
        examples: train and validation parts; without the latter, ``val_loss`` is of some training crops as they are.
        build: makes the network with its initial weights.
        run: the run's folder.
        settings: the settings that must match for a run to be resumed.

    Returns:
        The network of the epoch with the lowest validation loss; of the last one where there is no validation part.

    Raises:
        InvalidRequest: the folder holds a run with other settings.
        DataError: the contents of the folder are damaged beyond that.
    """
    _claim(name, run, settings)
    keras.utils.set_random_seed(SEED)
    train, watched = examples.part("train"), examples.part("validation")
    fixed = not len(watched.crops)  # the number of epochs was fixed beforehand, and the last one counts
    if fixed:
        watched = train.where(np.arange(len(train.crops)) < WATCHED)
    model, history = states.resume(run) or _start(task, plan, build(), train, watched, run)
    while not _finished(plan, history):
        epoch = len(history)
        if epoch in (1, plan.head_epochs + 1):
            _compile(model, task, plan, train, only_head=epoch <= plan.head_epochs)
        _reseed_dropout(model, epoch)
        started = time.perf_counter()
        log = _train(model, task, plan, train, epoch, f"{name}: epoch {epoch} of at most {plan.last}")
        seconds, current = time.perf_counter() - started, model.get_weights()
        if plan.ema:
            model.optimizer.finalize_variable_values(model.trainable_variables)  # the averages take the weights' place
        row = {"epoch": epoch, "seconds": seconds, **log, **_validate(model, task, watched)}
        if plan.head_epochs:
            row["only_head"] = int(epoch <= plan.head_epochs)
        print(f"{name}:", ", ".join(f"{metric} {value:.4g}" for metric, value in row.items()), flush=True)
        history = pd.concat([history, pd.DataFrame([row])], ignore_index=True)
        states.save_best(model, history, run, last=fixed)
        model.set_weights(current)
        states.save(model, history, run)
    model.set_weights(states.load_best(run))
    states.save_network(model, run)
    return model


def _train(
    model: keras.Model, task: Task, plan: Plan, train: Examples, epoch: int, description: str
) -> dict[str, float]:
    """One epoch, batch by batch: Keras' `fit` uses an input pipeline that takes seconds to shut down."""
    sums = dict.fromkeys(METRICS[task], 0.0)
    steps = tqdm(batches(train, plan, epoch), description, plan.steps(train), unit=" batches", disable=None)
    for crops, targets in steps:
        log = model.train_on_batch(crops, targets, return_dict=True)
        for name, metric in METRICS[task].items():
            sums[name] += float(log[metric.__name__]) * len(crops)
    return {name: total / len(train.crops) for name, total in sums.items()}


def _validate(model: keras.Model, task: Task, validation: Examples) -> dict[str, float]:
    """Loss and metric of the target alone, on unchanged crops."""
    output = apply(model.predict_on_batch, validation.crops)
    return {
        f"val_{name}": float(ops.mean(metric(validation.targets, output))) for name, metric in METRICS[task].items()
    }


def _claim(name: str, run: Path, settings: Mapping[str, Any]) -> None:
    """Write the settings into the run's folder, or check that the run was started with the same ones."""
    path, text = run / "recipe.json", json.dumps(settings, indent=1)
    if not path.is_file():
        write_text(path, text)
    elif path.read_bytes() != text.encode():
        raise InvalidRequest(
            f"The run in {run} was started with another version of the recipe {name}. "
            "Delete that folder to start anew, or name another one by --runs."
        )


def _reseed_dropout(model: keras.Model, epoch: int) -> None:
    """Let the epoch alone determine what is dropped: Keras saves no random state with a network."""
    for index, variable in enumerate(model.non_trainable_variables):
        if variable.path.endswith("seed_generator_state"):
            variable.assign([SEED + index, epoch * 1_000_000])


def _finished(plan: Plan, history: pd.DataFrame) -> bool:
    """Whether all epochs are done, or the validation loss has not fallen for ``patience`` epochs."""
    last, best = history["epoch"].iloc[-1], history["epoch"].iloc[history["val_loss"].argmin()]
    impatient = plan.patience is not None and last - best >= plan.patience
    return bool(last >= plan.last or impatient)


def _start(
    task: Task, plan: Plan, model: keras.Model, train: Examples, validation: Examples, run: Path
) -> tuple[keras.Model, pd.DataFrame]:
    """Initialise the head if the plan asks for it, and record the untrained network as epoch 0."""
    started = time.perf_counter()
    if plan.ridge is not None:
        few = train if plan.epochs == 0 else train.where(np.arange(len(train.crops)) < MOST_FOR_HEAD)
        set_linear_head(model, task, few, plan.ridge)
    seconds = time.perf_counter() - started
    unknown = dict.fromkeys(METRICS[task], math.nan)  # nothing has been trained yet
    history = pd.DataFrame([{"epoch": 0, "seconds": seconds, **unknown, **_validate(model, task, validation)}])
    states.save_best(model, history, run, last=False)
    states.save(model, history, run)
    return model, history


def _compile(model: keras.Model, task: Task, plan: Plan, train: Examples, only_head: bool) -> None:
    """Compile a network for the epochs that train its head alone, or for those that train every layer.

    Batch norms below a head that is trained first keep their initial statistics: batches of a small data set estimate
    them worse.
    """
    for layer in model.layers if plan.head else ():
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = layer.name.startswith(plan.head) or not (only_head or norm)
    model.compile(
        optimizer=keras.optimizers.Adam(plan.head_rate) if only_head else _optimizer(plan, plan.steps(train)),
        loss=LOSSES[task],
        metrics=list(METRICS[task].values()),
    )
    model.optimizer.build(model.trainable_variables)  # so that every saved state holds the same variables


def _optimizer(plan: Plan, steps: int) -> keras.optimizers.Optimizer:
    rate: float | keras.optimizers.schedules.LearningRateSchedule = plan.rate
    if plan.cosine:
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0,
            decay_steps=plan.epochs * steps - plan.warmup,
            warmup_target=plan.rate,
            warmup_steps=plan.warmup,
        )
    averaging = {"use_ema": True, "ema_momentum": plan.ema} if plan.ema else {}
    if plan.weight_decay:
        return keras.optimizers.AdamW(rate, weight_decay=plan.weight_decay, **averaging)
    return keras.optimizers.Adam(rate, **averaging)


def set_linear_head(model: keras.Model, task: Task, train: Examples, regulariser: float) -> None:
    """Set the layer ``score``, of one unit, to a ridge or logistic regression on its standardised inputs.

    The regulariser is scikit-learn's ``alpha``, or 1 / ``C``.
    """
    head = model.get_layer("score")
    features = apply(keras.Model(model.inputs, head.input).predict_on_batch, train.crops)
    linear = LogisticRegression(C=1 / regulariser, max_iter=MOST_ITERATIONS) if task == "binary" else Ridge(regulariser)
    scaler, fitted = make_pipeline(StandardScaler(), linear).fit(features, train.targets[:, 0])
    weights = np.ravel(fitted.coef_) / scaler.scale_
    head.set_weights([weights[:, None], np.ravel(fitted.intercept_) - weights @ scaler.mean_])
