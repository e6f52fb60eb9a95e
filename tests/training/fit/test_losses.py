import numpy as np
import pytest

from facescore.training.fit import losses


def test_half_of_the_weight_is_on_the_target() -> None:
    truth = np.array([[1.0, 0.0, 1.0]], np.float32)
    logits = np.array([[2.0, -1.0, 0.5]], np.float32)
    each = np.log1p(np.exp([-2.0, -1.0, -0.5]))
    assert np.asarray(losses.multi_task_cross_entropy(truth, logits)) == pytest.approx((each[0] + each[1:].mean()) / 2)


def test_a_target_alone_has_all_of_it() -> None:
    truth, logits = np.array([[1.0]], np.float32), np.array([[2.0]], np.float32)
    assert np.asarray(losses.multi_task_cross_entropy(truth, logits)) == pytest.approx(np.log1p(np.exp(-2.0)))


def test_the_metrics_of_a_label_are_the_targets_alone() -> None:
    truth, output = np.array([[1.0, 9.0], [0.0, 9.0]], np.float32), np.array([[3.0, 0.0], [0.5, 0.0]], np.float32)
    assert list(np.asarray(losses.target_accuracy(truth, output))) == [1, 0]
    assert np.asarray(losses.target_cross_entropy(truth, output)) == pytest.approx(
        np.log1p(np.exp([-3.0, 0.5])), rel=1e-5
    )


def test_the_errors_of_a_rating_are_the_targets_alone() -> None:
    truth, output = np.array([[1.0, 9.0], [4.0, 9.0]], np.float32), np.array([[3.0, 0.0], [3.5, 0.0]], np.float32)
    assert np.asarray(losses.target_squared_error(truth, output)) == pytest.approx([4, 0.25])
    assert np.asarray(losses.target_absolute_error(truth, output)) == pytest.approx([2, 0.5])
