"""Why linked work does not count, and the act that mends it: codes and sentences, once."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    """What somebody can do so that it counts."""

    SEND = "send", _("Send it for approval")
    APPROVE = "approve", _("Approve it")
    DECIDE_LINK = "decide_link", _("Confirm or reject the link")
    LINK_ITEM = "link_item", _("Link it to the item it answers")
    TICK = "tick", _("Tick what the delivery was for")
    RECORD_REQUEST = "record_request", _("Record the request")
    SETTLE = "settle", _("Settle it with the State")
    CORRECT = "correct", _("Correct the date or the State if it is wrong")
    ENTER_DATES = "enter_dates", _("Enter when it starts")


class Reason(models.TextChoices):
    """The first reason why something linked does not count."""

    LINK_REJECTED = "link_rejected", _("The link was rejected.")
    NOT_SENT = "not_sent", _("Not yet sent for approval.")
    WAITING_FOR_PLAN = "waiting_for_plan", _("Waiting for approval.")
    LINK_PROPOSED = "link_proposed", _("The link is only proposed.")
    CANCELLED = "cancelled", _("Cancelled before anything was delivered.")
    SUSPENDED = "suspended", _("Suspended before anything was delivered.")
    CLOSED = "closed", _("Closed without an approved delivery.")
    ITEM_LINK_PROPOSED = "item_link_proposed", _("The link to the item is only proposed.")
    ITEM_LINK_REJECTED = "item_link_rejected", _("The link to the item was rejected.")
    NO_ITEM = "no_item", _("It is linked to no item that asks for this.")
    NO_RECORDED_REQUEST = "no_recorded_request", _("No request is recorded that asked for it.")
    NO_START = "no_start", _("It has no date, so it belongs to no round.")
    OUTSIDE_ROUNDS = "outside_rounds", _("It starts outside the rounds of the need.")
    WAITING_FOR_DELIVERY = "waiting_for_delivery", _("The delivery waits for approval.")
    AFTER_DAY = "after_day", _("Delivered on {on}, after the day shown.")
    BEFORE_ADOPTION = "before_adoption", _("Delivered on {on}, before the adoption on {since}.")
    AFTER_SUPERSEDED = "after_superseded", _("Delivered on {on}, after the resolution’s end.")
    NOT_TICKED = "not_ticked", _("Not ticked for what was asked.")
    OTHER_STATE = "other_state", _("Delivered to a State that the request does not name.")
    NO_STATE = (
        "no_state",
        _("No State is named, and a request takes only deliveries to its States."),
    )
    BEFORE_RECEIVED = "before_received", _("Delivered on {on}, before it was asked on {since}.")
    OUTSIDE_NEED = "outside_need", _("Delivered on {on}, outside the days of the need.")
    DISPUTED = "disputed", _("The State disputes it.")
    PARTLY = "partly", _("The State received it only in part.")

    @property
    def act(self) -> Act | None:
        """What mends it; nothing where it is as it should be."""
        return ACTS.get(self)

    def in_words(self, params: Mapping[str, str]) -> str:
        """The sentence for the reader, with its days."""
        return str(self.label).format(**params)


ACTS = {
    Reason.NOT_SENT: Act.SEND,
    Reason.WAITING_FOR_PLAN: Act.APPROVE,
    Reason.LINK_PROPOSED: Act.DECIDE_LINK,
    Reason.ITEM_LINK_PROPOSED: Act.DECIDE_LINK,
    Reason.NO_ITEM: Act.LINK_ITEM,
    Reason.NO_RECORDED_REQUEST: Act.RECORD_REQUEST,
    Reason.NO_START: Act.ENTER_DATES,
    Reason.WAITING_FOR_DELIVERY: Act.APPROVE,
    Reason.BEFORE_ADOPTION: Act.CORRECT,
    Reason.NOT_TICKED: Act.TICK,
    Reason.OTHER_STATE: Act.CORRECT,
    Reason.NO_STATE: Act.CORRECT,
    Reason.BEFORE_RECEIVED: Act.CORRECT,
    Reason.OUTSIDE_NEED: Act.CORRECT,
    Reason.DISPUTED: Act.SETTLE,
    Reason.PARTLY: Act.SETTLE,
}
