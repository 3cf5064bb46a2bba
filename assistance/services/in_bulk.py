"""Acts on many activities at once: checked as the single acts are, written in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Unpack

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone

from assistance.models import (
    Activity,
    ActivityCountry,
    ActivityItem,
    ActivityMandate,
    ActivityPartner,
    Delivery,
    DeliveryItem,
    DeliveryNeed,
    Evidence,
    LinkOrigin,
    LinkState,
    RequestItem,
    Weight,
)
from assistance.services.activities import check_removed, set_plan
from assistance.services.deliveries import Around, check_delivery, set_held
from assistance.services.evidence import check_address
from assistance.services.links import (
    NOT_NAMED,
    check_discretion,
    check_item,
    check_shares,
    set_proposal,
    set_weight,
)
from assistance.services.plan import check_cost, check_dates
from assistance.services.problems import Problems
from directory import policy

if TYPE_CHECKING:
    from django.db.models import Model

    from assistance.services.parts import DeliveryFields, NewEvidence, Plan
    from directory.models import Country, Entity, User
    from mandates.models import Mandate, Need

LOG, LINK = policy.Permission.LOG_ACTIVITIES, policy.Permission.LINK
LINK_FIELDS = {"share", "weight", "proposed_by", "state", "decided_by", "decided_at"}
ONCE = next(one for one in Delivery._meta.constraints if one.name == "delivery_once")


@dataclass
class Parts:
    """An activity with what hangs on it, in memory: links by mandate or item, rejected ones too.

    `shares` are percentages of its cost by State.
    """

    activity: Activity
    countries: set[Country] = field(default_factory=set)
    partners: set[Entity] = field(default_factory=set)
    shares: dict[int, Decimal] = field(default_factory=dict)
    mandates: dict[int, ActivityMandate] = field(default_factory=dict)
    items: dict[int, ActivityItem] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)

    @classmethod
    def of(cls, activity: Activity) -> Parts:
        """Those of a recorded activity, read with all of them."""
        return cls(
            activity,
            set(activity.countries.all()),
            set(activity.partners.all()),
            {
                row.country_id: row.share
                for row in activity.country_rows.all()
                if row.share is not None
            },
            {link.mandate_id: link for link in activity.mandate_links.all()},
            {link.item_id: link for link in activity.item_links.all()},
            list(activity.deliveries.all()),
        )

    @property
    def answered(self) -> list[RequestItem]:
        """The items it answers, their requests' States read."""
        return [link.item for link in self.items.values() if stands(link)]

    def asked_by(self, country_id: int | None) -> set[RequestItem]:
        """The items answered whose request names a State."""
        return {item for item in self.answered if country_id in states_of(item)}


