"""The form in which a State says whether it received a delivery."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from assistance.models import Verdict


class ReplyForm(forms.Form):
    """Three answers, and words where something was missing."""

    verdict = forms.ChoiceField(
        label=_("What you say of it"),
        choices=Verdict.choices,
        widget=forms.RadioSelect(),
    )
    words = forms.CharField(
        label=_("In your words"),
        help_text=_("Needed if something was missing. UNODC reads it and answers here."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
