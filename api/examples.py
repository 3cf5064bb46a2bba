"""Examples of the documentation, by operation; a test sends each to a small true world."""

from __future__ import annotations

from typing import Any

RESOLUTION = "A-RES-74-175"
MANDATE = "A/RES/74/175/op1/m2"

# The value of a parameter of the address, by resource and parameter.
PATHS: dict[tuple[str, str], str] = {
    ("countries", "iso"): "KE",
    ("entities", "code"): "unodc",
    ("resolutions", "slug"): RESOLUTION,
}

# What is sent, by the id of the operation.
EXAMPLES: dict[str, dict[str, Any]] = {}
