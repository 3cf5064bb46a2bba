"""The vocabulary of subjects, kept by administrators."""

from django.contrib import admin

from mandates.models import Theme


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "parent", "dac_code"]
    list_select_related = ["parent"]
