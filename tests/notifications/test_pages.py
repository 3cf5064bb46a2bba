"""What happened since a person was here."""

import pytest
from django.urls import reverse

from notifications.kinds import NotificationKind
from notifications.models import OutboxMessage
from notifications.services import notify
from tests.factories import officer

pytestmark = pytest.mark.django_db


def tell(recipient, key="1"):
    notify(
        kind=NotificationKind.IMPORT_DONE,
        recipients=[recipient],
        key=key,
        context={"filename": "a.txt", "symbol": "A/RES/71/999"},
        path="/needs/",
    )
    return OutboxMessage.objects.latest("pk")


@pytest.fixture
def person():
    return officer()


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


def test_a_person_reads_what_they_were_told_and_nothing_of_others(signed_in, person):
    mine, other = tell(person), tell(officer())
    page = signed_in.get(reverse("notification-list"))
    assert list(page.context["page_obj"]) == [mine]
    assert signed_in.get(reverse("notification-open", args=[other.pk])).status_code == 404


def test_opening_one_marks_it_as_seen_and_leads_to_its_page(signed_in, person):
    mine = tell(person)
    assert signed_in.get(reverse("notification-open", args=[mine.pk])).url == "/needs/"
    mine.refresh_from_db()
    assert mine.seen_at


def test_marking_all_as_seen_leaves_what_came_since(signed_in, person):
    shown, later = tell(person), tell(person, "2")
    signed_in.post(reverse("notifications-seen"), {"newest": str(shown.pk)})
    assert list(OutboxMessage.objects.visible_to(person).unseen()) == [later]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(
    signed_in, person, number, django_assert_num_queries
):
    for each in range(number):
        tell(person, str(each))
    with django_assert_num_queries(6):
        signed_in.get(reverse("notification-list"))
