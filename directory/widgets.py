"""Form controls used in more than one app."""

from typing import Any

from django import forms
from django.utils.functional import Promise


class DayInput(forms.DateInput):
    """A day, typed or picked; the browser shows it in the reader's own format."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class SearchSelect(forms.Select):
    """One of a long list: a plain select that becomes searchable with script."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-search": True, **(attrs or {})}, choices)


class NarrowCheckboxes(forms.CheckboxSelectMultiple):
    """Several of a long list: tick boxes that a field above narrows with script.

    `narrow` is the label of that field, such as "Find a State".
    """

    def __init__(
        self, narrow: str | Promise, attrs: dict[str, Any] | None = None, choices: Any = ()
    ) -> None:
        super().__init__(attrs, choices)
        self.narrow = narrow

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["narrow"] = self.narrow
        return context


class SeveralFiles(forms.FileInput):
    """Files chosen at once."""

    allow_multiple_selected = True


class StatesField(forms.ModelMultipleChoiceField):
    """Several States, each found by its former names too."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name_with_former)


class OrganisationField(forms.ModelChoiceField):
    """An organisation; a State is found by its former names too."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.country.name_with_former if obj.country else obj.name)
