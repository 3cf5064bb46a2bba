"""Reading of requests, activities, deliveries and links: querysets named after what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from directory import policy

if TYPE_CHECKING:
    from assistance.models import Activity, AssistanceRequest, Delivery, RequestItem
    from directory.models import User


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

    def submitted(self) -> RequestQuerySet:
        """All but drafts."""
        return self.exclude(state="draft")


class ItemQuerySet(models.QuerySet["RequestItem"]):
    def visible_to(self, user: User) -> ItemQuerySet:
        """The items of the requests this person may know of."""
        from assistance.models import AssistanceRequest

        return self.filter(request__in=AssistanceRequest.objects.visible_to(user))


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: User) -> ActivityQuerySet:
        """UNODC reads all; others what is public, and what has an approved delivery to them."""
        if policy.may(user, policy.Permission.READ_ALL_ACTIVITIES):
            return self
        from assistance.models import Approval, AssistanceRequest, Delivery

        approved = Exists(Approval.objects.filter(activity=OuterRef("pk")))
        delivered = Exists(
            Delivery.objects.approved().filter(
                activity=OuterRef("pk"), country__in=user.country_ids
            )
        )
        answers = Exists(
            self.model.item_links.rel.related_model.objects.filter(
                activity=OuterRef("pk"),
                state="confirmed",
                item__request__in=AssistanceRequest.objects.visible_to(user),
            )
        )
        return self.filter(approved, Q(visibility="public") | delivered | answers)

    def approved(self) -> ActivityQuerySet:
        """Those a second person has said yes to, at whatever revision."""
        from assistance.models import Approval

        return self.filter(Exists(Approval.objects.filter(activity=OuterRef("pk"))))


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def approved(self) -> DeliveryQuerySet:
        """Those whose present revision a second person has said yes to."""
        from assistance.models import Approval

        return self.filter(
            Exists(Approval.objects.filter(delivery=OuterRef("pk"), revision=OuterRef("revision")))
        )

    def visible_to(self, user: User) -> DeliveryQuerySet:
        """UNODC reads all; a State what was delivered to it, once approved."""
        if policy.may(user, policy.Permission.READ_ALL_ACTIVITIES):
            return self
        return self.approved().filter(country__in=user.country_ids)


class LinkQuerySet(models.QuerySet[models.Model]):
    def confirmed(self) -> LinkQuerySet:
        """Those that count."""
        return self.filter(state="confirmed")

    def suspect(self) -> LinkQuerySet:
        """Confirmed links whose mandate's words have changed since."""
        return self.confirmed().filter(mandate_revision__lt=F("mandate__revision"))
