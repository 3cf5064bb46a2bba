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
    AgeGroup,
    EvidenceKind,
    Function,
    LinkState,
    RequestItem,
    Verdict,
    Visibility,
    Weight,
)
from assistance.services.participants import GROUPS
from assistance.services.plan import dates_by_status, today_utc
from assistance.services.series import MOST_COPIES, Every
from directory.currencies import in_use
from directory.models import Country, Entity, EntityKind
from directory.widgets import DayInput, NarrowCheckboxes, SearchSelect, StatesField
from mandates.models import DeliveryKind, Mandate, Need

PARTICIPANTS = ("women", "men", "not_stated")
DELIVERY_FIELDS = ("country", "began_on", "on", "kind", "title", *PARTICIPANTS)
MOST_PARTICIPANTS = 1_000_000
SEVERAL = 2


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


class PartnersField(forms.ModelMultipleChoiceField):
    """Whom UNODC works with, by code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Entity.objects.exclude(kind=EntityKind.UNIT).exclude(code="unodc"),
            to_field_name="code",
            label=_("Partners"),
            widget=ChosenFirst(narrow=_("Find a partner")),
            required=False,
            **kwargs,
        )


def _currency_choices() -> list[tuple[str, str]]:
    return [("", "–"), *((code, code) for code in in_use())]


class CostForm(forms.Form):
    """What an activity costs, and with whom it is done."""

    cost = forms.DecimalField(
        label=_("Cost"), max_digits=14, decimal_places=2, min_value=0, required=False
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=_currency_choices, required=False)
    partners = PartnersField()


class PlanForm(CostForm):
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
        apart = {"countries", "partners", "unit"}
        fields = [name for name in cls.base_fields if name not in apart]
        return {
            **{name: getattr(activity, name) for name in fields},
            "unit": activity.unit_id,
            "countries": [one.iso for one in activity.countries.all()],
            "partners": [one.code for one in activity.partners.all()],
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


def _count(label: Any, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=MOST_PARTICIPANTS, required=False, **kwargs
    )


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
    women = _count(_("Women"))
    men = _count(_("Men"))
    not_stated = _count(_("Not stated"))
    participants = _count(_("or all together"))
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
        for prefix, groups in GROUPS.items():
            for code, label in groups.choices:
                self.fields[f"{prefix}-{code}"] = _count(
                    label, initial=self.initial.get(prefix, {}).get(code)
                )

    def age_fields(self) -> list[forms.BoundField]:
        """A number for each age group."""
        return [self[f"by_age-{code}"] for code in AgeGroup.values]

    def function_fields(self) -> list[forms.BoundField]:
        """A number for each function."""
        return [self[f"by_function-{code}"] for code in Function.values]

    def has_groups(self) -> bool:
        """Whether a number or a problem stands among the groups, so that they are shown."""
        return any(
            field.errors or field.value() for field in (*self.age_fields(), *self.function_fields())
        )

    def values(self) -> dict[str, Any]:
        """What the services take of it, but for items and needs."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in (*DELIVERY_FIELDS, "participants")},
            **{
                prefix: {code: cleaned[f"{prefix}-{code}"] or 0 for code in groups.values}
                for prefix, groups in GROUPS.items()
            },
        }

    def show_problems(self, problems: dict[str, list[Any]]) -> None:
        """Put what the services object to beside the fields it is about."""
        first_of = {prefix: f"{prefix}-{groups.values[0]}" for prefix, groups in GROUPS.items()}
        for name, messages in problems.items():
            field = first_of.get(name, name)
            self.add_error(field if field in self.fields else None, messages)


class NewDeliveryForm(EvidenceForm, DeliveryForm):
    """A delivery with its evidence, if that is at hand."""

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, activity=activity, **kwargs)
        self.fields["evidence_kind"].required = False
        # Items are ticked by default by the State chosen, so they are asked for only when changing.
        self.fields.pop("items", None)


class DeliveryRowForm(forms.Form):
    """One of several deliveries: a State, a day, its participants; without a day it is none."""

    country = forms.ModelChoiceField(
        Country.objects.none(),
        label=_("State"),
        required=False,
        empty_label=_("No State"),
        to_field_name="iso",
    )
    on = forms.DateField(label=_("Held on (last day)"), required=False, widget=DayInput())
    women = _count(_("Women"))
    men = _count(_("Men"))
    not_stated = _count(_("Not stated"))

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = activity.countries.by_name()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        counted = any(cleaned.get(name) is not None for name in PARTICIPANTS)
        if counted and not cleaned.get("on") and "on" not in self.errors:
            self.add_error("on", _("Say when it was delivered."))
        return cleaned


