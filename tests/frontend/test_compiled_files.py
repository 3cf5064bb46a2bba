"""What is committed under static/: nothing from elsewhere, nothing that we may not use."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
SHEET = (STATIC / "css/app.css").read_text()
WRITTEN_HERE = sorted((STATIC / "js").rglob("*.js"))
# Libraries name their manuals in messages; the site's content policy holds them to this host.
TEXTS = [
    path
    for path in STATIC.rglob("*")
    if path.suffix in {".css", ".js", ".svg"} and path.parent.name != "vendor"
]
NAMESPACES = re.compile(r"https?://www\.w3\.org/(?:2000/svg|1999/xlink|1999/xhtml)")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(STATIC)))
def test_no_file_names_another_host(path):
    if path.parent.name == "vendor":
        pytest.skip("messages of libraries name their manuals; the policy of the site holds them")
    assert not re.search(r"https?://", NAMESPACES.sub("", path.read_text()))


def test_each_address_in_the_sheet_is_a_file_beside_it():
    addresses = re.findall(r"url\([\"']?([^)\"']+)", SHEET)
    assert addresses
    assert all((STATIC / "css" / address).resolve().is_file() for address in addresses)


@pytest.mark.parametrize("word", ["crown", "GDS Transport", "govuk-crest", "light-94"])
def test_no_crest_and_no_restricted_font(word):
    assert word.lower() not in SHEET.lower()


def test_the_sheet_turns_round_with_the_direction_of_the_page():
    physical = re.compile(r"[{;](?:margin|padding|border)-(?:left|right)\b|[{;](?:left|right):")
    assert physical.findall(SHEET) == []


def test_fonts_come_with_their_licence():
    families = {path.name.split("-")[1] for path in (STATIC / "fonts").glob("*.woff2")}
    assert families == {"sans", "serif"}
    for family in families:
        assert "SIL Open Font License" in (STATIC / f"fonts/noto-{family}.OFL.txt").read_text()


@pytest.mark.parametrize("path", WRITTEN_HERE, ids=lambda path: path.name)
def test_a_script_is_one_short_module(path):
    assert len(path.read_text().splitlines()) < 150
