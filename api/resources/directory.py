"""Who is who: States, entities, and the vocabulary of themes."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from rest_framework import serializers

from api.base import ReadResource
from api.filtering import ordering
from api.linked import Linked
from directory.models import Country, Entity, EntityKind, Organisation, OrganisationKind
from directory.policy import Permission
from mandates.models import Theme

READ = {"list": Permission.READ_RESOLUTIONS, "retrieve": Permission.READ_RESOLUTIONS}


class _Everything:
    """All rows, for everybody who may enter."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def visible_to(self, user: Any) -> Any:
        return self.model.objects.all()


class Vocabulary(ReadResource):
    """A list that everybody who may enter reads."""

    needs = READ
    model: ClassVar[Any]
    hidden = False

    def __init_subclass__(cls) -> None:
        cls.scoped = _Everything(cls.model)


class CountrySerializer(Linked):
    url_of, url_key = "country", "iso"
    iso = serializers.CharField(help_text="ISO 3166-1 alpha-2 code.")
    m49 = serializers.CharField(help_text="United Nations M49 number.")
    names = serializers.DictField(child=serializers.CharField())
    former_names = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="By language, the newest first.",
    )
    region = serializers.CharField(help_text="M49 number of the subregion.")
    member_state = serializers.BooleanField()


class CountryFilter(django_filters.FilterSet):
    member_state = django_filters.BooleanFilter(label="Whether it is a Member State.")
    region = django_filters.CharFilter(label="M49 number of a subregion.")
    sort = ordering(("iso", "iso"), ("m49", "m49"))

    class Meta:
        model = Country
        fields: list[str] = []


class CountryResource(Vocabulary):
    """States, by ISO code."""

    model = Country
    serializer_class = CountrySerializer
    filterset_class = CountryFilter
    lookup_field = "iso"
    lookup_value_regex = "[A-Z]{2}"

    def with_all(self, rows: Any) -> Any:
        """In the order of their codes."""
        return rows.order_by("iso")


class OrganisationSerializer(Linked):
    url_of = "organisation"
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(OrganisationKind.choices)
    names = serializers.DictField(child=serializers.CharField())
    country = serializers.CharField(source="country.iso", allow_null=True, default=None)


class OrganisationFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=OrganisationKind.choices, label="Kind.")
    country = django_filters.CharFilter(field_name="country__iso", label="ISO code of a State.")
    sort = ordering(("country__iso", "country"), ("kind", "kind"))

    class Meta:
        model = Organisation
        fields: list[str] = []


class OrganisationResource(Vocabulary):
    """Who may ask: Member States and regional bodies."""

    model = Organisation
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter

    def with_all(self, rows: Any) -> Any:
        """With their States."""
        return rows.select_related("country").order_by("pk")


class EntityFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=EntityKind.choices, label="Kind.")
    sort = ordering(("code", "code"), ("position", "position"))

    class Meta:
        model = Entity
        fields: list[str] = []


class EntitySerializer(Linked):
    url_of, url_key = "entity", "code"
    code = serializers.CharField()
    kind = serializers.ChoiceField(EntityKind.choices)
    names = serializers.DictField(child=serializers.CharField())
    acronym = serializers.CharField()


class EntityResource(Vocabulary):
    """Addressees, partners and units, by code."""

    model = Entity
    serializer_class = EntitySerializer
    filterset_class = EntityFilter
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


class ThemeFilter(django_filters.FilterSet):
    parent = django_filters.CharFilter(field_name="parent__code", label="Code of a theme above.")
    sort = ordering(("code", "code"), ("position", "position"))

    class Meta:
        model = Theme
        fields: list[str] = []


class ThemeResource(Vocabulary):
    """The two-level vocabulary of themes, by code."""

    model = Theme
    serializer_class = ThemeSerializer
    filterset_class = ThemeFilter
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def with_all(self, rows: Any) -> Any:
        """With the theme above."""
        return rows.select_related("parent")
