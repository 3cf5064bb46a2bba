"""The form in which somebody asks; nothing is required until it is sent."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assistance.models import AssistanceRequest, HelpKind, RequestOrigin, Urgency
from assistance.models.request import Confidentiality
from assistance.requests.themes import theme_choices
from assistance.workflow import ItemDraft
from directory.models import Country, Organisation, OrganisationKind, User
from directory.policy import Permission, may
from directory.widgets import (
    DayInput,
    NarrowCheckboxes,
    OrganisationField,
    SearchSelect,
    SeveralFiles,
    StatesField,
)
from mandates.models import Theme

ON_BEHALF = [choice for choice in RequestOrigin.choices if choice[0] != RequestOrigin.PORTAL]


def organisations_of(user: User) -> QuerySet[Organisation]:
    """For whom this person may ask."""
    if may(user, Permission.ASK_ON_BEHALF):
        return Organisation.objects.exclude(kind=OrganisationKind.UNODC)
    return Organisation.objects.filter(
        Q(country__in=user.country_ids) | Q(pk__in=user.regional_body_ids)
    )


class StepForm(forms.Form):
    """One step of a request. What each field showed is sent back beside it (`initial-…`), so that
    a colleague's change can be told from one's own.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self, *args: Any, user: User, draft: AssistanceRequest | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.draft = draft
        self.on_behalf = (
            draft.origin != RequestOrigin.PORTAL if draft else may(user, Permission.ASK_ON_BEHALF)
        )
        self.shape()
        _show_initial(self)

    def shape(self) -> None:
        """Leave out what this person does not need."""

    def given(self) -> dict[str, Any]:
        """What `save_draft` takes, once valid."""
        left_out = {"revision", "organisation", "key"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}

    @classmethod
    def initial_of(cls, draft: AssistanceRequest) -> dict[str, Any]:
        """What the form shows of a draft."""
        return {name: getattr(draft, name) for name in cls.base_fields if hasattr(draft, name)}


def _show_initial(form: forms.Form) -> None:
    for field in form.fields.values():
        field.show_hidden_initial = not (
            field.widget.is_hidden or isinstance(field, forms.FileField)
        )


