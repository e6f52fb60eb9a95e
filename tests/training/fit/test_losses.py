import keras
import numpy as np
import pytest
import tensorflow as tf

from facescore.training import objectives


def test_half_of_the_weight_is_on_the_target() -> None:
    truth = np.array([[1.0, 0.0, 1.0]], np.float32)
    logits = np.array([[2.0, -1.0, 0.5]], np.float32)
    losses = np.log1p(np.exp([-2.0, -1.0, -0.5]))
    assert np.asarray(objectives.shared_cross_entropy(truth, logits)) == pytest.approx(
        (losses[0] + losses[1:].mean()) / 2
    )


def test_alone_the_target_has_all_of_it() -> None:
    truth, logits = np.array([[1.0]], np.float32), np.array([[2.0]], np.float32)
    assert np.asarray(objectives.shared_cross_entropy(truth, logits)) == pytest.approx(np.log1p(np.exp(-2.0)))


def test_what_is_written_down_of_a_label_is_the_targets_alone() -> None:
    truth, output = np.array([[1.0, 9.0], [0.0, 9.0]], np.float32), np.array([[3.0, 0.0], [0.5, 0.0]], np.float32)
    assert list(np.asarray(objectives.target_accuracy(truth, output))) == [1, 0]
    assert np.asarray(objectives.target_cross_entropy(truth, output)) == pytest.approx(
        np.log1p(np.exp([-3.0, 0.5])), rel=1e-5
    )


def test_a_unit_learns_nothing_where_its_truth_is_not_known() -> None:
    truth = np.array([[1.0, np.nan], [np.nan, 4.0], [2.0, 2.0]], np.float32)
    scores = keras.Variable(np.array([[3.0, 7.0], [7.0, 3.5], [1.0, 3.0]], np.float32))
    assert np.asarray(objectives.target_squared_error(truth, scores)) == pytest.approx([4, 0.25, 2])
    assert np.asarray(objectives.target_absolute_error(truth, scores)) == pytest.approx([2, 0.5, 2])
    with tf.GradientTape() as tape:
        loss = keras.ops.sum(objectives.target_squared_error(truth, scores))
    assert np.asarray(tape.gradient(loss, scores.value)) == pytest.approx(np.array([[4, 0], [0, -1], [-2, 2]]))
