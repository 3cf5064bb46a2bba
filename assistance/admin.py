"""Texts for answers, kept by administrators."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from assistance.models import AnswerTemplate


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "active", "position"]
    list_filter = ["kind", "active"]
    fieldsets = [
        (None, {"fields": ["kind", "active", "position"]}),
        (
            _("English"),
            {
                "fields": ["name_en", "words_en"],
                "description": _("{reference} becomes the reference of the request."),
            },
        ),
        (_("Spanish"), {"fields": ["name_es", "words_es"]}),
        (_("French"), {"fields": ["name_fr", "words_fr"]}),
    ]
