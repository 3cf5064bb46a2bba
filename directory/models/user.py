from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models.entity import Entity
from directory.models.organisation import Organisation, OrganisationKind


class Role(models.TextChoices):
    """What a person is in an organisation; `directory.policy` says what each role may do."""

    FOCAL_POINT = "focal_point", _("Focal point")
    REGIONAL_BODY = "regional_body", _("Regional body")
    PROGRAMME_OFFICER = "programme_officer", _("Programme officer")
    MANAGER = "manager", _("Manager")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class User(AbstractUser):
    """A person (or a system) that signs in; `display_name` is read beside what they did."""

    display_name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def held_memberships(self) -> list["Membership"]:
        """The memberships in force, read once a request."""
        if not self.is_active:
            return []
        return list(
            self.memberships.filter(ended_on__isnull=True).select_related(
                "organisation__country", "unit"
            )
        )

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held now."""
        return frozenset(membership.role for membership in self.held_memberships)

    @cached_property
    def country_ids(self) -> frozenset[int]:
        """The States this person speaks for as a focal point."""
        return frozenset(
            membership.organisation.country_id
            for membership in self.held_memberships
            if membership.role == Role.FOCAL_POINT and membership.organisation.country_id
        )

    @cached_property
    def regional_body_ids(self) -> frozenset[int]:
        """The regional bodies this person speaks for."""
        return frozenset(
            membership.organisation_id
            for membership in self.held_memberships
            if membership.role == Role.REGIONAL_BODY
        )

    @property
    def unit(self) -> Entity | None:
        """The unit of UNODC this person works in, if one is named."""
        return next((held.unit for held in self.held_memberships if held.unit), None)

    @cached_property
    def is_staff_of_unodc(self) -> bool:
        """Whether this person works for UNODC, in whatever role."""
        return any(
            membership.organisation.kind == OrganisationKind.UNODC
            for membership in self.held_memberships
        )


class Membership(models.Model):
    """A person's role in an organisation, from a day until (when handed over) another."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    unit = models.ForeignKey(
        Entity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"kind": "unit"},
        related_name="+",
        verbose_name=_("unit"),
        help_text=_("The unit of UNODC whose gaps the home page shows; all units when empty."),
    )
    started_on = models.DateField(auto_now_add=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], name="membership_once"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"
