"""Texts that officers start an answer from."""

from __future__ import annotations

import django_filters
from rest_framework import serializers

from api.base import ReadResource
from api.filtering import ordering
from api.linked import Linked
from assistance.models import AnswerKind, AnswerTemplate
from directory.policy import Permission


class AnswerTemplateSerializer(Linked):
    url_of = "answer-template"
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(AnswerKind.choices)
    name_en = serializers.CharField()
    name_es = serializers.CharField()
    name_fr = serializers.CharField()
    words_en = serializers.CharField()
    words_es = serializers.CharField()
    words_fr = serializers.CharField()


class AnswerTemplateFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=AnswerKind.choices, label="What it is for.")
    sort = ordering(("position", "position"))

    class Meta:
        model = AnswerTemplate
        fields: list[str] = []


class AnswerTemplateResource(ReadResource):
    """Texts for questions, acceptances and declines, kept by administrators."""

    scoped = AnswerTemplate.objects
    needs = {"list": Permission.TRIAGE, "retrieve": Permission.TRIAGE}
    serializer_class = AnswerTemplateSerializer
    filterset_class = AnswerTemplateFilter
