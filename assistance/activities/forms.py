"""The forms of activities, deliveries, evidence and links: what was typed, made into values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assistance.models import (
    Activity,
    ActivityStatus,
    EvidenceKind,
    LinkState,
    RequestItem,
    Verdict,
    Visibility,
    Weight,
)
from assistance.services.plan import dates_by_status, today_utc
from directory.models import Country, Entity, EntityKind
from directory.widgets import DayInput, NarrowCheckboxes, SearchSelect, StatesField
from mandates.models import DeliveryKind, Mandate, Need


def _status_choices() -> list[tuple[str, str]]:
    return [(code, f"{code} {label}") for code, label in ActivityStatus.choices]


class ChosenFirst(NarrowCheckboxes):
    """Tick boxes of which the ticked ones stand on top, so that nobody has to look for them."""

    def optgroups(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> list[Any]:
        groups = super().optgroups(name, value, attrs)
        return sorted(groups, key=lambda group: not group[1][0]["selected"])


class CountriesField(StatesField):
    """Several States by ISO code, in the reader's alphabet."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Country.objects.all(),
            to_field_name="iso",
            label=_("States"),
            help_text=_("Only States named get the credit, not regions."),
            widget=ChosenFirst(narrow=_("Find a State")),
            required=False,
            **kwargs,
        )
        self.error_messages["invalid_choice"] = _("“%(value)s” is no State we know.")
        self.error_messages["invalid_pk_value"] = self.error_messages["invalid_choice"]

    def get_bound_field(self, form: forms.BaseForm, name: str) -> forms.BoundField:
        """Orders the names for whoever reads now."""
        self.queryset = Country.objects.by_name()
        return super().get_bound_field(form, name)


