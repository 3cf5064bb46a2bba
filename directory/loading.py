"""Filling the directory from the files beside it: States, entities, units, organisations.

Names of States come from the Unicode CLDR (through Babel) in the six official languages, but for
`names.toml`; M49 numbers and subregions from `states.csv` (United Nations Statistics Division).
"""

from __future__ import annotations

import csv
import tomllib
import unicodedata
from importlib.resources import files
from typing import Any

from babel import Locale
from django.db import transaction

from directory.models import Country, Entity, EntityKind, Organisation, OrganisationKind

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
INTERFACE_LANGUAGES = ("en", "es", "fr")
DATA = files("directory") / "data"


def sort_key(name: str) -> str:
    """A key that puts accented letters beside plain ones: "Égypte" before "Espagne"."""
    decomposed = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.casefold().replace("’", "").replace("-", " ").split())


@transaction.atomic
def load_directory() -> dict[str, int]:
    """Write the States, entities and organisations of the files; gives how many of each.

    Safe to repeat: rows are found by their codes and brought up to the files, none is removed.
    """
    names, former = _table("names.toml"), _table("former_names.toml")
    countries = [
        _country(row, names.get(row["iso"], {}), former.get(row["iso"], {})) for row in _states()
    ]
    Country.objects.bulk_create(
        countries,
        update_conflicts=True,
        unique_fields=["iso"],
        update_fields=["m49", "names", "former_names", "sort_keys", "region", "member_state"],
    )
    return {
        "countries": len(countries),
        "entities": load_entities(),
        "organisations": _load_organisations(),
    }


def load_entities() -> int:
    """Write the bodies, groups of actors and units of the file; gives how many."""
    entities = list(_entities())
    Entity.objects.bulk_create(
        entities,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["kind", "names", "acronym", "position"],
    )
    return len(entities)


def _states() -> list[dict[str, str]]:
    with (DATA / "states.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _table(file: str) -> dict[str, Any]:
    return tomllib.loads((DATA / file).read_text(encoding="utf-8"))


def _country(
    row: dict[str, str], own_names: dict[str, str], former_names: dict[str, list[str]]
) -> Country:
    names = {
        language: own_names.get(language) or Locale(language).territories[row["iso"]]
        for language in LANGUAGES
    }
    return Country(
        iso=row["iso"],
        m49=row["m49"],
        region=row["region"],
        names=names,
        former_names=former_names,
        sort_keys={language: sort_key(name) for language, name in names.items()},
        member_state=row["status"] == "member",
    )


def _entities() -> list[Entity]:
    rows = [
        (EntityKind(kind), code, row)
        for kind, group in _table("entities.toml").items()
        for code, row in group.items()
    ]
    return [
        Entity(
            code=code,
            kind=kind,
            names={language: row[language] for language in INTERFACE_LANGUAGES},
            acronym=row.get("acronym", ""),
            position=position,
        )
        for position, (kind, code, row) in enumerate(rows, start=1)
    ]


def _load_organisations() -> int:
    """UNODC, and an organisation for each State, whose focal points act for it."""
    unodc = Entity.objects.get(code="unodc")
    Organisation.objects.update_or_create(
        kind=OrganisationKind.UNODC, defaults={"names": unodc.names}
    )
    Organisation.objects.bulk_create(
        [
            Organisation(kind=OrganisationKind.STATE, names=country.names, country=country)
            for country in Country.objects.all()
        ],
        update_conflicts=True,
        unique_fields=["country"],
        update_fields=["names"],
    )
    return Organisation.objects.exclude(kind=OrganisationKind.REGIONAL_BODY).count()