class Batch:
    """Acts of one person, kept in memory until they are written; each raises as the single act.

    What it is given must have been read with all that `Parts` tells, and be locked where it is to
    be written. Constraints speak when it is written: `IntegrityError`, of which act is not known.
    """

    def __init__(self, by: User) -> None:
        self.by = by
        self._made: dict[type[Model], list[Any]] = defaultdict(list)
        self._changed: dict[type[Model], dict[int, Any]] = defaultdict(dict)
        self._fields: dict[type[Model], set[str]] = defaultdict(set)
        self._added: list[tuple[type[Model], dict[str, Any]]] = []
        self._split: list[tuple[Activity, dict[int, Decimal]]] = []
        self._gone: dict[tuple[type[Model], str, int], list[dict[str, Any]]] = {}

    # activities

    def log_activity(
        self,
        *,
        countries: Iterable[Country] = (),
        partners: Iterable[Entity] = (),
        state_shares: Mapping[Country, Decimal] | None = None,
        send: bool = False,
        **plan: Unpack[Plan],
    ) -> Parts:
        """As `log_activity`, and sent for approval where asked for."""
        policy.authorise(self.by, LOG)
        activity = Activity(created_by=self.by, changed_by=self.by)
        set_plan(activity, plan)
        if send:
            activity.sent_at = timezone.now()
        parts, problems = Parts(activity, set(countries), set(partners)), Problems()
        shares = _split_over(parts.countries, state_shares or {}, problems)
        self._check_plan(activity, problems)
        self._made[Activity].append(activity)
        self._share_out(parts, shares)
        self._tie(ActivityCountry, activity, "country", parts.countries)
        self._tie(ActivityPartner, activity, "partner", parts.partners)
        return parts

    def change_activity(
        self,
        parts: Parts,
        *,
        countries: Iterable[Country] | None = None,
        partners: Iterable[Entity] | None = None,
        state_shares: Mapping[Country, Decimal] | None = None,
        **plan: Unpack[Plan],
    ) -> Activity:
        """As `change_activity` and `share_out`; shares alone are no change of the plan."""
        current = copy(parts.activity)
        policy.authorise(self.by, LOG, current)
        problems = Problems()
        before, with_whom = parts.countries, parts.partners
        named = before if countries is None else set(countries)
        partnered = with_whom if partners is None else set(partners)
        delivered = {one.country_id for one in parts.deliveries}
        check_removed(before, named, delivered, parts.answered, problems)
        shares = parts.shares
        if state_shares is not None or named != before:
            shares = _split_over(named, state_shares or {}, problems)
        if not set_plan(current, plan) and (named, partnered) == (before, with_whom):
            problems.raise_if_any()
            self._share_out(parts, shares)
            return parts.activity
        if current.visibility != parts.activity.visibility:
            check_discretion(current.visibility, parts.answered, problems)
        self._next(current, plan)
        self._check_plan(current, problems)
        self._changed[Activity][current.pk] = current
        self._tie(ActivityCountry, current, "country", named - before, before - named)
        self._tie(ActivityPartner, current, "partner", partnered - with_whom, with_whom - partnered)
        parts.activity, parts.countries, parts.partners = current, named, partnered
        self._share_out(parts, shares)
        return current

    def _share_out(self, parts: Parts, shares: dict[int, Decimal]) -> None:
        if shares != parts.shares:
            parts.shares = shares
            self._split.append((parts.activity, shares))

    @staticmethod
    def _check_plan(activity: Activity, problems: Problems) -> None:
        check_dates(activity, problems)
        check_cost(activity, problems)
        problems.clean(activity, in_bulk=True)
        problems.raise_if_any()

    def _next(self, thing: Activity | Delivery, fields: Iterable[str]) -> None:
        """The next revision, by this person."""
        thing.revision += 1
        thing.changed_by, thing.updated_at = self.by, timezone.now()
        self._fields[type(thing)] |= {*fields, "revision", "changed_by", "updated_at"}

    # links

    def proposed(
        self,
        parts: Parts,
        *,
        mandate: Mandate | None = None,
        item: RequestItem | None = None,
        weight: Weight | str = Weight.PRINCIPAL,
        reason: str = "",
    ) -> ActivityMandate | ActivityItem:
        """As `propose_link` of an import where there is no link yet; for `keep_links`."""
        policy.authorise(self.by, LINK)
        problems = Problems()
        link: ActivityMandate | ActivityItem
        if mandate:
            link = ActivityMandate(activity=parts.activity, mandate=mandate, weight=weight)
        else:
            assert item
            link = ActivityItem(activity=parts.activity, item=item)
            check_item(item, {country.pk for country in parts.countries}, problems)
            check_discretion(parts.activity.visibility, [item], problems)
        set_proposal(link, by=self.by, origin=LinkOrigin.IMPORT, reason=reason)
        problems.clean(link, exclude={"origin"}, in_bulk=True)
        problems.raise_if_any()
        return link

    def reweighed(self, link: ActivityMandate, weight: Weight | str) -> ActivityMandate:
        """As `change_weight` of a link that was not rejected; for `keep_links`."""
        policy.authorise(self.by, LINK)
        link = copy(link)
        if link.weight != weight:
            set_weight(link, by=self.by, weight=weight)
        return link

    def keep_links(
        self,
        parts: Parts,
        links: Iterable[ActivityMandate | ActivityItem],
        shares: Mapping[int, Decimal | None],
    ) -> None:
        """New and changed links of an activity; its shares, by mandate, as `share_out` has them."""
        links = list(links)
        given = {one.mandate_id: one for one in links if isinstance(one, ActivityMandate)}
        for key, recorded in parts.mandates.items():
            changes = key in shares and shares[key] != recorded.share
            if key not in given and changes and stands(recorded):
                given[key] = copy(recorded)
        if shares:
            policy.authorise(self.by, LOG, parts.activity)
        for key, link in given.items():
            link.share = shares.get(key, link.share)
        together = {**parts.mandates, **given}
        standing = [one for one in together.values() if stands(one)]
        problems = Problems()
        check_shares([one.share for one in standing], problems)
        problems.raise_if_any()
        parts.mandates = together
        for link in given.values():
            if link.pk is None:
                self._made[ActivityMandate].append(link)
            else:
                self._changed[ActivityMandate][link.pk] = link
        self._fields[ActivityMandate] |= LINK_FIELDS
        for answer in links:
            if isinstance(answer, ActivityItem):
                self._made[ActivityItem].append(answer)
                parts.items[answer.item_id] = answer
                for delivery in parts.deliveries:
                    if delivery.country_id in states_of(answer.item):
                        self._tie(DeliveryItem, delivery, "item", [answer.item])

    # deliveries

    def add_delivery(
        self,
        parts: Parts,
        *,
        needs: Iterable[Need] = (),
        evidence: Iterable[NewEvidence] = (),
        **fields: Unpack[DeliveryFields],
    ) -> Delivery:
        """As `add_delivery`, ticking the items whose request names the State."""
        policy.authorise(self.by, LOG, parts.activity)
        delivery = Delivery(activity=parts.activity, created_by=self.by, changed_by=self.by)
        set_held(delivery, {"kind": parts.activity.kind, **fields})
        items, needs = parts.asked_by(delivery.country_id), list(needs)
        self._check_delivery(parts, delivery, items, needs)
        self._made[Evidence] += self._evidence(delivery, evidence)
        parts.deliveries.append(delivery)
        self._made[Delivery].append(delivery)
        self._tie(DeliveryItem, delivery, "item", items)
        self._tie(DeliveryNeed, delivery, "need", needs)
        return delivery

    def change_delivery(
        self,
        parts: Parts,
        recorded: Delivery,
        *,
        items: Iterable[RequestItem] | None = None,
        needs: Iterable[Need] | None = None,
        evidence: Iterable[NewEvidence] = (),
        **fields: Unpack[DeliveryFields],
    ) -> Delivery:
        """As `change_delivery`: its ticks stay, and follow the State when that changes.

        Addresses of evidence that are there already are not added again.
        """
        current = copy(recorded)
        current.activity = parts.activity
        policy.authorise(self.by, LOG, parts.activity)
        changed, moved = set_held(current, fields)
        before, needed = set(recorded.items.all()), set(recorded.needs.all())
        if items is None:
            items = parts.asked_by(current.country_id) if moved else before
        ticked, wanted = set(items), needed if needs is None else set(needs)
        there = {piece.url for piece in recorded.evidence.all()}
        added = self._evidence(recorded, (one for one in evidence if one.url not in there))
        if not changed and ticked == before and wanted == needed:
            self._made[Evidence] += added
            return recorded
        self._next(current, fields)
        self._check_delivery(parts, current, ticked, wanted)
        self._made[Evidence] += added
        parts.deliveries[parts.deliveries.index(recorded)] = current
        self._changed[Delivery][current.pk] = current
        self._tie(DeliveryItem, current, "item", ticked - before, before - ticked)
        self._tie(DeliveryNeed, current, "need", wanted - needed, needed - wanted)
        return current

    def _evidence(self, delivery: Delivery, given: Iterable[NewEvidence]) -> list[Evidence]:
        """Addresses as `add_evidence` takes them."""
        made = []
        for one in given:
            problems = Problems()
            piece = Evidence(delivery=delivery, kind=one.kind, url=one.url, added_by=self.by)
            check_address(piece.url, problems)
            problems.clean(piece, exclude={"file"}, in_bulk=True)
            problems.raise_if_any()
            made.append(piece)
        return made

    def evidence_of(self, delivery: Delivery) -> list[Evidence]:
        """The pieces it added to a delivery; with keys once written."""
        return [one for one in self._made[Evidence] if one.delivery is delivery]

    @staticmethod
    def _check_delivery(
        parts: Parts, delivery: Delivery, items: Iterable[RequestItem], needs: Iterable[Need]
    ) -> None:
        problems = Problems()
        around = Around(
            named={country.pk for country in parts.countries},
            answered={item.pk for item in parts.answered},
            mandates={link.mandate_id for link in parts.mandates.values() if stands(link)},
            asked_by={item.pk: states_of(item) for item in items},
        )
        check_delivery(delivery, items, needs, around, problems)
        problems.clean(delivery, in_bulk=True)
        problems.raise_if_any()
        same = (delivery.country_id, delivery.on, delivery.kind)
        others = (one for one in parts.deliveries if one.pk is None or one.pk != delivery.pk)
        if any((one.country_id, one.on, one.kind) == same for one in others):
            problems.add(NON_FIELD_ERRORS, ONCE.get_violation_error_message())
        problems.raise_if_any()

    # writing

    def _tie(
        self,
        model: type[Model],
        thing: Model,
        name: str,
        added: Iterable[Model],
        gone: Iterable[Model] = (),
    ) -> None:
        """Rows of a table between two, to make and to remove."""
        of = thing._meta.model_name or ""
        self._added += [(model, {of: thing, name: other}) for other in added]
        for other in gone:
            self._gone.setdefault((model, name, other.pk), []).append(thing)

    def write(self) -> None:
        """All of it, in a number of statements that does not grow with the acts."""
        for model in (Activity, ActivityMandate, ActivityItem, Delivery, Evidence):
            if self._made[model]:
                model._default_manager.bulk_create(self._made[model])
            if self._changed[model]:
                write_over(self._changed[model].values(), self._fields[model])
        for (model, name, other), things in self._gone.items():
            of = things[0]._meta.model_name
            rows = model._default_manager.filter(**{f"{of}__in": things, f"{name}_id": other})
            rows.delete()
        by_model: dict[type[Model], list[Model]] = defaultdict(list)
        for model, ends in self._added:
            by_model[model].append(model(**ends))
        for model, rows_of_model in by_model.items():
            model._default_manager.bulk_create(rows_of_model)
        self._write_shares()

    def _write_shares(self) -> None:
        wanted = {activity.pk: shares for activity, shares in self._split}
        rows = list(ActivityCountry.objects.filter(activity__in=wanted)) if wanted else []
        changed = []
        for row in rows:
            share = wanted[row.activity_id].get(row.country_id)
            if row.share != share:
                row.share = share
                changed.append(row)
        write_over(changed, {"share"})


def _split_over(
    countries: set[Country], shares: Mapping[Country, Decimal], problems: Problems
) -> dict[int, Decimal]:
    """The shares by key of the State, which make a whole or are none."""
    if shares.keys() - countries:
        problems.add("states", NOT_NAMED)
    else:
        check_shares([shares.get(country) for country in countries], problems, "states")
    return {country.pk: share for country, share in shares.items()}


def write_over(things: Iterable[Model], fields: Iterable[str]) -> None:
    """Fields of recorded things as they are now in memory, in one statement.

    By `ON CONFLICT`, as Django's own `bulk_update` takes longer to build its statement than
    PostgreSQL to carry it out.
    """
    things = list(things)
    if things:
        type(things[0])._default_manager.bulk_create(
            things, update_conflicts=True, unique_fields=["pk"], update_fields=sorted(fields)
        )


def states_of(item: RequestItem) -> set[int]:
    """The keys of the States of an item's request, read with it."""
    return {country.pk for country in item.request.states.all()}


def stands(link: ActivityMandate | ActivityItem) -> bool:
    """Whether nobody said that the link is wrong."""
    return link.state != LinkState.REJECTED
