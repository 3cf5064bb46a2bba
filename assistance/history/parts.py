"""What the history of a request and of an activity is made of, and the words for each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityCountry,
    ActivityItem,
    ActivityMandate,
    ActivityPartner,
    AssistanceRequest,
    Delivery,
    DeliveryItem,
    Evidence,
    ItemMandate,
    Reply,
    RequestItem,
)

Words = str | Promise


@dataclass(frozen=True)
class Part:
    """One kind of thing in a history.

    `of` is the column that leads to the part above it (`""` for the thing itself), `names` the
    columns that tell one from another, `authors` the columns that say who did it where no page or
    call of the API was used, the latest act first.
    """

    model: type[models.Model]
    words: Words
    of: str
    names: tuple[str, ...]
    authors: tuple[str, ...]
    fields: Mapping[str, Words]


_LINK: Mapping[str, Words] = {
    "state": _("Link"),
    "reason": _("Reason"),
    "origin": _("Proposed by"),
}
_LINK_AUTHORS = ("decided_by", "proposed_by")

# What a history leaves out: keys, what is told by the act itself, and what no reader can use.
NOT_TOLD = frozenset(
    {
        *("id", "revision", "created_at", "updated_at", "created_by", "changed_by", "logged_by"),
        *("proposed_by", "proposed_at", "decided_by", "decided_at", "mandate_revision"),
        *("added_by", "added_at", "verified_at", "by", "at", "submitted_at", "first_answered_at"),
        *("demonstration", "creation_key", "content_type", "file", "size", "self_verified", "n"),
        *("request", "activity", "delivery", "outcome_on", "series"),
    }
)

REQUEST: tuple[Part, ...] = (
    Part(
        AssistanceRequest,
        _("Request"),
        of="",
        names=(),
        authors=("logged_by",),
        fields={
            "ref": _("Reference"),
            "title": _("Title"),
            "organisation": _("Who asks"),
            "state": _("Status"),
            "origin": _("How it came"),
            "received_on": _("Received on"),
            "language": _("Language"),
            "confidentiality": _("Who may know of it?"),
            "beneficiaries": _("For whom"),
            "reason": _("Why"),
            "tried": _("What was tried"),
            "needed_by": _("Needed by"),
            "urgency": _("How soon"),
            "assigned_to": _("Assigned to"),
            "contact": _("Who answers for it"),
        },
    ),
    Part(
        RequestItem,
        _("Item"),
        of="request_id",
        names=("n",),
        authors=(),
        fields={
            "words": _("What is asked for"),
            "help_kinds": _("Kind of help"),
            "theme_unsure": _("Theme not sure"),
            "outcome": _("Outcome"),
            "outcome_basis": _("Said by"),
            "outcome_reason": _("Reason"),
            "referred_to": _("Referred to"),
            "merged_into": _("Merged into"),
        },
    ),
    Part(
        ItemMandate,
        _("Mandate of an item"),
        of="item_id",
        names=("mandate",),
        authors=_LINK_AUTHORS,
        fields={**_LINK, "item": _("Item"), "mandate": _("Mandate")},
    ),
)

ACTIVITY: tuple[Part, ...] = (
    Part(
        Activity,
        _("Activity"),
        of="",
        names=(),
        authors=("changed_by", "created_by"),
        fields={
            "title": _("Title"),
            "description": _("Description"),
            "kind": _("Kind"),
            "status": _("Status"),
            "planned_start": _("Planned from"),
            "planned_end": _("Planned to"),
            "actual_start": _("From"),
            "actual_end": _("To"),
            "unit": _("Lead unit"),
            "project_code": _("Project"),
            "cost": _("Cost"),
            "currency": _("Currency"),
            "place": _("Place"),
            "language": _("Language"),
            "visibility": _("Who may read it"),
            "sent_at": _("Sent for approval"),
        },
    ),
    Part(
        ActivityCountry,
        _("State"),
        of="activity_id",
        names=("country",),
        authors=(),
        fields={"country": _("State"), "share": _("Share in per cent")},
    ),
    Part(
        ActivityPartner,
        _("Partner"),
        of="activity_id",
        names=("partner",),
        authors=(),
        fields={"partner": _("Partner")},
    ),
    Part(
        Delivery,
        _("Delivery"),
        of="activity_id",
        names=("country", "on"),
        authors=("changed_by", "created_by"),
        fields={
            "country": _("State"),
            "began_on": _("From"),
            "on": _("On"),
            "kind": _("Kind"),
            "title": _("Title"),
            "women": _("Women"),
            "men": _("Men"),
            "not_stated": _("Not stated"),
            "by_age": _("By age group"),
            "by_function": _("By function"),
        },
    ),
    Part(
        DeliveryItem,
        _("Delivery for an item"),
        of="delivery_id",
        names=("item",),
        authors=(),
        fields={"item": _("Item")},
    ),
    Part(
        Evidence,
        _("Evidence"),
        of="delivery_id",
        names=("filename", "url"),
        authors=("verified_by", "added_by"),
        fields={
            "kind": _("Kind"),
            "filename": _("File"),
            "url": _("Address"),
            "sha256": _("SHA-256"),
            "verified_by": _("Verified by"),
        },
    ),
    Part(
        Reply,
        _("Reply of the State"),
        of="delivery_id",
        names=("country",),
        authors=("by",),
        fields={"country": _("State"), "verdict": _("Reply"), "words": _("Words")},
    ),
    Part(
        ActivityMandate,
        _("Link to a mandate"),
        of="activity_id",
        names=("mandate",),
        authors=_LINK_AUTHORS,
        fields={
            **_LINK,
            "mandate": _("Mandate"),
            "weight": _("Weight"),
            "share": _("Share in per cent"),
        },
    ),
    Part(
        ActivityItem,
        _("Link to an item"),
        of="activity_id",
        names=("item",),
        authors=_LINK_AUTHORS,
        fields={**_LINK, "item": _("Item")},
    ),
)
