"""What happened to a request."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.linked import Quick
from assistance.models import AssistanceRequest, RequestEvent
from assistance.requests.timeline import INTERNAL
from directory import policy
from directory.policy import Permission


class EventSerializer(Quick):
    transition = serializers.CharField()
    item = serializers.IntegerField(source="item.n", allow_null=True, default=None)
    from_state = serializers.CharField(allow_blank=True)
    to_state = serializers.CharField(allow_blank=True)
    by = serializers.SerializerMethodField(help_text="For UNODC only.")
    at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)

    def get_by(self, event: RequestEvent) -> str | None:
        """Whose act it was."""
        internal = policy.may(self.context["request"].user, Permission.READ_ALL_REQUESTS)
        return str(event.by) if internal and event.by else None


def events_shown(asked: AssistanceRequest, user: Any) -> QuerySet[RequestEvent]:
    """The events of a request; who works on it and with which mandates is UNODC's own matter."""
    events = asked.events.select_related("item", "by")
    if policy.may(user, Permission.READ_ALL_REQUESTS):
        return events
    return events.exclude(transition__in=INTERNAL)
