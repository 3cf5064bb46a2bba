"""Participants add up: by sex, by age group and by function they are the same people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assistance.models import AgeGroup, Delivery, Function
from assistance.services.problems import Problems

GROUPS = {"by_age": AgeGroup, "by_function": Function}


def settle_total(delivery: Delivery, total: int | None, problems: Problems) -> bool:
    """Hold a number of all participants against those counted by sex; whether it was written.

    Where nobody was counted by sex, all are kept as not stated.
    """
    if total is None or total == delivery.participants:
        return False
    if delivery.participants is None:
        delivery.not_stated = total
        return True
    problems.add(
        "participants",
        _("The participants don't add up: %(sum)d by sex, %(total)d in all, a difference of %(n)d.")
        % {"sum": delivery.participants, "total": total, "n": abs(delivery.participants - total)},
    )
    return False


def check_groups(delivery: Delivery, problems: Problems) -> None:
    """The counts by age group and by function each sum to all participants, or none is given."""
    total = delivery.participants or 0
    words = {
        "by_age": _(
            "The participants don't add up: %(sum)d by age group, %(total)d in all, a difference "
            "of %(n)d."
        ),
        "by_function": _(
            "The participants don't add up: %(sum)d by function, %(total)d in all, a difference "
            "of %(n)d."
        ),
    }
    for field, groups in GROUPS.items():
        counts = {group: number for group, number in getattr(delivery, field).items() if number}
        setattr(delivery, field, counts)
        if unknown := set(counts) - set(groups.values):
            problems.add(field, _("“%(value)s” is no group we know.") % {"value": min(unknown)})
        elif any(number < 0 for number in counts.values()):
            problems.add(field, _("Numbers of participants are 0 or more."))
        elif counts and (got := sum(counts.values())) != total:
            problems.add(field, words[field] % {"sum": got, "total": total, "n": abs(got - total)})
