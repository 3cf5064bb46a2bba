"""Serializers of rows: each with its own address, and quick enough for long lists."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar

from django.db.models import Manager
from django.urls import reverse
from rest_framework import serializers

# Fields whose value is answered as it is; the encoder writes days, times and numbers.
PLAIN = (
    serializers.CharField,
    serializers.ChoiceField,
    serializers.IntegerField,
    serializers.BooleanField,
    serializers.DateField,
    serializers.DateTimeField,
    serializers.DictField,
    serializers.JSONField,
)


def _reader(field: serializers.Field[Any, Any, Any, Any]) -> Callable[[Any], Any]:
    """How the value of a field is read from an object; None when something on the way is None."""
    if field.source == "*" or isinstance(field, serializers.SerializerMethodField):
        return lambda thing: field.to_representation(field.get_attribute(thing))
    get = attrgetter(".".join(field.source_attrs))
    through = len(field.source_attrs) > 1
    plain = type(field) in PLAIN

    def read(thing: Any) -> Any:
        try:
            value = get(thing)
        except AttributeError:
            if through:
                return None
            raise
        if plain or value is None:
            return value
        return field.to_representation(value.all() if isinstance(value, Manager) else value)

    return read


class Said(serializers.CharField):
    """A person (or anything) in words, as the pages show it."""

    def to_representation(self, value: Any) -> str:
        """Its name."""
        return str(value)


class Codes(serializers.ListField):
    """Things by one of their attributes."""

    def __init__(self, attribute: str, **kwargs: Any) -> None:
        self.attribute = attribute
        kwargs.setdefault("child", serializers.CharField())
        super().__init__(**kwargs)

    def to_representation(self, data: Any) -> list[Any]:
        """The attribute of each."""
        return [getattr(one, self.attribute) for one in data]


class Quick(serializers.Serializer[Any]):
    """A serializer for reading that looks its fields up once a list instead of once a row."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row as plain values."""
        readers = self.__dict__.get("_readers")
        if readers is None:
            readers = [(name, _reader(field)) for name, field in self.fields.items()]
            self.__dict__["_readers"] = readers
        return {name: read(instance) for name, read in readers}


class Address(serializers.Field[Any, Any, Any, Any]):
    """The address of an object, made from its key."""

    def __init__(self, view: str, key: str = "pk", **kwargs: Any) -> None:
        kwargs.setdefault("read_only", True)
        kwargs.setdefault("source", "*")
        super().__init__(**kwargs)
        self.view, self.key = view, key
        self._below = ""

    def to_representation(self, value: Any) -> str | None:
        """The absolute address; None where there is no object."""
        key = self._key_of(value)
        if key is None:
            return None
        self._below = self._below or self.list_of(self.context)
        return f"{self._below}{key}/"

    def _key_of(self, value: Any) -> Any:
        for name in self.key.split("."):
            value = getattr(value, name) if value is not None else None
        return value

    def list_of(self, context: dict[str, Any]) -> str:
        """The address of the list that the object stands in."""
        path = reverse(f"api:{self.view}-list")
        return str(context["request"].build_absolute_uri(path))


class Linked(Quick):
    """A serializer whose object carries its own address as `url`."""

    url_of: ClassVar[str]
    url_key: ClassVar[str] = "pk"

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`url` first, then the fields declared."""
        address = Address(self.url_of, self.url_key, help_text="Its own address.")
        return {"url": address, **super().get_fields()}
