"""A draft: saved as often as one likes, sent or deleted once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    AssistanceRequest,
    RequestItem,
    RequestOrigin,
    RequestState,
)
from assistance.services.problems import Problems, StaleRevision
from assistance.workflow.steps import begin, today_utc
from assistance.workflow.transitions import DELETE_DRAFT, SAVE_DRAFT
from directory.models import OrganisationKind
from directory.policy import Permission, authorise

if TYPE_CHECKING:
    from directory.models import Country, Organisation, User
    from mandates.models import Theme

MOST_ITEMS = 20


class DraftFields(TypedDict, total=False):
    """What a draft says besides its items, each field optional."""

    title: str
    origin: str
    received_on: dt.date | None
    language: str
    confidentiality: str
    beneficiaries: str
    reason: str
    tried: str
    needed_by: dt.date | None
    urgency: str


@dataclass(frozen=True)
class ItemDraft:
    """One thing asked for; `theme_unsure` is "something else, or not sure".

    `pk` is that of the item it was, so that it stays the same one when those before it go.
    """

    pk: int | None = None
    words: str = ""
    themes: Sequence[Theme] = ()
    theme_unsure: bool = False
    help_kinds: Sequence[str] = ()


@transaction.atomic
def save_draft(
    *,
    user: User,
    organisation: Organisation,
    draft: AssistanceRequest | None = None,
    revision: int | None = None,
    items: Sequence[ItemDraft] | None = None,
    states: Iterable[Country] | None = None,
    key: uuid.UUID | None = None,
    **fields: Unpack[DraftFields],
) -> AssistanceRequest:
    """The draft with what was typed so far; nothing is required yet.

    Without `draft` a new one is made, once a `key`: sent twice, the same draft comes back. Items
    and States not given stay as they are. For a State, the State named is that State; a draft that
    passes to another organisation names its States anew. Raises `ValidationError` keyed by field
    (`items.0.words`), `StaleRevision` when another saved since.
    """
    current = (
        _new(user, organisation, key, fields.get("origin", RequestOrigin.PORTAL))
        if draft is None
        else begin(draft, user=user, step=SAVE_DRAFT)
    )
    if draft is not None:
        _may_write(user, current)
        if revision is not None and revision != current.revision:
            raise StaleRevision(current, {**fields, "items": items, "states": states})
        if current.organisation_id != organisation.pk:
            current.organisation = organisation
            _may_write(user, current)
            states = states or ()
    return _write(current, fields, items, states)


def _new(
    user: User, organisation: Organisation, key: uuid.UUID | None, origin: str
) -> AssistanceRequest:
    draft = AssistanceRequest(
        organisation=organisation, logged_by=user, origin=origin, creation_key=key
    )
    _may_write(user, draft)
    return draft


def _may_write(user: User, draft: AssistanceRequest) -> None:
    """A draft from this site is the asking organisation's; any other is UNODC's."""
    own = draft.origin == RequestOrigin.PORTAL
    authorise(user, Permission.ASK if own else Permission.ASK_ON_BEHALF, draft)


def _write(
    draft: AssistanceRequest,
    fields: Mapping[str, Any],
    items: Sequence[ItemDraft] | None,
    states: Iterable[Country] | None,
) -> AssistanceRequest:
    is_new = draft.pk is None
    origin = draft.origin
    for name, value in fields.items():
        setattr(draft, name, value)
    if (draft.origin == RequestOrigin.PORTAL) != (origin == RequestOrigin.PORTAL):
        raise PermissionDenied(Permission.ASK_ON_BEHALF.value)
    problems = Problems()
    problems.clean(
        draft, exclude={"organisation", "logged_by", "assigned_to", "contact", "creation_key"}
    )
    if draft.received_on and draft.received_on > today_utc():
        problems.add("received_on", _("A request can't be received on a day to come."))
    for number, item in enumerate(items or ()):
        _check_item(number, item, problems)
    if items is not None and len(items) > MOST_ITEMS:
        problems.add("items", _("Ask for at most 20 things in one request."))
    problems.raise_if_any()
    if is_new:
        made = _insert_once(draft)
        if made is not None:
            return made
    else:
        draft.revision += 1
        draft.save()
    if items is not None:
        _write_items(draft, items)
    _write_states(draft, states)
    return draft


def _check_item(number: int, item: ItemDraft, problems: Problems) -> None:
    row = RequestItem(words=item.words, help_kinds=list(item.help_kinds), n=number + 1)
    try:
        row.clean_fields(exclude=["request"])
    except ValidationError as error:
        problems.add_all(error, prefix=f"items.{number}.")


def _insert_once(draft: AssistanceRequest) -> AssistanceRequest | None:
    """Insert the draft; when the same form was sent before, the draft it made then."""
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        made: AssistanceRequest | None = AssistanceRequest.objects.filter(
            creation_key=draft.creation_key, logged_by=draft.logged_by
        ).first()
        if made is None:
            raise ValidationError(_("This form can't be used again. Open a new one.")) from error
        return made
    return None


def _write_items(draft: AssistanceRequest, items: Sequence[ItemDraft]) -> None:
    """Rows are kept by their key; where no key is given at all, by their place."""
    there = list(draft.items.prefetch_related("themes"))
    if any(item.pk for item in items):
        rows = {row.pk: row for row in there}
        kept = [rows.pop(item.pk, None) for item in items]
    else:
        kept = [there[place] if place < len(there) else None for place in range(len(items))]
    stay = [row for row in kept if row is not None]
    draft.items.exclude(pk__in=[row.pk for row in stay]).delete()
    if stay != sorted(stay, key=lambda row: row.n):
        draft.items.update(n=F("n") + MOST_ITEMS)
        for row in stay:
            row.n += MOST_ITEMS
    for number, (row, item) in enumerate(zip(kept, items, strict=True), start=1):
        _write_item(row or RequestItem(request=draft), number, item)


def _write_item(row: RequestItem, number: int, item: ItemDraft) -> None:
    """Only what changed is written: a draft is saved while it is typed."""
    wanted = {
        "n": number,
        "words": item.words,
        "help_kinds": list(item.help_kinds),
        "theme_unsure": item.theme_unsure,
    }
    is_new = row.pk is None
    if is_new or any(getattr(row, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save()
    if is_new or {theme.pk for theme in row.themes.all()} != {theme.pk for theme in item.themes}:
        row.themes.set(item.themes)


def _write_states(draft: AssistanceRequest, states: Iterable[Country] | None) -> None:
    if draft.organisation.kind == OrganisationKind.STATE:
        assert draft.organisation.country is not None
        states = [draft.organisation.country]
    if states is None:
        return
    wanted = {country.pk for country in states}
    draft.state_rows.exclude(country__in=wanted).delete()
    RequestState.objects.bulk_create(
        [RequestState(request=draft, country_id=pk) for pk in wanted],
        ignore_conflicts=True,
    )


@transaction.atomic
def delete_draft(*, draft: AssistanceRequest, user: User) -> None:
    """The draft is gone, with its files; no number was used."""
    current = begin(draft, user=user, step=DELETE_DRAFT)
    _may_write(user, current)
    files = [attachment.file for attachment in current.attachments.all()]
    current.delete()
    for file in files:
        transaction.on_commit(partial(file.storage.delete, str(file.name)))
