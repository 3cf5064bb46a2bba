"""The workbench through HTTP, without script: what lies there, what is suggested, each act."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assistance.models import ActivityItem, ActivityMandate, ItemMandate
from assistance.services import approve, confirm_link
from assistance.services.suggestions import confident_suggestions
from tests import factories as f
from tests.workbench.conftest import FINGERPRINTS, NOTHING, PRISONS, activity, item, mandate

pytestmark = pytest.mark.django_db
BENCH = "/workbench/"


def key(thing):
    return f"{'a' if hasattr(thing, 'countries') else 'i'}{thing.pk}"


def bench(client, thing=None, **query):
    if thing is not None:
        query["thing"] = key(thing)
    return client.get(BENCH, query).context


def send(client, thing, act="link", *, items=(), follow=True, **chosen):
    data = {"act": act, "thing": key(thing), "items": [one.pk for one in items]}
    said = {mandate(number.lstrip("p")): weight for number, weight in chosen.items()}
    data["shown"] = [one.pk for one in said]
    data |= {f"mandate-{one.pk}": weight for one, weight in said.items()}
    return client.post(f"{BENCH}?thing={key(thing)}", data, follow=follow)


def offered(context):
    return [one.mandate.paragraph.number for one in context["choices"].mandates]


def words_of(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_what_has_no_link_lies_there_and_what_is_proposed_does_not(resolution, client, officer):
    waiting = activity()
    f.link(waiting, mandate("26"), "proposed")
    f.link(item(FINGERPRINTS), mandate("9"), "proposed")
    first, second = item(), activity(FINGERPRINTS)
    rejected = activity(NOTHING)
    f.link(rejected, mandate("26"), "rejected")
    context = bench(client)
    assert context["tray"].keys == [key(first), key(second), key(rejected)]
    assert (context["tray"].items, context["tray"].activities) == (1, 2)
    assert context["thing"] == first, "what waits longest comes first"
    assert key(second) in context["next_url"]


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"kind": "item"}, {"item"}),
        ({"kind": "activity"}, {"mine", "theirs"}),
        ({"mine": "true"}, {"mine"}),
        ({"mine": "false"}, {"theirs", "item"}),
        ({"state": "CO"}, {"theirs"}),
        ({"unit": "other"}, {"theirs"}),
        ({"unit": "nothing-like-it"}, set()),
    ],
)
def test_the_tray_is_filtered(client, officer, query, left):
    other = f.UnitFactory(code="other")
    things = {
        "mine": activity(created_by=officer),
        "theirs": activity(states=("CO",), unit=other),
        "item": item(),
    }
    keys = bench(client, **query)["tray"].keys
    assert {name for name, thing in things.items() if key(thing) in keys} == left


def test_suggestions_come_with_reasons_and_the_official_words(resolution, client, officer):
    context = bench(client, activity())
    first = context["choices"].mandates[0]
    assert (first.mandate.paragraph.number, first.confident, first.chosen) == (
        "26",
        True,
        "principal",
    )
    assert "shared term prisoners" in first.why
    assert first.words.language == "es"
    assert "terroristas en las cárceles" in first.words.before
    assert first.words.words.startswith("alienta a la Oficina")


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Réinsertion des détenus condamnés pour terrorisme", "fr"),
        ("Rehabilitación de reclusos condenados por terrorismo", "es"),
    ],
)
def test_suggestions_come_in_three_languages(resolution, client, officer, words, language):
    assert offered(bench(client, activity(words, language=language)))[0] == "26"


def test_where_nothing_fits_nothing_is_suggested(resolution, client, officer):
    page = client.get(BENCH, {"thing": key(activity(NOTHING))})
    assert offered(page.context) == []
    assert "No mandate fits well enough" in page.text
    assert "Nothing fits" not in page.text


def test_an_accepted_suggestion_is_told_from_a_persons_choice(resolution, client, officer):
    thing = activity()
    other = activity(NOTHING)
    response = send(client, thing, p26="principal", p9="significant")
    links = {
        one.mandate.paragraph.number: (one.state, one.weight, one.origin, one.proposed_by)
        for one in ActivityMandate.objects.filter(activity=thing)
    }
    assert links == {
        "26": ("proposed", "principal", "suggestion", officer),
        "9": ("proposed", "significant", "person", officer),
    }
    assert "linked to 9, 26" in words_of(response)
    assert response.context["thing"] == other, "the next comes at once"


def test_an_item_is_tied_by_the_officer_alone(resolution, client, officer):
    asked = item()
    send(client, asked, p26="principal")
    link = ItemMandate.objects.get()
    assert (link.state, link.origin, link.decided_by) == ("confirmed", "suggestion", officer)
    assert asked.request.events.filter(transition="tie_item_to_mandate").count() == 1


def test_a_rejected_suggestion_is_not_offered_again_and_is_learned(resolution, client, officer):
    thing, like_it = activity(), activity()
    [before] = confident_suggestions(like_it)
    response = send(client, thing, p26="no")
    link = ActivityMandate.objects.get()
    assert (link.state, link.origin, link.decided_by) == ("rejected", "suggestion", officer)
    assert "nothing that was suggested fits" in words_of(response)
    assert "26" not in offered(bench(client, thing))
    assert all(one.score < before.score for one in confident_suggestions(like_it))


def test_nothing_fits_rejects_all_that_is_shown(resolution, client, officer):
    asked = item()
    send(client, asked, "nothing", p26="principal")
    assert ItemMandate.objects.get().state == "rejected"
    assert bench(client)["tray"].keys == [key(asked)], "it stays until a mandate is found"


def test_a_confirmed_link_is_learned(resolution, client, officer):
    words = "Pigeons that carry letters to distant villages hit by terrorism"
    assert "3" not in offered(bench(client, activity(words)))
    tied = item(words)
    send(client, tied, p3="principal")
    assert "3" in offered(bench(client, activity(words)))


def test_what_was_not_suggested_is_no_rejection(resolution, client, officer):
    response = send(client, activity(), p9="no")
    assert not ActivityMandate.objects.exists()
    assert "Choose a mandate first" in words_of(response)


def test_a_mandate_is_searched_by_words_without_accents_or_by_number(resolution, client, officer):
    thing = activity(NOTHING)
    assert offered(bench(client, thing, q="carceles"))[0] == "26"
    assert offered(bench(client, thing, q="9"))[0] == "9"
    assert "No mandate has these words" in client.get(BENCH, {"q": "qwertz"}).text


def test_an_open_item_that_fits_is_offered_and_brings_its_mandates(resolution, client, officer):
    asked = item(PRISONS, "MZ")
    f.link(asked, mandate("26"))
    elsewhere = item(PRISONS, "CO")
    f.link(elsewhere, mandate("26"))
    thing = activity(PRISONS, states=("MZ",))
    choices = bench(client, thing)["choices"]
    assert [one.item for one in choices.items] == [asked]
    assert choices.items[0].ticked
    assert f"Mozambique has an open item here: {asked.request.ref}, 1" in choices.mandates[0].why
    send(client, thing, items=[asked])
    assert ActivityMandate.objects.get().mandate == mandate("26")
    link = ActivityItem.objects.get()
    assert (link.item, link.state, link.origin) == (asked, "proposed", "suggestion")


def test_a_mandate_that_only_an_open_item_brings_is_shown(resolution, client, officer):
    asked = item(PRISONS, "MZ")
    f.link(asked, mandate("14"))
    choices = bench(client, activity(PRISONS, states=("MZ",)))["choices"]
    brought = next(one for one in choices.mandates if one.mandate == mandate("14"))
    assert (brought.confident, brought.chosen) == (False, "")


def test_undo_takes_back_act_by_act_and_says_which(resolution, client, officer):
    first, second = item(), activity(states=("KE",))
    send(client, first, p26="principal")
    send(client, second, p26="principal", items=[first])
    assert ActivityItem.objects.exists()
    response = send(client, second, "undo")
    assert f"Undone: “{PRISONS}” linked to 26" in words_of(response)
    assert response.context["thing"] == second
    assert not ActivityMandate.objects.exists()
    assert not ActivityItem.objects.exists()
    send(client, second, "undo")
    assert not ItemMandate.objects.exists()
    assert first.request.events.order_by("pk").last().note.endswith("Undone.")
    assert "nothing to undo" in words_of(send(client, second, "undo"))


def test_the_act_to_undo_is_named_in_the_language_of_now(resolution, client, officer):
    thing = activity()
    send(client, thing, p26="principal")
    client.cookies["django_language"] = "fr"
    assert "lié à 26" in client.get(reverse("workbench")).context["undo"]


def test_undo_of_a_link_found_anew_brings_the_rejection_back(resolution, client, officer):
    thing = activity()
    rejected = f.link(thing, mandate("26"), "rejected", reason="Other prisons")
    send(client, thing, p26="principal")
    rejected.refresh_from_db()
    assert rejected.state == "proposed"
    send(client, thing, "undo")
    rejected.refresh_from_db()
    assert (rejected.state, rejected.reason) == ("rejected", "Other prisons")


def test_what_somebody_built_on_is_not_undone(resolution, client, officer):
    thing = activity()
    send(client, thing, p26="principal")
    approve(activity=thing, by=f.officer(display_name="Luis"))
    assert "Luis changed the link since" in words_of(send(client, thing, "undo"))
    assert ActivityMandate.objects.get().state == "confirmed"


def test_a_link_that_is_gone_is_not_undone(resolution, client, officer):
    thing = activity()
    send(client, thing, p26="principal")
    ActivityMandate.objects.all().delete()
    assert "Somebody removed the link" in words_of(send(client, thing, "undo"))


def test_two_officers_at_the_same_thing(resolution, client, officer):
    thing = activity()
    f.link(thing, mandate("26"), "proposed")
    response = send(client, thing, p26="principal")
    assert "This link is there already" in words_of(response)


def test_a_request_that_ended_meanwhile_is_neither_linked_nor_taken_back(
    resolution, client, officer
):
    asked = item()
    send(client, asked, p26="principal")
    type(asked.request).objects.filter(pk=asked.request_id).update(state="withdrawn")
    for act in ("undo", "link"):
        assert "It was withdrawn" in words_of(send(client, asked, act, p26="principal"))
    assert ItemMandate.objects.get().state == "confirmed"


def test_an_item_does_not_bring_back_what_was_rejected(resolution, client, officer):
    asked = item(PRISONS, "MZ")
    f.link(asked, mandate("26"))
    thing = activity(PRISONS, states=("MZ",))
    f.link(thing, mandate("26"), "rejected")
    send(client, thing, items=[asked])
    assert ActivityMandate.objects.get().state == "rejected"
    assert ActivityItem.objects.get().item == asked


@pytest.mark.parametrize("thing", ["a0", "x1", "a", "i999999"])
def test_what_is_not_there_is_said(client, officer, thing):
    response = client.post(BENCH, {"act": "link", "thing": thing}, follow=True)
    assert "no longer there" in words_of(response)


def test_an_empty_bench_and_wrong_pages_are_no_error(client, officer):
    assert "Everything is linked" in client.get(BENCH).text
    assert "Nothing with these filters" in client.get(BENCH, {"kind": "item"}).text
    assert client.get(BENCH, {"page": "99", "thing": "nonsense"}).status_code == 200


def test_a_long_tray_has_pages(client, officer):
    things = [activity(f"Activity {n}") for n in range(17)]
    context = bench(client)
    assert len(context["rows"]) == 15
    assert key(things[15]) in context["later"]
    context = bench(client, things[16])
    assert len(context["rows"]) == 2
    assert key(things[14]) in context["earlier"]
    assert context["next_url"] == ""
    assert bench(client, page=2)["thing"] == things[15]


def test_links_are_taken_over_from_the_series(resolution, client, officer):
    first = activity("Border course, part 1", project_code="GLOU40")
    f.link(first, mandate("17"), weight="significant")
    f.link(first, mandate("18"), "rejected")
    second = activity("Border course, part 2", project_code="GLOU40")
    activity("Border course, part 3", project_code="GLOX99")
    page = client.get(BENCH, {"thing": key(second)})
    assert "linked to 17." in page.text
    data = {"act": "copy", "thing": key(second), "from": first.pk}
    client.post(BENCH, data)
    link = second.mandate_links.get()
    assert (link.mandate, link.weight, link.state) == (mandate("17"), "significant", "proposed")
    assert link.reason == "As for “Border course, part 1”."
    client.post(BENCH, {"act": "undo"})
    assert not second.mandate_links.exists()
    del data["from"]
    assert "Choose the activity" in words_of(client.post(BENCH, data, follow=True))


def test_links_are_copied_along_a_series_from_the_activitys_page(resolution, client, officer):
    first, second, third = (
        activity(f"Border course, {part}", project_code="GLOU40")
        for part in ("first part", "second part", "third part")
    )
    split = activity("Border course, part IV", project_code="GLOU40")
    f.link(split, mandate("9"), share=100)
    other = activity("Another course", project_code="GLOU40")
    f.link(first, mandate("17"))
    f.link(second, mandate("17"), "rejected")
    address = reverse("activity", args=[first.pk])
    page = client.get(address)
    assert {one.pk for one in page.context["siblings"]} == {second.pk, third.pk, split.pk}
    copy = reverse("activity-copy-links", args=[first.pk])
    response = client.post(copy, {"to": [second.pk, third.pk, split.pk, first.pk]}, follow=True)
    assert "Proposed for 1 activity" in words_of(response)
    assert third.mandate_links.get().mandate == mandate("17")
    assert second.mandate_links.get().state == "rejected", "what was decided stays"
    assert split.mandate_links.count() == 1
    assert not other.mandate_links.exists()
    assert "don’t have these links yet" in words_of(client.post(copy, {"to": []}, follow=True))


def test_a_mandate_that_was_superseded_is_refused_with_the_remedy(resolution, client, officer):
    other = f.MandateFactory()
    resolution.superseded_on, resolution.superseded_by = f.today(), other.paragraph.resolution
    resolution.save()
    for thing in (activity(), item()):
        response = send(client, thing, p26="principal")
        assert "choose the mandate of A/RES/70/1 instead" in words_of(response)
    assert not ActivityMandate.objects.exists()
    assert not ItemMandate.objects.exists()


def test_the_bench_reads_a_constant_number_of_queries(resolution, client, officer):
    def fill():
        for n in range(3):
            asked = item(PRISONS, "MZ")
            f.link(asked, mandate("26"))
            activity(f"{PRISONS}, part {n}", states=("MZ", "KE"))

    fill()
    thing = activity(states=("MZ",))
    numbers = []
    for _more in range(2):
        bench(client, thing)
        with CaptureQueriesContext(connection) as queries:
            bench(client, thing)
        numbers.append(len(queries))
        fill()
    assert numbers[1] <= numbers[0]


def test_the_tie_page_says_whether_a_suggestion_was_taken(resolution, client, officer):
    for words, number, origin in ((PRISONS, "26", "suggestion"), (FINGERPRINTS, "26", "person")):
        asked = item(words)
        tie = reverse("item-act", args=[asked.request.pk, asked.n, "tie"])
        client.post(tie, {"mandate": mandate(number).identifier})
        assert asked.mandate_links.get().origin == origin


def test_the_tie_page_does_not_offer_what_was_rejected(resolution, client, officer):
    asked = item()
    f.link(asked, mandate("26"), "rejected")
    page = client.get(reverse("item-act", args=[asked.request.pk, asked.n, "tie"]))
    assert "Suggested from its words" not in page.text


def test_who_may_not_link_is_refused(resolution, client):
    thing = activity()
    for person in (f.manager(), f.person("auditor"), f.focal_point("KE")):
        client.force_login(person)
        assert client.post(BENCH, {"act": "link", "thing": key(thing)}).status_code == 403


def test_a_link_confirmed_at_the_bench_counts(resolution, client, officer):
    thing = activity()
    send(client, thing, p26="principal")
    confirm_link(link=ActivityMandate.objects.get(), by=f.officer())
    assert bench(client)["tray"].keys == []
