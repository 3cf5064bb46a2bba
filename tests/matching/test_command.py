"""`manage.py suggest`: lines of JSON in, lines of JSON out, and plain words when it can't."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db

COURSE = {
    "id": "a1",
    "kind": "activity",
    "language": "en",
    "title": "Course on electronic evidence held abroad",
    "description": "Prosecutors learned to ask service providers for data in terrorism cases.",
    "countries": ["KE"],
}


@pytest.fixture
def lines(tmp_path):
    """A file of lines; what is not text is written as JSON."""

    def written(*rows: Any) -> str:
        file = tmp_path / "lines.jsonl"
        texts = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        file.write_text("\n".join(texts), encoding="utf-8")
        return str(file)

    return written


def suggest(file: str, symbol: str = "A/RES/74/175", **options: Any) -> list[dict[str, Any]]:
    output = StringIO()
    call_command("suggest", file, symbol=symbol, stdout=output, **options)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_each_line_gets_one_line_with_its_id_in_order(resolution, lines):
    found = suggest(lines(COURSE, "", {**COURSE, "id": "a2"}))
    assert [line["id"] for line in found] == ["a1", "a2"]


def test_a_suggestion_names_paragraph_mandate_score_and_reasons(resolution, lines):
    [line] = suggest(lines(COURSE))
    best = line["suggestions"][0]
    assert (best["paragraph"], best["mandate"]) == ("6", "A/RES/74/175/op6/m1")
    assert best["confident"] is True
    assert 0 < best["score"] <= 1
    assert "shared term electronic evidence" in best["why"]
    assert "theme Forensic and electronic evidence" in best["why"]
    assert [one["score"] for one in line["suggestions"]] == sorted(
        (one["score"] for one in line["suggestions"]), reverse=True
    )


def test_the_same_file_gives_the_same_answer(resolution, lines):
    assert suggest(lines(COURSE)) == suggest(lines(COURSE))


def test_as_many_suggestions_as_asked_for(resolution, lines):
    assert len(suggest(lines(COURSE), limit=1)[0]["suggestions"]) == 1
    with pytest.raises(CommandError, match="--limit must be 1 or more"):
        suggest(lines(COURSE), limit=0)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{not json", "line 2 is no JSON .*Give one object a line"),
        ("[1]", "line 2 is no JSON object"),
        ({"id": "a2", "title": "A course"}, "line 2 lacks description. Add it"),
        ({**COURSE, "title": 3}, "line 2: title must be text"),
    ],
)
def test_a_line_that_can_t_be_read_is_named_with_what_to_do(resolution, lines, row, words):
    with pytest.raises(CommandError, match=words):
        suggest(lines(COURSE, row))


def test_nothing_is_printed_when_a_line_can_t_be_read(resolution, lines):
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("suggest", lines(COURSE, "{"), symbol="A/RES/74/175", stdout=output)
    assert output.getvalue() == ""


def test_a_symbol_that_is_not_loaded_is_named_with_those_that_are(resolution, lines):
    with pytest.raises(CommandError, match=r"no resolution A/RES/1/1.*loaded: A/RES/74/175"):
        suggest(lines(COURSE), symbol="A/RES/1/1")


def test_a_file_that_can_t_be_read_is_named(resolution, tmp_path):
    with pytest.raises(CommandError, match=r"none\.jsonl can't be read: No such file"):
        suggest(str(tmp_path / "none.jsonl"))
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes('{"id": "á"}'.encode("latin-1"))
    with pytest.raises(CommandError, match="not in UTF-8"):
        suggest(str(latin))
