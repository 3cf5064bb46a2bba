"""What a superseded resolution left open goes on under the mandate that continues it, once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from assistance.coverage.figures import figures_of_resolution
from assistance.coverage.kept import disagreements, keep
from assistance.coverage.models import Demand
from assistance.coverage.window import Window
from assistance.models import ActivityMandate, DeliveryItem, ItemMandate, RequestEvent
from assistance.services import look_again
from assistance.workflow import left_open, reinstate, take_over
from directory.viewer import viewer_of, viewing_as
from mandates.models import Lineage, Resolution
from mandates.services.lineage import confirm_successor, confirmed_lineage, supersede
from tests import factories as f
from tests.coverage import oracle
from tests.coverage.comparing import VIEWS, differences, rows_of_view
from tests.coverage.reading import world_of_database

pytestmark = pytest.mark.django_db
BEFORE, ADOPTED, SINCE = dt.date(2022, 5, 1), dt.date(2023, 12, 19), dt.date(2024, 2, 1)
EVE = ADOPTED - dt.timedelta(days=1)


@dataclass
class World:
    """A mandate of 2019 that one of 2023 continues, and a manager."""

    earlier: Any
    later: Any
    boss: Any
    client: Client

    @property
    def address(self) -> str:
        return reverse("mandate-take-over", args=[self.earlier.pk])

    @property
    def left(self) -> Any:
        return left_open(confirmed_lineage(self.earlier, self.later))

    def item(self, iso: str = "KE", *, received_on: dt.date = BEFORE, **fields: Any) -> Any:
        """An item of an accepted request, tied to the earlier mandate."""
        organisation = f.StateFactory(country=f.CountryFactory(iso=iso))
        fields = {"state": "accepted", "received_on": received_on, **fields}
        item = f.RequestFactory(organisation=organisation, **fields).items.get()
        f.link(item, self.earlier)
        return item

    def work(self, item: Any = None, **fields: Any) -> Any:
        """An approved activity under the earlier mandate, for an item if one is given."""
        activity = f.ActivityFactory(**fields)
        f.link(activity, self.earlier)
        f.approve(activity, on=BEFORE)
        if item:
            f.link(activity, item)
        return activity

    def delivered(self, activity: Any, item: Any, on: dt.date) -> Any:
        delivery = f.DeliveryFactory(
            activity=activity, country=item.request.organisation.country, on=on
        )
        DeliveryItem.objects.create(delivery=delivery, item=item)
        return f.approve(delivery)

    def link_of(self, thing: Any) -> int:
        """The key of a thing's link to the earlier mandate."""
        return int(thing.mandate_links.get(mandate=self.earlier).pk)

    def post(self, *things: Any, **data: Any) -> Any:
        """What the manager sends: the things ticked."""
        items = [self.link_of(one) for one in things if hasattr(one, "request")]
        work = [self.link_of(one) for one in things if not hasattr(one, "request")]
        data = {"to": self.later.identifier, "items": items, "activities": work, **data}
        return self.client.post(self.address, data, follow=True)


def mandate_of(symbol: str, adopted_on: dt.date, **fields: Any) -> Any:
    resolution = f.ResolutionFactory(symbol=symbol, adopted_on=adopted_on)
    paragraph = f.ParagraphFactory(resolution=resolution, number="5")
    return f.MandateFactory(paragraph=paragraph, **fields)


@pytest.fixture
def world(client: Client) -> World:
    earlier = mandate_of("A/RES/74/1", dt.date(2019, 12, 18))
    later = mandate_of("A/RES/78/1", ADOPTED)
    confirm_successor(user=f.officer(), mandate_pk=earlier.pk, later=later, relation="reworded")
    earlier.refresh_from_db()
    boss = f.manager(display_name="Ruth")
    supersede(user=boss, resolution=earlier.paragraph.resolution, by=later.paragraph.resolution)
    client.force_login(boss)
    return World(earlier, later, boss, client)


def status(mandate: Any, day: dt.date, boss: Any) -> tuple[str, int, int]:
    """Status and figures of a mandate as of a day, since its adoption."""
    resolution = Resolution.objects.get(pk=mandate.paragraph.resolution_id)
    window = Window(first=resolution.adopted_on, last=day)
    [row] = figures_of_resolution(resolution, user=boss, window=window).paragraphs[0].mandates
    return str(row.status), row.served, row.demands


