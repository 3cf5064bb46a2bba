"""What was committed is told once, in the reader's language, to those who may still see it."""

import threading

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import override

from directory.models import Membership
from notifications import outbox
from notifications.kinds import NotificationKind
from notifications.models import OutboxMessage
from notifications.services import mark_seen, notify
from notifications.tasks import send_outbox
from notifications.wording import WORDING, worded
from tests.factories import NeedFactory, focal_point, manager, officer


def tell(*recipients, key="1", about=None, **context):
    notify(
        kind=NotificationKind.NEED_TO_PUBLISH,
        recipients=recipients,
        key=key,
        context={"mandate": "A/RES/71/999/op2/m1", "by": "Amina", **context},
        path="/needs/1/",
        about=about,
    )


@pytest.mark.django_db
def test_the_same_event_is_told_to_the_same_person_once():
    one, other = officer(), manager()
    tell(one, other, one)
    tell(one)
    tell(one, key="2")
    assert OutboxMessage.objects.filter(recipient=one).count() == 2
    assert OutboxMessage.objects.filter(recipient=other).count() == 1


@pytest.mark.django_db
def test_a_mail_is_in_the_language_of_its_reader_with_a_link_that_works(settings):
    settings.BASE_URL = "https://tracker.example.org"
    tell(officer(language="en", email="amina@example.org"))
    assert outbox.send_due() == 1
    (sent,) = mail.outbox
    assert sent.to == ["amina@example.org"]
    assert sent.subject == "A/RES/71/999/op2/m1: a need to publish"
    assert "https://tracker.example.org/needs/1/" in sent.body
    assert "You get this because" in sent.body
    assert sent.extra_headers["Message-ID"].startswith("<")


@pytest.mark.django_db
def test_a_sent_message_is_never_sent_again():
    tell(officer())
    assert [outbox.send_due(), outbox.send_due()] == [1, 0]
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_a_failed_sending_waits_longer_each_time_and_is_given_up(settings):
    settings.EMAIL_BACKEND = "tests.notifications.backends.Refusing"
    tell(officer())
    waits = []
    while OutboxMessage.objects.waiting().exists():
        OutboxMessage.objects.update(try_at=timezone.now())
        before = timezone.now()
        assert outbox.send_due() == 0
        message = OutboxMessage.objects.get()
        waits.append(round((message.try_at - before).total_seconds() / 60))
    assert waits[:4] == [1, 2, 4, 8]
    assert len(waits) == outbox.TRIES
    assert message.dropped_at
    assert not message.sent_at
    assert "ConnectionRefusedError" in message.last_error


@pytest.mark.django_db
def test_nobody_is_told_of_what_they_may_no_longer_see():
    person = focal_point()
    need = NeedFactory(published=True)
    tell(person, about=need)
    Membership.objects.filter(user=person).update(ended_on=timezone.now().date())
    assert outbox.send_due() == 0
    assert not mail.outbox
    assert OutboxMessage.objects.get().dropped_at
    assert not OutboxMessage.objects.visible_to(person).exists()


@pytest.mark.django_db
def test_somebody_without_an_address_reads_it_on_the_site():
    person = officer(email="")
    tell(person)
    outbox.send_due()
    assert not mail.outbox
    assert OutboxMessage.objects.visible_to(person).unseen().count() == 1
    mark_seen(user=person)
    assert not OutboxMessage.objects.visible_to(person).unseen().exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_told_to_nobody():
    person = officer()
    with transaction.atomic():
        tell(person)
        transaction.set_rollback(True)
    outbox.send_due()
    assert not mail.outbox


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once():
    people = [officer() for _ in range(6)]
    for number in range(5):
        tell(*people, key=str(number))
    start = threading.Barrier(2)
    sent: list[int] = []

    def work() -> None:
        start.wait()
        sent.append(send_outbox())
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 30
    keys = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(keys) == len(set(keys)) == 30


def test_days_are_in_the_language_of_the_reader():
    context = {"reference": "TA-2026-00042", "delivered_on": "2026-11-24"}
    with override("es"):
        assert "24 de noviembre de 2026" in worded("delivery_to_confirm", context).words


def test_every_kind_has_its_wording():
    assert set(WORDING) == set(NotificationKind)


@pytest.mark.parametrize("kind", NotificationKind)
def test_a_missing_value_keeps_no_message_back(kind):
    assert worded(kind, {}).subject
