"""What administrators keep: people, their roles, organisations, entities, names of States."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from directory.models import Country, Entity, Membership, Organisation, User

admin.site.site_header = admin.site.site_title = "Mandate Tracker"
admin.site.index_title = _("People and vocabularies")


class HeldFilter(admin.SimpleListFilter):
    """Roles held now, or handed over."""

    title = _("held")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Now")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"now", "ended"}:
            return queryset
        return queryset.filter(ended_on__isnull=self.value() == "now")


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):
    inlines = [MembershipInline]
    list_display = ["username", "display_name", "email", "is_active", "last_login"]
    fieldsets = [
        *(UserAdmin.fieldsets or []),
        (_("On the site"), {"fields": ["display_name", "language", "time_zone"]}),
    ]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ["user", "role", "organisation", "unit", "started_on", "ended_on"]
    list_filter = [HeldFilter, "role"]
    list_select_related = ["user", "organisation", "unit"]


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ["name", "kind"]
    list_filter = ["kind"]


@admin.register(Entity)
class EntityAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "kind"]
    list_filter = ["kind"]


@admin.register(Country)
class CountryAdmin(admin.ModelAdmin):
    list_display = ["iso", "name", "m49"]
