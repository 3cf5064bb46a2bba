"""Forms for files, corrections and needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Case, When
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from directory.models import Entity, EntityKind
from directory.widgets import DayInput, NarrowCheckboxes, SearchSelect
from mandates.models import (
    CONTINUES,
    Basis,
    ConditionKind,
    DeliveryKind,
    FacetRole,
    Mandate,
    MandateKind,
    MandateSpan,
    Need,
)
from mandates.reader.vocabulary import LANGUAGES
from mandates.refusals import ImportRefused, refusal_words
from mandates.services.correcting import Corrections
from mandates.services.importing import read_document
from mandates.words import numbered, numbers_of, range_of

# Files up to this are read at once, so that what is wrong is said at the field.
READ_AT_ONCE = 2_000_000


class ImportForm(forms.Form):
    """A file to be read as a resolution."""

    file = forms.FileField(
        label=_("File of the resolution"),
        help_text=_("The official document as text, PDF or DOCX."),
        allow_empty_file=True,
    )
    language = forms.ChoiceField(
        label=_("Language of the text"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [
            ("", _("Find out from the text")),
            *((code, get_language_info(code)["name_translated"]) for code in LANGUAGES),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file: UploadedFile | None = cleaned.get("file")
        if file:
            try:
                _check_file(file, cleaned.get("language", ""))
            except ImportRefused as refused:
                self.add_error("file", refusal_words(refused.as_json()))
        return cleaned


def _check_file(file: UploadedFile, language: str) -> None:
    size = file.size or 0
    if not size:
        raise ImportRefused("empty")
    if size > settings.IMPORT_LIMIT_MB * 1_000_000:
        raise ImportRefused("too_large", limit=settings.IMPORT_LIMIT_MB)
    if size <= READ_AT_ONCE:
        file.seek(0)
        read_document(file.read(), file.name or "", language)
        file.seek(0)


class SuccessorForm(forms.Form):
    """Which mandate of a later resolution continues one, and how."""

    later = forms.ModelChoiceField(
        label=_("Mandate of a later resolution"),
        queryset=Mandate.objects.none(),
        to_field_name="identifier",
        widget=SearchSelect(),
    )
    relation = forms.ChoiceField(
        label=_("How it continues"), choices=[(one.value, one.label) for one in CONTINUES]
    )

    def __init__(self, *args: Any, mandate: Mandate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        adopted_on = mandate.paragraph.resolution.adopted_on
        self.fields["later"].queryset = (
            Mandate.objects.counted()
            .filter(paragraph__resolution__adopted_on__gt=adopted_on)
            .exclude(predecessors__earlier=mandate, predecessors__decided_at__isnull=False)
            .select_related("paragraph__resolution")
            .order_by("paragraph__resolution", "paragraph__position", "ordinal")
        )
        self.fields["later"].label_from_instance = _name_of

    @property
    def has_choices(self) -> bool:
        """Whether a later resolution is there at all."""
        return bool(self.fields["later"].queryset.exists())


def _name_of(mandate: Mandate) -> str:
    return f"{mandate.identifier} {mandate.label or mandate.paragraph.label}".strip()


class CorrectionForm(forms.Form):
    """What a mandate says, as the reader found it or as an officer corrected it."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=MandateKind.choices, widget=forms.RadioSelect)
    basis = forms.ChoiceField(label=_("Basis"), choices=Basis.choices, widget=forms.RadioSelect)
    addressees = forms.ModelMultipleChoiceField(
        label=_("Whom it asks"),
        queryset=Entity.objects.exclude(kind=EntityKind.UNIT),
        required=False,
        widget=NarrowCheckboxes(narrow=_("Find an addressee")),
    )
    conditions = forms.MultipleChoiceField(
        label=_("Conditions"),
        choices=ConditionKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lead_unit = forms.ModelChoiceField(
        label=_("Lead unit"),
        queryset=Entity.objects.filter(kind=EntityKind.UNIT),
        required=False,
    )

    def __init__(self, *args: Any, mandate: Mandate, spans: list[MandateSpan], **kwargs: Any):
        self.mandate, self.spans = mandate, spans
        super().__init__(*args, initial=self._initial(), **kwargs)
        chosen = Case(When(pk__in=self.initial["addressees"], then=0), default=1)
        self.fields["addressees"].queryset = Entity.objects.exclude(kind=EntityKind.UNIT).order_by(
            chosen, "position"
        )
        for span in spans:
            self._add_words(span)
        for code, name in settings.LANGUAGES:
            self.fields[f"label_{code}"] = forms.CharField(
                label=_("Unofficial label (%(language)s)") % {"language": name},
                max_length=60,
                required=False,
                widget=forms.TextInput(attrs={"lang": code}),
            )
        if mandate.report_session:
            self._add_report()
        self.fields["reason"] = forms.CharField(
            label=_("Why"),
            help_text=_("Shown beside what you change, to everybody who works on mandates."),
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def _initial(self) -> dict[str, Any]:
        mandate = self.mandate
        facets = list(mandate.facets.all())
        initial: dict[str, Any] = {
            "version": mandate.updated_at.isoformat(),
            "kind": mandate.kind,
            "basis": mandate.basis,
            "lead_unit": mandate.lead_unit_id,
            "addressees": [f.entity_id for f in facets if f.role == FacetRole.ADDRESSEE],
            "conditions": list({f.condition for f in facets if f.role == FacetRole.CONDITION}),
            "report_due_on": mandate.report_due_on,
            "report_submitted_on": mandate.report_submitted_on,
            "report_symbol": mandate.report_symbol,
        }
        for code, _name in settings.LANGUAGES:
            initial[f"label_{code}"] = mandate.labels.get(code, "")
        for span in self.spans:
            words = span.paragraph_text.words
            first, last = numbers_of(words, span.start, span.end)
            initial |= {f"first_{span.paragraph_text_id}": first}
            initial |= {f"last_{span.paragraph_text_id}": last}
        return initial

    def _add_words(self, span: MandateSpan) -> None:
        count = len(numbered(span.paragraph_text.words))
        for name, label in (("first", _("First word")), ("last", _("Last word"))):
            self.fields[f"{name}_{span.paragraph_text_id}"] = forms.IntegerField(
                label=label, min_value=1, max_value=count
            )

    def _add_report(self) -> None:
        self.fields["report_due_on"] = forms.DateField(
            label=_("Report due on"), required=False, widget=DayInput()
        )
        self.fields["report_submitted_on"] = forms.DateField(
            label=_("Report submitted on"), required=False, widget=DayInput()
        )
        self.fields["report_symbol"] = forms.CharField(
            label=_("Symbol of the report"), required=False, max_length=60
        )

    def words_of(self, span: MandateSpan) -> tuple[int, int] | None:
        """Where the words chosen for a text stand, if the choice makes sense."""
        pk = span.paragraph_text_id
        if self.is_bound:
            first, last = self.data.get(f"first_{pk}"), self.data.get(f"last_{pk}")
        else:
            first, last = self.initial[f"first_{pk}"], self.initial[f"last_{pk}"]
        try:
            chosen = int(first or 0), int(last or 0)
            if chosen == numbers_of(span.paragraph_text.words, span.start, span.end):
                return span.start, span.end
            return range_of(span.paragraph_text.words, *chosen)
        except (ValueError, IndexError):
            return None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for span in self.spans:
            first = cleaned.get(f"first_{span.paragraph_text_id}")
            last = cleaned.get(f"last_{span.paragraph_text_id}")
            if first and last and last < first:
                self.add_error(
                    f"last_{span.paragraph_text_id}",
                    _("The last word must not stand before the first."),
                )
        return cleaned

    @property
    def corrections(self) -> Corrections:
        """What the form says, for `correct_mandate`."""
        data = self.cleaned_data
        spans = {span.paragraph_text_id: self.words_of(span) for span in self.spans}
        return Corrections(
            kind=data["kind"],
            basis=data["basis"],
            addressees=list(data["addressees"]),
            conditions=data["conditions"],
            labels={code: data[f"label_{code}"] for code, _name in settings.LANGUAGES},
            spans={pk: place for pk, place in spans.items() if place},
            lead_unit=data["lead_unit"],
            report_due_on=data.get("report_due_on"),
            report_submitted_on=data.get("report_submitted_on"),
            report_symbol=data.get("report_symbol"),
        )


class NeedForm(forms.ModelForm):
    """What a mandate takes beyond requests."""

    words = forms.CharField(
        label=capfirst(Need._meta.get_field("words").verbose_name),
        help_text=_("Such as: a meeting of experts that keeps the practical guide up to date."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    every_months = forms.IntegerField(
        label=capfirst(Need._meta.get_field("every_months").verbose_name),
        help_text=_("12 for once a year. Leave empty for once."),
        min_value=1,
        max_value=120,
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Need
        fields = ("words", "kind", "every_months", "valid_from", "valid_to")
        widgets = {
            "valid_from": DayInput(),
            "valid_to": DayInput(),
        }
        help_texts = {
            "kind": _("Leave open if any kind of delivery will do."),
            "valid_to": _("Leave empty while the mandate stands."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Any kind")), *DeliveryKind.choices]
        if self.instance.pk:
            self.initial["revision"] = self.instance.revision

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day must not be before the first."))
        return cleaned


class PublishForm(forms.Form):
    """In place of which published need of the same mandate, if any."""

    in_place_of = forms.ModelChoiceField(
        label=_("In place of"),
        help_text=_("That need ends on the day before this one begins."),
        queryset=Need.objects.none(),
        empty_label=_("No other need"),
        required=False,
    )

    def __init__(self, need: Need, data: Any = None) -> None:
        super().__init__(data)
        self.fields["in_place_of"].queryset = Need.objects.filter(mandate=need.mandate).published()


class EndForm(forms.Form):
    """The last day of a need."""

    last_day = forms.DateField(label=_("Last day"), widget=DayInput())


class NeedFilterForm(forms.Form):
    """Which needs the list shows."""

    state = forms.ChoiceField(
        label=_("How it stands"),
        required=False,
        choices=[
            ("", _("All")),
            ("to_publish", _("Waiting to be published")),
            ("published", _("Published")),
        ],
    )
