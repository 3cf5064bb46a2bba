"""Acts on what was asked twice: one item into another, or a request item by item."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assistance import workflow
from assistance.models import AssistanceRequest, RequestItem, RequestOutcome
from assistance.requests.act_form import ActForm, ItemAct, words_field
from assistance.requests.duplicates import likest, mergeable_into
from assistance.workflow import transitions
from directory.models import User
from directory.policy import may_on
from directory.widgets import SearchSelect

MERGE = transitions.MERGE_ITEM


class ItemChoice(forms.ModelChoiceField):
    """An item of some request, by reference, number and words."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.request.ref}, {obj.n}: {obj.words[:80]}"


class MergeItem(ItemAct):
    step = MERGE
    label = _("Merge")
    title = _("Merge the item into another")
    explain = _("For what was asked twice: this item ends, the other one goes on for both.")
    done = _("The item is merged.")
    into = ItemChoice(label=_("Into"), queryset=RequestItem.objects.none(), widget=SearchSelect())
    reason = words_field(_("Why"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = mergeable_into(self.item)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]
        self.initial.setdefault("into", likest(others[:1]))

    def perform(self) -> object:
        return workflow.merge_item(
            item=self.item,
            into=self.cleaned_data["into"],
            reason=self.cleaned_data["reason"],
            user=self.user,
            revision=self.seen,
        )


class MergeRequest(ActForm):
    """Each open item with where it goes on; `?into=` names the request that seems the same."""

    step = MERGE
    label = _("Merge")
    title = _("Merge what was asked twice")
    explain = _(
        "Each item you choose a place for ends as merged and goes on there for both. Both requests"
        " stay readable, and the State is told."
    )
    done = _("The items are merged.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open = [item for item in self.asked.items.order_by("n") if self._is_open(item)]
        likely = str(self.initial.get("into", ""))
        for item in self.open:
            item.request = self.asked
            others = mergeable_into(item)
            self.fields[f"item-{item.n}"] = ItemChoice(
                label=gettext("Item %(number)d: %(words)s")
                % {"number": item.n, "words": item.words[:120]},
                queryset=others,
                required=False,
                empty_label=gettext("Stays where it is"),
                initial=likest(one for one in others if str(one.request_id) == likely),
            )
        self.fields["reason"] = words_field(_("Why"), rows=3)

    @staticmethod
    def _is_open(item: RequestItem) -> bool:
        return item.outcome == RequestOutcome.OPEN

    @classmethod
    def possible(
        cls, user: User, asked: AssistanceRequest, item: RequestItem | None = None
    ) -> bool:
        """Whether items of the request can be merged at all."""
        return asked.state in MERGE.during and any(
            may_on(user, permission, asked) for permission in MERGE.permissions
        )

    def perform(self) -> object:
        chosen = [(item, self.cleaned_data[f"item-{item.n}"]) for item in self.open]
        return workflow.merge_items(
            pairs=[(item, into) for item, into in chosen if into],
            reason=self.cleaned_data["reason"],
            user=self.user,
            revision=self.seen,
        )
