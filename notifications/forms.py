"""The form in which a person chooses how to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from notifications.kinds import Channel, NotificationKind


class ChoicesForm(forms.Form):
    """A choice for each kind, as it stands now."""

    def __init__(
        self, *args: Any, chosen: Mapping[NotificationKind, Channel], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for kind, channel in chosen.items():
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=Channel.choices,
                initial=channel,
                widget=forms.Select(attrs={"class": "govuk-select"}),
            )

    @property
    def channels(self) -> dict[NotificationKind, Channel]:
        """What was chosen, once the form is valid."""
        return {NotificationKind(key): Channel(how) for key, how in self.cleaned_data.items()}
