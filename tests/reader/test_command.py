"""`python -m mandates.reader`, in this process and as a program of its own."""

import json
import runpy
import subprocess
import sys

import pytest

import mandates.reader.__main__
from mandates.reader.__main__ import main
from tests.reader.sources import SEED, resolution


@pytest.fixture
def seed(tmp_path):
    path = tmp_path / "seed.txt"
    path.write_bytes(SEED)
    return str(path)


def test_json_is_one_object_a_line(seed, capsys):
    assert main([seed, seed, "--json", "--language", "es"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["symbol"] for line in lines] == ["A/RES/74/175"] * 2


def test_a_table_shows_each_clause(seed, capsys, tmp_path):
    assert main([seed]) == 0
    printed = capsys.readouterr().out
    assert "30       m1 action    Solicita también" in printed
    assert "report, session 75" in printed
    path = tmp_path / "other.txt"
    path.write_bytes(resolution("1. Calls for peace:", "(a) Welcomes the *Big Book of Peace*;"))
    assert main([str(path)]) == 0
    printed = capsys.readouterr().out
    assert "1 (a)" in printed
    assert "unsure, line 15: whom paragraph 1 asks" in printed


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("lines", "142   body          18 de diciembre de 2019"),
        ("blocks", "note      10  Resolución 70/175, anexo."),
        ("paragraphs", "pp19       Observando que los Estados"),
        ("clauses", "m2 statement acoge con beneplácito       acoge con beneplácito la guía"),
        ("facets", "member_states, unodc, un_entities"),
    ],
)
def test_each_stage_can_be_printed(seed, stage, words, capsys):
    assert main([seed, "--stage", stage]) == 0
    printed = capsys.readouterr().out
    assert words.split()[0] in printed
    assert words.split()[-1] in printed


def test_paragraphs_are_printed_with_their_children(tmp_path, capsys):
    path = tmp_path / "other.txt"
    path.write_bytes(resolution("1. Requests States:", "(a) To act;"))
    assert main([str(path), "--stage", "paragraphs"]) == 0
    assert "1 (a)" in capsys.readouterr().out


def test_refusals_are_one_line_and_the_rest_is_read(seed, tmp_path, capsys):
    junk = tmp_path / "junk"
    junk.write_bytes(b"junk\nof \x00")
    assert main([str(junk), seed, str(tmp_path / "none"), "--json"]) == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 1
    assert printed.err.splitlines() == [
        f"{junk}: line 2: binary data, no text",
        f"{tmp_path / 'none'}: No such file or directory",
    ]


def test_it_runs_as_a_module(seed, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["reader", seed])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(mandates.reader.__main__.__file__, run_name="__main__")
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("A/RES/74/175")


def test_the_command_needs_no_django(seed):
    program = "import sys, runpy; sys.argv = ['x', sys.argv[1], '--json'];"
    program += "\ntry: runpy.run_module('mandates.reader', run_name='__main__')"
    program += "\nexcept SystemExit as end: assert end.code == 0"
    program += "\nassert not any(name.split('.')[0] == 'django' for name in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program, seed], capture_output=True, check=True)
    assert json.loads(done.stdout)["session"] == 74