DeliveryRows = forms.formset_factory(
    DeliveryRowForm, extra=0, min_num=1, max_num=250, validate_min=True, validate_max=True
)


class DeliveriesForm(EvidenceForm):
    """What several deliveries have in common."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DeliveryKind.choices)
    title = forms.CharField(label=_("Title, when it has its own"), max_length=250, required=False)


class CopyForm(forms.Form):
    """How many copies of an activity to make, and when they are planned."""

    number = forms.IntegerField(label=_("Copies"), min_value=1, max_value=MOST_COPIES)
    first = forms.DateField(label=_("The first begins on"), required=False, widget=DayInput())
    every = forms.IntegerField(label=_("then every"), min_value=1, max_value=120)
    unit = forms.ChoiceField(label=_("Weeks or months"), choices=Every.choices)
    send = forms.BooleanField(label=_("Send them for approval at once"), required=False)


class SharesForm(forms.Form):
    """A percentage for each mandate and each State of an activity."""

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = activity.mandate_links.exclude(state=LinkState.REJECTED)
        self.mandates = list(links.select_related("mandate__paragraph__resolution"))
        self.states = list(activity.country_rows.select_related("country"))
        for link in self.mandates:
            mandate = link.mandate
            label = f"{mandate.paragraph.resolution.symbol}, {mandate.paragraph.number}"
            self.fields[f"mandate-{mandate.pk}"] = _share(f"{label}: {mandate.label}", link.share)
        for row in self.states:
            self.fields[f"state-{row.country.iso}"] = _share(row.country.name, row.share)

    def mandate_fields(self) -> list[forms.BoundField]:
        """A share for each mandate."""
        return [self[f"mandate-{link.mandate_id}"] for link in self.mandates]

    def state_fields(self) -> list[forms.BoundField]:
        """A share for each State."""
        return [self[f"state-{row.country.iso}"] for row in self.states]

    def values(self) -> dict[str, dict[Any, Any]]:
        """The shares as the service takes them."""
        cleaned = self.cleaned_data
        return {
            "shares": {one.mandate: cleaned[f"mandate-{one.mandate_id}"] for one in self.mandates},
            "states": {one.country: cleaned[f"state-{one.country.iso}"] for one in self.states},
        }

    def show_problems(self, problems: dict[str, list[Any]]) -> None:
        """Put what the service objects to at the first share of each kind."""
        first_of = {"shares": self.mandate_fields(), "states": self.state_fields()}
        for name, messages in problems.items():
            fields = first_of.get(name)
            self.add_error(fields[0].name if fields else None, messages)


def _share(label: str, share: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, max_digits=5, decimal_places=2,
        required=False, initial=share,
    )  # fmt: skip


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


class LogForm(EvidenceForm, CostForm):
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
    women = _count(_("Women"))
    men = _count(_("Men"))
    not_stated = _count(_("Not stated"))
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
        self.counted_apart = self._several_states()
        for country in self.counted_apart:
            for name in PARTICIPANTS:
                self.fields[f"{name}-{country.iso}"] = _count(self.fields[name].label)

    def _several_states(self) -> list[Country]:
        """The States ticked where they are several: the participants of each are asked for."""
        named = self["countries"].value() or []
        if len(named) < SEVERAL:
            return []
        return list(Country.objects.by_name().filter(iso__in=named))

    def count_rows(self) -> list[tuple[Country, list[forms.BoundField]]]:
        """Each of several States with the fields for its participants."""
        return [
            (country, [self[f"{name}-{country.iso}"] for name in PARTICIPANTS])
            for country in self.counted_apart
        ]

    def counts_of(self, country: Country | None) -> dict[str, int | None]:
        """The participants of the delivery to a State."""
        suffix = f"-{country.iso}" if country and self.counted_apart else ""
        return {name: self.cleaned_data[f"{name}{suffix}"] for name in PARTICIPANTS}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        together = [name for name in PARTICIPANTS if cleaned.get(name) is not None]
        apart = [
            f"{name}-{country.iso}"
            for country in self.counted_apart
            for name in PARTICIPANTS
            if cleaned.get(f"{name}-{country.iso}") is not None
        ]
        if together and self.counted_apart:
            self.add_error(
                f"{together[0]}-{self.counted_apart[0].iso}",
                _("Participants are counted by State: enter them for each."),
            )
        counted = together or apart
        if cleaned.get("cost") is None:
            cleaned["currency"] = ""
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
        names = (
            *("title", "kind", "status", "unit", "project_code", "description", "place"),
            *("cost", "currency", "partners"),
        )
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in names},
            "visibility": cleaned["visibility"] or Visibility.INTERNAL,
            **dates_by_status(cleaned["status"], cleaned["first"], cleaned["last"]),
        }
