"""What the page of parts shows: every component in every state, with invented words."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.statuses import Status
from directory.widgets import DayInput, NarrowCheckboxes, SearchSelect

STATES = [
    ("ke", "Kenya"),
    ("co", "Colombia"),
    ("ci", "Côte d’Ivoire"),
    ("mz", "Mozambique"),
]
KINDS = [
    ("training", _("Training")),
    ("tool", _("A tool or manual")),
    ("advice", _("Advice")),
]


class PartsForm(forms.Form):
    """One field of each sort."""

    held_on = forms.DateField(label=_("Held on"), widget=DayInput())
    participants = forms.IntegerField(label=_("Participants in all"), max_value=22)
    state = forms.ChoiceField(label=_("State"), choices=STATES, widget=SearchSelect())
    words = forms.CharField(
        label=_("Say it in your own words"),
        help_text=_("What is the problem, and what would help?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    kinds = forms.MultipleChoiceField(
        label=_("What kind of help?"),
        help_text=_("Choose all that fit."),
        choices=KINDS,
        widget=forms.CheckboxSelectMultiple(),
    )
    reply = forms.ChoiceField(
        label=_("What you say of it"), choices=KINDS, widget=forms.RadioSelect()
    )

    def clean_held_on(self) -> date:
        """A delivery with a date to come is refused, with what to do instead."""
        held_on: date = self.cleaned_data["held_on"]
        if held_on > timezone.localdate():
            raise forms.ValidationError(_("Enter a day up to today, or plan it as an activity."))
        return held_on


class FreeForm(forms.Form):
    """The rest: a file, a tick box, several of a long list."""

    states = forms.MultipleChoiceField(
        label=_("States"),
        choices=STATES,
        widget=NarrowCheckboxes(narrow=_("Find a State")),
    )
    document = forms.FileField(label=_("Evidence"), help_text=_("PDF or picture, up to 20 MB."))
    shared = forms.BooleanField(label=_("Show it to the other States named"), required=False)


class FilterForm(forms.Form):
    """Filters as they stand above a list."""

    status = forms.ChoiceField(
        label=_("Status"), choices=[("", _("All")), *Status.choices], required=False
    )
    as_of = forms.DateField(label=_("Status as of"), required=False, widget=DayInput())


def context() -> dict[str, Any]:
    """The context of `parts.html`."""
    now = timezone.now()
    few = [
        *[Status.EVIDENCED] * 2,
        *[Status.DELIVERED] * 2,
        Status.UNDER_WAY,
        Status.PLANNED,
        *[Status.UNMET] * 2,
    ]
    row = {
        "number": 6,
        "label": _("Forensic and electronic evidence"),
        "status": Status.UNDER_WAY,
        "served": 4,
        "total": 8,
        "marks": few,
        "flag": _("1 disputed"),
    }
    return {
        "statuses": list(Status),
        "few": few,
        "many": {
            "evidenced": 50,
            "delivered": 32,
            "under_way": 22,
            "planned": 10,
            "unmet": 18,
        },
        "form": PartsForm({"held_on": now.date() + timedelta(days=25), "participants": 24}),
        "free_form": FreeForm(prefix="free"),
        "filter_form": FilterForm(prefix="filter"),
        "filter_tags": [{"label": _("Status"), "value": Status.UNMET.label, "url": "?"}],
        "page_obj": Paginator([row] * 44, 2).get_page(2),
        "crumbs": [{"label": _("Home"), "url": "/"}],
        "acts": [
            {"label": _("Log an activity"), "url": "#parts-list", "primary": True},
            {"label": _("Enter a request"), "url": "#parts-list"},
        ],
        "exports": [{"label": _("Export CSV"), "url": "#parts-list"}],
        "stages": [
            {"label": _("Sent"), "note": "14 Oct 2024", "state": "done"},
            {"label": _("Accepted"), "note": "18 Nov 2024", "state": "done"},
            {"label": _("In delivery"), "note": "9 Jun 2026", "state": "now"},
            {"label": _("Closed"), "state": "next"},
        ],
        "events": [
            {
                "words": _("Sent by the mission in Vienna"),
                "note": "14 Oct 2024",
                "state": "done",
            },
            {"words": _("You reply on item 1"), "note": "12 Dec 2026", "state": "now"},
            {"words": _("Closed, with your reply on each item"), "state": "next"},
        ],
        "definitions": [
            {
                "term": _("Lead unit"),
                "words": "Terrorism Prevention Branch",
                "url": "#parts-list",
            },
            {"term": _("Identifier"), "words": "A/RES/74/175/op6/m1"},
        ],
        "official": (
            "Solicita también a la Oficina de las Naciones Unidas contra la Droga y el Delito"
        ),
        "today": now.date(),
        "earlier": now - timedelta(days=41, hours=3),
        "now": now,
    }
