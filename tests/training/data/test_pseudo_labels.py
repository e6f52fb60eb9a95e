from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from facescore.training.data import pseudo_labels


def test_only_pictures_that_were_not_reduced_are_chosen_and_not_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [(178, 218), (64, 64), (178, 218), (89, 109), (178, 218), (178, 100)]
    paths = [tmp_path / f"{number}.jpg" for number in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        PIL.Image.new("RGB", size).save(path)
    table = pd.DataFrame({"file": [path.name for path in paths], "path": paths})
    assert list(pseudo_labels.choose(table, "celeba")["file"]) == ["0.jpg", "2.jpg", "4.jpg"]
    monkeypatch.setattr(pseudo_labels, "MOST", 2)
    few = pseudo_labels.choose(table, "celeba")
    assert len(few) == 2
    assert few.equals(pseudo_labels.choose(table, "celeba"))


def test_the_teacher_rates_by_all_its_views_however_long_each_is() -> None:
    rng = np.random.default_rng(0)
    seen = {"narrow": rng.normal(size=(400, 2)), "long": np.repeat(rng.normal(size=(400, 2)), 50, axis=1)}
    views = {name: values.astype(np.float32) for name, values in seen.items()}
    truth = 3 + seen["narrow"][:, 0] + seen["long"][:, 0]

    def rated(*names: str) -> np.ndarray:
        """The last hundred faces, rated by a teacher that has these views of the others."""
        known, unknown = ({name: views[name][rows] for name in names} for rows in (slice(300), slice(300, None)))
        return pseudo_labels.fit(known, truth[:300])(unknown)

    both = rated("narrow", "long")
    assert np.corrcoef(both, truth[300:])[0, 1] > 0.9
    assert all(np.corrcoef(rated(name), truth[300:])[0, 1] < 0.8 for name in views)
    assert abs(both.mean() - truth[300:].mean()) < 0.2


def test_a_label_is_taught_by_one_who_has_not_learned_that_person() -> None:
    """Every person has a view of their own, so that who has learned a person knows the label, and others don't."""
    rng = np.random.default_rng(0)
    persons = np.repeat(np.arange(60), 4)
    labels = rng.integers(0, 2, 60)[persons].astype(np.float32)
    own, shared = np.eye(60)[persons] * 9, rng.normal(labels[:, None] * 0.8, 1, (240, 2))

    def said(*views: np.ndarray) -> np.ndarray:
        seen = {str(number): view.astype(np.float32) for number, view in enumerate(views)}
        return pseudo_labels.out_of_fold(seen, labels, persons)

    assert abs(np.corrcoef(said(own), labels)[0, 1]) < 0.25
    assert 0.2 < np.corrcoef(said(own, shared), labels)[0, 1] < 0.9


def test_a_teacher_that_has_not_learned_a_person_steadies_that_persons_rating() -> None:
    rng = np.random.default_rng(0)
    view = rng.normal(size=(300, 3)).astype(np.float32)
    true = 3 + view @ np.array([0.5, -0.3, 0.2])
    ratings = true + rng.normal(0, 0.5, 300)
    persons = np.repeat(np.arange(100), 3).astype(str)
    averaged = pseudo_labels.beside({"view": view}, ratings, persons)
    assert np.abs(averaged - true).mean() < 0.7 * np.abs(ratings - true).mean()
    assert np.corrcoef(averaged - true, ratings - true)[0, 1] > 0.8  # the rating itself still counts half
