"""The counted mandates of resolution 74/175 from the repository's files, without a database."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from assistance.matching import MandateWords

DATA = Path(__file__).parents[1] / "mandates" / "data"
SYMBOL = "A/RES/74/175"


def counted_mandates() -> list[MandateWords]:
    """Each with its themes, labels in three languages and the Spanish words of its paragraph."""
    labels, themes = _table("labels"), _themes(_table("themes"))
    return [
        MandateWords(
            identifier=(name := f"{SYMBOL}/op{paragraph['number']}/m{ordinal}"),
            paragraph=paragraph["number"],
            themes=tuple(themes.get(name, ())),
            labels=(
                *labels["mandates"][name].items(),
                *labels["paragraphs"][f"{SYMBOL}/op{paragraph['number']}"].items(),
            ),
            words=(("es", paragraph["text"]),),
            products=tuple(
                product["title"] for one in paragraph["mandates"] for product in one["products"]
            ),
        )
        for paragraph in _read()["operative"]
        for ordinal, mandate in enumerate(paragraph["mandates"], start=1)
        if mandate["kind"] == "action" and "unodc" in mandate["addressees"]
    ]


def _read() -> Any:
    command = [sys.executable, "-m", "mandates.reader", str(DATA / "A_RES_74_175.es.txt"), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _table(folder: str) -> dict[str, Any]:
    return tomllib.loads((DATA / folder / "A_RES_74_175.toml").read_text(encoding="utf-8"))


def _themes(table: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for theme in (theme for group in table["groups"] for theme in group["themes"]):
        for mandate in theme["mandates"]:
            found.setdefault(mandate, []).append(theme["code"])
    return found
