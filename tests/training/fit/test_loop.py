from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from facescore import InvalidRequest
from facescore.training.data.augmentation import Augmentation
from facescore.training.data.examples import Examples
from facescore.training.fit import loop
from facescore.training.fit.loop import Plan, batches, set_linear_head
from facescore.training.fit.losses import CUSTOM_OBJECTS

PLAN = Plan(epochs=4, batch=8, rate=0.05, augmentation=Augmentation(shift=1))
NAME = "made"


def fit(plan: Plan, examples: Examples, build: Callable[[], keras.Model], run: Path) -> keras.Model:
    """Fit a label with the plan."""
    return loop.fit(NAME, "binary", plan, examples, build, run, {"fit": asdict(plan)})


def build() -> keras.Model:
    """A network of one layer over the mean colour, with dropout, so that randomness is in play."""
    crops = keras.Input((16, 16, 3), dtype="uint8", name="crops")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(crops)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(0.1, seed=1)(x)
    return keras.Model(crops, keras.layers.Dense(1, name="score")(x))


def without_dropout() -> keras.Model:
    """A weighted sum of the mean colour."""
    crops = keras.Input((16, 16, 3), dtype="uint8", name="crops")
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 127.5, offset=-1)(crops))
    return keras.Model(crops, keras.layers.Dense(1, name="score")(x))


def made() -> Examples:
    """Bright crops are 1, dark ones 0."""
    rng = np.random.default_rng(0)
    target = rng.integers(0, 2, 60)
    crops = np.clip(rng.normal(90 + 70 * target[:, None, None, None], 30, (60, 16, 16, 3)), 0, 255).astype(np.uint8)
    partition = np.repeat(["train", "validation", "test"], [40, 10, 10])
    return Examples(pd.DataFrame({"file": range(60), "group": "g", "partition": partition, "target": target}), crops)


@pytest.fixture(scope="module")
def examples() -> Examples:
    return made()


