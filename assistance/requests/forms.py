"""The form in which somebody asks; nothing is required until it is sent."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assistance.models import AssistanceRequest, HelpKind, RequestOrigin, Urgency
from assistance.requests.themes import theme_choices
from assistance.workflow import ItemDraft
from directory.models import Country, Organisation, OrganisationKind, User
from directory.policy import Permission, may
from directory.widgets import DayInput, NarrowCheckboxes, SearchSelect
from mandates.models import Theme

TEXTS = ("title", "beneficiaries", "reason")
ON_BEHALF = [choice for choice in RequestOrigin.choices if choice[0] != RequestOrigin.PORTAL]


def organisations_of(user: User) -> QuerySet[Organisation]:
    """For whom this person may ask."""
    if may(user, Permission.ASK_ON_BEHALF):
        return Organisation.objects.exclude(kind=OrganisationKind.UNODC)
    return Organisation.objects.filter(
        Q(country__in=user.country_ids) | Q(pk__in=user.regional_body_ids)
    )


class RequestForm(forms.Form):
    """What a request says besides its items. Fields a person does not need are left out."""

    organisation = forms.ModelChoiceField(
        label=_("Who asks"), queryset=Organisation.objects.none(), widget=SearchSelect()
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
    states = forms.ModelMultipleChoiceField(
        label=_("For which States"),
        queryset=Country.objects.none(),
        widget=NarrowCheckboxes(narrow=_("Find a State")),
        required=False,
    )
    beneficiaries = forms.CharField(
        label=_("Who will the help be for?"),
        help_text=_("For example: 30 prosecutors of the capital’s specialised unit."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    reason = forms.CharField(
        label=_("Why is it needed?"),
        help_text=_("What happened, and what was tried already."),
        widget=forms.Textarea(attrs={"rows": 4}),
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
    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self,
        *args: Any,
        user: User,
        draft: AssistanceRequest | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.draft = draft
        self.on_behalf = may(user, Permission.ASK_ON_BEHALF)
        choices = organisations_of(user)
        self.own = list(choices[:2])
        if draft is not None or len(self.own) == 1:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].queryset = choices.select_related("country")  # type: ignore[attr-defined]
        if not self.on_behalf:
            del self.fields["origin"], self.fields["received_on"]
        if self._for_a_state():
            del self.fields["states"]
        else:
            self.fields["states"].queryset = Country.objects.by_name()  # type: ignore[attr-defined]
        if self.on_behalf:
            for name in ("beneficiaries", "reason"):
                self.fields[name].help_text = _("As far as the letter or the meeting said.")
            if draft is None:
                self.fields["states"].help_text = _(
                    "Only where a regional body asks; a State asks for itself."
                )
        if not self.is_bound and draft is None:
            self.initial.setdefault("key", uuid.uuid4())
            self.initial.setdefault("urgency", Urgency.ROUTINE)

    def _for_a_state(self) -> bool:
        if self.draft is not None:
            return self.draft.organisation.kind == OrganisationKind.STATE
        return not self.on_behalf and not self.user.regional_body_ids

    @property
    def asker(self) -> Organisation:
        """Who asks."""
        if self.draft is not None:
            return self.draft.organisation
        chosen: Organisation = self.cleaned_data.get("organisation") or self.own[0]
        return chosen

    def fields_of_draft(self) -> dict[str, Any]:
        """What `save_draft` takes, once valid."""
        given = {
            name: self.cleaned_data[name]
            for name in (*TEXTS, "needed_by", "origin", "received_on", "states")
            if name in self.cleaned_data
        }
        given["urgency"] = self.cleaned_data["urgency"] or Urgency.ROUTINE
        return given

    @staticmethod
    def initial_of(draft: AssistanceRequest) -> dict[str, Any]:
        """What the form shows of a draft."""
        names = (*TEXTS, "needed_by", "urgency", "origin", "received_on", "revision")
        return {name: getattr(draft, name) for name in names} | {
            "states": [country.pk for country in draft.states.all()]
        }


class ItemForm(forms.Form):
    """One thing that is needed."""

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
        """The choices of themes, read once."""
        if not hasattr(self, "_themes"):
            self._themes = theme_choices()
        return {**super().get_form_kwargs(index), "themes": self._themes}

    def drafts(self) -> list[ItemDraft]:
        """What `save_draft` takes, once valid; empty ones are left out."""
        said = [form.cleaned_data for form in self.forms if form.says_something]
        wanted = {pk for data in said for pk in data["themes"]}
        themes = {str(theme.pk): theme for theme in Theme.objects.filter(pk__in=wanted)}
        return [
            ItemDraft(
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
