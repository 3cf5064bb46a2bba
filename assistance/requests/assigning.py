"""Several requests of the queue given to one officer at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assistance.activities.answers import numbers
from assistance.models import AssistanceRequest
from assistance.requests.forms import place_errors
from assistance.workflow import assign_requests
from assistance.workflow.people import assignees
from assistance.workflow.transitions import ASSIGN
from directory.models import User
from directory.policy import may


def may_assign(user: Any) -> bool:
    """Whether this person assigns requests at all."""
    return any(may(user, permission) for permission in ASSIGN.permissions)


class AssignForm(forms.Form):
    """To whom; which requests, and which revision of each was seen, stands in their rows."""

    to = forms.ModelChoiceField(
        label=_("Assign those ticked to"),
        queryset=User.objects.none(),
        to_field_name="username",
        error_messages={"required": _("Choose who takes them on.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, prefix="assign", **kwargs)
        self.user = user
        self.fields["to"].queryset = assignees(user).order_by("username")  # type: ignore[attr-defined]
        self.initial.setdefault("to", user.username)
        sent = self.data if self.is_bound else {}
        ticked = sent.getlist("requests") if self.is_bound else []  # type: ignore[union-attr]
        self.ticked = numbers(ticked)
        seen = {pk: sent.get(f"seen-{pk}", "") for pk in self.ticked}
        self.seen = {pk: int(value) for pk, value in seen.items() if value.isdecimal()}

    @classmethod
    def of(cls, request: HttpRequest) -> AssignForm:
        """The form with what was sent, if anything was."""
        user: Any = request.user
        return cls(request.POST if request.method == "POST" else None, user=user)

    def perform(self) -> bool:
        """Do it; whether it was done. What can't be is noted as the form's errors."""
        wanted = AssistanceRequest.objects.visible_to(self.user).filter(pk__in=self.ticked)
        to = self.cleaned_data["to"]
        try:
            given = assign_requests(requests=wanted, to=to, user=self.user, revisions=self.seen)
        except ValidationError as error:
            place_errors(error, self)
            return False
        number = len(given)
        words = ngettext(
            "%(number)d request is assigned to %(name)s.",
            "%(number)d requests are assigned to %(name)s.",
            number,
        )
        self.done = words % {"number": number, "name": to}
        if not given:
            self.done = gettext("All of them were with %(name)s already.") % {"name": to}
        return True
