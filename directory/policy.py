"""Who may do what: the one place. Reads like the table of roles in the documentation.

Three questions are asked of it: `may` (does this person hold this permission?), `may_on` (also for
this object?) and, in querysets, `visible_to(user)`, which builds on `may`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from directory.models import User

    Person: TypeAlias = User | AnonymousUser
else:
    Person = object


class Permission(StrEnum):
    """Everything a person can be allowed to do."""

    # reading
    READ_RESOLUTIONS = "resolutions.read"
    READ_OWN_REQUESTS = "requests.read_own"
    READ_ALL_REQUESTS = "requests.read_all"
    READ_ACTIVITIES = "activities.read"
    READ_ALL_ACTIVITIES = "activities.read_all"
    READ_COVERAGE = "coverage.read"
    READ_HISTORY = "history.read"
    EXPORT = "export"
    READ_REPORTS = "reports.read"
    # resolutions
    IMPORT_RESOLUTIONS = "resolutions.import"
    CORRECT_MANDATES = "mandates.correct"
    WRITE_NEEDS = "needs.write"
    PUBLISH_NEEDS = "needs.publish"
    TAKE_OVER = "mandates.take_over"
    MARK_REPORTS = "reports.mark_submitted"
    # requests
    ASK = "requests.ask"
    ASK_ON_BEHALF = "requests.ask_on_behalf"
    ANSWER_FOR_STATE = "requests.answer_for_state"
    WRITE_MESSAGES = "requests.message"
    READ_NOTES = "requests.read_notes"
    WRITE_NOTES = "requests.write_notes"
    TRIAGE = "requests.triage"
    REASSIGN = "requests.reassign"
    # activities
    LOG_ACTIVITIES = "activities.log"
    LINK = "links.decide"
    APPROVE = "activities.approve"
    VERIFY_EVIDENCE = "evidence.verify"
    REPLY = "deliveries.reply"
    # the rest
    WRITE_REPORTS = "reports.write"
    CLOSE_PERIODS = "periods.close"
    ADMINISTER = "administer"


_P = Permission

_READING = frozenset(
    {
        _P.READ_RESOLUTIONS,
        _P.READ_OWN_REQUESTS,
        _P.READ_ALL_REQUESTS,
        _P.READ_NOTES,
        _P.READ_ACTIVITIES,
        _P.READ_ALL_ACTIVITIES,
        _P.READ_COVERAGE,
        _P.READ_HISTORY,
        _P.EXPORT,
        _P.READ_REPORTS,
    }
)

PERMISSIONS_OF_ROLE: Mapping[str, frozenset[Permission]] = {
    "public": frozenset({_P.READ_RESOLUTIONS, _P.READ_ACTIVITIES}),
    "focal_point": frozenset(
        {
            _P.READ_RESOLUTIONS,
            _P.READ_OWN_REQUESTS,
            _P.READ_ACTIVITIES,
            _P.READ_COVERAGE,
            _P.EXPORT,
            _P.ASK,
            _P.ANSWER_FOR_STATE,
            _P.WRITE_MESSAGES,
            _P.REPLY,
        }
    ),
    "regional_body": frozenset(
        {
            _P.READ_RESOLUTIONS,
            _P.READ_OWN_REQUESTS,
            _P.READ_ACTIVITIES,
            _P.READ_COVERAGE,
            _P.EXPORT,
            _P.ASK,
            _P.ANSWER_FOR_STATE,
            _P.WRITE_MESSAGES,
        }
    ),
    "programme_officer": _READING
    | {
        _P.IMPORT_RESOLUTIONS,
        _P.CORRECT_MANDATES,
        _P.WRITE_NEEDS,
        _P.MARK_REPORTS,
        _P.ASK_ON_BEHALF,
        _P.WRITE_MESSAGES,
        _P.WRITE_NOTES,
        _P.TRIAGE,
        _P.LOG_ACTIVITIES,
        _P.LINK,
        _P.APPROVE,
        _P.VERIFY_EVIDENCE,
        _P.WRITE_REPORTS,
    },
    "manager": _READING
    | {
        _P.WRITE_NEEDS,
        _P.PUBLISH_NEEDS,
        _P.TAKE_OVER,
        _P.MARK_REPORTS,
        _P.WRITE_NOTES,
        _P.APPROVE,
        _P.REASSIGN,
        _P.WRITE_REPORTS,
        _P.CLOSE_PERIODS,
    },
    "auditor": _READING,
    "administrator": frozenset({_P.READ_RESOLUTIONS, _P.ADMINISTER}),
}


def permissions_of(user: Person) -> frozenset[Permission]:
    """All that this person may do; for a token, narrowed by its scopes."""
    if not user.is_authenticated:
        return PERMISSIONS_OF_ROLE["public"] if settings.PUBLIC_SITE else frozenset()
    held = frozenset[Permission]().union(
        *(PERMISSIONS_OF_ROLE.get(role, frozenset()) for role in user.roles)
    )
    scopes: frozenset[str] | None = getattr(user, "token_scopes", None)
    return held if scopes is None else frozenset(p for p in held if p in scopes)


def may(user: Person, permission: Permission) -> bool:
    """Whether this person may do this at all."""
    return permission in permissions_of(user)


class Authored(Protocol):
    """Something whose last author may not be the one who approves it."""

    @property
    def author_ids(self) -> frozenset[int]: ...


def _by_somebody_else(user: User, thing: Authored) -> bool:
    return bool(settings.OFFICE_OF_ONE) or user.pk not in thing.author_ids


def written_by_others(user: User, *authors: str) -> Q:
    """The same of rows: those whose authors, in these columns, leave the yes to this person."""
    own = Q(*((author, user) for author in authors), _connector=Q.OR)
    return Q() if settings.OFFICE_OF_ONE else ~own


class Asked(Protocol):
    """Something asked by an organisation; the States it names read it, but do not act on it."""

    organisation_id: int
    organisation: Any


def _for_own_organisation(user: User, thing: Asked) -> bool:
    return (
        thing.organisation_id in user.regional_body_ids
        or thing.organisation.country_id in user.country_ids
    )


RULES_ON_OBJECTS: Mapping[Permission, Callable[[Any, Any], bool]] = {
    _P.ASK: _for_own_organisation,
    _P.ANSWER_FOR_STATE: _for_own_organisation,
    _P.APPROVE: _by_somebody_else,
    _P.VERIFY_EVIDENCE: _by_somebody_else,
}


def may_on(user: Person, permission: Permission, thing: object) -> bool:
    """Whether this person may do this to this thing, which is visible to it."""
    if not may(user, permission):
        return False
    rule = RULES_ON_OBJECTS.get(permission)
    return rule is None or rule(user, thing)


def authorise(user: Person, permission: Permission, thing: object | None = None) -> None:
    """Refuse (`PermissionDenied`) what this person may not do."""
    allowed = may(user, permission) if thing is None else may_on(user, permission, thing)
    if not allowed:
        raise PermissionDenied(permission.value)
