"""An administrator's home: people, vocabularies, what could not be sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import admin
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import Country, Entity, Membership, Organisation, User
from mandates.models import Theme
from notifications.models import OutboxMessage


@dataclass(frozen=True)
class Register:
    """A list that administrators keep, with how many rows it has."""

    title: str
    words: str
    number: int
    url: str


def administrator_home() -> list[Register]:
    """The registers that are open to administrators; one query each."""
    found = [
        _register(User, _("People"), _("log-ins and what they may do"), User.objects.all()),
        _register(
            Membership,
            _("Roles"),
            _("who acts for whom, handover"),
            Membership.objects.filter(ended_on=None),
            "?held=now",
        ),
        _register(Organisation, _("Organisations"), _("States and bodies"), _all(Organisation)),
        _register(Entity, _("Entities"), _("addressees, partners, units"), _all(Entity)),
        _register(Theme, _("Themes"), _("the vocabulary of subjects"), _all(Theme)),
        _register(Country, _("States"), _("names in six languages"), _all(Country)),
        _register(
            OutboxMessage,
            _("Messages that could not be sent"),
            _("with the reason of the last try"),
            OutboxMessage.objects.failed(),
            "?failed=yes",
        ),
    ]
    return [register for register in found if register]


def _all(model: type[models.Model]) -> models.QuerySet[models.Model]:
    return model._default_manager.all()


def _register(
    model: type[models.Model],
    title: str,
    words: str,
    rows: models.QuerySet[models.Model],
    query: str = "",
) -> Register | None:
    """A register, unless its model has no page for administrators."""
    if not admin.site.is_registered(model):
        return None
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return Register(title, words, rows.count(), reverse(name) + query)
