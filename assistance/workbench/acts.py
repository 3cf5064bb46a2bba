"""Linking at the bench in one act, and taking the last acts back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    ItemMandate,
    LinkOrigin,
    LinkState,
    RequestItem,
)
from assistance.services import copy_links, decline_suggestion, propose_link
from assistance.services.undoing import BuiltOn, standing, take_back
from assistance.workbench.tray import key_of
from assistance.workflow import take_back_tie, tie_item_to_mandate

if TYPE_CHECKING:
    from directory.models import User
    from mandates.models import Mandate

MODELS: Mapping[str, Any] = {
    model._meta.model_name or "": model for model in (ActivityMandate, ItemMandate, ActivityItem)
}


@dataclass(frozen=True)
class Act:
    """What a person did to one thing, and its links before and after; plain values.

    `kind` is "linked", "nothing" (all that was suggested is rejected) or "item".
    """

    key: str
    name: str
    kind: str
    paragraphs: list[str]
    changes: list[dict[str, Any]]

    @property
    def words(self) -> str:
        """The act in the language of whoever reads it now."""
        sentence = {
            "linked": _("“%(name)s” linked to %(paragraphs)s"),
            "nothing": _("“%(name)s”: nothing that was suggested fits"),
            "item": _("“%(name)s” linked to an item"),
        }[self.kind]
        return sentence % {"name": self.name, "paragraphs": ", ".join(self.paragraphs)}


@transaction.atomic
def link(
    *,
    by: User,
    thing: Activity | RequestItem,
    weights: Mapping[Mandate, str],
    rejected: Iterable[Mandate] = (),
    items: Iterable[RequestItem] = (),
    suggested: Collection[int] = (),
) -> Act:
    """The thing linked to mandates (an activity with their weights) and items; others rejected.

    Links of an activity are proposed, those of an item confirmed. `suggested` are ids of mandates
    that were suggested. Raises `ValidationError`, and then nothing is done.
    """
    changes = [
        _link_mandate(by, thing, mandate, weight, suggested) for mandate, weight in weights.items()
    ]
    if isinstance(thing, Activity):
        for item in items:
            before = _there(ActivityItem, activity=thing, item=item)
            origin = LinkOrigin.SUGGESTION
            made = propose_link(by=by, activity=thing, item=item, origin=origin)
            changes.append(_change(made, before))
    declined = [decline_suggestion(by=by, thing=thing, mandate=mandate) for mandate in rejected]
    changes += [_change(made, None) for made in declined]
    return _act(thing, weights, declined, changes)


@transaction.atomic
def take_over(*, by: User, earlier: Activity, activity: Activity) -> Act:
    """The links of an earlier activity proposed for one of the same series."""
    made = copy_links(from_activity=earlier, to_activities=[activity], by=by)[activity]
    weights = {one.mandate: one.weight for one in made if isinstance(one, ActivityMandate)}
    return _act(activity, weights, (), [_change(one, None) for one in made])


@transaction.atomic
def undo(act: Act, *, by: User) -> None:
    """The links of an act as they were before it; refused (`BuiltOn`) where somebody went on."""
    for change in reversed(act.changes):
        model = MODELS[change["model"]]
        found = model.objects.filter(pk=change["pk"]).first()
        if found is None:
            raise BuiltOn(_("Somebody removed the link since."))
        left, kept = change["left"], change["kept"]
        if isinstance(found, ItemMandate) and left["state"] == LinkState.CONFIRMED:
            take_back_tie(link=found, user=by, left=left, kept=kept)
        else:
            take_back(link=found, by=by, left=left, kept=kept)


def _link_mandate(
    by: User,
    thing: Activity | RequestItem,
    mandate: Mandate,
    weight: str,
    suggested: Collection[int],
) -> dict[str, Any]:
    origin = LinkOrigin.SUGGESTION if mandate.pk in suggested else LinkOrigin.PERSON
    made: Any
    if isinstance(thing, Activity):
        before = _there(ActivityMandate, activity=thing, mandate=mandate)
        made = propose_link(by=by, activity=thing, mandate=mandate, weight=weight, origin=origin)
    else:
        before = _there(ItemMandate, item=thing, mandate=mandate)
        made = tie_item_to_mandate(item=thing, mandate=mandate, user=by, origin=origin)
    return _change(made, before)


def _there(model: Any, **pair: Any) -> dict[str, Any] | None:
    found = model.objects.filter(**pair).first()
    return standing(found) if found else None


def _change(made: Any, kept: dict[str, Any] | None) -> dict[str, Any]:
    as_written = type(made).objects.get(pk=made.pk)
    return {
        "model": made._meta.model_name,
        "pk": made.pk,
        "left": standing(as_written),
        "kept": kept,
    }


def _act(
    thing: Activity | RequestItem,
    weights: Mapping[Mandate, str],
    declined: Collection[Any],
    changes: list[dict[str, Any]],
) -> Act:
    name = thing.title if isinstance(thing, Activity) else f"{thing.request.ref}, {thing.n}"
    kind = "linked" if weights else "nothing" if declined else "item"
    return Act(
        key_of(thing), name, kind, [mandate.paragraph.number for mandate in weights], changes
    )