def agrees_with_the_oracle() -> None:
    read = world_of_database()
    demands = oracle.demand_rows(read, f.today())
    meant = {VIEWS[0]: demands, VIEWS[1]: oracle.work_rows(read, demands)}
    with connection.cursor() as cursor:
        for view in VIEWS:
            rows = {row["key"]: row for row in meant[view]}
            assert not differences(rows_of_view(cursor, view), rows)


def history_of(resolution: Any) -> Any:
    return apps.get_model("mandates.ResolutionEvent").objects.filter(pgh_obj=resolution)


def words_of(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_what_is_taken_over_counts_once_on_each_day(world: World) -> None:
    open_one, new_one = world.item("KE"), world.item("CO", received_on=SINCE)
    course = world.work(open_one)
    world.delivered(course, open_one, SINCE)
    days = (BEFORE, EVE)
    before = [status(world.earlier, day, world.boss) for day in days]
    world.post(open_one, new_one, course)
    assert [status(world.earlier, day, world.boss) for day in days] == before
    assert status(world.earlier, ADOPTED, world.boss)[1:] == (0, 0)
    assert status(world.later, ADOPTED, world.boss)[1:] == (0, 1)
    assert status(world.later, SINCE, world.boss)[1:] == (1, 2)
    opened = Demand.objects.filter(mandate=world.later).values_list("item", "opened_on")
    assert dict(opened) == {open_one.pk: ADOPTED, new_one.pk: SINCE}
    for day in (BEFORE, EVE, ADOPTED, SINCE, f.today()):
        assert Demand.objects.open_on(day).filter(item=open_one).count() == 1, day
    agrees_with_the_oracle()


def test_a_delivery_before_the_adoption_counts_under_the_earlier_one_alone(world: World) -> None:
    item = world.item()
    course = world.work(item)
    world.delivered(course, item, BEFORE)
    [row] = world.left.items
    assert row.served_on == BEFORE
    assert "taken over, it is owed again" in world.client.get(world.address).text
    assert world.left.usual == {"items": set(), "activities": {world.link_of(course)}}
    world.post(item, course)
    assert status(world.earlier, EVE, world.boss) == ("delivered", 1, 1)
    assert status(world.later, f.today(), world.boss)[1:] == (0, 1)
    agrees_with_the_oracle()


def test_all_is_ticked_shown_and_taken_over_with_its_basis(world: World) -> None:
    item, course = world.item(), world.work(title="Course on seizing evidence")
    page = world.client.get(world.address)
    assert page.context["ticked_items"] == {world.link_of(item)}
    assert page.context["ticked_activities"] == {world.link_of(course)}
    assert item.words in page.text
    assert course.title in page.text
    assert ItemMandate.objects.filter(mandate=world.later).count() == 0, "only shown"
    answer = world.post(item, course)
    assert "2 links added to A/RES/78/1/op5/m1" in words_of(answer)
    assert "Nothing is left to take over" in answer.text
    for thing in (item, course):
        new = thing.mandate_links.get(mandate=world.later)
        assert (new.state, new.proposed_by, new.decided_by) == ("confirmed", world.boss, world.boss)
        assert new.mandate_revision == world.later.revision
        assert new.reason == (
            "Taken over from A/RES/74/1/op5/m1, which A/RES/78/1/op5/m1 continues (Reworded)."
        )
        assert thing.mandate_links.get(mandate=world.earlier).state == "confirmed"
    event = RequestEvent.objects.get(transition="take_over")
    assert (event.request, event.item, event.by) == (item.request, item, world.boss)
    shown = world.client.get(reverse("request", args=[item.request_id])).text
    assert "taken over to A/RES/78/1/op5/m1" in shown


def test_suspect_links_taken_over_need_no_other_look_and_others_do(world: World) -> None:
    taken, other, course = world.item(), world.item("CO"), world.work()
    for link in (*ItemMandate.objects.all(), *ActivityMandate.objects.all()):
        type(link).objects.filter(pk=link.pk).update(mandate_revision=1)
    world.post(taken, course)
    assert [link.item for link in ItemMandate.objects.suspect()] == [other]
    assert not ActivityMandate.objects.suspect().exists()
    look_again(link=other.mandate_links.get(), by=f.officer())
    assert world.left.usual["items"] == {world.link_of(other)}, "still offered"


def test_twice_adds_nothing_and_a_part_leaves_the_rest(world: World) -> None:
    first, second, course = world.item("KE"), world.item("CO"), world.work()
    world.post(first, course)
    assert [row.link.item for row in world.left.items] == [second]
    again = world.post(first, course)
    assert "All of it was taken over before" in words_of(again)
    assert "1 link added" in words_of(world.post(first, second))
    assert ItemMandate.objects.filter(mandate=world.later).count() == 2
    assert ActivityMandate.objects.filter(mandate=world.later).count() == 1


def test_nothing_ticked_is_said_and_ticks_are_kept_while_looking(world: World) -> None:
    first, second = world.item("KE"), world.item("CO")
    page = world.post()
    assert "Tick what is to be taken over" in page.text
    assert page.context["ticked_items"] == set()
    page = world.post(second, look="1")
    assert "What taking over does" in page.text
    assert page.context["ticked_items"] == {world.link_of(second)}
    assert page.context["foreseen"][0].after.demands == 1
    assert "is no valid" not in page.text
    assert not first.mandate_links.filter(mandate=world.later).exists()
    assert world.post(items=["x"]).context["form"].errors


@pytest.mark.parametrize(
    "change",
    [
        lambda item, world: item.mandate_links.update(state="rejected"),
        lambda item, world: (
            type(item)
            .objects.filter(pk=item.pk)
            .update(
                outcome="declined",
                outcome_on=f.today(),
                outcome_basis="officer",
                outcome_reason="No",
            )
        ),
        lambda item, world: f.link(item, world.later, "rejected"),
        lambda item, world: f.link(item, world.later, "proposed"),
    ],
    ids=["rejected", "declined", "rejected there", "proposed there"],
)
def test_what_changed_meanwhile_is_refused_and_nothing_is_done(world: World, change: Any) -> None:
    gone, other = world.item("KE"), world.item("CO")
    keys = [world.link_of(gone), world.link_of(other)]
    change(gone, world)
    page = world.post(items=keys)
    assert "changed meanwhile" in page.text
    assert page.context["ticked_items"] == set(keys), "nothing chosen is lost"
    assert [row.link.item for row in page.context["left"].items] == [other]
    assert not other.mandate_links.filter(mandate=world.later).exists()


def test_links_of_another_mandate_are_refused(world: World) -> None:
    stranger = f.link(f.ActivityFactory(), f.MandateFactory())
    assert "changed meanwhile" in world.post(activities=[stranger.pk]).text


def test_what_is_offered_goes_on(world: World) -> None:
    """Open items or those helped since; activities to come or that delivered since."""
    settled = {"outcome_basis": "officer", "outcome_on": SINCE}
    since, long_ago, declined = world.item("KE"), world.item("CO"), world.item("NE")
    items = type(since).objects
    items.filter(pk=since.pk).update(outcome="fulfilled", **settled)
    items.filter(pk=long_ago.pk).update(outcome="fulfilled", **settled | {"outcome_on": EVE})
    items.filter(pk=declined.pk).update(outcome="declined", outcome_reason="Others help", **settled)
    closed = world.work(status="4", title="Closed since")
    world.delivered(closed, since, SINCE)
    ended = world.work(status="4", title="Closed before")
    world.delivered(ended, since, BEFORE)
    planned = world.work(status="1", title="Planned")
    world.work(status="5", title="Cancelled")
    f.link(f.ActivityFactory(title="Only proposed"), world.earlier, "proposed")
    assert [row.link.item for row in world.left.items] == [since]
    assert [row.link.activity for row in world.left.activities] == [closed, planned]


def test_an_activity_split_by_shares_waits_until_they_are_gone(world: World) -> None:
    split, whole = world.work(title="Split"), world.work(title="Whole")
    ActivityMandate.objects.filter(activity=split).update(share=100)
    page = world.client.get(world.address)
    assert page.context["ticked_activities"] == {world.link_of(whole)}
    assert "the shares have to go first" in page.text
    assert "Split: It is split over mandates by shares" in world.post(split, whole).text
    assert ActivityMandate.objects.filter(mandate=world.later).count() == 0
    ActivityMandate.objects.filter(activity=split).update(share=None)
    world.post(split)
    assert split.mandate_links.filter(mandate=world.later, weight="principal").exists()


def test_a_resolution_in_force_is_superseded_first(world: World) -> None:
    Resolution.objects.update(superseded_on=None, superseded_by=None)
    item = world.item(received_on=SINCE)
    page = world.client.get(world.address)
    assert "would count twice" in page.text
    assert page.context["ending"] == 1
    assert "would count twice" in world.post(item).text
    assert not item.mandate_links.filter(mandate=world.later).exists()
    done = world.client.post(
        world.address, {"supersede": "1", "to": world.later.identifier}, follow=True
    )
    assert "A/RES/74/1 is superseded by A/RES/78/1" in words_of(done)
    earlier = Resolution.objects.get(symbol="A/RES/74/1")
    assert (earlier.superseded_on, earlier.superseded_by.symbol) == (ADOPTED, "A/RES/78/1")
    history = history_of(earlier).order_by("pgh_id").values_list("superseded_on", flat=True)
    assert list(history)[-2:] == [None, ADOPTED]
    again = world.client.post(
        world.address, {"supersede": "1", "to": world.later.identifier}, follow=True
    )
    assert "was superseded before" in words_of(again)
    assert "1 link added" in words_of(world.post(item))


def test_only_a_later_resolution_supersedes(world: World) -> None:
    earlier, later = (one.paragraph.resolution for one in (world.earlier, world.later))
    to_come = f.ResolutionFactory(symbol="A/RES/99/1", adopted_on=f.today() + dt.timedelta(days=1))
    for resolution, by in ((later, earlier), (later, to_come)):
        with pytest.raises(ValidationError, match="adopted later"):
            supersede(user=world.boss, resolution=resolution, by=by)
    with pytest.raises(PermissionDenied):
        supersede(user=f.officer(), resolution=earlier, by=later)


def test_a_successor_that_is_not_in_force_takes_nothing_over(world: World) -> None:
    item = world.item()
    for days in (
        {"superseded_on": f.today()},
        {"superseded_on": None, "adopted_on": f.today() + dt.timedelta(days=1)},
    ):
        Resolution.objects.filter(symbol="A/RES/78/1").update(**days)
        page = world.post(item)
        assert "A/RES/78/1 is not in force" in page.text
        assert "ending" not in page.context
    assert not item.mandate_links.filter(mandate=world.later).exists()


def test_without_a_confirmed_lineage_nothing_is_offered(world: World) -> None:
    item = world.item()
    Lineage.objects.update(decided_at=None, decided_by=None)
    assert "Nobody has confirmed yet" in world.post(item).text
    with pytest.raises(ValidationError) as refused:
        take_over(
            user=world.boss, mandate=world.earlier, later=world.later, items=[world.link_of(item)]
        )
    assert refused.value.message_dict == {
        "later": ["Nobody has confirmed that A/RES/78/1/op5/m1 continues A/RES/74/1/op5/m1."]
    }
    assert not item.mandate_links.filter(mandate=world.later).exists()


def test_it_is_reached_from_the_paragraph_the_suspect_links_and_the_home_page(
    world: World,
) -> None:
    link = f'href="{world.address}?to=A%2FRES%2F78%2F1%2Fop5%2Fm1"'
    long_ago = dt.datetime.combine(BEFORE, dt.time(), dt.UTC)
    kept = world.item("CO")
    reworded = f.link(f.ActivityFactory(), f.MandateFactory())
    for one in (kept.mandate_links.get(), reworded):
        type(one).objects.filter(pk=one.pk).update(mandate_revision=0, decided_at=long_ago)
    assert link in world.client.get("/resolutions/A-RES-74-1/paragraphs/5/").text
    [pile] = [
        one
        for one in world.client.get("/").context["home"].piles
        if one.title == "Continued by a later resolution"
    ]
    page = world.client.get(pile.url)
    assert pile.number == len(page.context["rows"]) == 1
    assert link in page.text
    world.client.force_login(f.officer())
    assert link not in world.client.get(pile.url).text
    assert link not in world.client.get("/resolutions/A-RES-74-1/paragraphs/5/").text
    both = f.manager()
    f.directory.Membership.objects.create(
        user=both, organisation=f.UnodcFactory(), role="programme_officer"
    )
    world.client.force_login(both)
    assert link in world.client.get(reverse("mandate-correct", args=[world.earlier.pk])).text


def test_the_page_takes_as_many_queries_for_one_row_as_for_three(world: World) -> None:
    numbers = []
    for more in (1, 2):
        for _n in range(more):
            world.work(world.item())
        world.client.get(world.address)
        with CaptureQueriesContext(connection) as queries:
            world.client.get(world.address)
        numbers.append(len(queries))
    assert numbers == [10, 10]


def test_one_of_several_successors_is_chosen(world: World) -> None:
    other = f.MandateFactory(paragraph=world.later.paragraph)
    confirm_successor(
        user=f.officer(), mandate_pk=world.earlier.pk, later=other, relation="weakened"
    )
    item = world.item()
    page = world.client.get(world.address)
    assert "To which?" in page.text
    assert item.words not in page.text
    assert item.words in world.client.get(world.address, {"to": other.identifier}).text
    world.post(item, to=other.identifier)
    assert item.mandate_links.filter(mandate=other).exists()
    assert not item.mandate_links.filter(mandate=world.later).exists()


def api_of(person: Any) -> APIClient:
    api = APIClient()
    api.force_login(person)
    return api


def test_the_api_shows_what_can_be_taken_over_and_takes_it_over(world: World) -> None:
    item, course = world.item(received_on=BEFORE), world.work(status="1")
    api, address = api_of(world.boss), reverse("api:mandate-take-over", args=[world.earlier.pk])
    [shown] = api.get(address).json()
    assert (shown["later"], shown["relation"]) == ("A/RES/78/1/op5/m1", "reworded")
    assert shown["refusal"] == ""
    [asked], [work] = shown["items"], shown["activities"]
    assert (asked["item"], asked["request"], asked["words"], asked["served_on"]) == (
        item.pk, item.request.ref, item.words, None,
    )  # fmt: skip
    assert (work["activity"], work["title"], work["status"], work["hindrance"]) == (
        course.pk, course.title, "1", "",
    )  # fmt: skip
    sent = {"later": shown["later"], "items": [asked["link"]], "activities": [work["link"]]}
    answer = api.post(address, sent, format="json")
    assert answer.status_code == 200
    [tie], [carries] = answer.json()["items"], answer.json()["activities"]
    assert (tie["item"], tie["mandate"], tie["state"]) == (item.pk, sent["later"], "confirmed")
    assert (carries["activity"], carries["mandate"]) == (course.pk, sent["later"])
    assert api.get(tie["url"]).json()["reason"].startswith("Taken over from A/RES/74/1/op5/m1")
    assert api.post(address, sent, format="json").json() == {"items": [], "activities": []}
    assert api.get(address).json() == [shown | {"items": [], "activities": []}]
    agrees_with_the_oracle()


def test_the_api_names_the_field_that_is_wrong(world: World) -> None:
    item, stranger = world.item(), f.link(f.ActivityFactory(), f.MandateFactory())
    api, address = api_of(world.boss), reverse("api:mandate-take-over", args=[world.earlier.pk])
    key, later = world.link_of(item), world.later.identifier

    def wrong(**sent: Any) -> list[str]:
        answer = api.post(address, sent, format="json")
        assert answer.status_code == 400
        return [one["pointer"] for one in answer.json()["errors"]]

    assert wrong(later=later, items=[key], activities=[stranger.pk]) == ["/activities"]
    assert wrong(later=later, items=[key + 1000]) == ["/items"]
    assert wrong(later=f.MandateFactory().identifier, items=[key]) == ["/later"]
    assert wrong(later="nothing", items=[key]) == ["/later"]
    Resolution.objects.update(superseded_on=None, superseded_by=None)
    assert "count twice" in api.get(address).json()[0]["refusal"]
    assert wrong(later=later, items=[key]) == ["/later"]
    assert not item.mandate_links.filter(mandate=world.later).exists()
    ended = reverse("api:resolution-supersede", args=["A-RES-74-1"])
    assert api.post(ended, {"by": "A-RES-74-1"}, format="json").status_code == 400
    answer = api.post(ended, {"by": "A-RES-78-1"}, format="json")
    assert answer.json()["superseded_on"] == ADOPTED.isoformat()
    sent = {"later": later, "items": [key]}
    assert len(api.post(address, sent, format="json").json()["items"]) == 1


def test_the_api_takes_as_many_queries_for_one_row_as_for_three(world: World) -> None:
    api, address = api_of(world.boss), reverse("api:mandate-take-over", args=[world.earlier.pk])
    numbers = []
    for more in (1, 2):
        for _n in range(more):
            world.work(world.item())
        with CaptureQueriesContext(connection) as queries:
            assert api.get(address).status_code == 200
        numbers.append(len(queries))
    assert numbers == [9, 9]


def test_others_read_in_the_api_what_is_open_or_learn_nothing(world: World) -> None:
    item = world.item()
    address = reverse("api:mandate-take-over", args=[world.earlier.pk])
    assert api_of(f.officer()).get(address).json()[0]["items"][0]["item"] == item.pk
    assert api_of(f.focal_point("CO")).get(address).status_code == 403


@pytest.mark.parametrize("who", [f.officer, f.focal_point])
def test_only_managers_take_over(world: World, who: Any) -> None:
    item, person = world.item(), who()
    world.client.force_login(person)
    assert world.client.get(world.address).status_code == 403
    assert world.post(item).status_code == 403
    with pytest.raises(PermissionDenied):
        take_over(
            user=person, mandate=world.earlier, later=world.later, items=[world.link_of(item)]
        )


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_take_over_once(world: World) -> None:
    with transaction.atomic():
        items, course = [world.item("KE"), world.item("CO")], world.work()
    keys = [world.link_of(one) for one in items]
    work = [world.link_of(course)]
    bosses = [world.boss, f.manager()]

    def act(boss: Any) -> int:
        try:
            with viewing_as(viewer_of(boss)):
                taken = take_over(
                    user=boss, mandate=world.earlier, later=world.later, items=keys, activities=work
                )
        finally:
            connection.close()
        return len(taken.items) + len(taken.activities)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, bosses)) == [0, 3]
    assert RequestEvent.objects.filter(transition="take_over").count() == 2


