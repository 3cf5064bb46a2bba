"""A status is never told by colour alone."""

from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from directory.statuses import Status

SPRITE = (Path(__file__).resolve().parents[2] / "static/img/sprite.svg").read_text()


def render(source: str, **context) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize("status", Status)
def test_word_stands_beside_the_shape(status):
    html = render("{% status_mark status %}", status=status.value)
    assert f"#status-{status.value}" in html
    assert str(status.label) in html.replace("&#x27;", "'")
    assert f"status--{status.css}" in html


@pytest.mark.parametrize("status", Status)
def test_each_status_has_its_own_shape_and_meaning(status):
    assert SPRITE.count(f'id="status-{status.value}"') == 1
    assert status.meaning


def test_an_unknown_status_is_an_error():
    with pytest.raises(ValueError, match="green"):
        render("{% status_mark 'green' %}")


def test_marks_come_furthest_first_and_say_their_numbers():
    html = render("{% demand_marks s %}", s=["unmet", "evidenced", "unmet", "delivered"])
    order = [html.index(f"#status-{name}") for name in ("evidenced", "delivered", "unmet")]
    assert order == sorted(order)
    assert html.count("<use") == 4
    assert 'aria-label="Evidenced: 1, Delivered: 1, Unmet: 2"' in html


def test_above_24_demands_a_bar_stands_instead():
    assert "marks-bar" not in render("{% demand_marks s %}", s={"unmet": 24})
    html = render("{% demand_marks s %}", s={"delivered": 20, "unmet": 5})
    assert html.count("<rect") == 2
    assert 'aria-label="Delivered: 20, Unmet: 5"' in html


def test_no_demand_gives_no_marks():
    assert render("{% demand_marks s %}", s=[]) == ""


def test_figures_are_links_to_their_rows():
    html = render("{% served 5 8 '/rows' %}")
    assert 'href="/rows"' in html
    assert "5 of 8 served" in html
    assert render("{% served 5 8 %}") == "5 of 8 served"


def test_a_flag_is_a_link_and_escapes_its_words():
    html = render("{% flag words '/rows' %}", words="<b>2</b> disputed")
    assert 'href="/rows"' in html
    assert "&lt;b&gt;2" in html
    assert "#flag" in html
    assert "#flag" not in render("{% flag 'related' '/rows' quiet=True %}")


@pytest.mark.parametrize(
    ("address", "order", "link"),
    [
        ("/?q=a&page=3", "none", "?q=a&amp;sort=status"),
        ("/?sort=status", "ascending", "-status"),
    ],
)
def test_a_head_sorts_and_keeps_the_filters(address, order, link):
    request = RequestFactory().get(address)
    html = render("{% sort_header 'status' 'Status' %}", request=request)
    assert f'aria-sort="{order}"' in html
    assert link in html
    assert "page=" not in html


def test_words_of_statuses_can_be_translated():
    with translation.override("es"):
        assert str(Status.UNMET.label)
