"""Recipe to trained network, with its history. A run that was stopped goes on with the epoch it was in."""

import dataclasses
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from keras import ops
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from facescore.errors import DataError, InvalidRequest
from facescore.files import write_text
from facescore.training import evaluate, objectives, states
from facescore.training.augmentation import augment
from facescore.training.examples import Examples
from facescore.training.recipe import Recipe

ABOUT = (
    *("name", "title", "expected", "splits", "measured_on", "blends", "served", "residuals", "half"),
    "limits",
)
"""Fields of a recipe that say nothing of how one network is trained."""


class Batches:
    """Shuffled, augmented training batches; epoch and seed alone decide them, so a resumed run sees the same ones."""

    def __init__(self, examples: Examples, recipe: Recipe, epoch: int) -> None:
        self.examples = examples
        self.recipe = recipe
        self.epoch = epoch
        self.order = np.random.default_rng((recipe.seed, epoch)).permutation(len(examples.crops))
        self.targets = examples.targets

    def __len__(self) -> int:
        return math.ceil(len(self.order) / self.recipe.batch)

    def __getitem__(self, index: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
        chosen = self.order[index * self.recipe.batch :][: self.recipe.batch]
        rng = np.random.default_rng((self.recipe.seed, self.epoch, index))
        crops = np.stack([augment(self.examples.crops[i], self.recipe.augmentation, rng) for i in chosen])
        return crops, self.targets[chosen]


def fit(recipe: Recipe, examples: Examples, build: Callable[[], keras.Model], run: Path) -> keras.Model:
    """Train, or go on training.

    After every epoch the run's folder holds ``history.csv``, the network with the least validation loss
    (``best.npz``) and the whole state (``epoch-NNN.keras``) with the one before; a run that is stopped, or whose newest
    state is damaged, loses no more than one epoch.

    Args:
        recipe: what to do.
        examples: train and validation parts.
        build: makes the network with its initial weights.
        run: the run's folder.

    Returns:
        The network of the epoch with the least validation loss.

    Raises:
        InvalidRequest: the folder holds a run of another recipe.
        DataError: what the folder holds is damaged beyond that.
    """
    _claim(run, recipe)
    keras.utils.set_random_seed(recipe.seed)
    train, validation = examples.part("train"), examples.part("validation")
    model, history = states.resume(run) or _start(recipe, build(), train, validation, run)
    last = recipe.head_epochs + recipe.epochs
    while not _finished(recipe, history):
        epoch = len(history)
        if epoch in (1, recipe.head_epochs + 1):
            _compile(model, recipe, train, only_head=epoch <= recipe.head_epochs)
        _reseed_dropout(model, recipe.seed, epoch)
        started = time.perf_counter()
        log = _train(model, Batches(train, recipe, epoch), f"{recipe.name}: epoch {epoch} of at most {last}")
        seconds, current = time.perf_counter() - started, model.get_weights()
        if recipe.averaging:
            model.optimizer.finalize_variable_values(model.trainable_variables)  # the averages take the weights' place
        row = {"epoch": epoch, "seconds": seconds, **log, **_validate(model, validation, recipe)}
        if recipe.head_epochs:
            row["only_head"] = int(epoch <= recipe.head_epochs)
        print(f"{recipe.name}:", ", ".join(f"{name} {value:.4g}" for name, value in row.items()), flush=True)
        history = pd.concat([history, pd.DataFrame([row])], ignore_index=True)
        states.save_best(model, history, run)
        model.set_weights(current)
        states.save(model, history, run)
    model.set_weights(states.load_best(run))
    return model


def _train(model: keras.Model, batches: Batches, what: str) -> dict[str, float]:
    """One epoch, batch by batch: Keras' `fit` feeds a network from a pipeline that needs seconds to shut down."""
    metrics = objectives.METRICS[batches.recipe.task]
    sums = dict.fromkeys(metrics, 0.0)
    for index in tqdm(range(len(batches)), desc=what, unit=" batches", disable=None):
        crops, targets = batches[index]
        log = model.train_on_batch(crops, targets, return_dict=True)
        for name, metric in metrics.items():
            sums[name] += float(log[metric.__name__]) * len(crops)
    return {name: total / len(batches.order) for name, total in sums.items()}


def _validate(model: keras.Model, validation: Examples, recipe: Recipe) -> dict[str, float]:
    """Loss and metric of the target alone, on crops as they are."""
    output = evaluate.apply(model.predict_on_batch, validation.crops)
    metrics = objectives.METRICS[recipe.task]
    return {f"val_{name}": float(ops.mean(metric(validation.targets, output))) for name, metric in metrics.items()}


def require_finished(run: Path, recipe: Recipe) -> None:
    """Check that a run is there, is of this recipe, and has gone through all its epochs.

    Raises:
        DataError: it is not there, or was stopped before its end.
        InvalidRequest: the folder holds a run of another version of the recipe.
    """
    remedy = f"Run 'python -m facescore train {recipe.name}' first."
    history = states.history(run)
    if history is None:
        raise DataError(f"The run in {run} is not there. {remedy}")
    _claim(run, recipe)
    if not _finished(recipe, history):
        raise DataError(f"The run in {run} was stopped before its end. {remedy}")


def _claim(run: Path, recipe: Recipe) -> None:
    """Write the recipe into the run's folder, or check that it is the one the run was started with."""
    fields = {name: value for name, value in dataclasses.asdict(recipe).items() if name not in ABOUT}
    path, text = run / "recipe.json", json.dumps(fields, indent=1)
    if not path.is_file():
        write_text(path, text)
    elif path.read_bytes() != text.encode():
        raise InvalidRequest(
            f"The run in {run} was started with another version of the recipe {recipe.name}. "
            "Delete that folder to start anew, or name another one by --runs."
        )


def _reseed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Let seed and epoch alone decide what is dropped: Keras saves no random state with a network."""
    for index, variable in enumerate(model.non_trainable_variables):
        if variable.path.endswith("seed_generator_state"):
            variable.assign([seed + index, epoch * 1_000_000])


def _finished(recipe: Recipe, history: pd.DataFrame) -> bool:
    """Whether all epochs are done, or the validation loss has not fallen for ``patience`` epochs."""
    last, best = history["epoch"].iloc[-1], history["epoch"].iloc[history["val_loss"].argmin()]
    impatient = recipe.patience is not None and last - best >= recipe.patience
    return bool(last >= recipe.head_epochs + recipe.epochs or impatient)


def _start(
    recipe: Recipe, model: keras.Model, train: Examples, validation: Examples, run: Path
) -> tuple[keras.Model, pd.DataFrame]:
    """Set the head where the recipe says so, and record the network before its first epoch as epoch 0."""
    if recipe.ridge is not None:
        set_ridge_head(model, train, recipe.ridge)
    unknown = dict.fromkeys(objectives.METRICS[recipe.task], math.nan)  # no training part was gone through yet
    history = pd.DataFrame([{"epoch": 0, "seconds": 0.0, **unknown, **_validate(model, validation, recipe)}])
    states.save_best(model, history, run)
    states.save(model, history, run)
    return model, history


def _compile(model: keras.Model, recipe: Recipe, train: Examples, only_head: bool) -> None:
    """Make a network ready for the epochs of its head alone, or for those of every layer.

    Batch norms below a head that is trained first keep the statistics that they came with: a small data set's batches
    tell less than those of the first training.
    """
    for layer in model.layers if recipe.head else ():
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = layer.name.startswith(recipe.head) or not (only_head or norm)
    steps = math.ceil(len(train.crops) / recipe.batch)
    model.compile(
        optimizer=keras.optimizers.Adam(recipe.head_rate) if only_head else _optimizer(recipe, steps),
        loss=objectives.OBJECTIVES[recipe.task],
        metrics=list(objectives.METRICS[recipe.task].values()),
    )
    model.optimizer.build(model.trainable_variables)  # so that every saved state holds the same variables


def _optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    rate: float | keras.optimizers.schedules.LearningRateSchedule = recipe.rate
    if recipe.decay:
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0,
            decay_steps=recipe.epochs * steps - recipe.warmup,
            warmup_target=recipe.rate,
            warmup_steps=recipe.warmup,
        )
    averaging = {"use_ema": True, "ema_momentum": recipe.averaging} if recipe.averaging else {}
    if recipe.weight_decay:
        return keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay, **averaging)
    return keras.optimizers.Adam(rate, **averaging)


def set_ridge_head(model: keras.Model, train: Examples, regulariser: float) -> None:
    """Set the last dense layer to the ridge regressions on its (standardised) inputs, every other layer frozen.

    Args:
        model: a network whose last dense layer is named ``score``; changed in place. It has a unit for each column that
            is learned, or one for the truth of all.
        train: what to regress on.
        regulariser: scikit-learn's ``alpha``.
    """
    head = model.get_layer("score")
    features = evaluate.apply(keras.Model(model.inputs, head.input).predict_on_batch, train.crops)
    targets = train.targets if head.units == len(train.learned) else train.truth[:, None]
    weights, biases = [], []
    for target in targets.T:
        known = np.isfinite(target)
        scaler, ridge = make_pipeline(StandardScaler(), Ridge(regulariser)).fit(features[known], target[known])
        weights.append(ridge.coef_ / scaler.scale_)
        biases.append(ridge.intercept_ - weights[-1] @ scaler.mean_)
    head.set_weights([np.stack(weights, axis=1), np.array(biases)])
