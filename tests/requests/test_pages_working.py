"""A request is read, worked on and followed: pages of the State and of the officer."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assistance.models import ItemMandate, Reply
from assistance.urls_requests import urlpatterns
from assistance.workflow import send_message
from notifications.models import OutboxMessage
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def focal():
    return factories.focal_point("KE")


@pytest.fixture
def officer():
    return factories.officer()


def do(client, user, asked, act, n=None, **data):
    client.force_login(user)
    url = (
        reverse("request-act", args=[asked.pk, act])
        if n is None
        else reverse("item-act", args=[asked.pk, n, act])
    )
    return client.post(url, data, follow=True)


def test_an_officer_takes_a_request_from_the_queue_to_its_end(client, focal, officer):
    asked = worlds.submitted(focal)
    mandate = factories.MandateFactory()
    do(client, officer, asked, "review")
    do(client, officer, asked, "ask", words="Which police?")
    page = do(client, focal, asked, "answer", words="The one in Nairobi")
    assert "The one in Nairobi" in page.content.decode()
    do(client, officer, asked, "accept", note="Gladly")
    do(client, officer, asked, "tie", n=1, mandate=mandate.identifier, reason="Same thing")
    worlds.delivery_for(asked.items.get())
    page = do(client, officer, asked, "close", n=1, outcome="fulfilled", basis="officer")
    asked.refresh_from_db()
    assert asked.state == "closed"
    assert "Fulfilled" in page.content.decode()
    assert ItemMandate.objects.get().decided_by == officer


def test_what_is_missing_stands_at_its_field_and_what_was_typed_stays(client, focal, officer):
    asked = worlds.under_review(focal, officer)
    page = do(client, officer, asked, "decline", reason="  ")
    assert page.status_code == 422
    assert page.context["form"].errors["reason"]
    page = do(
        client, officer, asked, "close", n=1, outcome="fulfilled", basis="state", reason="Said"
    )
    assert "Said" in page.content.decode() or page.redirect_chain


def test_an_act_that_came_too_late_says_how_things_stand(client, focal, officer):
    asked = worlds.accepted(focal, officer)
    page = do(client, officer, asked, "accept")
    assert "It was accepted already" in page.content.decode()


def test_an_act_on_an_old_page_asks_again_and_keeps_the_words(client, focal, officer):
    asked = worlds.under_review(focal, officer)
    page = do(client, officer, asked, "decline", reason="No funds", revision=1)
    assert page.status_code == 409
    assert "No funds" in page.content.decode()
    revision = page.context["form"].data["revision"]
    do(client, officer, asked, "decline", reason="No funds", revision=revision)
    asked.refresh_from_db()
    assert asked.state == "declined"


@pytest.mark.parametrize(
    "act", ["accept", "ask", "assign", "decline", "merge", "note", "withdraw", "attach"]
)
def test_each_act_has_a_page_that_works_without_script(client, focal, officer, act):
    asked = worlds.under_review(focal, officer)
    client.force_login(officer)
    assert client.get(reverse("request-act", args=[asked.pk, act])).status_code == 200


@pytest.mark.parametrize("act", ["tie", "untie", "close", "refer", "merge", "decline", "withdraw"])
def test_each_act_on_an_item_has_a_page(client, focal, officer, act):
    asked = worlds.accepted(focal, officer)
    factories.link(asked.items.get(), factories.MandateFactory())
    client.force_login(officer)
    assert client.get(reverse("item-act", args=[asked.pk, 1, act])).status_code == 200


def test_mandates_on_the_ticked_themes_are_offered_first(client, focal, officer):
    asked = worlds.accepted(focal, officer)
    plain, fitting = factories.MandateFactory(), factories.MandateFactory()
    factories.MandateFactory(addressees=[])
    group = factories.mandates.Theme.objects.create(code="g", names={"en": "G"})
    theme = factories.mandates.Theme.objects.create(code="t", names={"en": "T"}, parent=group)
    factories.mandates.Facet.objects.create(mandate=fitting, role="theme", theme=theme)
    asked.items.get().themes.add(theme)
    client.force_login(officer)
    page = client.get(reverse("item-act", args=[asked.pk, 1, "tie"]))
    groups = page.context["form"].fields["mandate"].choices[1:]
    assert [[value for value, _label in choices] for _group, choices in groups][:2] == [
        [fitting.identifier],
        [plain.identifier],
    ]
    assert len(groups) == 3


def test_a_state_says_what_it_thinks_of_a_delivery(client, focal, officer):
    asked = worlds.accepted(focal, officer)
    delivery = worlds.delivery_for(asked.items.get())
    client.force_login(focal)
    assert (
        "Did you receive this?" in client.get(reverse("request", args=[asked.pk])).content.decode()
    )
    url = reverse("delivery-reply", args=[asked.pk, delivery.pk])
    name = f"reply-{delivery.pk}"
    page = client.post(url, {f"{name}-verdict": "partly"})
    assert page.status_code == 422
    assert "Say in your words what was missing." in page.content.decode()
    client.post(url, {f"{name}-verdict": "partly", f"{name}-words": "One day of two"})
    assert Reply.objects.get().words == "One day of two"
    assert "One day of two" in client.get(reverse("request", args=[asked.pk])).content.decode()


def test_the_state_withdraws_after_being_asked_once(client, focal, officer):
    asked = worlds.accepted(focal, officer)
    client.force_login(focal)
    assert (
        "can’t be undone"
        in client.get(reverse("request-act", args=[asked.pk, "withdraw"])).content.decode()
    )
    do(client, focal, asked, "withdraw")
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_a_state_does_not_read_who_works_on_its_request(client, focal):
    officer = factories.officer(display_name="Anna Secret")
    asked = worlds.accepted(focal, officer)
    client.force_login(focal)
    assert "Anna Secret" not in client.get(reverse("request", args=[asked.pk])).content.decode()


# isolation


ADDRESSES = [
    ("request", []),
    ("request-edit", []),
    ("request-step", ["whom"]),
    ("request-check", []),
    ("request-send", []),
    ("request-sent", []),
    ("request-delete", []),
    ("request-receipt", []),
    ("request-file", [1]),
    ("request-file-remove", [1]),
    ("request-act", ["withdraw"]),
    ("item-act", [1, "withdraw"]),
    ("delivery-reply", [1]),
]


@pytest.mark.parametrize(("name", "rest"), ADDRESSES)
@pytest.mark.parametrize("state", ["draft", "accepted"])
def test_another_states_request_is_not_found_anywhere(client, focal, officer, name, rest, state):
    asked = worlds.draft(focal) if state == "draft" else worlds.accepted(focal, officer)
    client.force_login(factories.focal_point("CO"))
    url = reverse(name, args=[asked.pk, *rest])
    methods = ["post"] if name in {"request-send", "request-file-remove"} else ["get", "post"]
    for method in methods:
        assert getattr(client, method)(url).status_code == 404


def test_every_address_of_requests_is_in_the_test_of_isolation():
    with_object = {one.name for one in urlpatterns if "<int:pk>" in str(one.pattern)}
    only_for_unodc = {"request-history"}  # 403, whether the request is there or not
    assert with_object - only_for_unodc == {name for name, _rest in ADDRESSES}


def test_unodc_does_not_see_a_states_draft(client, focal, officer):
    draft = worlds.draft(focal)
    client.force_login(officer)
    assert client.get(reverse("request", args=[draft.pk])).status_code == 404
    assert draft.title not in client.get(reverse("request-list")).content.decode()


def test_the_list_and_its_file_hold_only_the_own_states_requests(client, focal, officer):
    own = worlds.submitted(focal, title="Own request")
    worlds.submitted(factories.focal_point("CO"), title="Foreign request")
    client.force_login(focal)
    for name in ("request-list", "request-export"):
        page = client.get(reverse(name)).content.decode()
        assert own.title in page
        assert "Foreign request" not in page


# the list


def test_the_queue_shows_the_longest_waiting_first(client, focal, officer):
    for days, title in ((1, "New"), (40, "Old"), (10, "Middle")):
        asked = worlds.submitted(focal, title=title)
        asked.received_on = factories.today() - dt.timedelta(days=days)
        asked.save()
    client.force_login(officer)
    page = client.get(reverse("request-list"))
    assert [row.asked.title for row in page.context["rows"]] == ["Old", "Middle", "New"]
    assert "answer was due" in page.content.decode()
    late = client.get(reverse("request-list"), {"overdue": "true"})
    assert [row.asked.title for row in late.context["rows"]] == ["Old"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"status": "open"}, {"Kenyan", "Colombian"}),
        ({"status": "submitted"}, {"Colombian"}),
        ({"state": "CO"}, {"Colombian"}),
        ({"assigned": "me"}, {"Kenyan"}),
        ({"assigned": "nobody"}, {"Colombian"}),
        ({"text": "kenyan number"}, {"Kenyan"}),
        ({"origin": "meeting"}, set()),
        ({"status": "nonsense"}, set()),
        ({"sort": "-title"}, {"Kenyan", "Colombian"}),
        ({"overdue": "false"}, {"Kenyan", "Colombian"}),
    ],
)
def test_filters_keep_what_they_say_and_the_file_holds_the_same(
    client, focal, officer, query, titles
):
    worlds.under_review(focal, officer, title="Kenyan")
    worlds.submitted(factories.focal_point("CO"), title="Colombian")
    client.force_login(officer)
    page = client.get(reverse("request-list"), query)
    assert {row.asked.title for row in page.context["rows"]} == titles
    file = client.get(reverse("request-export"), query).content.decode("utf-8-sig")
    assert {row["Title"] for row in csv.DictReader(file.splitlines())} == titles


def test_filters_in_use_are_tags_that_can_be_removed(client, officer):
    client.force_login(officer)
    page = client.get(reverse("request-list"), {"status": "open", "assigned": "me"})
    assert [(tag["value"], tag["url"]) for tag in page.context["filter_tags"]] == [
        ("Open", "?assigned=me"),
        ("Me", "?status=open"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_number_of_queries_whatever_they_hold(
    client, focal, officer, count, django_assert_num_queries
):
    for _each in range(count):
        asked = worlds.accepted(focal, officer, items=2)
        factories.link(asked.items.first(), factories.MandateFactory())
        worlds.delivery_for(asked.items.first())
    client.force_login(officer)
    with django_assert_num_queries(17):
        client.get(reverse("request-list"))
    with django_assert_num_queries(5):
        client.get(reverse("request-export"))
    client.force_login(focal)
    with django_assert_num_queries(14):
        client.get(reverse("request-list"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_requests_page_takes_the_same_number_of_queries_whatever_it_holds(
    client, focal, officer, count, django_assert_num_queries
):
    asked = worlds.accepted(focal, officer, items=count)
    for item in asked.items.all():
        factories.link(item, factories.MandateFactory())
        worlds.delivery_for(item)
        send_message(request=asked, user=officer, words=f"On {item.n}")
    client.force_login(officer)
    with django_assert_num_queries(23):
        client.get(reverse("request", args=[asked.pk]))


def test_an_act_that_does_not_exist_is_not_found(client, focal, officer):
    asked = worlds.accepted(focal, officer)
    client.force_login(officer)
    assert client.get(reverse("request-act", args=[asked.pk, "burn"])).status_code == 404
    assert client.get(reverse("item-act", args=[asked.pk, 1, "burn"])).status_code == 404
    assert client.get(reverse("item-act", args=[asked.pk, 9, "tie"])).status_code == 404


@pytest.mark.parametrize(
    ("act", "data", "outcome"),
    [
        ("decline", {"reason": "No funds"}, "declined"),
        ("refer", {"entity": "interpol"}, "referred"),
        ("withdraw", {}, "withdrawn"),
    ],
)
def test_an_item_gets_its_outcome_on_a_page(client, focal, officer, act, data, outcome):
    factories.EntityFactory(code="interpol")
    asked = worlds.accepted(focal, officer, items=2)
    do(client, officer, asked, act, n=1, **data)
    assert asked.items.get(n=1).outcome == outcome
    page = do(client, officer, asked, act, n=1, **data)
    assert "has its outcome already" in page.content.decode()


def test_the_answer_of_another_entity_is_recorded_and_read_by_the_state(client, focal, officer):
    factories.EntityFactory(code="interpol")
    asked = worlds.accepted(focal, officer)
    do(client, officer, asked, "refer", n=1, entity="interpol")
    asked.refresh_from_db()
    assert asked.state == "closed"
    assert do(client, officer, asked, "answer", n=1, words=" ").status_code == 422
    do(client, officer, asked, "answer", n=1, words="It opens a file for you.")
    client.force_login(focal)
    page = client.get(reverse("request", args=[asked.pk])).content.decode()
    assert "Answer of interpol" in page
    assert "It opens a file for you." in page
    told = OutboxMessage.objects.get(kind="referral_answered", recipient=focal)
    assert told.worded.subject == f"{asked.ref}: interpol answered on item 1"


def test_only_what_was_passed_on_has_an_answer(client, focal, officer):
    asked = worlds.accepted(focal, officer)
    page = do(client, officer, asked, "answer", n=1, words="x")
    assert not asked.events.filter(transition="answer_referral").exists()
    assert page.status_code == 200


def test_items_are_merged_and_untied_on_pages(client, focal, officer):
    asked = worlds.accepted(focal, officer, items=2)
    first, second = asked.items.all()
    mandate = factories.MandateFactory()
    factories.link(first, mandate)
    do(client, officer, asked, "untie", n=1, mandate=mandate.identifier, reason="Wrong")
    assert ItemMandate.objects.get().state == "rejected"
    do(client, officer, asked, "merge", n=1, into=second.pk, reason="Twice")
    assert asked.items.get(n=1).merged_into == second


def test_a_manager_gives_a_request_to_an_officer(client, focal, officer):
    asked = worlds.submitted(focal)
    do(client, factories.manager(), asked, "assign", to=officer.username)
    asked.refresh_from_db()
    assert asked.assigned_to == officer


def test_messages_and_files_are_added_on_the_page(client, focal, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    asked = worlds.accepted(focal, officer)
    page = do(client, focal, asked, "message", words="Is there news?")
    assert "Is there news?" in page.content.decode()
    file = SimpleUploadedFile("law.txt", b"Article 1")
    page = do(client, focal, asked, "attach", file=file)
    assert "law.txt" in page.content.decode()


def test_an_auditor_reads_the_queue_and_has_no_acts(client, focal, officer):
    asked = worlds.under_review(focal, officer)
    client.force_login(factories.person("auditor"))
    page = client.get(reverse("request", args=[asked.pk]))
    assert page.context["acts"] == []
    assert client.get(reverse("request-act", args=[asked.pk, "accept"])).status_code == 403


def test_who_has_no_part_in_requests_is_refused(client):
    client.force_login(factories.person("administrator"))
    for name in ("request-list", "request-export", "request-new"):
        assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_formula_in_a_title_stays_words_in_the_file(client, focal, officer, formula):
    worlds.submitted(focal, title=formula)
    client.force_login(officer)
    assert f",'{formula}," in client.get(reverse("request-export")).content.decode()
