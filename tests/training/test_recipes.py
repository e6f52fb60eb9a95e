"""Recipes are plain settings; these tests check what they must match."""

import importlib
import json
from functools import cache
from types import ModuleType

import keras
import pytest

from facescore import InvalidRequest
from facescore.datasets import SOURCES, scut
from facescore.results.study import STUDIES
from facescore.settings import CHECKPOINTS
from facescore.templates import TEMPLATES
from facescore.training.data import splits
from facescore.training.data.examples import JOINT, LOADERS, Selection
from facescore.training.fit.loop import Plan
from facescore.training.recipes import RECIPES, Recipe, find, splits_of
from facescore.training.run import settings_of

ALL = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)


def family_of(recipe: Recipe) -> ModuleType:
    return importlib.import_module(f"facescore.networks.{recipe.family}")


@cache
def _network(family: str, options: str) -> keras.Model:
    network: keras.Model = importlib.import_module(f"facescore.networks.{family}").build(**json.loads(options))
    return network


def network_of(recipe: Recipe) -> keras.Model:
    return _network(recipe.family, json.dumps(dict(recipe.options), sort_keys=True))


@ALL
def test_a_recipe_says_what_to_expect_and_what_the_network_must_not_be_used_for(recipe: Recipe) -> None:
    assert RECIPES[recipe.name] is recipe
    assert recipe.title
    assert recipe.expected
    assert len(recipe.limits) > 3


@ALL
def test_its_data_are_a_selection_of_known_data_sets(recipe: Recipe) -> None:
    selection = Selection(**recipe.data)
    used = {*selection.datasets} | {selection.pseudo_labelled} - {""}
    assert used <= LOADERS.keys() & SOURCES.keys()
    assert selection.template in TEMPLATES
    targets = {"regression": {"score"}, "binary": {"Attractive", "Male"}}
    assert selection.target in targets[recipe.task]


@ALL
def test_its_splits_are_official_ones_or_folds(recipe: Recipe) -> None:
    official = scut.SPLITS if "scut" in recipe.data["datasets"] else ("official partition", *splits.BY_PERSON)
    assert recipe.splits
    for names in recipe.splits.values():
        assert {name.removeprefix(JOINT) for name in names} <= set(official)


@ALL
def test_its_network_can_be_built_and_takes_its_crops(recipe: Recipe) -> None:
    size, network = recipe.data.get("side") or TEMPLATES[recipe.data["template"]].size, network_of(recipe)
    assert network.inputs[0].shape == (None, size, size) + (() if recipe.data.get("gray") else (3,))
    assert network.output.shape == (None, 40 if recipe.data.get("auxiliary") else 1)
    assert not recipe.initial_weights or hasattr(family_of(recipe), "load_initial_weights")
    assert not recipe.served or hasattr(family_of(recipe), "linear_head")


@ALL
def test_its_settings_are_a_plan_for_its_network(recipe: Recipe) -> None:
    plan, network = Plan.of(recipe.fit), network_of(recipe)
    assert plan.last >= plan.epochs
    assert plan.epochs > 0 or plan.ridge is not None
    assert (plan.head_epochs > 0) == (plan.head_rate > 0) == bool(plan.head)
    for prefix in plan.head:
        assert any(layer.name.startswith(prefix) for layer in network.layers)
    if plan.ridge is not None:
        assert network.get_layer("score").units == 1


@ALL
def test_what_a_run_has_to_agree_on_can_be_kept(recipe: Recipe) -> None:
    kept = json.loads(json.dumps(settings_of(recipe)))
    assert kept["fit"] == json.loads(json.dumps(dict(recipe.fit)))
    assert {"name", "title", "splits", "limits", "served"} & kept.keys() == set()  # none of them changes a network


def test_the_shipped_checkpoints_are_those_of_the_served_recipes() -> None:
    shipped = {path.parent.name for path in CHECKPOINTS.glob("*/model.tflite")}
    assert shipped == {name for name, recipe in RECIPES.items() if recipe.served}


def test_every_shipped_study_is_one_of_a_recipe_and_a_split() -> None:
    made = {splits_of(recipe, split)[0] for recipe in RECIPES.values() for split in recipe.splits}
    studies = {path.name for path in STUDIES.iterdir()}
    assert studies == made


def test_the_first_split_is_the_default_and_another_one_has_a_study_of_its_own() -> None:
    recipe = find("beauty-mobilefacenet")
    folds = ("beauty-mobilefacenet", tuple(f"fold {k}" for k in range(1, 6)))
    assert splits_of(recipe, None) == splits_of(recipe, "folds") == folds
    assert splits_of(recipe, "60-40") == ("beauty-mobilefacenet-60-40", ("60/40",))


@pytest.mark.parametrize("split", ["60/40", "fold-9", ""])
def test_a_split_that_a_recipe_does_not_have_is_refused(split: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"has no split {split!r}\. Choose one of: folds, 60-40"):
        splits_of(find("beauty-mobilefacenet"), split)


def test_a_recipe_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"no recipe 'none'\. Choose one of: attractive-simple, "):
        find("none")
