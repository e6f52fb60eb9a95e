"""Turn JSON values into dataclasses, so that wrong types are noticed when a file is read."""

import dataclasses
import math
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a finite number", NoneType: "null"}


def build(kind: Any, value: Any, where: str = "") -> Any:
    """Turn a JSON value into a declared type.

    Args:
        kind: a dataclass, ``str``, ``bool``, ``int``, ``float``, ``Any``, ``tuple[T, ...]``, ``dict[str, T]``, a
            ``Literal``, or one of these ``| None``.
        value: as returned by `json.loads`.
        where: how errors refer to the value.

    Raises:
        ValueError: the value has another type, has missing or unknown fields, or holds a number that is not finite;
            the message says where.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return _finite(value, where)
    if origin is UnionType:
        (kind,) = [one for one in arguments if (one is NoneType) == (value is None)]
        return build(kind, value, where)
    if origin is Literal:
        if value not in arguments:
            raise ValueError(f"{where} is not one of {', '.join(arguments)}")
        return value
    if origin is tuple:
        items = _of(list, value, where, "a list")
        return tuple(build(arguments[0], item, f"{where}[{index}]") for index, item in enumerate(items))
    if origin is dict:
        items = _of(dict, value, where, "an object")
        return {name: build(arguments[1], item, f"an entry of {where}") for name, item in items.items()}
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, _of(dict, value, where or "it", "an object"), where)
    if kind is float and type(value) is int and abs(value) < 2**53:
        return float(value)
    return _finite(_of(kind, value, where, NAMES[kind]), where)


def _of(kind: type, value: Any, where: str, name: str) -> Any:
    """The value, if it has exactly this type: true is not a whole number."""
    if type(value) is not kind:
        raise ValueError(f"{where} is not {name}")
    return value


def _dataclass(kind: Any, value: dict[str, Any], where: str) -> Any:
    hints = get_type_hints(kind)
    prefix = f"{where}." if where else ""
    if missing := hints.keys() - value.keys():
        raise ValueError(f"{prefix}{min(missing)} is missing")
    if value.keys() - hints.keys():
        raise ValueError(f"{where or 'it'} has an unknown field")
    return kind(**{name: build(hint, value[name], prefix + name) for name, hint in hints.items()})


def _finite(value: Any, where: str) -> Any:
    """The value, if all numbers in it are finite."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} is not a finite number")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _finite(item, f"an entry of {where}" if " of " not in where else where)
    return value
