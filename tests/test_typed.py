import json
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from facescore.typed import build


@dataclass
class Inner:
    number: float
    count: int | None


@dataclass
class Outer:
    name: str
    kind: Literal["a", "b"]
    rows: tuple[tuple[float, ...], ...]
    inner: dict[str, Inner]
    free: dict[str, Any]


RIGHT: dict[str, Any] = {
    "name": "n",
    "kind": "a",
    "rows": [[1, 2.5], []],
    "inner": {"x": {"number": 1.5, "count": None}},
    "free": {"deep": [{"a": 1}]},
}


def test_json_becomes_what_was_declared() -> None:
    assert build(Outer, RIGHT) == Outer("n", "a", ((1.0, 2.5), ()), {"x": Inner(1.5, None)}, {"deep": [{"a": 1}]})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": 1}, "name is not text"),
        ({"kind": "c"}, "kind is not one of a, b"),
        ({"rows": "[]"}, "rows is not a list"),
        ({"rows": [[True]]}, r"rows\[0\]\[0\] is not a finite number"),
        ({"rows": [[float("nan")]]}, r"rows\[0\]\[0\] is not a finite number"),
        ({"rows": [[10**400]]}, r"rows\[0\]\[0\] is not a finite number"),
        ({"inner": []}, "inner is not an object"),
        ({"inner": {"x": {"number": 1.0, "count": 1.0}}}, "an entry of inner.count is not a whole number"),
        ({"inner": {"x": {"number": 1.0}}}, "an entry of inner.count is missing"),
        ({"free": {"deep": [{"a": float("inf")}]}}, "an entry of free is not a finite number"),
        ({"more": 1}, "it has an unknown field"),
    ],
    ids=str,
)
def test_what_is_of_another_type_is_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        build(Outer, RIGHT | change)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ValueError, match=r"^rows is missing$"):
        build(Outer, {name: value for name, value in RIGHT.items() if name != "rows"})


@pytest.mark.parametrize("text", ["[]", "1", "null", '"x"'])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it is not an object"):
        build(Outer, json.loads(text))
