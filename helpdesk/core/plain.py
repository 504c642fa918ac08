"""Dataclasses back from plain lists and mappings, as JSON keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def from_plain(shape: type[T], data: Mapping[str, Any]) -> T:
    """Return the dataclass that `asdict` made this of; fields with a default may be missing.

    Knows dataclasses, lists, mappings by text and optional values; the rest is taken as it is.

    Raises:
        TypeError: a field without default is missing.
    """
    hints = get_type_hints(shape)
    known = {field.name for field in fields(shape)}  # type: ignore[arg-type]  # the caller gives a dataclass
    return shape(**{name: _value(hints[name], value) for name, value in data.items() if name in known})


def _value(hint: Any, value: Any) -> Any:  # noqa: ANN401 - an annotation and what JSON holds
    if value is None:
        return None
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _value(next(part for part in parts if part is not type(None)), value)
    if origin in {list, Sequence}:
        return [_value(parts[0], one) for one in value]
    if origin in {dict, Mapping}:
        return {name: _value(parts[1], one) for name, one in value.items()}
    return from_plain(hint, value) if is_dataclass(hint) and isinstance(hint, type) else value