def rows_of_coverage() -> dict[str, Any]:
    with connection.cursor() as cursor:
        return {view: rows_of_view(cursor, view) for view in VIEWS}


@pytest.mark.parametrize("is_kept", [False, True], ids=["as marked", "as kept"])
def test_a_marking_by_mistake_is_taken_back_and_all_counts_as_before(
    world: World, is_kept: bool
) -> None:
    Resolution.objects.update(superseded_on=None, superseded_by=None)
    item, course = world.item("KE"), world.work()
    world.delivered(course, item, SINCE)
    world.item("CO", received_on=SINCE)
    f.NeedFactory(mandate=world.earlier, published=True, every_months=12)
    earlier = world.earlier.paragraph.resolution
    before = rows_of_coverage()
    supersede(user=world.boss, resolution=earlier, by=world.later.paragraph.resolution)
    assert rows_of_coverage() != before
    if is_kept:
        keep()
    page = world.client.get(world.address)
    assert "Was A/RES/74/1 marked by mistake?" in page.text
    assert "Nothing of it goes on under A/RES/78/1" in page.text
    done = world.client.post(
        world.address, {"reinstate": "1", "to": world.later.identifier}, follow=True
    )
    assert "The marking was taken back: A/RES/74/1 stands as before." in words_of(done)
    assert "marked by mistake?" not in done.text
    earlier.refresh_from_db()
    assert (earlier.superseded_on, earlier.superseded_by) == (None, None)
    assert rows_of_coverage() == before
    agrees_with_the_oracle()
    assert disagreements() == []
    if is_kept:
        assert keep() > 0
        assert rows_of_coverage() == before
        assert disagreements() == []
    history = history_of(earlier).order_by("pgh_id").values_list("superseded_on", flat=True)
    assert list(history)[-3:] == [None, ADOPTED, None]


