"""Reading of resolutions and mandates: querysets named after what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef

if TYPE_CHECKING:
    from mandates.models import Mandate, Resolution


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

    def counted(self) -> MandateQuerySet:
        """The mandates that count for UNODC."""
        return self.with_counted().filter(counted=True)
