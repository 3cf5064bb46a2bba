"""Requests in each of their states, made by the functions people use."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assistance import models
from assistance.workflow import (
    ItemDraft,
    accept_request,
    request_clarification,
    save_draft,
    start_review,
    submit_request,
)
from tests import factories


def draft(user: Any, *, items: int = 1, **fields: Any) -> models.AssistanceRequest:
    """A draft that is complete enough to be sent."""
    complete = {
        "title": "Tracing virtual assets",
        "beneficiaries": "Police investigators",
        "reason": "Cases rise",
        **fields,
    }
    return save_draft(
        user=user,
        organisation=user.memberships.get().organisation,
        items=[ItemDraft(words=f"Training number {n}") for n in range(1, items + 1)],
        **complete,
    )


def submitted(user: Any, **fields: Any) -> models.AssistanceRequest:
    return submit_request(draft=draft(user, **fields), user=user)


def under_review(user: Any, officer: Any, **fields: Any) -> models.AssistanceRequest:
    return start_review(request=submitted(user, **fields), user=officer)


def asked_back(user: Any, officer: Any, **fields: Any) -> models.AssistanceRequest:
    return request_clarification(
        request=under_review(user, officer, **fields),
        user=officer,
        words="Which police?",
    )


def accepted(user: Any, officer: Any, **fields: Any) -> models.AssistanceRequest:
    return accept_request(request=under_review(user, officer, **fields), user=officer)


def delivery_for(item: models.RequestItem, *, approved_on: dt.date | None = None) -> Any:
    """An approved delivery to the item's State."""
    country = item.request.states.first()
    delivery = factories.DeliveryFactory(country=country)
    models.DeliveryItem.objects.create(delivery=delivery, item=item)
    factories.approve(delivery, on=approved_on)
    return delivery
