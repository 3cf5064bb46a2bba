"""Links whose mandate's words changed, or which a later resolution continues: looked at again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from assistance.models import ActivityMandate, ItemMandate
from assistance.services import propose_link
from assistance.workbench.choices import searched
from assistance.workflow import tie_item_to_mandate
from directory.loading import load_entities
from mandates.models import Lineage, Mandate, Wording
from mandates.services.correcting import Corrections, correct_mandate
from mandates.services.importing import import_resolution
from mandates.services.lineage import confirm_successor
from mandates.wordings import differences
from tests import factories as f
from tests.mandates.documents import ENGLISH, SPANISH, english, spanish

pytestmark = pytest.mark.django_db
SUSPECT = "/links/suspect/"
MEETING = "A/RES/71/999/op2/m1"


@pytest.fixture(autouse=True)
def _small(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    load_entities()
    import_resolution(data=english())


@pytest.fixture
def officer(client):
    person = f.officer(display_name="Amina")
    client.force_login(person)
    return person


def meeting():
    return Mandate.objects.select_related("paragraph__resolution").get(identifier=MEETING)


def reworded(before="every year", after="twice a year"):
    import_resolution(
        data=english([ENGLISH[0], ENGLISH[1].replace(before, after), ENGLISH[2]]),
    )


def later_mandate():
    resolution = f.ResolutionFactory(symbol="A/RES/79/1", adopted_on=dt.date(2024, 12, 17))
    return f.MandateFactory(paragraph=f.ParagraphFactory(resolution=resolution, number="5"))


def rows(client, **query):
    return client.get(SUSPECT, query).context["rows"]


def marked(rewording):
    signs = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]"}
    return "".join(signs[one.kind].format(one.words) for one in rewording.passages)


def words_of(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_the_list_shows_the_words_before_and_after(client, officer):
    link = f.link(f.ActivityFactory(), meeting())
    reworded()
    page = client.get(SUSPECT)
    [row] = page.context["rows"]
    assert row.link == link
    [rewording] = row.rewordings
    assert rewording.language == "en"
    assert "a meeting of experts[- every-][+ twice a+] year" in marked(rewording)
    assert "<del>" in page.text
    assert "[removed]" in page.text, "screen readers hear it"


def test_each_link_shows_what_changed_since_it_was_confirmed(client, officer):
    f.link(f.ActivityFactory(title="Old"), meeting())
    reworded()
    f.link(f.ActivityFactory(title="Newer"), meeting())
    reworded("every year", "each month")
    said = {row.link.activity.title: marked(row.rewordings[0]) for row in rows(client)}
    assert "[- every year-][+ each month+]" in said["Old"]
    assert "[- twice a year-][+ each month+]" in said["Newer"]


def test_a_corrected_span_is_shown_in_its_language_alone(client, officer):
    import_resolution(data=spanish(SPANISH))
    f.link(f.ActivityFactory(), meeting())
    span = meeting().spans.get(paragraph_text__text__language="en")
    end = span.paragraph_text.words.index(" every year")
    correct_mandate(
        user=officer,
        mandate_pk=meeting().pk,
        corrections=Corrections(spans={span.paragraph_text_id: (span.start, end)}),
        reason="The guide is another clause",
    )
    [row] = rows(client)
    assert [one.language for one in row.rewordings] == ["en"]
    assert marked(row.rewordings[0]).endswith("[- every year-]")


def test_words_that_were_not_kept_are_said_to_be_missing(client, officer):
    f.link(f.ActivityFactory(), meeting())
    reworded()
    Wording.objects.all().delete()
    assert "The words before were not kept" in client.get(SUSPECT).text


def test_words_that_changed_back_are_said_to_stand_again(client, officer):
    f.link(f.ActivityFactory(), meeting())
    reworded()
    import_resolution(data=english())
    [row] = rows(client)
    assert row.rewordings[0].is_undone
    assert "stand again as they were" in client.get(SUSPECT).text


def test_several_are_kept_at_once_at_the_present_words(client, officer):
    f.link(f.ActivityFactory(), meeting())
    f.link(f.RequestFactory(state="accepted").items.get(), meeting())
    reworded()
    names = [row.name for row in rows(client)]
    response = client.post(SUSPECT, {"links": names, "act": "keep"}, follow=True)
    assert "2 links kept" in words_of(response)
    assert response.context["rows"] == []
    revision = meeting().revision
    assert ActivityMandate.objects.get().mandate_revision == revision
    assert ItemMandate.objects.get().mandate_revision == revision
    again = client.post(SUSPECT, {"links": names, "act": "keep"}, follow=True)
    assert "Somebody else decided" in words_of(again)


def test_several_are_rejected_with_a_reason_and_not_without(client, officer):
    for _twice in range(2):
        f.link(f.ActivityFactory(), meeting())
    reworded()
    names = [row.name for row in rows(client)]
    refused = client.post(SUSPECT, {"links": names, "act": "reject", "reason": " "}, follow=True)
    assert "Say why the link is wrong" in words_of(refused)
    assert ActivityMandate.objects.confirmed().count() == 2
    data = {"links": names, "act": "reject", "reason": "No yearly meeting any more"}
    assert "2 links rejected" in words_of(client.post(SUSPECT, data, follow=True))
    assert {one.reason for one in ActivityMandate.objects.all()} == {data["reason"]}
    assert "Tick the links first" in words_of(client.post(SUSPECT, {"act": "keep"}, follow=True))


def test_the_list_is_filtered_by_resolution_and_unit(client, officer):
    other = f.MandateFactory(lead_unit=f.UnitFactory(code="other"))
    f.link(f.ActivityFactory(title="Meeting", unit=f.UnitFactory(code="mine")), meeting())
    f.link(f.ActivityFactory(title="Other", unit=f.UnitFactory(code="mine")), other)
    f.link(f.RequestFactory(state="accepted").items.get(), other)
    reworded()
    Mandate.objects.filter(pk=other.pk).update(revision=2)

    def names(**query):
        return {
            row.link.activity.title if row.kind == "mandate" else "item"
            for row in rows(client, **query)
        }

    assert names() == {"Meeting", "Other", "item"}
    assert names(resolution="A-RES-71-999") == {"Meeting"}
    assert names(unit="other") == {"Other", "item"}
    assert names(unit="mine") == {"Meeting", "Other"}
    assert names(unit="nothing-like-it") == set()


def test_the_list_reads_a_constant_number_of_queries(client, officer):
    def fill():
        for _twice in range(2):
            f.link(f.ActivityFactory(), meeting())
            f.link(f.RequestFactory(state="accepted").items.get(), meeting())

    fill()
    reworded()
    numbers = []
    for _more in range(2):
        rows(client)
        with CaptureQueriesContext(connection) as queries:
            rows(client)
        numbers.append(len(queries))
        fill()
        reworded("every", "each")
    assert numbers[0] == numbers[1]


def test_a_confirmed_successor_makes_links_suspect_and_refuses_new_ones(client, officer):
    earlier, later = meeting(), later_mandate()
    f.link(f.ActivityFactory(), earlier)
    assert earlier in searched("experts")
    page = client.get(reverse("mandate-correct", args=[earlier.pk]))
    assert later.identifier in page.text
    data = {"later": later.identifier, "relation": "strengthened"}
    address = reverse("mandate-successor", args=[earlier.pk])
    assert "wait to be looked at again" in words_of(client.post(address, data, follow=True))
    [row] = rows(client)
    assert [(one.later, one.decided_by) for one in row.successors] == [(later, officer)]
    assert row.rewordings == []
    assert "Strengthened" in client.get(SUSPECT).text
    client.post(SUSPECT, {"links": [row.name], "act": "keep"})
    assert rows(client) == []
    assert earlier not in searched("experts"), "it is offered no more"
    item = f.RequestFactory(state="accepted").items.get()
    for act in (
        lambda: propose_link(by=officer, activity=f.ActivityFactory(), mandate=meeting()),
        lambda: tie_item_to_mandate(item=item, mandate=meeting(), user=officer),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert refused.value.message_dict == {
            "mandate": [
                "A later resolution continues this mandate: choose A/RES/79/1/op5/m1 instead."
            ]
        }


def test_wrong_successors_are_refused(client, officer):
    earlier, later = meeting(), later_mandate()
    for wrong in ({"later": "nothing", "relation": "new"}, {"later": MEETING, "relation": ""}):
        client.post(reverse("mandate-successor", args=[earlier.pk]), wrong)
    assert not Lineage.objects.exists()
    with pytest.raises(ValidationError) as refused:
        confirm_successor(user=officer, mandate_pk=later.pk, later=earlier, relation="reworded")
    assert list(refused.value.message_dict) == ["later"]
    with pytest.raises(ValidationError) as refused:
        confirm_successor(user=officer, mandate_pk=earlier.pk, later=later, relation="dropped")
    assert list(refused.value.message_dict) == ["relation"]
    confirm_successor(user=officer, mandate_pk=earlier.pk, later=later, relation="reworded")
    with pytest.raises(ValidationError, match="Amina confirmed this already"):
        confirm_successor(user=officer, mandate_pk=earlier.pk, later=later, relation="reworded")


def test_a_superseded_resolution_without_successor_says_so(officer):
    mandate = meeting()
    mandate.paragraph.resolution.superseded_on = f.today()
    mandate.paragraph.resolution.save()
    with pytest.raises(ValidationError, match="of the resolution after it"):
        propose_link(by=officer, activity=f.ActivityFactory(), mandate=meeting())


def test_the_home_page_counts_them(client, officer):
    f.link(f.ActivityFactory(), meeting())
    reworded()
    piles = {str(pile.title): pile for pile in client.get("/").context["home"].piles}
    assert piles["Look again at links"].number == 1
    assert piles["Look again at links"].url == SUSPECT


def test_the_api_lists_keeps_and_rejects_them(officer):
    kept, wrong = (f.link(f.ActivityFactory(), meeting()) for _twice in range(2))
    f.link(f.ActivityFactory(), f.MandateFactory())
    reworded()
    api = APIClient()
    api.force_login(officer)
    address = reverse("api:activity-mandate-list")

    def suspect():
        return [one["id"] for one in api.get(address, {"suspect": "true"}).json()["results"]]

    assert suspect() == [kept.pk, wrong.pk]
    api.post(reverse("api:activity-mandate-look-again", args=[kept.pk]))
    assert suspect() == [wrong.pk]
    reject = reverse("api:activity-mandate-reject", args=[wrong.pk])
    api.post(reject, {"reason": "Another paragraph"}, format="json")
    assert suspect() == []


def test_the_api_refuses_a_link_to_what_was_superseded_at_its_field(officer):
    earlier, later = meeting(), later_mandate()
    confirm_successor(user=officer, mandate_pk=earlier.pk, later=later, relation="reworded")
    api = APIClient()
    api.force_login(officer)
    data = {"activity": f.ActivityFactory().pk, "mandate": earlier.identifier}
    answer = api.post(reverse("api:activity-mandate-list"), data, format="json")
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/mandate"
    assert later.identifier in error["detail"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a b c", "a x c", "a[- b-][+ x+] c"),
        ("a b", "a b c", "a b[+ c+]"),
        ("a", "", "[-a-]"),
        ("", "", ""),
    ],
)
def test_differences_are_marked_word_by_word(before, after, said):
    class Both:
        passages = differences(before, after)

    assert marked(Both) == said
