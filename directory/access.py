"""Fetching an object and asking the policy: one helper, read and write, for every way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django.db import models
from django.http import Http404

from directory import policy

if TYPE_CHECKING:
    from directory.policy import Permission, Person

M = TypeVar("M", bound=models.Model)


class Scoped(Protocol[M]):
    """A queryset or manager that knows what a person may see."""

    def visible_to(self, user: Any) -> models.QuerySet[M]: ...


def fetch_to_read(scoped: Scoped[M], user: Person, **lookup: Any) -> M:
    """The one object this person may read, else 404: what is hidden is the same as what is not."""
    try:
        return scoped.visible_to(user).get(**lookup)
    except models.ObjectDoesNotExist as absent:
        raise Http404 from absent


def fetch_to_write(scoped: Scoped[M], user: Person, permission: Permission, **lookup: Any) -> M:
    """The one object this person may change, locked until the transaction ends.

    404 when it is hidden, 403 (`PermissionDenied`) when it is visible but not theirs to change.
    Needs a transaction. It is read once it is locked: what somebody changed meanwhile may hide it.
    """
    rows = scoped.visible_to(user).model._default_manager.filter(**lookup)
    list(rows.select_for_update().values_list("pk"))
    thing = fetch_to_read(scoped, user, **lookup)
    policy.authorise(user, permission, thing)
    return thing
