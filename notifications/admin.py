"""What was told and what could not be sent; read only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications.models import OutboxMessage
from notifications.services import send_again


class FailedFilter(admin.SimpleListFilter):
    """Messages that were not sent although it was tried."""

    title = _("could not be sent")
    parameter_name = "failed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.failed() if self.value() else queryset


@admin.register(OutboxMessage)
class OutboxAdmin(admin.ModelAdmin):
    list_display = [
        "kind",
        "recipient",
        "channel",
        "created_at",
        "attempts",
        "try_at",
        "dropped_at",
        "last_error",
    ]
    list_filter = [FailedFilter, "kind"]
    list_select_related = ["recipient"]
    actions = ["try_again"]

    @admin.action(description=_("Try to send again"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        number = send_again(queryset)
        self.message_user(
            request,
            ngettext(
                "%(number)d message is sent again.", "%(number)d messages are sent again.", number
            )
            % {"number": number},
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