def test_what_was_taken_over_stands_in_the_way_until_its_links_are_rejected(world: World) -> None:
    item, course = world.item("KE"), world.work(title="Course on tracing")
    new = f.link(f.ActivityFactory(title="Linked to the later one alone"), world.later)
    world.post(item, course)
    earlier = world.earlier.paragraph.resolution
    with pytest.raises(ValidationError) as refused:
        reinstate(user=world.boss, resolution=earlier)
    words = (
        "A/RES/78/1 goes on with what A/RES/74/1 left open, and it would count twice:"
        f" {item.request.ref}, 1; Course on tracing. Reject the links to A/RES/78/1 first."
    )
    assert refused.value.messages == [words]
    page = world.client.get(world.address)
    assert f"can’t be taken back as it stands. {words}" in page.text
    assert 'name="reinstate"' not in page.text
    page = world.client.post(
        world.address, {"reinstate": "1", "to": world.later.identifier}, follow=True
    )
    assert words in words_of(page)
    for model in (ItemMandate, ActivityMandate):
        model.objects.filter(mandate=world.later).exclude(pk=new.pk).update(state="rejected")
    assert reinstate(user=world.boss, resolution=earlier).superseded_on is None
    agrees_with_the_oracle()


def test_of_many_that_stand_in_the_way_some_are_named(world: World) -> None:
    works = [world.work(title=f"Course {n}") for n in range(7)]
    world.post(*works)
    with pytest.raises(ValidationError, match=r"Course 0; Course 1; .*; Course 4 and 2 more"):
        reinstate(user=world.boss, resolution=world.earlier.paragraph.resolution)


