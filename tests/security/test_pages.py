"""Every page, asked by every role, about a thing of Kenya: who is let in, who learns nothing.

`own` is Kenya's focal point, `foreign` Colombia's. 200 is let in; 302 is sent to sign in; 403 may
not do this at all; 404 learns not even that the thing is there. A new page without a row fails.
"""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from tests.security.pages import ROLES, build_world, page_names

READ = """
                        anonymous own foreign regional officer manager auditor admin
activity                      302 200     404      404     200     200     200   403
activity-approve              405 405     405      405     405     405     405   405
activity-copy                 302 403     403      403     200     403     403   403
activity-copy-links           405 405     405      405     405     405     405   405
activity-edit                 302 403     403      403     200     403     403   403
activity-export               302 200     200      200     200     200     200   403
activity-history              302 403     403      403     200     200     200   403
activity-iati                 302 200     200      200     200     200     200   403
activity-list                 302 200     200      200     200     200     200   403
activity-new                  302 403     403      403     200     403     403   403
activity-send                 405 405     405      405     405     405     405   405
activity-send-back            405 405     405      405     405     405     405   405
activity-shares               302 403     403      403     200     403     403   403
activity-sheet                302 403     403      403     200     403     403   403
approval-list                 302 403     403      403     200     200     403   403
calendar-address              302 200     200      200     200     200     200   403
calendar-feed                 200 200     200      200     200     200     200   200
deliveries-new                302 403     403      403     200     403     403   403
closing                       302 200     200      200     200     200     200   200
closing-list                  302 200     200      200     200     200     200   200
closing-new                   302 403     403      403     403     200     403   403
comparison                    302 403     403      403     200     200     200   403
compare                       302 200     200      200     200     200     200   403
coverage-deliveries           302 200     200      200     200     200     200   403
delivery                      302 200     404      404     200     200     200   403
delivery-edit                 302 403     403      403     200     403     403   403
delivery-new                  302 403     403      403     200     403     403   403
delivery-reply                302 200     404      404     403     403     403   404
demand-list                   302 200     200      200     200     200     200   403
evidence-add                  302 403     403      403     200     403     403   403
evidence-file                 302 200     404      404     200     200     200   403
evidence-list                 302 403     403      403     200     403     403   403
evidence-remove               405 405     405      405     405     405     405   405
gap-list                      302 403     403      403     200     200     200   403
health                        200 200     200      200     200     200     200   200
home                          302 200     200      200     200     200     200   200
identified                    302 302     302      302     302     302     302   302
import-progress               302 403     403      403     200     403     403   403
item-act                      302 403     404      404     200     403     403   404
link-decide                   405 405     405      405     405     405     405   405
link-new                      302 403     403      403     200     403     403   403
mandate-correct               302 403     403      403     200     403     403   403
mandate-list                  302 200     200      200     200     200     200   403
mandate-successor             405 405     405      405     405     405     405   405
mandate-take-over             302 403     403      403     403     200     403   403
mandate-why                   302 200     200      200     200     200     200   403
methodology                   200 200     200      200     200     200     200   200
narrative-history             302 403     403      403     200     200     200   403
need-edit                     302 404     404      404     200     200     200   404
need-end                      405 405     405      405     405     405     405   405
need-list                     302 200     200      200     200     200     200   200
need-new                      302 403     403      403     200     200     403   403
need-publish                  405 405     405      405     405     405     405   405
need-remove                   405 405     405      405     405     405     405   405
notification-choices          302 200     200      200     200     200     200   200
notification-list             302 200     200      200     200     200     200   200
notification-open             302 302     404      404     404     404     404   404
notifications-seen            405 405     405      405     405     405     405   405
obligation-list               302 200     200      200     200     200     200   200
paragraph                     302 200     200      200     200     200     200   200
ready                         200 200     200      200     200     200     200   200
robots                        200 200     200      200     200     200     200   200
received                      302 200     200      403     403     403     403   403
report-submit                 302 403     403      403     200     200     403   403
report-build                  302 403     403      403     200     200     200   403
report-file                   302 403     403      403     200     200     200   403
request                       302 200     404      404     200     200     200   404
request-act                   302 200     404      404     200     403     403   404
request-check                 302 422     404      404     404     404     404   404
request-delete                302 200     404      404     404     404     404   404
request-edit                  302 302     404      404     404     404     404   404
request-export                302 200     200      200     200     200     200   403
request-file                  302 200     404      404     200     200     200   404
request-file-remove           405 405     405      405     405     405     405   405
request-history               302 403     403      403     200     200     200   403
request-list                  302 200     200      200     200     200     200   403
request-new                   302 200     200      200     200     403     403   403
request-receipt               302 200     404      404     200     200     200   404
request-send                  405 405     405      405     405     405     405   405
request-sent                  302 200     404      404     200     200     200   404
request-step                  302 200     404      404     404     404     404   404
request-sheet                 302 403     403      403     200     403     403   403
resolution                    302 200     200      200     200     200     200   200
resolution-akoma-ntoso        302 200     200      200     200     200     200   200
resolution-import             302 403     403      403     200     403     403   403
resolution-list               302 200     200      200     200     200     200   200
resolution-package            302 200     200      200     200     200     200   403
resolution-narrative          302 403     403      403     200     200     403   403
resolution-report             302 403     403      403     200     200     200   403
resolution-report-build       405 405     405      405     405     405     405   405
resolution-places             302 200     200      200     200     200     200   403
resolution-quarters           302 200     200      200     200     200     200   403
resolution-source             302 200     200      200     200     200     200   200
resolution-steps              302 200     200      200     200     200     200   403
resolution-text               302 200     200      200     200     200     200   200
resolution-themes             302 200     200      200     200     200     200   403
set_language                  302 302     302      302     302     302     302   302
sheet                         302 403     403      403     200     403     403   403
sheet-apply                   405 405     405      405     405     405     405   405
sheet-list                    302 403     403      403     200     403     403   403
sheet-refused                 302 403     403      403     200     403     403   403
sheet-template                302 403     403      403     200     403     403   403
sheet-undo                    405 405     405      405     405     405     405   405
state                         302 200     404      404     200     200     200   403
state-print                   302 200     404      404     200     200     200   403
suspect-list                  302 403     403      403     200     200     200   403
unit                          302 403     403      403     200     200     200   403
unlinked-list                 302 403     403      403     200     200     200   403
workbench                     302 403     403      403     200     403     403   403
"""


