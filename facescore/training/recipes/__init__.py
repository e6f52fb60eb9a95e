"""Every experiment, each readable on its own: data, network, fit, what is published, and the result to expect.

    python -m facescore train NAME --data DIR [--split SPLIT]

runs one. To add one, write a `Recipe` in one of these files.
"""

from facescore.errors import InvalidRequest
from facescore.training.recipes import attractive, beauty, male
from facescore.training.recipes.recipe import Recipe

__all__ = ["RECIPES", "Recipe", "find", "splits_of"]

RECIPES = {recipe.name: recipe for recipe in (*attractive.RECIPES, *beauty.RECIPES, *male.RECIPES)}


def find(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        InvalidRequest: there is none.
    """
    if name not in RECIPES:
        raise InvalidRequest(f"There is no recipe {name!r}. Choose one of: {', '.join(RECIPES)}.")
    return RECIPES[name]


def splits_of(recipe: Recipe, split: str | None) -> tuple[str, tuple[str, ...]]:
    """The study's name and the official splits that are trained on.

    Args:
        recipe: which experiment.
        split: a key of the recipe's ``splits``; None takes the first. The study of another one is ``NAME-SPLIT``.

    Raises:
        InvalidRequest: the recipe has no such split.
    """
    default = next(iter(recipe.splits))
    chosen = default if split is None else split
    if chosen not in recipe.splits:
        raise InvalidRequest(
            f"The recipe {recipe.name} has no split {chosen!r}. Choose one of: {', '.join(recipe.splits)}."
        )
    study = recipe.name if chosen == default else f"{recipe.name}-{chosen}"
    return study, recipe.splits[chosen]
