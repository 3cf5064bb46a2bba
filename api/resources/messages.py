"""Messages between a State and UNODC."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.linked import Quick, Said
from assistance.models import MessageKind


class MessageSerializer(Quick):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(MessageKind.choices)
    words = serializers.CharField()
    by = Said()
    at = serializers.DateTimeField()


class NoteSerializer(Quick):
    id = serializers.IntegerField()
    words = serializers.CharField()
    by = Said()
    at = serializers.DateTimeField()


class WordsSerializer(serializers.Serializer[Any]):
    """What to say."""

    words = serializers.CharField(max_length=10000)
