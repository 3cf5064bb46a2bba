"""Reading of requests, activities, deliveries and links: querysets named after what they give."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from directory import policy
from directory.fields import TodayUTC

if TYPE_CHECKING:
    from directory.models import User


# An activity is stale when nothing of it changed for so long and its planned end is so near.
STALE_AFTER = dt.timedelta(days=60)
ENDS_SOON = dt.timedelta(days=30)


def _countries_of(user: User) -> frozenset[int]:
    """The States this person speaks for; none for somebody who is not signed in."""
    return user.country_ids if user.is_authenticated else frozenset()


class RequestQuerySet(models.QuerySet["AssistanceRequest"]):
    def visible_to(self, user: User) -> RequestQuerySet:
        """Those this person may know of.

        UNODC reads what was submitted and what it entered itself; a State what it asked for or is
        named in; a regional body its own.
        """
        portal_draft = Q(state="draft", origin="portal")
        if policy.may(user, policy.Permission.READ_ALL_REQUESTS):
            return self.exclude(portal_draft)
        if not policy.may(user, policy.Permission.READ_OWN_REQUESTS):
            return self.none()
        own = Q(organisation__country__in=user.country_ids) | Q(
            organisation__in=user.regional_body_ids
        )
        named = Exists(self._rows().filter(request=OuterRef("pk"), country__in=user.country_ids))
        return self.filter((own & (portal_draft | ~Q(state="draft"))) | (named & ~Q(state="draft")))

    @staticmethod
    def _rows() -> models.QuerySet[models.Model]:
        from assistance.models import RequestState

        return RequestState.objects.all()

    def answered_for_by(self, person: User) -> RequestQuerySet:
        """Those for which somebody answers on the side that asks."""
        return self.filter(Q(contact=person) | Q(contact=None, logged_by=person, origin="portal"))

    def submitted(self) -> RequestQuerySet:
        """All but drafts."""
        return self.exclude(state="draft")


class ItemQuerySet(models.QuerySet["RequestItem"]):
    def visible_to(self, user: User) -> ItemQuerySet:
        """The items of the requests this person may know of."""
        from assistance.models import AssistanceRequest

        return self.filter(request__in=AssistanceRequest.objects.visible_to(user))

    def silent(self) -> ItemQuerySet:
        """Open items wholly delivered, to which no State has replied, with `silent_since`.

        Every delivery for them is approved, the last on the day `silent_since`; each State named
        had one; and no activity that answers them is planned to go on.
        """
        from assistance.models import (
            ActivityItem,
            Approval,
            Delivery,
            DeliveryItem,
            Reply,
            RequestState,
        )

        here = OuterRef("pk")
        ticked = DeliveryItem.objects.filter(item=here)
        served = Delivery.objects.filter(
            item_rows__item=OuterRef(OuterRef("pk")), country=OuterRef("country")
        )
        unserved = RequestState.objects.filter(~Exists(served), request=OuterRef("request"))
        goes_on = ActivityItem.objects.filter(
            item=here, state="confirmed", activity__planned_end__gte=TodayUTC()
        ).exclude(activity__status__in=["4", "5", "6"])
        last = Approval.objects.filter(delivery__item_rows__item=here).order_by("-on")
        return self.filter(
            Exists(ticked),
            ~Exists(ticked.filter(delivery__in=Delivery.objects.unapproved())),
            ~Exists(Reply.objects.filter(delivery__item_rows__item=here)),
            ~Exists(unserved),
            ~Exists(goes_on),
            outcome="open",
            request__state="accepted",
        ).annotate(silent_since=Subquery(last.values("on")[:1]))


class NoteQuerySet(models.QuerySet["InternalNote"]):
    def visible_to(self, user: User) -> NoteQuerySet:
        """What UNODC writes for itself, of the requests this person may know of; never a State."""
        from assistance.models import AssistanceRequest

        if not policy.may(user, policy.Permission.READ_NOTES):
            return self.none()
        return self.filter(request__in=AssistanceRequest.objects.visible_to(user))


class AnswerTemplateQuerySet(models.QuerySet["AnswerTemplate"]):
    def visible_to(self, user: User) -> AnswerTemplateQuerySet:
        """Those offered, for the officers who answer."""
        if not policy.may(user, policy.Permission.TRIAGE):
            return self.none()
        return self.filter(active=True)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: User) -> ActivityQuerySet:
        """UNODC reads all; others what is public, and what has an approved delivery to them.

        Visitors read what is public while the words that stand there are the approved ones.
        """
        if policy.may(user, policy.Permission.READ_ALL_ACTIVITIES):
            return self
        if not policy.may(user, policy.Permission.READ_ACTIVITIES):
            return self.none()
        from assistance.models import Approval, AssistanceRequest, Delivery

        approvals = Approval.objects.filter(activity=OuterRef("pk"))
        if not user.is_authenticated:
            as_it_stands = approvals.filter(revision=OuterRef("revision"))
            return self.filter(Exists(as_it_stands), visibility="public")
        approved = Exists(approvals)
        delivered = Exists(
            Delivery.objects.approved().filter(
                activity=OuterRef("pk"), country__in=_countries_of(user)
            )
        )
        answers = Exists(
            self.model.item_links.rel.related_model.objects.filter(
                activity=OuterRef("pk"),
                state="confirmed",
                item__request__in=AssistanceRequest.objects.visible_to(user),
            )
        )
        return self.filter(approved, Q(visibility="public") | answers | delivered)

    def approved(self) -> ActivityQuerySet:
        """Those a second person has said yes to, at whatever revision."""
        from assistance.models import Approval

        return self.filter(Exists(Approval.objects.filter(activity=OuterRef("pk"))))

    def with_approval_state(self) -> ActivityQuerySet:
        """Each with `approval`: a draft, waiting for a second person, or approved as it stands."""
        return self.annotate(
            approval=Case(
                When(sent_at=None, then=Value("draft")),
                When(_waits(), then=Value("waiting")),
                default=Value("approved"),
                output_field=models.CharField(),
            )
        )

    def awaiting_approval(self) -> ActivityQuerySet:
        """Those sent of which something waits for a second person, longest first."""
        return self.with_approval_state().filter(approval="waiting").order_by("sent_at", "pk")

    def to_approve_by(self, user: User) -> ActivityQuerySet:
        """Those sent of which something waits that this person may say yes to, longest first.

        The same as `waiting_of(activity).for_person(user)` says of one that was read.
        """
        if not policy.may(user, policy.Permission.APPROVE):
            return self.none()
        return self.filter(_waits(user), sent_at__isnull=False).order_by("sent_at", "pk")

    def overdue(self) -> ActivityQuerySet:
        """Those whose planned end has passed, not stopped or closed, without approved delivery."""
        from assistance.models import Delivery

        return (
            self.filter(planned_end__lt=TodayUTC())
            .exclude(status__in=["4", "5", "6"])
            .exclude(Exists(Delivery.objects.approved().filter(activity=OuterRef("pk"))))
        )

    def stale(self) -> ActivityQuerySet:
        """Those that go on, end soon or should have ended, and of which nothing changed for long.

        A change is one of the plan, a delivery, a link or an approval. Each with `changed_at`, the
        moment of the latest.
        """
        from assistance.models import ActivityItem, ActivityMandate, Approval, Delivery

        here = OuterRef("pk")

        def latest(model: type[models.Model], moment: str, **of: OuterRef) -> Subquery:
            return Subquery(
                model._default_manager.filter(**of).order_by(f"-{moment}").values(moment)[:1]
            )

        long_ago, soon = timezone.now() - STALE_AFTER, timezone.now().date() + ENDS_SOON
        return (
            self.filter(planned_end__lte=soon, updated_at__lt=long_ago)
            .exclude(status__in=["4", "5", "6"])
            .annotate(
                changed_at=Greatest(
                    "updated_at",
                    latest(Delivery, "updated_at", activity=here),
                    latest(ActivityMandate, "proposed_at", activity=here),
                    latest(ActivityItem, "proposed_at", activity=here),
                    latest(Approval, "at", activity=here),
                    latest(Approval, "at", delivery__activity=here),
                )
            )
            .filter(changed_at__lt=long_ago)
        )

    def with_parts(self) -> ActivityQuerySet:
        """Each with links, deliveries, evidence and approvals, in a fixed number of queries."""
        people = ("created_by", "changed_by")
        return self.select_related("unit", "series", *people).prefetch_related(
            "countries",
            "approvals__by",
            "mandate_links__mandate__paragraph__resolution",
            "mandate_links__proposed_by",
            "mandate_links__decided_by",
            "item_links__item__request__states",
            "item_links__proposed_by",
            "item_links__decided_by",
            "deliveries__country",
            "deliveries__created_by",
            "deliveries__changed_by",
            "deliveries__approvals__by",
            "deliveries__evidence__added_by",
            "deliveries__evidence__verified_by",
            "deliveries__replies__country",
            "deliveries__items__request",
            "deliveries__needs__mandate",
        )


def _waits(user: User | None = None) -> Q:
    """Of an activity: its plan, a link or a delivery waits for a second person.

    With a person, only what this person did not write.
    """
    from assistance.models import ActivityItem, ActivityMandate, Approval, Delivery

    def others(*authors: str) -> Q:
        return policy.written_by_others(user, *authors) if user else Q()

    here = OuterRef("pk")
    wrote, proposed = others("created_by", "changed_by"), others("proposed_by")
    approved = Approval.objects.filter(activity=here, revision=OuterRef("revision"))
    return (
        Q(~Exists(approved), wrote)
        | Exists(ActivityMandate.objects.filter(proposed, activity=here, state="proposed"))
        | Exists(ActivityItem.objects.filter(proposed, activity=here, state="proposed"))
        | Exists(Delivery.objects.unapproved().filter(wrote, activity=here))
    )


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def approved(self) -> DeliveryQuerySet:
        """Those whose present revision a second person has said yes to."""
        from assistance.models import Approval

        return self.filter(
            Exists(Approval.objects.filter(delivery=OuterRef("pk"), revision=OuterRef("revision")))
        )

    def with_approval(self) -> DeliveryQuerySet:
        """The approved, each with `approved_on`, the day of the yes to its present revision."""
        # That it is of a delivery spares row security to work out whose activities may be read.
        of_delivery = Q(approvals__delivery__isnull=False)
        approved = self.filter(of_delivery, approvals__revision=F("revision"))
        return approved.annotate(approved_on=F("approvals__on"))

    def unapproved(self) -> DeliveryQuerySet:
        """Those whose present revision nobody has said yes to."""
        from assistance.models import Approval

        return self.exclude(
            Exists(Approval.objects.filter(delivery=OuterRef("pk"), revision=OuterRef("revision")))
        )

    def with_last_reply(self) -> DeliveryQuerySet:
        """Each with `verdict` and `replied_at`, what the State concerned last said and when."""
        from assistance.models import Reply

        last = Reply.objects.filter(delivery=OuterRef("pk"), country=OuterRef("country"))
        last = last.order_by("-at", "-pk")
        return self.annotate(
            verdict=Subquery(last.values("verdict")[:1]), replied_at=Subquery(last.values("at")[:1])
        )

    def visible_to(self, user: User) -> DeliveryQuerySet:
        """UNODC reads all; a State what was delivered to it, once approved."""
        if policy.may(user, policy.Permission.READ_ALL_ACTIVITIES):
            return self
        return self.approved().filter(country__in=_countries_of(user))


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> EvidenceQuerySet:
        """UNODC reads all; a State what was verified of deliveries to it."""
        if policy.may(user, policy.Permission.READ_ALL_ACTIVITIES):
            return self
        from assistance.models import Delivery

        return self.filter(
            delivery__in=Delivery.objects.visible_to(user), verified_at__isnull=False
        )

    def unverified(self) -> EvidenceQuerySet:
        """Those nobody has verified yet, of activities that were sent."""
        return self.filter(verified_at=None, delivery__activity__sent_at__isnull=False)

    def to_verify_by(self, user: User) -> EvidenceQuerySet:
        """Those of them that this person may verify."""
        if not policy.may(user, policy.Permission.VERIFY_EVIDENCE):
            return self.none()
        return self.unverified().filter(policy.written_by_others(user, "added_by"))


class LinkQuerySet(models.QuerySet[models.Model]):
    def visible_to(self, user: User) -> LinkQuerySet:
        """Who links what to what is UNODC's own matter."""
        if policy.may(user, policy.Permission.READ_ALL_ACTIVITIES):
            return self
        return self.none()

    def confirmed(self) -> LinkQuerySet:
        """Those that count."""
        return self.filter(state="confirmed")

    def suspect(self) -> LinkQuerySet:
        """Confirmed links whose mandate's words have changed since."""
        return self.confirmed().filter(mandate_revision__lt=F("mandate__revision"))

    def continued(self) -> LinkQuerySet:
        """Those to a mandate that one of a later resolution continues, as far as confirmed."""
        from mandates.models import Mandate

        return self.exclude(mandate__in=Mandate.objects.not_continued())


class SheetUploadQuerySet(models.QuerySet["SheetUpload"]):
    def visible_to(self, user: User) -> SheetUploadQuerySet:
        """Those who log activities see each other's sheets."""
        if policy.may(user, policy.Permission.LOG_ACTIVITIES):
            return self
        return self.none()
