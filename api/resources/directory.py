"""Who is who: States, entities, and the vocabulary of themes."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from api.base import Linked, ReadResource
from directory.models import Country, Entity
from directory.policy import Permission
from mandates.models import Theme

READ = {"list": Permission.READ_RESOLUTIONS, "retrieve": Permission.READ_RESOLUTIONS}


class Vocabulary(ReadResource):
    """A list that everybody who may enter reads."""

    needs = READ
    model: ClassVar[Any]

    def get_queryset(self) -> Any:
        """All rows."""
        return self.with_all(self.model.objects.all())


class CountrySerializer(Linked):
    url_of, url_key = "country", "iso"
    iso = serializers.CharField(help_text="ISO 3166-1 alpha-2 code.")
    m49 = serializers.CharField(help_text="United Nations M49 number.")
    names = serializers.DictField(child=serializers.CharField())
    region = serializers.CharField(help_text="M49 number of the subregion.")
    member_state = serializers.BooleanField()


class CountryResource(Vocabulary):
    """States, by ISO code."""

    model = Country
    serializer_class = CountrySerializer
    lookup_field = "iso"
    lookup_value_regex = "[A-Z]{2}"

    def with_all(self, rows: Any) -> Any:
        """In the order of their codes."""
        return rows.order_by("iso")


class EntitySerializer(Linked):
    url_of, url_key = "entity", "code"
    code = serializers.CharField()
    kind = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    acronym = serializers.CharField()


class EntityResource(Vocabulary):
    """Addressees, partners and units, by code."""

    model = Entity
    serializer_class = EntitySerializer
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"


class ThemeSerializer(Linked):
    url_of, url_key = "theme", "code"
    code = serializers.CharField()
    parent = serializers.CharField(source="parent.code", allow_null=True, default=None)
    names = serializers.DictField(child=serializers.CharField())
    plain = serializers.DictField(
        child=serializers.CharField(), help_text="In the words of somebody who asks for help."
    )
    dac_code = serializers.CharField(help_text="OECD-DAC CRS purpose code.")
    sdg_targets = serializers.ListField(child=serializers.CharField())


class ThemeResource(Vocabulary):
    """The two-level vocabulary of themes, by code."""

    model = Theme
    serializer_class = ThemeSerializer
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def with_all(self, rows: Any) -> Any:
        """With the theme above."""
        return rows.select_related("parent")
