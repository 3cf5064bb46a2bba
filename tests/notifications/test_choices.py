"""People choose what comes by e-mail, at once, once a day or not at all."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from directory.models import Membership, Role
from notifications import digest, outbox
from notifications.kinds import Channel, NotificationKind
from notifications.models import OutboxMessage
from notifications.services import choose, chosen_by, notify
from tests.factories import NeedFactory, focal_point, officer, person

pytestmark = pytest.mark.django_db
KIND = NotificationKind.IMPORT_DONE


def tell(*recipients, key="1", symbol="A/RES/71/999", about=None):
    notify(
        kind=KIND,
        recipients=recipients,
        key=key,
        context={"filename": "a.txt", "symbol": symbol},
        path="/needs/",
        about=about,
    )


def yesterday():
    OutboxMessage.objects.update(created_at=timezone.now() - dt.timedelta(days=1))


def test_without_a_choice_a_mail_comes_at_once():
    tell(officer())
    assert outbox.send_due() == 1


def test_what_is_for_the_site_only_is_never_sent_and_stands_there():
    reader = officer()
    choose(user=reader, channels={KIND: Channel.SITE})
    tell(reader)
    yesterday()
    assert [outbox.send_due(), digest.send_digests()] == [0, 0]
    assert OutboxMessage.objects.visible_to(reader).unseen().count() == 1
    assert not OutboxMessage.objects.late().exists()


def test_the_mail_of_the_day_tells_everything_once_in_the_language_of_its_reader():
    reader = officer(language="es")
    choose(user=reader, channels={KIND: Channel.DAILY})
    tell(reader, symbol="A/RES/71/1")
    tell(reader, key="2", symbol="A/RES/71/2")
    yesterday()
    assert [outbox.send_due(), digest.send_digests(), digest.send_digests()] == [0, 1, 0]
    (sent,) = mail.outbox
    assert "A/RES/71/1" in sent.body
    assert "A/RES/71/2" in sent.body
    assert sent.body.count("/needs/") == 2
    assert reverse("notification-choices") in sent.body
    assert "Recibe este mensaje" in sent.body or "Usted recibe" in sent.body


def test_the_mail_of_the_day_comes_after_six_in_the_morning_of_its_reader():
    reader = officer(time_zone="America/Bogota")
    before_six = dt.datetime(2026, 3, 2, 10, 59, tzinfo=dt.UTC)
    after_six = before_six + dt.timedelta(minutes=2)
    assert digest.last_morning(reader, before_six).isoformat() == "2026-03-01T06:00:00-05:00"
    assert digest.last_morning(reader, after_six).isoformat() == "2026-03-02T06:00:00-05:00"


def test_what_came_since_the_morning_waits_for_the_next():
    reader = officer()
    choose(user=reader, channels={KIND: Channel.DAILY})
    tell(reader)
    morning = digest.last_morning(reader, timezone.now())
    OutboxMessage.objects.update(created_at=morning + dt.timedelta(seconds=1))
    assert digest.send_digests() == 0
    assert not OutboxMessage.objects.late().exists()


def test_the_mail_of_the_day_leaves_out_what_its_reader_may_no_longer_see():
    reader = focal_point()
    choose(user=reader, channels={KIND: Channel.DAILY})
    tell(reader, about=NeedFactory(published=True))
    yesterday()
    Membership.objects.filter(user=reader).update(ended_on=timezone.now().date())
    assert digest.send_digests() == 0
    assert OutboxMessage.objects.get().dropped_at


def test_a_mail_of_the_day_that_fails_is_tried_again(settings):
    settings.EMAIL_BACKEND = "tests.notifications.backends.Refusing"
    reader = officer()
    choose(user=reader, channels={KIND: Channel.DAILY})
    tell(reader)
    yesterday()
    assert digest.send_digests() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert digest.send_digests() == 0, "not before its time"
    OutboxMessage.objects.update(try_at=timezone.now())
    assert digest.send_digests() == 1


def test_an_address_that_is_not_there_is_given_up_at_once_and_shown(settings, client):
    settings.EMAIL_BACKEND = "tests.notifications.backends.NoSuchAddress"
    tell(officer(email="gone@example.org"))
    outbox.send_due()
    (lost,) = OutboxMessage.objects.failed()
    assert lost.dropped_at
    assert "550" in lost.last_error
    client.force_login(person(Role.ADMINISTRATOR, is_staff=True, is_superuser=True))
    address = reverse("admin:notifications_outboxmessage_changelist")
    assert "no such user" in client.get(f"{address}?failed=yes").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.post(address, {"action": "try_again", "_selected_action": [lost.pk]})
    assert outbox.send_due() == 1


def test_a_person_chooses_among_what_can_concern_them(client):
    reader = focal_point()
    client.force_login(reader)
    page = client.get(reverse("notification-choices"))
    offered = set(page.context["form"].fields)
    assert "delivery_to_confirm" in offered
    assert "activity_to_approve" not in offered
    chosen = dict.fromkeys(offered, "daily") | {"delivery_to_confirm": "at_once"}
    client.post(reverse("notification-choices"), chosen)
    client.post(reverse("notification-choices"), chosen | {"request_closed": "site"})
    kept = chosen_by(reader)
    assert kept[NotificationKind.DELIVERY_TO_CONFIRM] == Channel.AT_ONCE
    assert kept[NotificationKind.REQUEST_CLOSED] == Channel.SITE
    assert kept[NotificationKind.REQUEST_ACCEPTED] == Channel.DAILY


def test_a_choice_that_is_none_is_refused_and_nothing_is_kept(client):
    reader = focal_point()
    client.force_login(reader)
    fields = client.get(reverse("notification-choices")).context["form"].fields
    page = client.post(
        reverse("notification-choices"), dict.fromkeys(fields, "daily") | {"request_closed": "fax"}
    )
    assert list(page.context["form"].errors) == ["request_closed"]
    assert set(chosen_by(reader).values()) == {Channel.AT_ONCE}