class PlanForm(forms.Form):
    """The plan of an activity as the page to change it shows it."""

    title = forms.CharField(label=_("Title"), max_length=250)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=DeliveryKind.choices)
    status = forms.ChoiceField(label=_("Status"), choices=_status_choices)
    planned_start = forms.DateField(label=_("Planned start"), required=False, widget=DayInput())
    planned_end = forms.DateField(label=_("Planned end"), required=False, widget=DayInput())
    actual_start = forms.DateField(label=_("Actual start"), required=False, widget=DayInput())
    actual_end = forms.DateField(label=_("Actual end"), required=False, widget=DayInput())
    countries = CountriesField()
    unit = forms.ModelChoiceField(
        Entity.objects.filter(kind=EntityKind.UNIT), label=_("Lead unit"), empty_label=None
    )
    project_code = forms.CharField(label=_("Project code"), max_length=30, required=False)
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    language = forms.ChoiceField(
        label=_("Language of the title"), choices=settings.LANGUAGES, required=False
    )
    visibility = forms.ChoiceField(
        label=_("Who may read it"),
        choices=Visibility.choices,
        required=False,
        help_text=_("A public activity that names a State can tell who asked."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput())

    @classmethod
    def initial_of(cls, activity: Activity) -> dict[str, Any]:
        """The values of the activity as it stands."""
        fields = [name for name in cls.base_fields if name not in {"countries", "unit"}]
        return {
            **{name: getattr(activity, name) for name in fields},
            "unit": activity.unit_id,
            "countries": [one.iso for one in activity.countries.all()],
        }


class EvidenceForm(forms.Form):
    """A file or an address, and what it is."""

    file = forms.FileField(label=_("Evidence, up to 20 MB"), required=False, allow_empty_file=True)
    url = forms.CharField(
        label=_("or its address"), required=False, widget=forms.URLInput(), max_length=500
    )
    evidence_kind = forms.ChoiceField(
        label=_("It is a"), choices=EvidenceKind.choices, initial=EvidenceKind.PARTICIPANTS
    )
    kept_file = forms.CharField(required=False, widget=forms.HiddenInput())


class DeliveryForm(forms.Form):
    """What happened, for which State, and which items and needs it was for."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DeliveryKind.choices)
    title = forms.CharField(label=_("Title, when it has its own"), max_length=250, required=False)
    country = forms.ModelChoiceField(
        Country.objects.none(),
        label=_("State"),
        required=False,
        empty_label=_("No State"),
        to_field_name="iso",
    )
    began_on = forms.DateField(
        label=_("First day, when it took several"), required=False, widget=DayInput()
    )
    on = forms.DateField(label=_("Held on (last day)"), widget=DayInput())
    women = forms.IntegerField(label=_("Women"), min_value=0, required=False)
    men = forms.IntegerField(label=_("Men"), min_value=0, required=False)
    not_stated = forms.IntegerField(label=_("Not stated"), min_value=0, required=False)
    items = forms.ModelMultipleChoiceField(
        RequestItem.objects.none(),
        label=_("Items it was for"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    needs = forms.ModelMultipleChoiceField(
        Need.objects.none(),
        label=_("Needs it meets"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        live = [LinkState.PROPOSED, LinkState.CONFIRMED]
        self.fields["country"].queryset = activity.countries.by_name()
        items = RequestItem.objects.filter(
            activity_links__in=activity.item_links.filter(state__in=live)
        ).select_related("request")
        self.fields["items"].queryset = items
        self.fields["items"].label_from_instance = item_label
        needs = Need.objects.filter(
            published_by__isnull=False,
            mandate__activity_links__in=activity.mandate_links.filter(state__in=live),
        ).select_related("mandate")
        self.fields["needs"].queryset = needs
        for name, rows in (("items", items), ("needs", needs)):
            if not rows:
                del self.fields[name]


def item_label(item: RequestItem) -> str:
    """An item as the choices show it: its reference and the beginning of its words."""
    return f"{item.request.ref}, {item.n}: {item.words[:120]}"


class MandateChoiceField(forms.ModelChoiceField):
    """One mandate, by paragraph and label."""

    def label_from_instance(self, mandate: Mandate) -> str:
        """Paragraph number and label."""
        return f"{mandate.paragraph.resolution.symbol}, {mandate.paragraph.number}: {mandate.label}"


class LinkForm(forms.Form):
    """A link from an activity to a mandate or to an item, and why."""

    mandate = MandateChoiceField(
        Mandate.objects.select_related("paragraph__resolution"),
        label=_("Mandate"),
        required=False,
        widget=SearchSelect(),
    )
    weight = forms.ChoiceField(label=_("How much of it"), choices=Weight.choices, required=False)
    item = forms.ModelChoiceField(
        RequestItem.objects.none(),
        label=_("or an open item of its States"),
        required=False,
        widget=SearchSelect(),
    )
    reason = forms.CharField(label=_("Why"), required=False, max_length=500)

    def __init__(self, *args: Any, activity: Activity, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = (
            RequestItem.objects.visible_to(user)
            .exclude(request__state="draft")
            .filter(request__states__in=activity.countries.all())
            .exclude(activity_links__in=activity.item_links.exclude(state="rejected"))
            .select_related("request")
            .distinct()
        )
        self.fields["item"].queryset = items
        self.fields["item"].label_from_instance = item_label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and bool(cleaned.get("mandate")) == bool(cleaned.get("item")):
            self.add_error("mandate", _("Choose one: a mandate or an item."))
        return cleaned


class ReasonForm(forms.Form):
    """Why a link is wrong, or what has to change."""

    reason = forms.CharField(label=_("Why"), required=False, max_length=500)


class ReplyForm(forms.Form):
    """What a State says of a delivery to it."""

    verdict = forms.ChoiceField(
        label=_("What you say of it"), choices=Verdict.choices, widget=forms.RadioSelect()
    )
    words = forms.CharField(
        label=_("In your words"),
        help_text=_("Needed when something was missing."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LogForm(EvidenceForm):
    """An activity with what it answers, its delivery and evidence, on one page."""

    title = forms.CharField(label=_("Title"), max_length=250)
    kind = forms.ChoiceField(label=_("Kind"), choices=DeliveryKind.choices)
    status = forms.ChoiceField(label=_("Status"), choices=_status_choices)
    first = forms.DateField(
        label=pgettext_lazy("the first day", "From"), required=False, widget=DayInput()
    )
    last = forms.DateField(
        label=pgettext_lazy("the last day", "To"), required=False, widget=DayInput()
    )
    countries = CountriesField()
    unit = forms.ModelChoiceField(
        Entity.objects.filter(kind=EntityKind.UNIT), label=_("Lead unit"), empty_label=None
    )
    project_code = forms.CharField(label=_("Project code"), max_length=30, required=False)
    items = forms.ModelMultipleChoiceField(
        RequestItem.objects.none(), label=_("What it answers"), required=False
    )
    mandates = forms.ModelMultipleChoiceField(
        Mandate.objects.all(), label=_("Mandates"), required=False
    )
    needs = forms.ModelMultipleChoiceField(Need.objects.all(), label=_("Needs"), required=False)
    held_on = forms.DateField(
        label=_("Held on (last day)"),
        required=False,
        widget=DayInput(),
    )
    women = forms.IntegerField(label=_("Women"), min_value=0, required=False)
    men = forms.IntegerField(label=_("Men"), min_value=0, required=False)
    not_stated = forms.IntegerField(label=_("Not stated"), min_value=0, required=False)
    nothing_delivered = forms.BooleanField(label=_("Nothing was delivered"), required=False)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    visibility = forms.ChoiceField(
        label=_("Who may read it"),
        choices=Visibility.choices,
        required=False,
        help_text=_("A public activity that names a State can tell who asked."),
    )
    submission = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = RequestItem.objects.visible_to(user)
        for name in ("items", "mandates", "needs"):
            self.fields[name].widget = forms.MultipleHiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        counted = [name for name in PARTICIPANTS if cleaned.get(name) is not None]
        if counted and len(cleaned.get("countries") or ()) > 1:
            self.add_error(
                counted[0],
                _("Participants are counted by State: enter them at each State's delivery."),
            )
        shows = cleaned.get("file") or cleaned.get("url") or cleaned.get("kept_file")
        if (counted or shows) and not self.delivered_on(cleaned) and "held_on" not in self.errors:
            self.add_error("held_on", _("Say when it was delivered."))
        return cleaned

    @staticmethod
    def delivered_on(cleaned: dict[str, Any]) -> Any:
        """The day of the delivery: as given, else the last day of what has ended; or none."""
        if cleaned.get("nothing_delivered"):
            return None
        if cleaned.get("held_on"):
            return cleaned["held_on"]
        ended = cleaned.get("status") in {ActivityStatus.FINALISATION, ActivityStatus.CLOSED}
        last = cleaned.get("last")
        return last if ended and last and last <= today_utc() else None

    def plan(self) -> dict[str, Any]:
        """The plan, its two dates as planned or actual ones."""
        names = ("title", "kind", "status", "unit", "project_code", "description", "place")
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in names},
            "visibility": cleaned["visibility"] or Visibility.INTERNAL,
            **dates_by_status(cleaned["status"], cleaned["first"], cleaned["last"]),
        }


PARTICIPANTS = ("women", "men", "not_stated")
