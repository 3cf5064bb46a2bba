"""What administrators keep of requests: texts for answers, and who takes over from whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assistance.models import AnswerTemplate
from assistance.workflow import hand_over_all
from directory.admin import MembershipAdmin
from directory.models import Membership, User


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


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role, and when it ends, who answers from then on for what its holder answered for."""

    hand_over_to = forms.ModelChoiceField(
        label=_("Hand over to"),
        help_text=_(
            "Only when the role ends: who answers from then on for the requests and drafts of the"
            " organisation. The organisation keeps all of them in any case."
        ),
        queryset=User.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["hand_over_to"]
            return
        self.fields["hand_over_to"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            memberships__organisation=self.instance.organisation_id,
            memberships__role=self.instance.role,
            memberships__ended_on=None,
            is_active=True,
        ).exclude(pk=self.instance.user_id)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("hand_over_to") and not cleaned.get("ended_on"):
            self.add_error("ended_on", _("Say when the role ended."))
        return cleaned


admin.site.unregister(Membership)


@admin.register(Membership)
class MembershipWithRequestsAdmin(MembershipAdmin):
    form = MembershipForm

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        to = form.cleaned_data.get("hand_over_to")
        if to is None:
            return
        number = hand_over_all(
            person=obj.user,
            organisation=obj.organisation,
            to=to,
            user=request.user,  # type: ignore[arg-type]
        )
        words = ngettext(
            "%(number)d request is handed over to %(name)s.",
            "%(number)d requests are handed over to %(name)s.",
            number,
        )
        messages.success(request, words % {"number": number, "name": to})