def _rows() -> dict[str, dict[str, int]]:
    header, *lines = READ.strip().splitlines()
    assert tuple(header.split()) == ROLES
    return {
        line.split()[0]: dict(zip(ROLES, map(int, line.split()[1:]), strict=True)) for line in lines
    }


EXPECTED = _rows()
ACTS = {
    "closing-new", "need-end", "report-submit",
    "activity-approve", "activity-edit", "activity-new", "activity-send", "activity-send-back",
    "activity-copy", "activity-shares", "deliveries-new",
    "delivery-edit", "delivery-new", "delivery-reply", "evidence-add", "evidence-remove",
    "item-act", "link-decide", "link-new", "mandate-correct", "need-edit", "need-new",
    "need-publish", "request-act", "request-delete", "request-file-remove", "request-list",
    "request-send", "request-step", "resolution-import", "sheet-apply", "sheet-list", "sheet-undo",
    "activity-copy-links", "mandate-successor", "mandate-take-over", "suspect-list", "workbench",
    "request-edit", "resolution-narrative",
    "resolution-report-build",
}  # fmt: skip
"""Pages that change something when something is sent to them."""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world, made once; nothing in this module may change it."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
        transaction.atomic(),
    ):
        yield build_world()
        transaction.set_rollback(True)


READ_BY_VISITORS = {
    "activity-iati", "activity-list", "calendar-feed", "closing", "closing-list", "health", "home",
    "methodology", "need-list", "obligation-list", "paragraph", "ready", "resolution",
    "resolution-akoma-ntoso", "resolution-list", "resolution-source", "resolution-text", "robots",
}  # fmt: skip
"""What the public site shows: nothing of Kenya's."""
HIDDEN = {"activity", "delivery", "evidence-file", "need-edit"}
"""Pages that visitors read of what is public: what is Kenya's is not."""


