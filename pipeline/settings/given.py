"""Settings in a process that is given them and validates nothing: the same classes without pydantic, whose import takes long.

What the classes of this wing are written with is here, and of what they can do no more than a reader asks. Anything else is an error there
and never another value. Covered by tests/settings/test_given.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any, ClassVar, Self, TypeVar

_Part = TypeVar("_Part", bound="Given")


class Given:
    """Stands for `pydantic.BaseModel`: comes out of a pickle of one, or from values that are good as they are."""

    __slots__ = ("model_fields_set", "private_values")
    model_fields_set: frozenset[str]
    private_values: dict[str, Any]
    model_fields: ClassVar[dict[str, object]] = {}

    def __init_subclass__(cls) -> None:
        named = {name: kind for name, kind in vars(cls).get("__annotations__", {}).items() if not name.startswith("_")}
        cls.model_fields = {**cls.model_fields, **named}

    @classmethod
    def model_construct(cls, **values: object) -> Self:
        """Return one with these values; where there is none, its class has it."""
        return _made(cls, values, values, {})

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Take what `pydantic.BaseModel.__getstate__` gave."""
        self.__dict__.update(state["__dict__"])
        self.model_fields_set = frozenset(state["__pydantic_fields_set__"])
        self.private_values = dict(state["__pydantic_private__"] or {})

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002 - nothing in it changes
        """Return the same with some values replaced."""
        replaced = update or {}
        return _made(type(self), {**self.__dict__, **replaced}, self.model_fields_set.union(replaced), self.private_values)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(getattr(self, name) == getattr(other, name) for name in self.model_fields)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.model_fields))


class _Private:
    """Stands for `pydantic.PrivateAttr`."""

    def __init__(self, *, default: object = None, default_factory: Callable[[], object] | None = None) -> None:
        self._default, self._factory = default, default_factory

    def __set_name__(self, _owner: type[Given], name: str) -> None:
        self._name = name

    def __get__(self, held: Given, _kind: type[Given]) -> Any:  # noqa: ANN401 - whatever is kept there
        if self._name not in held.private_values:
            held.private_values[self._name] = self._factory() if self._factory else self._default
        return held.private_values[self._name]

    def __set__(self, held: Given, value: object) -> None:
        held.private_values[self._name] = value


def stand_in() -> None:
    """Have every module that asks for pydantic from now on get this."""
    module = ModuleType("pydantic")
    vars(module).update(BaseModel=Given, PrivateAttr=_Private, Field=_nothing, ConfigDict=dict)
    vars(module).update(AfterValidator=_nothing, BeforeValidator=_nothing, field_validator=_as_it_is, model_validator=_as_it_is)
    sys.modules[module.__name__] = module


def _made(kind: type[_Part], values: Mapping[str, Any], said: Iterable[str], private: Mapping[str, Any]) -> _Part:
    made = kind.__new__(kind)
    made.__setstate__({"__dict__": values, "__pydantic_fields_set__": said, "__pydantic_private__": private})
    return made


def _nothing(*_arguments: object, **_more: object) -> None:
    """Stand for what only a validation asks."""


def _as_it_is(*_arguments: object, **_more: object) -> Callable[[object], object]:
    """Leave a function that only a validation calls as it is written."""
    return lambda function: function