def test_a_marking_that_replaced_another_gives_that_one_back(world: World) -> None:
    earlier = world.earlier.paragraph.resolution
    last = f.ResolutionFactory(symbol="A/RES/79/1", adopted_on=SINCE)
    assert reinstate(user=world.boss, resolution=earlier).superseded_on is None
    with pytest.raises(ValidationError, match="Nobody has marked A/RES/74/1 as superseded"):
        reinstate(user=world.boss, resolution=earlier)
    supersede(user=world.boss, resolution=earlier, by=last)
    supersede(user=world.boss, resolution=earlier, by=world.later.paragraph.resolution)
    given_back = reinstate(user=world.boss, resolution=earlier)
    assert (given_back.superseded_on, given_back.superseded_by) == (SINCE, last)
    assert reinstate(user=world.boss, resolution=earlier).superseded_by is None


def test_a_resolution_from_before_its_history_is_in_force_again(world: World) -> None:
    earlier = world.earlier.paragraph.resolution
    history_of(earlier).delete()
    assert reinstate(user=world.boss, resolution=earlier).superseded_on is None


@pytest.mark.parametrize("who", [f.officer, f.focal_point])
def test_only_managers_take_a_marking_back(world: World, who: Any) -> None:
    with pytest.raises(PermissionDenied):
        reinstate(user=who(), resolution=world.earlier.paragraph.resolution)