STRICT = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'"}
"""What a page may load at most, with pictures, fonts and answers of our own."""


def _client(world, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(world.people[role])
    return client


def test_every_page_has_a_row():
    assert page_names() == set(EXPECTED)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_reading_a_page(world, role):
    client = _client(world, role)
    answers = {name: client.get(reverse(name, kwargs=world.arguments(name))) for name in EXPECTED}
    assert {name: answer.status_code for name, answer in answers.items()} == {
        name: row[role] for name, row in EXPECTED.items()
    }
    for name, answer in answers.items():
        assert _sources(answer).items() >= STRICT.items(), name
        assert "unsafe" not in answer["Content-Security-Policy"], name


def _sources(answer) -> dict[str, str]:
    """What the content security policy of an answer lets a page load, by directive."""
    directives = answer["Content-Security-Policy"].split("; ")
    return dict(one.split(" ", 1) for one in directives)


@pytest.mark.django_db
@override_settings(PUBLIC_SITE=True)
def test_visitors_read_the_public_site_while_it_is_on_and_else_are_asked_to_sign_in(world):
    client = _client(world, "anonymous")
    told = [world.item.request.ref, world.item.words, world.activity.title, world.people["own"]]
    told += [world.people["officer"].get_full_name() or "officer's name", world.narrative.words]
    answers = {name: client.get(reverse(name, kwargs=world.arguments(name))) for name in EXPECTED}
    assert {name: answer.status_code for name, answer in answers.items()} == {
        name: 200 if name in READ_BY_VISITORS else 404 if name in HIDDEN else row["anonymous"]
        for name, row in EXPECTED.items()
    }
    for name, answer in answers.items():
        if answer.status_code == 302 and name not in {"identified", "set_language"}:
            assert answer["Location"].startswith("/accounts/login/"), name
        shown = answer.getvalue().decode() if name in READ_BY_VISITORS else ""
        assert [one for one in map(str, told) if one in shown] == [], name


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["anonymous", "foreign", "regional", "auditor", "admin"])
def test_those_who_may_not_act_change_nothing(world, role):
    client = _client(world, role)
    before = _everything()
    for name in sorted(ACTS):
        answer = client.post(reverse(name, kwargs=world.arguments(name)), {"words": "x"})
        assert answer.status_code in ({302} if role == "anonymous" else {403, 404}), name
    assert _everything() == before


def _everything() -> dict[str, int]:
    """The number of rows of each table that history is kept of, and of their history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE ANY"
            " (ARRAY['assistance_%%', 'mandates_%%', 'report_%%'])"
        )
        names = [name for (name,) in cursor.fetchall()]
        counts = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
    return counts


@pytest.mark.django_db
def test_lists_exports_search_and_counts_keep_silent_about_another_state(world):
    """Each is asked twice: by the State itself, which must find it, and by another."""
    request, words = world.item.request, world.item.words
    reference = request.ref
    title = world.activity.title
    pages = {
        reverse("request-list"): (reference,),
        reverse("request-list") + f"?text={reference}": (reverse("request", args=[request.pk]),),
        reverse("request-export"): (reference,),
        reverse("activity-list"): (title,),
        reverse("activity-export"): (title,),
        reverse("demand-list"): (reference, words),
        reverse("demand-list") + "?format=csv": (reference,),
        reverse("coverage-deliveries"): (title,),
        reverse("coverage-deliveries") + "?format=csv": (title,),
        reverse("home"): (world.draft.title,),
        reverse("received"): (words,),
        reverse("state", args=["KE"]): (words,),
        reverse("state", args=["KE"]) + "?format=csv": (reference,),
        reverse("state-print", args=["KE"]): (reference, words),
    }
    own, foreign = _client(world, "own"), _client(world, "foreign")
    for address, traces in pages.items():
        told = own.get(address).content.decode()
        silent = foreign.get(address).content.decode()
        assert any(trace in told for trace in traces), address
        for trace in traces:
            assert trace not in silent, (address, trace)
