"""Reading of resolutions and mandates: querysets named after what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef

from directory import policy
from directory.policy import Permission

if TYPE_CHECKING:
    from mandates.models import Mandate, Need, Resolution  # noqa: F401  (named in strings)


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    def visible_to(self, user: Any) -> ResolutionQuerySet:
        """Resolutions are public documents: everybody who may enter the site reads them."""
        return self


class MandateQuerySet(models.QuerySet["Mandate"]):
    def visible_to(self, user: Any) -> MandateQuerySet:
        """Mandates are parts of public documents."""
        return self

    def with_counted(self) -> MandateQuerySet:
        """Each mandate annotated with `counted`: an action with UNODC among its addressees."""
        from mandates.models import Facet, FacetRole, MandateKind

        return self.annotate(
            counted=models.Case(
                models.When(
                    Exists(
                        Facet.objects.filter(
                            mandate=OuterRef("pk"),
                            role=FacetRole.ADDRESSEE,
                            entity__code="unodc",
                        )
                    ),
                    kind=MandateKind.ACTION,
                    then=True,
                ),
                default=False,
                output_field=models.BooleanField(),
            )
        )

    def not_continued(self) -> MandateQuerySet:
        """Those that no mandate of a later resolution continues, as far as confirmed."""
        from mandates.models import CONTINUES, Lineage

        return self.exclude(
            Exists(
                Lineage.objects.filter(
                    earlier=OuterRef("pk"), decided_at__isnull=False, relation__in=CONTINUES
                )
            )
        )

    def counted(self) -> MandateQuerySet:
        """The mandates that count for UNODC."""
        return self.with_counted().filter(counted=True)


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, user: Any) -> NeedQuerySet:
        """Those who write or publish needs see all, everybody else the published ones."""
        rights = policy.permissions_of(user)
        if rights & {Permission.WRITE_NEEDS, Permission.PUBLISH_NEEDS, Permission.READ_HISTORY}:
            return self
        if Permission.READ_RESOLUTIONS in rights:
            return self.published()
        return self.none()

    def published(self) -> NeedQuerySet:
        """The needs that count."""
        return self.filter(published_at__isnull=False)

    def to_publish(self) -> NeedQuerySet:
        """The needs that wait for a manager."""
        return self.filter(published_at=None)
