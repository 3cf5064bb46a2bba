"""Exact versions stand twice, made by scripts/pin.py: both places agree and name no index."""

import re
import tomllib

from config.embedded.places import CLONE

PROJECT = tomllib.loads((CLONE / "pyproject.toml").read_text())
LOCK = (CLONE / "requirements.lock").read_text()
CONSTRAINTS = dict(pin.split("==") for pin in PROJECT["tool"]["uv"]["constraint-dependencies"])
LOCKED = dict(re.findall(r"^([a-z0-9.\-]+)==(\S+)", LOCK, re.MULTILINE))


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9.\-_]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_both_places_name_the_same_versions() -> None:
    assert LOCKED.items() <= CONSTRAINTS.items()


def test_every_package_asked_for_is_pinned() -> None:
    asked = {_name(requirement) for requirement in PROJECT["project"]["dependencies"]}
    for_development = {_name(requirement) for requirement in PROJECT["dependency-groups"]["dev"]}
    assert asked <= LOCKED.keys()
    assert for_development <= CONSTRAINTS.keys()


def test_every_locked_package_has_hashes() -> None:
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(LOCKED)
    assert all("--hash=sha256:" in block for block in blocks)


def test_no_file_of_pins_names_an_index_or_a_folder_of_one_machine() -> None:
    for text in (LOCK, (CLONE / "pyproject.toml").read_text()):
        assert not re.search(r"https?://|file:|find-links|index-url", text)