def test_the_api_takes_a_marking_back_or_names_what_stands_in_the_way(world: World) -> None:
    item = world.item()
    api, address = api_of(world.boss), reverse("api:resolution-reinstate", args=["A-RES-74-1"])
    world.post(item)
    refused = api.post(address)
    assert refused.status_code == 400
    assert f"{item.request.ref}, 1" in refused.text
    item.mandate_links.filter(mandate=world.later).update(state="rejected")
    assert api.post(address).json()["superseded_on"] is None
    assert "Nobody has marked" in api.post(address).text
    assert api_of(f.officer()).post(address).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_marking_is_taken_back_or_something_taken_over_and_never_both(world: World) -> None:
    earlier, later = world.earlier.paragraph.resolution, world.later.paragraph.resolution
    for n in range(4):
        with transaction.atomic():
            item = world.item()
            Resolution.objects.filter(pk=earlier.pk).update(
                superseded_on=ADOPTED, superseded_by=later
            )
            ItemMandate.objects.filter(mandate=world.later).update(state="rejected")
        key = world.link_of(item)

        def act(which: int, key: int = key) -> str:
            try:
                with viewing_as(viewer_of(world.boss)):
                    if which:
                        reinstate(user=world.boss, resolution=earlier)
                    else:
                        take_over(
                            user=world.boss,
                            mandate=world.earlier,
                            later=world.later,
                            items=[key],
                        )
            except ValidationError:
                return "refused"
            finally:
                connection.close()
            return "done"

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(act, (n % 2, 1 - n % 2)))
        assert sorted(said) == ["done", "refused"]
        was_taken = item.mandate_links.confirmed().filter(mandate=world.later).exists()
        assert Resolution.objects.get(pk=earlier.pk).superseded_on == (
            ADOPTED if was_taken else None
        )