class AboutForm(StepForm):
    """Who asks, how it came, and a title."""

    organisation = OrganisationField(
        label=_("Who asks"),
        queryset=Organisation.objects.none(),
        widget=SearchSelect(),
        error_messages={
            "required": _("Choose who asks."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    origin = forms.ChoiceField(label=_("How it reached UNODC"), choices=ON_BEHALF, required=False)
    received_on = forms.DateField(
        label=_("Received on"),
        help_text=_("The day of the letter’s arrival, or of the meeting."),
        widget=DayInput(),
        required=False,
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("A few words by which you will find this request again."),
        max_length=200,
        required=False,
    )
    states = StatesField(
        label=_("For which States"),
        queryset=Country.objects.none(),
        widget=NarrowCheckboxes(narrow=_("Find a State")),
        required=False,
        error_messages={"invalid_choice": _("There is no such State. Choose from the list.")},
    )
    confidentiality = forms.ChoiceField(
        label=_("Who may know of it?"),
        choices=[
            (
                Confidentiality.NORMAL,
                _("Who asked, and UNODC; work that answers it may be named in public"),
            ),
            (
                Confidentiality.CONFIDENTIAL,
                _("Confidential: no work that answers it is named in public"),
            ),
        ],
        widget=forms.RadioSelect(),
        required=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput(), required=False)

    def shape(self) -> None:
        choices = organisations_of(self.user)
        self.own = list(choices.select_related("country")[:2])
        chooses = self.on_behalf or len(self.own) != 1
        if chooses:
            self.fields["organisation"].queryset = choices.select_related("country")  # type: ignore[attr-defined]
        else:
            del self.fields["organisation"]
        if not self.on_behalf:
            del self.fields["origin"], self.fields["received_on"]
        asking = self.draft.organisation if self.draft else None if chooses else self.own[0]
        bodies = self.on_behalf or bool(self.user.regional_body_ids)
        if not bodies or (not chooses and asking and asking.kind == OrganisationKind.STATE):
            del self.fields["states"]
        else:
            self.fields["states"].queryset = Country.objects.by_name()  # type: ignore[attr-defined]
            if chooses:
                self.fields["states"].help_text = _(
                    "Only where a regional body asks; a State asks for itself."
                )
        if not self.is_bound:
            self.initial.setdefault("confidentiality", Confidentiality.NORMAL)
            if self.draft is None:
                self.initial.setdefault("key", uuid.uuid4())

    @property
    def asker(self) -> Organisation:
        """Who asks, once valid."""
        chosen: Organisation = self.cleaned_data.get("organisation") or (
            self.draft.organisation if self.draft else self.own[0]
        )
        return chosen

    def given(self) -> dict[str, Any]:
        given = super().given()
        given["confidentiality"] = given["confidentiality"] or Confidentiality.NORMAL
        return given

    @classmethod
    def initial_of(cls, draft: AssistanceRequest) -> dict[str, Any]:
        return super().initial_of(draft) | {
            "organisation": draft.organisation_id,
            "states": [country.pk for country in draft.states.all()],
        }


class NeedsForm(StepForm):
    """Beside the things needed themselves: several at once, as an assessment lists them."""

    several = forms.CharField(
        label=_("Several at once, one a line"),
        help_text=_("As an assessment lists them. Each line becomes a thing of its own."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )

    def shape(self) -> None:
        if not self.on_behalf:
            del self.fields["several"]

    def given(self) -> dict[str, Any]:
        return {}

    @property
    def lines(self) -> list[ItemDraft]:
        """The things given one a line."""
        lines = self.cleaned_data.get("several", "").splitlines()
        return [ItemDraft(words=line.strip(), theme_unsure=True) for line in lines if line.strip()]


class WhomForm(StepForm):
    """For whom, why and when."""

    beneficiaries = forms.CharField(
        label=_("Who will the help be for?"),
        help_text=_("For example: 30 prosecutors of the capital’s specialised unit."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    reason = forms.CharField(
        label=_("Why is it needed?"),
        help_text=_("What happened, and why now."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    tried = forms.CharField(
        label=_("What was tried already?"),
        help_text=_("By yourselves or with others, and how it went. Leave it empty if nothing."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    needed_by = forms.DateField(
        label=_("Needed by"),
        help_text=_("Leave this empty if there is no day."),
        widget=DayInput(),
        required=False,
    )
    urgency = forms.ChoiceField(
        label=_("How soon?"),
        choices=Urgency.choices,
        widget=forms.RadioSelect(),
        required=False,
    )

    def shape(self) -> None:
        if self.on_behalf:
            for name in ("beneficiaries", "reason", "tried"):
                self.fields[name].help_text = _("As far as the letter or the meeting said.")

    def given(self) -> dict[str, Any]:
        given = super().given()
        given["urgency"] = given["urgency"] or Urgency.ROUTINE
        return given


class FilesForm(StepForm):
    """Files that go with the request."""

    file = forms.FileField(
        label=_("Add files"),
        help_text=_(
            "A letter, a draft law: PDF, picture, text, or a document of Word, Excel or"
            " PowerPoint, up to 20 MB each."
        ),
        widget=SeveralFiles(),
        required=False,
    )

    def shape(self) -> None:
        if self.on_behalf:
            self.fields["file"].help_text = _(
                "The note verbale itself, the report of the assessment: PDF, picture, text, or a"
                " document of Word, Excel or PowerPoint, up to 20 MB each."
            )

    def given(self) -> dict[str, Any]:
        return {}


class ItemForm(forms.Form):
    """One thing that is needed."""

    pk = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    words = forms.CharField(
        label=_("Say it in your own words"),
        help_text=_("What is the problem, and what would help? Two or three sentences are enough."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    themes = forms.MultipleChoiceField(
        label=_("What is it about?"),
        help_text=_(
            "Choose all that fit. You never need to know a paragraph; the words of the resolution"
            " stand beside each theme."
        ),
        widget=forms.CheckboxSelectMultiple(),
        required=False,
    )
    theme_unsure = forms.BooleanField(
        label=_("Something else, or not sure: UNODC will find the place"),
        required=False,
    )
    help_kinds = forms.MultipleChoiceField(
        label=_("What kind of help?"),
        choices=HelpKind.choices,
        widget=forms.CheckboxSelectMultiple(),
        required=False,
    )

    def __init__(self, *args: Any, themes: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].choices = themes  # type: ignore[attr-defined]
        _show_initial(self)

    @property
    def says_something(self) -> bool:
        """Whether anything was typed or ticked."""
        return any(
            self.cleaned_data.get(name)
            for name in ("words", "themes", "theme_unsure", "help_kinds")
        )


class ItemForms(forms.BaseFormSet):  # type: ignore[type-arg]
    """The things needed, in their order."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """The choices of themes, read once; one sent as it was shown is still there."""
        if not hasattr(self, "_themes"):
            self._themes = theme_choices()
        return {
            **super().get_form_kwargs(index),
            "themes": self._themes,
            "empty_permitted": False,
        }

    @property
    def said(self) -> list[ItemForm]:
        """Those in which something stands, once valid."""
        return [form for form in self.forms if form.says_something]

    def drafts(self) -> list[ItemDraft]:
        """What `save_draft` takes, once valid; empty ones are left out."""
        said = [form.cleaned_data for form in self.said]
        wanted = {pk for data in said for pk in data["themes"]}
        themes = {str(theme.pk): theme for theme in Theme.objects.filter(pk__in=wanted)}
        return [
            ItemDraft(
                pk=data["pk"],
                words=data["words"],
                themes=[themes[pk] for pk in data["themes"]],
                theme_unsure=data["theme_unsure"],
                help_kinds=data["help_kinds"],
            )
            for data in said
        ]

    @staticmethod
    def initial_of(draft: AssistanceRequest) -> list[dict[str, Any]]:
        """What the forms show of a draft."""
        return [
            {
                "pk": item.pk,
                "words": item.words,
                "themes": [str(theme.pk) for theme in item.themes.all()],
                "theme_unsure": item.theme_unsure,
                "help_kinds": item.help_kinds,
            }
            for item in draft.items.prefetch_related("themes")
        ]


ItemFormSet = forms.formset_factory(ItemForm, formset=ItemForms, extra=0, max_num=20)


def place_errors(error: ValidationError, form: forms.Form, items: ItemForms | None = None) -> None:
    """Put the errors of the workflow at the fields they speak of."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.error_dict.items():
        parts = name.split(".")
        if items is not None and len(parts) == 3 and int(parts[1]) < len(items.forms):
            items.forms[int(parts[1])].add_error(parts[2], messages)
        elif name in form.fields:
            form.add_error(name, messages)
        elif items is not None and name == "items" and items.forms:
            items.forms[0].add_error("words", messages)
        else:
            form.add_error(None, messages)