def interrupt_after(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C after a number of training batches."""
    seen = count(1)

    def stopping(*given: Any) -> Iterator[Any]:
        for batch in batches(*given):
            if next(seen) > most:
                raise KeyboardInterrupt
            yield batch

    monkeypatch.setattr(loop, "batches", stopping)


@pytest.mark.parametrize("ema", [0.0, 0.9])
def test_a_run_that_was_stopped_ends_as_one_that_was_left_alone(
    ema: float, tmp_path: Path, examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(PLAN, ema=ema)
    whole = fit(plan, examples, build, tmp_path / "whole")
    with monkeypatch.context() as context:
        interrupt_after(12, context)  # five batches per epoch: in the middle of the third
        with pytest.raises(KeyboardInterrupt):
            fit(plan, examples, build, tmp_path / "stopped")
    assert list(pd.read_csv(tmp_path / "stopped" / "history.csv")["epoch"]) == [0, 1, 2]
    resumed = fit(plan, examples, build, tmp_path / "stopped")
    histories = [pd.read_csv(tmp_path / name / "history.csv").drop(columns="seconds") for name in ("whole", "stopped")]
    pd.testing.assert_frame_equal(histories[0], histories[1], rtol=1e-4)
    for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        assert np.allclose(a, b, atol=1e-5)


def test_an_average_of_the_weights_is_kept_while_training_goes_on_with_the_weights(
    tmp_path: Path, examples: Examples
) -> None:
    """Weights that oscillate around their goal: their average is closer to it, and leaves them unchanged."""
    swinging = replace(PLAN, rate=0.5, epochs=3)
    for name, ema in (("plain", 0.0), ("averaged", 0.9)):
        fit(replace(swinging, ema=ema), examples, without_dropout, tmp_path / name)
    plain, averaged = (pd.read_csv(tmp_path / name / "history.csv") for name in ("plain", "averaged"))
    assert np.allclose(plain["loss"], averaged["loss"], rtol=1e-4, equal_nan=True)
    assert not np.allclose(plain["val_loss"], averaged["val_loss"], rtol=1e-2)


def test_the_history_holds_the_mean_over_the_epoch(tmp_path: Path, examples: Examples) -> None:
    """At a rate of 0 the network does not change, so the epoch's mean is its own on the training part."""
    frozen = replace(PLAN, rate=0.0, epochs=1, batch=7, augmentation=Augmentation(flip=False))
    keras.utils.set_random_seed(0)
    network = fit(frozen, examples, without_dropout, tmp_path)
    train = examples.part("train")
    logits = network.predict_on_batch(train.crops)
    row = pd.read_csv(tmp_path / "history.csv").iloc[-1]
    assert row["loss"] == pytest.approx(np.mean(np.logaddexp(0, np.where(train.targets, -1, 1) * logits)), rel=1e-4)
    assert row["accuracy"] == pytest.approx(np.mean((logits > 0) == (train.targets > 0.5)))


def test_a_finished_run_is_not_trained_again(tmp_path: Path, examples: Examples) -> None:
    fit(PLAN, examples, build, tmp_path)
    before = (tmp_path / "history.csv").read_text()
    fit(PLAN, examples, build, tmp_path)
    assert (tmp_path / "history.csv").read_text() == before


def test_a_run_is_not_resumed_with_another_recipe(tmp_path: Path, examples: Examples) -> None:
    fit(PLAN, examples, build, tmp_path)
    with pytest.raises(InvalidRequest, match="another version of the recipe"):
        fit(replace(PLAN, epochs=5), examples, build, tmp_path)


def test_a_head_is_trained_alone_first_and_then_every_layer(tmp_path: Path, examples: Examples) -> None:
    def two_layers() -> keras.Model:
        """A convolution, a batch norm and a head."""
        crops = keras.Input((16, 16, 3), dtype="uint8", name="crops")
        x = keras.layers.Rescaling(1 / 127.5, offset=-1)(crops)
        x = keras.layers.Conv2D(4, 3, name="backbone")(x)
        x = keras.layers.BatchNormalization(name="norm")(x)
        x = keras.layers.GlobalAveragePooling2D()(x)
        return keras.Model(crops, keras.layers.Dense(1, name="score")(x))

    keras.utils.set_random_seed(loop.SEED)
    before = {layer.name: layer.get_weights() for layer in two_layers().layers}
    phases = replace(PLAN, head=("score",), head_epochs=2, head_rate=0.05, epochs=0)
    alone = fit(phases, examples, two_layers, tmp_path / "alone")
    whole = fit(replace(phases, epochs=1), examples, two_layers, tmp_path / "whole")
    assert np.array_equal(alone.get_layer("backbone").get_weights()[0], before["backbone"][0])
    assert not np.array_equal(alone.get_layer("score").get_weights()[0], before["score"][0])
    assert not np.array_equal(whole.get_layer("backbone").get_weights()[0], before["backbone"][0])
    for kept, now in zip(before["norm"], whole.get_layer("norm").get_weights(), strict=True):
        assert np.array_equal(kept, now)
    history = pd.read_csv(tmp_path / "whole" / "history.csv")
    assert list(history["only_head"].dropna()) == [1, 1, 0]


def test_the_network_of_the_best_epoch_is_returned(tmp_path: Path, examples: Examples) -> None:
    swinging = replace(PLAN, rate=3.0, epochs=6)
    network = fit(swinging, examples, build, tmp_path)
    best = pd.read_csv(tmp_path / "history.csv")["val_loss"].min()
    validation = examples.part("validation")
    logits = network.predict_on_batch(validation.crops)
    assert np.mean(np.logaddexp(0, np.where(validation.targets, -1, 1) * logits)) == pytest.approx(best, rel=1e-4)


def test_a_run_stops_when_the_validation_loss_no_longer_falls(tmp_path: Path, examples: Examples) -> None:
    frozen = replace(PLAN, rate=0.0, epochs=50, patience=2)
    fit(frozen, examples, build, tmp_path)
    assert list(pd.read_csv(tmp_path / "history.csv")["epoch"]) == [0, 1, 2]


def test_the_ridge_head_is_the_regression_on_its_inputs(examples: Examples) -> None:
    network = build()
    train = examples.part("train")
    set_linear_head(network, "regression", train, 1e-6)
    features = (train.crops.astype(np.float64) / 127.5 - 1).mean(axis=(1, 2))
    design = np.column_stack([features, np.ones(len(features))])
    expected = design @ np.linalg.lstsq(design, train.targets[:, 0])[0]
    assert np.allclose(network.predict(train.crops, verbose=0)[:, 0], expected, atol=1e-3)


def test_a_plan_without_epochs_fits_a_logistic_regression_on_every_example(tmp_path: Path, examples: Examples) -> None:
    network = fit(replace(PLAN, epochs=0, ridge=1.0), examples, without_dropout, tmp_path)
    train = examples.part("train")
    features = (train.crops.astype(np.float64) / 127.5 - 1).mean(axis=(1, 2))
    expected = make_pipeline(StandardScaler(), LogisticRegression()).fit(features, train.targets[:, 0])
    logits = network.predict_on_batch(train.crops)[:, 0]
    assert np.allclose(logits, expected.decision_function(features), atol=0.02)
    history = pd.read_csv(tmp_path / "history.csv")
    assert list(history["epoch"]) == [0]
    assert history["seconds"].iloc[0] > 0


def test_the_finished_network_is_saved_with_its_summary(tmp_path: Path, examples: Examples) -> None:
    network = fit(PLAN, examples, build, tmp_path)
    loaded = keras.models.load_model(tmp_path / "network.keras", custom_objects=CUSTOM_OBJECTS)
    assert np.allclose(loaded.predict_on_batch(examples.crops), network.predict_on_batch(examples.crops))
    summary = (tmp_path / "summary.txt").read_text()
    assert "score (Dense)" in summary
    assert "Total params" in summary


def test_every_example_comes_once_an_epoch_and_in_another_order_in_the_next(examples: Examples) -> None:
    train = examples.part("train")
    plain = replace(PLAN, augmentation=Augmentation(flip=False))
    epochs = [np.concatenate([crops for crops, _ in batches(train, plain, epoch)]) for epoch in (1, 2)]
    for crops in epochs:
        assert sorted(crop.tobytes() for crop in crops) == sorted(crop.tobytes() for crop in train.crops)
    assert not np.array_equal(epochs[0], epochs[1])


def test_a_recipes_settings_are_a_plan() -> None:
    settings = {"epochs": 3, "batch": 4, "rate": 0.1, "head": ("score",), "augmentation": {"flip": False, "shift": 2}}
    assert Plan.of(settings) == Plan(3, 4, 0.1, Augmentation(flip=False, shift=2), head=("score",))


def test_without_a_validation_part_the_last_epoch_counts(examples: Examples, tmp_path: Path) -> None:
    model = fit(PLAN, examples.part("train"), build, tmp_path)
    history = pd.read_csv(tmp_path / "history.csv")
    assert history["epoch"].iloc[-1] == PLAN.epochs
    assert np.isfinite(history["val_loss"]).all()
    last = keras.models.load_model(tmp_path / f"epoch-{PLAN.epochs:03d}.keras", custom_objects=CUSTOM_OBJECTS)
    assert all(np.array_equal(one, other) for one, other in zip(model.get_weights(), last.get_weights(), strict=True))


def test_a_face_is_learned_from_the_crops_of_both_detectors(examples: Examples) -> None:
    train = examples.part("train")
    both = replace(train, crops=np.zeros_like(train.crops), others=np.full_like(train.crops, 255))
    crops = np.concatenate([crops for crops, _ in batches(both, PLAN, epoch=1)])
    assert 0.2 < (crops == 255).all(axis=(1, 2, 3)).mean() < 0.8
    assert ((crops == 255) | (crops == 0)).all()
