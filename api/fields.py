"""Fields of what is sent: things named by their codes, and only those the caller may know of."""

from __future__ import annotations

from typing import Any

from django.db import models
from rest_framework import serializers

from assistance.models import RequestItem
from directory.models import Country, Entity, EntityKind, Organisation, User
from mandates.models import Mandate, Need, Theme


class Named(serializers.SlugRelatedField[Any]):
    """A thing named by its code."""

    def to_internal_value(self, data: Any) -> Any:
        """The thing of this code; a code is text, without characters no database takes."""
        if not isinstance(data, str):
            self.fail("invalid")
        if "\0" in data or not data.isprintable():
            self.fail("does_not_exist", slug_name=self.slug_field, value="")
        return super().to_internal_value(data)


class Visible(serializers.PrimaryKeyRelatedField[Any]):
    """A thing named by its id, among those the caller may know of."""

    def __init__(self, scoped: Any = None, **kwargs: Any) -> None:
        self._scoped = scoped
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", scoped.none())
        super().__init__(**kwargs)

    def get_queryset(self) -> models.QuerySet[Any]:
        """What the caller may know of."""
        request = self.context.get("request")
        return self._scoped.visible_to(request.user) if request else self._scoped.none()


def country(**kwargs: Any) -> Named:
    """A State by its ISO code."""
    kwargs.setdefault("help_text", "ISO 3166-1 alpha-2 code of a State.")
    return Named(slug_field="iso", queryset=Country.objects.all(), **kwargs)


def unit(**kwargs: Any) -> Named:
    """A unit of UNODC by its code."""
    units = Entity.objects.filter(kind=EntityKind.UNIT)
    kwargs.setdefault("help_text", "Code of a unit of UNODC.")
    return Named(slug_field="code", queryset=units, **kwargs)


def entity(**kwargs: Any) -> Named:
    """An entity by its code."""
    kwargs.setdefault("help_text", "Code of an entity.")
    return Named(slug_field="code", queryset=Entity.objects.all(), **kwargs)


def theme(**kwargs: Any) -> Named:
    """A theme by its code."""
    kwargs.setdefault("help_text", "Code of a theme.")
    return Named(slug_field="code", queryset=Theme.objects.all(), **kwargs)


def mandate(**kwargs: Any) -> Named:
    """A mandate by its public identifier."""
    kwargs.setdefault("help_text", "Public identifier of a mandate.")
    return Named(
        slug_field="identifier",
        queryset=Mandate.objects.select_related("paragraph__resolution"),
        **kwargs,
    )


def person(**kwargs: Any) -> Named:
    """A person by the log-in."""
    kwargs.setdefault("help_text", "Log-in of a person.")
    active = User.objects.filter(is_active=True)
    return Named(slug_field="username", queryset=active, **kwargs)


def organisation(**kwargs: Any) -> serializers.PrimaryKeyRelatedField[Any]:
    """An organisation by its id."""
    kwargs.setdefault("help_text", "Id of an organisation; your own when not given.")
    return serializers.PrimaryKeyRelatedField(
        queryset=Organisation.objects.select_related("country"), **kwargs
    )


def item(**kwargs: Any) -> Visible:
    """An item by its id."""
    kwargs.setdefault("help_text", "Id of an item of a request.")
    return Visible(RequestItem.objects, **kwargs)


def need(**kwargs: Any) -> serializers.PrimaryKeyRelatedField[Any]:
    """A need by its id."""
    kwargs.setdefault("help_text", "Id of a published need.")
    return serializers.PrimaryKeyRelatedField(queryset=Need.objects.all(), **kwargs)
