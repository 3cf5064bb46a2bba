"""The base of all acts: a small form that knows when it is possible and what it calls."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise

from assistance.models import AssistanceRequest, RequestItem
from assistance.workflow.transitions import Transition
from directory.models import User
from directory.policy import may_on


def words_field(label: Any, help_text: Any = "", rows: int = 4) -> forms.CharField:
    """Words that may be empty here: the workflow says when they are needed."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        required=False,
    )


class ActForm(forms.Form):
    """The base: `label` names the button, `title` the page, `explain` what will happen.

    `texts_of` is the kind of texts an officer can start from, in `text_field`.
    """

    step: ClassVar[Transition]
    label: ClassVar[Promise | str]
    title: ClassVar[Promise | str]
    explain: ClassVar[Promise | str] = ""
    done: ClassVar[Promise | str]
    warning: ClassVar[bool] = False
    primary: ClassVar[bool] = False
    texts_of: ClassVar[str] = ""
    text_field: ClassVar[str] = "words"
    revision = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self,
        *args: Any,
        user: User,
        asked: AssistanceRequest,
        item: RequestItem | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.asked = asked
        self.item = item
        self.initial.setdefault("revision", asked.revision)

    @classmethod
    def possible(
        cls, user: User, asked: AssistanceRequest, item: RequestItem | None = None
    ) -> bool:
        """Whether state and person allow the act now."""
        if asked.state not in (cls.step.during or cls.step.sources):
            return False
        if cls.step.during and (item is None or item.outcome not in cls.step.sources):
            return False
        return any(may_on(user, permission, asked) for permission in cls.step.permissions)

    def perform(self) -> object:
        """Do it; raises what the workflow raises."""
        raise NotImplementedError

    @property
    def seen(self) -> int | None:
        """The revision of the request that the person saw."""
        revision: int | None = self.cleaned_data["revision"]
        return revision


class ItemAct(ActForm):
    """An act on one item."""

    item: RequestItem
