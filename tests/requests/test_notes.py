"""Internal notes: UNODC reads them; whatever a State opens is the same with them and without."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from rest_framework.test import APIClient

from assistance.models import InternalNote
from assistance.workflow import assign_request, write_note
from directory.models import Role
from directory.policy import PERMISSIONS_OF_ROLE, Permission
from directory.viewer import viewer_of, viewing_as
from notifications.mail import mail_of
from notifications.models import OutboxMessage
from notifications.outbox import send_due
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db

SECRET = "Counterpart unreliable, ask Vienna"


@pytest.fixture
def focal():
    return factories.focal_point("KE")


@pytest.fixture
def officer():
    return factories.officer(username="anna")


@pytest.fixture
def asked(focal, officer):
    asked = worlds.accepted(focal, officer)
    worlds.delivery_for(asked.items.get())
    return asked


def test_a_note_is_read_by_all_of_unodc(client, asked, officer):
    write_note(request=asked, user=officer, words=SECRET)
    for reader in (officer, factories.manager(), factories.person(Role.AUDITOR)):
        client.force_login(reader)
        assert SECRET in client.get(reverse("request", args=[asked.pk])).content.decode()
        assert InternalNote.objects.visible_to(reader).count() == 1


def test_no_role_outside_unodc_holds_a_permission_on_notes():
    outside = {"public", Role.FOCAL_POINT.value, Role.REGIONAL_BODY.value, "administrator"}
    for role in outside:
        held = PERMISSIONS_OF_ROLE[role]
        assert not held & {Permission.READ_NOTES, Permission.WRITE_NOTES}, role


def addresses(asked) -> list[str]:
    """All that a State may open about its request, on pages and in the API."""
    pages = ["request-list", "request-export", "received", "home", "notification-list"]
    here = ["request", "request-receipt", "request-sent"]
    api = ["request-detail", "request-events", "request-messages", "request-attachments"]
    return [
        *(reverse(name) for name in pages),
        f"{reverse('request-list')}?text={SECRET.split()[1]}",
        *(reverse(name, args=[asked.pk]) for name in here),
        *(reverse(f"api:{name}", args=[asked.pk]) for name in api),
        *(reverse(f"api:{name}-list") for name in ("request", "item", "delivery", "demand")),
        f"{reverse('api:request-list')}?text={SECRET.split()[1]}",
        reverse("api:me"),
    ]


def opened(client, user, asked) -> dict[str, tuple[int, str]]:
    """What this person gets at each address, without what differs at each call."""
    client.force_login(user)
    answers = {}
    for address in addresses(asked):
        answer = client.get(address)
        body = re.sub(r'(csrfmiddlewaretoken" value|csrf-token" content)="\w+"', "", _text(answer))
        answers[address] = (answer.status_code, re.sub(r"<time.*?</time>", "", body))
    return answers


def _text(answer) -> str:
    return b"".join(answer).decode()


def test_what_a_state_opens_is_the_same_with_a_note_and_without(client, asked, focal, officer):
    readers = [focal, factories.person(Role.FOCAL_POINT, focal.memberships.get().organisation)]
    before = [opened(client, reader, asked) for reader in readers]
    write_note(request=asked, user=factories.manager(), words=SECRET)
    client.force_login(officer)
    assert SECRET in client.get(reverse("request", args=[asked.pk])).content.decode()
    after = [opened(client, reader, asked) for reader in readers]
    for was, now in zip(before, after, strict=True):
        assert {address for address in was if was[address] != now[address]} == set()
        assert SECRET not in str(now)
    assert InternalNote.objects.visible_to(focal).count() == 0


def test_the_database_itself_shows_a_state_no_note(asked, focal, officer):
    write_note(request=asked, user=officer, words=SECRET)
    with viewing_as(viewer_of(focal)):
        assert not InternalNote.objects.exists()
    with viewing_as(viewer_of(officer)):
        assert InternalNote.objects.get().words == SECRET


def test_no_mail_of_a_note_goes_outside_unodc(asked, focal, officer, mailoutbox):
    told_before = OutboxMessage.objects.filter(recipient=focal).count()
    note = write_note(request=asked, user=factories.manager(), words=SECRET)
    message = OutboxMessage.objects.get(kind="note_written")
    assert message.recipient == officer
    assert SECRET not in mail_of(message).body
    assert OutboxMessage.objects.filter(recipient=focal).count() == told_before
    officer.memberships.update(role=Role.FOCAL_POINT)
    send_due()
    message.refresh_from_db()
    assert message.dropped_at
    assert not message.sent_at
    assert str(note) == SECRET


def test_a_note_leaves_no_trace_on_the_request(asked, officer):
    revision, events = asked.revision, asked.events.count()
    write_note(request=asked, user=officer, words=SECRET)
    asked.refresh_from_db()
    assert (asked.revision, asked.events.count()) == (revision, events)


def test_who_may_not_write_notes_is_refused(asked, focal):
    for user in (focal, factories.person(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            write_note(request=asked, user=user, words="x")
    with pytest.raises(Http404):
        write_note(request=asked, user=factories.focal_point("CO"), words="x")


def test_a_note_needs_words_and_is_kept_once(client, asked, officer):
    with pytest.raises(ValidationError):
        write_note(request=asked, user=officer, words="  ")
    client.force_login(officer)
    for _again in range(2):
        client.post(reverse("request-act", args=[asked.pk, "note"]), {"words": SECRET})
    assert InternalNote.objects.get().words == SECRET


def test_the_page_of_the_act_is_refused_to_a_state(client, asked, focal):
    client.force_login(focal)
    url = reverse("request-act", args=[asked.pk, "note"])
    assert client.get(url).status_code == 403
    assert client.post(url, {"words": "x"}).status_code == 403


def test_the_api_keeps_notes_for_unodc(asked, focal, officer):
    client = APIClient()
    url = reverse("api:request-notes", args=[asked.pk])
    client.force_login(officer)
    assert client.post(url, {"words": SECRET}, format="json").status_code == 201
    assert [one["words"] for one in client.get(url).data["results"]] == [SECRET]
    client.force_login(focal)
    assert client.get(url).status_code == 403
    assert client.post(url, {"words": "x"}, format="json").status_code == 403
    client.force_login(factories.focal_point("CO"))
    assert client.get(url).status_code == 404


def test_the_history_of_a_request_given_on_keeps_its_notes(client, asked, officer):
    other, manager = factories.officer(), factories.manager()
    write_note(request=asked, user=officer, words=SECRET)
    assign_request(request=asked, to=other, user=manager)
    client.force_login(other)
    assert SECRET in client.get(reverse("request", args=[asked.pk])).content.decode()
