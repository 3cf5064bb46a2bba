"""A State replies while an officer changes the delivery."""

from __future__ import annotations

import threading
import time

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from assistance.models import Delivery, Reply
from directory.viewer import SYSTEM, viewing_as
from tests import factories as make


def test_a_reply_to_what_was_just_changed_is_refused_as_gone(transactional_db):
    with transaction.atomic():
        make.served_item("KE")
    delivery = Delivery.objects.get()
    client = Client()
    client.force_login(make.focal_point("KE"))
    answers = []

    def reply() -> None:
        answers.append(
            client.post(reverse("delivery", args=[delivery.pk]), {"verdict": "confirmed"})
        )
        connection.close()

    thread = threading.Thread(target=reply)
    with viewing_as(SYSTEM), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(revision=delivery.revision + 1)
        thread.start()
        _until_somebody_waits()
    thread.join()
    assert [answer.status_code for answer in answers] == [404]
    with viewing_as(SYSTEM):
        assert not Reply.objects.exists()


def _until_somebody_waits() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            # For this connection: tests beside this one wait on the same server.
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
