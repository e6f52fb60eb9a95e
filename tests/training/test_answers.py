"""What the studies of the label “Male” say together, on made predictions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from facescore.estimates import Estimate
from facescore.results.male_questions import ANSWERS
from facescore.results.study import Study
from facescore.training import answers

FILES = [f"{number}.jpg" for number in range(80)]
MALE = np.arange(80) % 2 == 1


def labels() -> pd.DataFrame:
    """Forty people with two pictures each; every other picture is labelled Male."""
    cues = {"Bald": MALE & (np.arange(80) < 4), "No_Beard": ~MALE, "Wearing_Lipstick": ~MALE, "Heavy_Makeup": ~MALE}
    table = pd.DataFrame({"Male": MALE, "identity": np.arange(80) // 2, **cues}, index=FILES)
    return table.assign(Young=np.arange(80) < 60)


def study(wrong: np.ndarray, sure: float = 0.9) -> Study:
    """Every picture is predicted with the same sureness, some of them wrongly."""
    prediction = np.where(MALE ^ wrong, sure, 1 - sure)
    table = pd.DataFrame({"file": FILES, "truth": MALE.astype(int), "prediction": prediction})
    history = pd.DataFrame({"epoch": [0, 1, 2, 3], "val_loss": [0.7, 0.4, 0.3, 0.5]})
    share = Estimate(0.25, 0.2, 0.3)
    return Study("made", history, table, table[:0], {"outside": {"female": {"predicted_share": share}}})


def answer(name: str, *studies: Study) -> Estimate | int:
    return answers.answer(ANSWERS[name], studies, labels())


NONE, WOMEN = np.zeros(80, bool), ~MALE & (np.arange(80) < 40)


def test_an_accuracy_and_a_difference_are_means_over_pictures_with_an_interval() -> None:
    alone = answer("cnn at 50", study(WOMEN))
    assert isinstance(alone, Estimate)
    assert alone.value == 0.75
    assert 0.6 < alone.low < 0.75 < alone.high < 0.9
    difference = answer("l1", study(WOMEN), study(NONE))
    assert isinstance(difference, Estimate)
    assert (difference.value, difference.high < 0) == (-0.25, True)


def test_pictures_of_one_person_are_resampled_together() -> None:
    """With one person nothing varies; with a person for each picture the interval is wide."""
    values, one = np.arange(20.0), [np.ones(20, bool)]
    _, same = answers.means(values, np.zeros(20, np.int64), one)
    _, different = answers.means(values, np.arange(20), one)
    assert np.ptp(same) == 0
    assert np.ptp(different) > 3


def test_sureness_and_gains_contrast_men_and_women() -> None:
    surer = answer("men surer", study(WOMEN))
    assert isinstance(surer, Estimate)
    assert surer.value == pytest.approx(0.9 - 0.5)  # half of the women are given 0.1
    gain = answer("gray", study(NONE), study(WOMEN))
    assert isinstance(gain, Estimate)
    assert gain.value == 0.5
    made_up = answer("gray make-up", study(NONE), study(WOMEN))
    assert isinstance(made_up, Estimate)
    assert made_up.value == 0.5


def test_an_epoch_is_that_of_the_lowest_validation_loss_and_a_share_is_the_studys() -> None:
    assert answer("overfitting", study(NONE)) == 2
    assert answer("rnn outside", study(NONE)) == Estimate(0.25, 0.2, 0.3)


def test_networks_are_compared_by_file_whatever_their_order() -> None:
    first = study(NONE)
    shuffled = replace(first, predictions=first.predictions.sample(frac=1, random_state=0))
    found = answer("l2", study(WOMEN), shuffled)
    assert isinstance(found, Estimate)
    assert found.value == -0.25


def test_the_surest_mistakes_are_counted_by_cue() -> None:
    wrong = np.isin(np.arange(80), [1, 3, 5, 7, 0])
    made = study(wrong)
    made.predictions.loc[[1, 3], "prediction"] = 0.01  # the surest are the bald
    found = answers.mistakes(made.predictions, labels(), surest=2)
    men = found["men taken for women"]
    assert (men["mistakes"], men["surest"]) == (4, 2)
    assert men["bald"] == {"surest": 1.0, "all": 0.05}
    assert men["beard"] == {"surest": 1.0, "all": 1.0}
    assert found["women taken for men"]["lipstick"] == {"surest": 1.0, "all": 1.0}
    assert found["women taken for men"]["mistakes"] == 1


def test_labels_are_counted() -> None:
    found = answers.exploration(labels())
    assert found == {"female young": 30, "male young": 30, "female older": 10, "male older": 10}
