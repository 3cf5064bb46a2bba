"""Who signs in to the demonstration world: roles, never invented names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from directory.demonstration_logins import demonstration_password
from directory.models import Country, Entity, Membership, Organisation, OrganisationKind, Role, User

# Role, name, and the unit the person works in, for those of one unit.
STAFF: Mapping[str, tuple[str, str, str]] = {
    "officer": (Role.PROGRAMME_OFFICER, "Programme officer, Vienna", "tpb"),
    "officer2": (Role.PROGRAMME_OFFICER, "Programme officer, Nairobi", "gpml"),
    "manager": (Role.MANAGER, "Manager, Vienna", ""),
    "auditor": (Role.AUDITOR, "Auditor", ""),
    "admin": (Role.ADMINISTRATOR, "Administrator", ""),
}
REGIONAL = "regional"
REGIONAL_NAMES = {
    "en": "Regional body of Eastern Africa (demonstration)",
    "es": "Organismo regional de África Oriental (demostración)",
    "fr": "Organisme régional d’Afrique de l’Est (démonstration)",
}
SIGN_IN_FOR = {"KE": "en", "CO": "es", "NE": "fr"}
"""States whose focal point gets a log-in, with the language they read."""
CAPITAL = {"KE": "focal-ke-capital"}
"""States with a second focal point, in the capital, without a log-in."""


def make_people(states: Iterable[str]) -> dict[str, User]:
    """All users by log-in: staff, a regional body, and a focal point for each State."""
    unodc, _ = Organisation.objects.get_or_create(
        kind=OrganisationKind.UNODC, defaults={"names": {"en": "UNODC"}}
    )
    people = {
        login: _person(login, name, role, unodc, unit=unit)
        for login, (role, name, unit) in STAFF.items()
    }
    administrator = people["admin"]
    administrator.is_staff = administrator.is_superuser = True
    administrator.save()
    body, _ = Organisation.objects.get_or_create(
        kind=OrganisationKind.REGIONAL_BODY, names=REGIONAL_NAMES
    )
    people[REGIONAL] = _person(REGIONAL, "Regional body, secretariat", Role.REGIONAL_BODY, body)
    for iso in sorted({*states, *SIGN_IN_FOR}):
        country = Country.objects.get(iso=iso)
        state, _ = Organisation.objects.get_or_create(
            kind=OrganisationKind.STATE, country=country, defaults={"names": country.names}
        )
        login = focal_login(iso)
        people[login] = _person(
            login,
            f"Focal point, {country.names['en']}",
            Role.FOCAL_POINT,
            state,
            language=SIGN_IN_FOR.get(iso, "en"),
            signs_in=iso in SIGN_IN_FOR,
        )
        if iso in CAPITAL:
            people[CAPITAL[iso]] = _person(
                CAPITAL[iso],
                f"Focal point, {country.names['en']} (capital)",
                Role.FOCAL_POINT,
                state,
                signs_in=False,
            )
    return people


def focal_login(iso: str) -> str:
    """The log-in of a State's focal point."""
    return f"focal-{iso.lower()}"


def _person(
    login: str,
    name: str,
    role: str,
    organisation: Organisation,
    *,
    language: str = "en",
    signs_in: bool = True,
    unit: str = "",
) -> User:
    user, made = User.objects.get_or_create(
        username=login,
        defaults={
            "display_name": name,
            "email": f"{login}@demonstration.invalid",
            "language": language,
        },
    )
    if made:
        if signs_in:
            user.set_password(demonstration_password(login))
        else:
            user.set_unusable_password()
        user.save()
    Membership.objects.get_or_create(
        user=user,
        organisation=organisation,
        role=role,
        defaults={"unit": Entity.objects.filter(code=unit).first()},
    )
    return user
