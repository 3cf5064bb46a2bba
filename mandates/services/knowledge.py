"""Labels, themes and lead units of a resolution, from the data files beside the app.

No text holds these; people wrote them, by the public identifiers of mandates. What an officer
corrected on the site stays.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from directory.models import Entity
from mandates.models import Facet, FacetRole, FacetSource, Mandate, Resolution, Theme

DATA = files("mandates") / "data"
LABELS = "labels"
LEAD_UNIT = "lead_unit"


@cache
def _table(folder: str, symbol: str) -> dict[str, Any]:
    file = DATA / folder / f"{symbol.replace('/', '_')}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


@dataclass(frozen=True)
class OfficialWords:
    """Words of a paragraph shown beside the question of a theme."""

    paragraph: str
    words: str
    language: str


@cache
def official_words_of_themes() -> dict[str, OfficialWords]:
    """For the code of each theme, the official words it stands for."""
    found = {}
    for file in (DATA / "themes").iterdir():
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for theme in (theme for group in table["groups"] for theme in group["themes"]):
            found[theme["code"]] = OfficialWords(
                theme["paragraph"], theme["words"], table["words_language"]
            )
    return found


def apply_knowledge(resolution: Resolution) -> None:
    """Bring labels, themes and lead units up to the files; rows that are the same stay."""
    labels = _table("labels", resolution.symbol)
    facts = _table("facts", resolution.symbol)
    if facts.get("label") and resolution.labels != facts["label"]:
        resolution.labels = facts["label"]
        resolution.save(update_fields=["labels"])
    _label_paragraphs(resolution, labels.get("paragraphs", {}))
    mandates = {
        mandate.identifier: mandate
        for mandate in Mandate.objects.filter(paragraph__resolution=resolution).prefetch_related(
            "corrections"
        )
    }
    units = facts.get("lead_units", {})
    by_code = {unit.code: unit for unit in Entity.objects.filter(code__in=set(units.values()))}
    for identifier, mandate in mandates.items():
        unit = by_code.get(units.get(identifier, ""))
        _label_mandate(mandate, labels.get("mandates", {}).get(identifier, {}), unit)
    _sync_themes(mandates, _table("themes", resolution.symbol))


def _label_paragraphs(resolution: Resolution, labels: dict[str, dict[str, str]]) -> None:
    changed = []
    for paragraph in resolution.paragraphs.filter(kind="operative"):
        wanted = labels.get(f"{resolution.symbol}/op{paragraph.number.replace(' ', '')}")
        if wanted and paragraph.labels != wanted:
            paragraph.labels = wanted
            changed.append(paragraph)
    resolution.paragraphs.bulk_update(changed, ["labels"])


def _label_mandate(mandate: Mandate, labels: dict[str, str], unit: Entity | None) -> None:
    corrections = mandate.corrections.all()
    own = {correction.language for correction in corrections if correction.field == LABELS}
    wanted = dict(mandate.labels) | {
        language: words for language, words in labels.items() if language not in own
    }
    led_by_officer = any(correction.field == LEAD_UNIT for correction in corrections)
    lead = unit if unit and not led_by_officer else mandate.lead_unit
    if wanted != mandate.labels or lead != mandate.lead_unit:
        mandate.labels, mandate.lead_unit = wanted, lead
        mandate.save(update_fields=["labels", "lead_unit", "updated_at"])


def _sync_themes(mandates: dict[str, Mandate], table: dict[str, Any]) -> None:
    """The vocabulary of a file, and which mandates carry each theme."""
    if not table:
        return
    wanted: set[tuple[int, int]] = set()
    position = 0
    for group in table.get("groups", []):
        position += 1
        parent = _theme(group, None, position)
        for row in group["themes"]:
            position += 1
            theme = _theme(row, parent, position)
            wanted |= {
                (mandates[name].pk, theme.pk) for name in row["mandates"] if name in mandates
            }
    facets = Facet.objects.filter(role=FacetRole.THEME, mandate__in=mandates.values())
    here = {(facet.mandate_id, facet.theme_id): facet for facet in facets}
    for pair in wanted - here.keys():
        Facet.objects.create(role=FacetRole.THEME, mandate_id=pair[0], theme_id=pair[1])
    for pair in here.keys() - wanted:
        if here[pair].source == FacetSource.READER:
            here[pair].delete()


def _theme(row: dict[str, Any], parent: Theme | None, position: int) -> Theme:
    """A row of the vocabulary; one that several resolutions name keeps its first place."""
    values = {
        "parent": parent,
        "names": row["label"],
        "plain": row.get("question", {}),
        "dac_code": row.get("purpose", ""),
        "sdg_targets": row.get("targets", []),
    }
    theme, made = Theme.objects.get_or_create(
        code=row["code"], defaults={**values, "position": position}
    )
    news = {name: value for name, value in values.items() if getattr(theme, name) != value}
    if not made and news:
        Theme.objects.filter(pk=theme.pk).update(**news)
        theme.refresh_from_db()
    return theme
