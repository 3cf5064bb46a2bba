"""A sheet compared, written and undone: what it would do, what it does, and what is left."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from assistance.models import Activity, ActivityMandate, Delivery, SheetUpload
from assistance.services import (
    approve,
    change_activity,
    change_delivery,
    confirm_link,
    reject_link,
    share_out,
    verify_evidence,
)
from assistance.sheets.uploads import apply_sheet, hand_in, work_on
from mandates.services.lineage import confirm_successor
from notifications.models import OutboxMessage
from tests import factories as f
from tests.sheets.conftest import (
    ACTIVITIES,
    DELIVERIES,
    HELD,
    LINKS,
    PLAN,
    TIED,
    TIES,
    activity_row,
    book,
    file,
)
from tests.sheets.working import compared, outcomes, problems, undone, write, written

pytestmark = pytest.mark.django_db
BOTH = "Kenya; Colombia"
SHARES = "Shares of the States in percent"


def three(mandate):
    return {
        ACTIVITIES: [PLAN, activity_row("X-1"), activity_row("X-2", States=BOTH)],
        DELIVERIES: [
            HELD,
            ["X-1", "", "Kenya", "2026-03-01", 10, 12],
            ["X-2", "", "CO", "2026-03-02", 5, 0],
        ],
        LINKS: [TIED, ["X-1", mandate.identifier]],
    }


def test_nothing_is_written_before_the_yes(officer, mandate):
    upload = compared(officer, three(mandate))
    assert upload.state == "ready"
    assert [one[2] for one in outcomes(upload)] == ["new"] * 5
    assert not Activity.objects.exists()
    assert not Delivery.objects.exists()
    assert not ActivityMandate.objects.exists()
    assert OutboxMessage.objects.get().kind == "sheet_ready"


def test_after_the_yes_all_is_written_by_whoever_uploaded_it(officer, mandate):
    upload = written(officer, three(mandate))
    assert upload.state == "applied"
    assert {one[3] for one in outcomes(upload)} == {"written"}
    first, second = Activity.objects.order_by("title")
    assert (first.created_by, first.sent_at, first.sheet_key.key) == (officer, None, "X-1")
    assert [one.iso for one in second.countries.order_by("iso")] == ["CO", "KE"]
    delivery = first.deliveries.get()
    assert (delivery.country.iso, delivery.on, delivery.kind) == (
        "KE",
        dt.date(2026, 3, 1),
        "training",
    )
    assert (delivery.women, delivery.men, delivery.created_by) == (10, 12, officer)
    link = first.mandate_links.get()
    assert (link.state, link.origin, link.proposed_by) == ("proposed", "import", officer)
    assert not delivery.approvals.exists(), "a second person still has to say yes"


def test_a_second_upload_changes_nothing_and_a_changed_one_updates(officer, mandate):
    written(officer, three(mandate))
    again = compared(officer, three(mandate))
    assert {one[2] for one in outcomes(again)} == {"unchanged"}
    changed = three(mandate)
    changed[ACTIVITIES] = [PLAN, activity_row("X-1", Title="Another title"), activity_row("X-2")]
    upload = compared(
        officer, {**changed, DELIVERIES: [HELD, ["X-1", "", "Kenya", "2026-03-01", 11, 12]]}
    )
    assert [one[2] for one in outcomes(upload)] == ["changed", "refused", "unchanged", "changed"]
    assert "Colombia has a delivery, so it stays named." in " ".join(problems(upload))
    row = upload.rows.get(sheet="activities", number=2)
    assert (row.before, row.after) == ({"title": "Training X-1"}, {"title": "Another title"})
    write(upload)
    first = Activity.objects.get(sheet_key__key="X-1")
    assert (first.title, first.revision, first.deliveries.get().women) == ("Another title", 2, 11)


def test_activities_can_be_sent_for_approval_with_one_message_each(officer, mandate):
    second = f.officer()
    written(officer, three(mandate), send=True)
    assert not Activity.objects.filter(sent_at=None).exists()
    told = OutboxMessage.objects.filter(recipient=second)
    assert [one.kind for one in told] == ["activities_to_approve"]
    assert told.get().context["number"] == 2


def test_what_is_of_the_site_is_found_by_its_number(officer, mandate):
    activity = f.ActivityFactory(created_by=officer, title="Before")
    delivery = f.DeliveryFactory(activity=activity, country=None, on=dt.date(2026, 1, 2))
    upload = written(
        officer,
        {
            ACTIVITIES: [
                ["Activity key", "Title", "Kind", "Status", "Lead unit"],
                [f"A-{activity.pk}", "After", "Training", "2", "tpb"],
            ],
            DELIVERIES: [
                ["Activity key", "Delivery key", "Last day"],
                [f"A-{activity.pk}", f"D-{delivery.pk}", dt.date(2026, 1, 5)],
            ],
        },
    )
    assert {one[2:] for one in outcomes(upload)} == {("changed", "written")}
    activity.refresh_from_db()
    delivery.refresh_from_db()
    assert (activity.title, delivery.on) == ("After", dt.date(2026, 1, 5))


def test_the_export_uploaded_again_is_unchanged(client, officer, mandate):
    written(officer, three(mandate))
    item = f.RequestFactory(
        organisation=f.StateFactory(country=f.CountryFactory(iso="KE"))
    ).items.get()
    f.link(Activity.objects.get(sheet_key__key="X-1"), item)
    upload = compared(officer, client.get("/activities/sheet/").content)
    assert problems(upload) == []
    assert [one[2] for one in outcomes(upload)] == ["unchanged"] * 6


def test_a_row_that_others_changed_since_the_export_is_refused(client, officer, mandate):
    written(officer, three(mandate))
    exported = client.get("/activities/sheet/").content
    activity = Activity.objects.get(sheet_key__key="X-1")
    other = f.officer(display_name="Ms Other")
    change_activity(activity=activity, by=other, revision=1, title="By another")
    delivery = activity.deliveries.get()
    change_delivery(delivery=delivery, by=officer, revision=1, women=99)
    upload = compared(officer, exported)
    row = upload.rows.get(sheet="activities", group="X-1")
    assert row.outcome == "refused"
    assert row.before == {"title": "By another"}
    assert row.after == {"title": "Training X-1"}
    [told] = [one for one in problems(upload) if "Ms Other" in one]
    assert "changed it on" in told
    assert "Export the list again" in told
    assert upload.rows.get(sheet="deliveries", group="X-1").outcome == "changed", (
        "one's own change is no conflict"
    )


def test_a_row_that_changed_between_preview_and_yes_is_refused_then(officer, mandate):
    written(officer, three(mandate))
    changed = {
        ACTIVITIES: [
            PLAN,
            activity_row("X-1", Title="Mine"),
            activity_row("X-2", Kind="Tool or publication", States=BOTH),
        ]
    }
    upload = compared(officer, changed)
    change_activity(
        activity=Activity.objects.get(sheet_key__key="X-1"),
        by=f.officer(),
        revision=1,
        title="Theirs",
    )
    write(upload)
    assert [one[2:] for one in outcomes(upload)] == [("changed", "refused"), ("changed", "written")]
    assert Activity.objects.get(sheet_key__key="X-1").title == "Theirs"
    assert "Somebody changed it since you looked" in problems(upload)[0]


def test_one_refused_row_stops_no_other(officer, mandate):
    upload = written(
        officer,
        {
            ACTIVITIES: [PLAN, activity_row("X-1", States="Atlantis"), activity_row("X-2")],
            DELIVERIES: [
                HELD,
                ["X-1", "", "Kenya", "2026-03-01", 1, 1],
                ["X-2", "", "Colombia", "2026-03-01", 1, 1],
                ["X-2", "", "Kenya", "2026-03-01", 1, 1],
            ],
        },
    )
    assert [one[2:] for one in outcomes(upload)] == [
        ("refused", ""),
        ("new", "written"),
        ("refused", ""),
        ("refused", ""),
        ("new", "written"),
    ]
    told = problems(upload)
    assert told[0].startswith("activities 2 States: “Atlantis” is not in the list.")
    assert "There is no activity with the key X-1" in told[1]
    assert told[2].startswith("deliveries 3 State: The activity does not name Colombia")


def test_shares_of_an_activity_make_a_whole_or_none_is_taken(officer, mandate):
    second = f.MandateFactory()
    base = {ACTIVITIES: [PLAN, activity_row("X-1"), activity_row("X-2")]}
    good = [
        ["X-1", mandate.identifier, "", "Principal", "60", ""],
        ["X-1", second.identifier, "", "", "40,0 %", ""],
    ]
    bad = [["X-2", mandate.identifier, "", "", 60, ""], ["X-2", second.identifier, "", "", 30, ""]]
    upload = written(officer, {**base, LINKS: [TIES, *good, *bad]})
    links = [one[2:] for one in outcomes(upload) if one[0] == "links"]
    assert links == [("new", "written")] * 2 + [("refused", "")] * 2
    assert "The shares sum to 90" in problems(upload)[0]
    over = [[*row[:4], 60, ""] for row in bad]
    assert "The shares sum to 120" in problems(compared(officer, {LINKS: [TIES, *over]}))[0]
    shares = ActivityMandate.objects.order_by("mandate").values_list("share", flat=True)
    assert [str(one) for one in shares] == ["60.00", "40.00"]
    moved = [
        ["X-1", mandate.identifier, "", "Significant", "70", ""],
        ["X-1", second.identifier, "", "", "30", ""],
    ]
    upload = written(officer, {LINKS: [TIES, *moved]})
    assert {one[2:] for one in outcomes(upload)} == {("changed", "written")}
    undone(upload)
    assert {one[3] for one in outcomes(upload)} == {"undone"}
    left = ActivityMandate.objects.order_by("mandate").values_list("share", "weight")
    assert [(str(share), weight) for share, weight in left] == [
        ("60.00", "principal"),
        ("40.00", "principal"),
    ]


def test_undoing_shares_takes_no_decision_back_and_keeps_those_changed_since(officer, mandate):
    second = f.MandateFactory()

    def shared(one, other):
        links = [(mandate, one), (second, other)]
        return {LINKS: [TIES, *(["X-1", m.identifier, "", "", share, ""] for m, share in links)]}

    written(officer, {ACTIVITIES: [PLAN, activity_row("X-1")], **shared(60, 40)})
    upload = written(officer, shared(70, 30))
    link = ActivityMandate.objects.get(mandate=mandate)
    confirm_link(link=link, by=f.officer(display_name="Ms Yes"))
    undone(upload)
    assert [one[3] for one in outcomes(upload)] == ["kept", "undone"]
    assert "Ms Yes changed the link since" in problems(upload)[0]
    link.refresh_from_db()
    assert (link.state, link.share) == ("confirmed", None), "half a split is none"
    again = written(officer, shared(50, 50))
    share_out(
        activity=link.activity, by=officer, shares={mandate: Decimal(80), second: Decimal(20)}
    )
    undone(again)
    assert [one[3] for one in outcomes(again)] == ["kept", "kept"]
    assert "The link was changed since" in problems(again)[0]


def test_cost_partners_shares_and_groups_are_written_exported_and_undone(client, officer, mandate):
    f.EntityFactory(code="interpol", names={"en": "Interpol"})
    plan = (*PLAN, "Cost", "Currency", "Partners", SHARES)
    held = ("Activity key", "State", "Last day", "Women", "By age group", "By function")

    def sheets(cost, currency, partners, shares, ages, functions):
        row = [*activity_row("X-1", States=BOTH), cost, currency, partners, shares]
        return {
            ACTIVITIES: [plan, row],
            DELIVERIES: [held, ["X-1", "Kenya", "2026-03-01", 20, ages, functions]],
        }

    def recorded():
        activity, delivery = Activity.objects.get(), Delivery.objects.get()
        return (
            *(activity.cost, activity.currency),
            [partner.code for partner in activity.partners.all()],
            {row.country.iso: row.share for row in activity.country_rows.all()},
            *(delivery.by_age, delivery.by_function),
        )

    given = ("12 500,5", "usd", "Interpol", "Kenya: 60; CO: 40 %")
    first = sheets(*given, "18 to 29: 12\n30_59: 8", "Judges : 20")
    written(officer, first)
    before = recorded()
    assert before == (
        *(Decimal("12500.50"), "USD", ["interpol"], {"KE": 60, "CO": 40}),
        *({"18_29": 12, "30_59": 8}, {"judges": 20}),
    )
    exported = client.get(reverse("activity-sheet")).content
    again = compared(officer, exported)
    assert {one[2] for one in outcomes(again)} == {"unchanged"}, problems(again)
    revision = Activity.objects.get().revision
    row = [*activity_row("X-1", States=BOTH), "KE:50;CO:50"]
    split = written(officer, {ACTIVITIES: [(*PLAN, SHARES), row]})
    assert recorded()[3] == {"KE": 50, "CO": 50}
    assert Activity.objects.get().revision == revision, "shares are no change of the plan"
    undone(split)
    assert recorded() == before
    [told] = problems(compared(officer, sheets(*given, "Under 18: 3", "")))
    assert "By age group: The participants don't add up: 3 by age group, 20 in all" in told
    emptied = written(officer, sheets("", "", "", "", "", "Judges: 10; Prosecutors: 10"))
    assert recorded() == (
        *(None, "", [], {"KE": None, "CO": None}),
        *({}, {"judges": 10, "prosecutors": 10}),
    )
    undone(emptied)
    assert {one[3] for one in outcomes(emptied)} == {"undone"}, problems(emptied)
    assert recorded() == before


def test_undoing_a_change_of_states_brings_the_split_over_them_back(officer, mandate):
    both = activity_row("X-1", States=BOTH)
    written(officer, {ACTIVITIES: [(*PLAN, SHARES), [*both, "Kenya: 60; CO: 40"]]})

    def shares():
        rows = Activity.objects.get().country_rows.order_by("-country__iso")
        return [(row.country.iso, row.share) for row in rows]

    upload = written(officer, {ACTIVITIES: [PLAN, activity_row("X-1", States="Kenya")]})
    assert shares() == [("KE", None)]
    undone(upload)
    assert shares() == [("KE", 60), ("CO", 40)]
    upload = written(officer, {ACTIVITIES: [(*PLAN, SHARES), [*both, "KE: 50; CO: 50"]]})
    activity = Activity.objects.get()
    kenya, colombia = activity.countries.order_by("-iso")
    share_out(activity=activity, by=officer, states={kenya: Decimal(90), colombia: Decimal(10)})
    undone(upload)
    assert "Its shares were changed since" in problems(upload)[0]
    assert shares() == [("KE", 90), ("CO", 10)]


@pytest.mark.parametrize(
    ("heading", "cell", "said"),
    [
        ("Cost", "about 500", "Cost: “about 500” is no amount"),
        ("Cost", -5, "Cost: “-5” is no amount"),
        ("Cost", "1.234.56", "Cost: “1.234.56” is no amount"),
        ("Cost", 500, "Currency: Say in which currency the cost is"),
        ("Currency", "EUR", "Cost: Give the amount, or no currency"),
        ("Currency", "DEM", "Currency: “DEM” is not in the list"),
        ("Partners", "Nobody", "Partners: “Nobody” is not in the list"),
        (SHARES, "Kenya: 60", f"{SHARES}: Give each State a share"),
        (SHARES, "Kenya: 60; CO: 50", f"{SHARES}: The shares sum to 110"),
        (SHARES, "KE: 60; CO: 30; TD: 10", f"{SHARES}: A share stands at something"),
        (SHARES, "Kenya", f"{SHARES}: “Kenya” has no number"),
        (SHARES, "Kenya: 50; KE: 50", f"{SHARES}: “KE” stands there twice"),
    ],
)
def test_what_is_wrong_with_cost_partners_and_shares_is_said_at_its_column(
    officer, mandate, heading, cell, said
):
    f.CountryFactory(iso="TD", names={"en": "Chad"})
    row = [*activity_row("X-1", States=BOTH), cell]
    [told] = problems(compared(officer, {ACTIVITIES: [(*PLAN, heading), row]}))
    assert told.startswith(f"activities 2 {said}")


def test_links_to_items_tick_the_deliveries_of_their_state(officer, mandate):
    kenya = f.StateFactory(country=f.CountryFactory(iso="KE"))
    item = f.RequestFactory(organisation=kenya).items.get()
    name = f"{item.request.ref}/1"
    upload = written(
        officer, {**three(mandate), LINKS: [TIES, ["X-1", "", name, "", "", "Asked for"]]}
    )
    link = Activity.objects.get(sheet_key__key="X-1").item_links.get()
    assert (link.item, link.reason) == (item, "Asked for")
    assert Delivery.objects.get(country__iso="KE").items.get() == item
    undone(upload)
    assert not Activity.objects.exists()
    bad = {
        LINKS: [
            TIES,
            ["X-1", "", "TA-1999-99999/1", "", "", ""],
            ["X-1", mandate.identifier, name, "", "", ""],
        ]
    }
    upload = compared(officer, {**three(mandate), **bad})
    assert [one.split(": ", 1)[1].split(".")[0] for one in problems(upload)] == [
        "There is no item TA-1999-99999/1",
        "A link leads to one mandate or to one item",
    ]


def test_a_link_of_a_superseded_resolution_or_one_rejected_is_refused(officer, mandate):
    written(officer, three(mandate))
    reject_link(
        link=ActivityMandate.objects.get(), by=f.officer(display_name="Ms No"), reason="Not it"
    )
    upload = compared(officer, three(mandate))
    assert "Ms No rejected this link: Not it" in problems(upload)[0]
    resolution = mandate.paragraph.resolution
    resolution.superseded_on = dt.date(2026, 5, 1)
    resolution.save()
    ActivityMandate.objects.all().delete()
    upload = compared(officer, three(mandate))
    assert "was superseded on 1 May 2026" in problems(upload)[0]


def test_a_link_of_a_mandate_that_a_later_one_continues_is_refused_then_and_before(
    officer, mandate
):
    resolution = f.ResolutionFactory(symbol="A/RES/79/1", adopted_on=dt.date(2024, 12, 17))
    later = f.MandateFactory(paragraph=f.ParagraphFactory(resolution=resolution, number="5"))
    seen = compared(officer, three(mandate))
    assert problems(seen) == []
    confirm_successor(user=officer, mandate_pk=mandate.pk, later=later, relation="reworded")
    for upload in (write(seen), compared(officer, three(mandate))):
        assert "choose A/RES/79/1/op5/m1 instead" in problems(upload)[0]
    assert not ActivityMandate.objects.exists()


def test_undo_removes_what_was_made_and_restores_what_was_changed(officer, mandate):
    written(officer, three(mandate))
    before = _tables()
    first = Activity.objects.get(sheet_key__key="X-1")
    first.sent_at = dt.datetime.now(dt.UTC)
    first.save()
    approve(activity=first, by=f.officer())
    changed = {
        ACTIVITIES: [PLAN, activity_row("X-1", Title="Other", States=BOTH), activity_row("X-3")],
        DELIVERIES: [
            HELD,
            ["X-1", "", "Kenya", "2026-03-01", 99, 12],
            ["X-1", "", "Colombia", "2026-03-05", 1, 1],
        ],
        LINKS: [TIED, ["X-2", mandate.identifier]],
    }
    upload = written(officer, changed)
    assert _tables() != before
    undone(upload, by=f.officer())
    assert upload.rows.exclude(result="undone").count() == 0, problems(upload)
    assert _tables() == before
    first.refresh_from_db()
    assert first.approvals.filter(revision=first.revision).exists(), "its approval is back too"
    delivery = first.deliveries.get()
    assert delivery.approvals.filter(revision=delivery.revision).exists()


def test_undoing_leaves_nothing_counted_that_nobody_approved(officer, mandate):
    """See docs/decisions/040-undoing-a-sheet.md."""
    written(officer, three(mandate), send=True)
    approve(activity=Activity.objects.get(sheet_key__key="X-1"), by=f.officer())

    def counted():
        link = ActivityMandate.objects.get()
        deliveries = Delivery.objects.approved().values_list("women", "country__iso")
        return list(deliveries), link.state, str(link.decided_by)

    before = counted()
    assert before[0] == [(10, "KE")], "of the second activity nothing was approved"
    changed = {
        DELIVERIES: [
            HELD,
            ["X-1", "", "Kenya", "2026-03-01", 99, 12],
            ["X-2", "", "CO", "2026-03-02", 99, 0],
        ],
        LINKS: [TIES, ["X-1", mandate.identifier, "", "Significant", "", ""]],
    }
    upload = written(officer, changed)
    assert counted() == ([], "proposed", "None")
    undone(upload)
    assert {one[3] for one in outcomes(upload)} == {"undone"}, problems(upload)
    assert counted() == before
    upload = written(officer, changed)
    approve(activity=Activity.objects.get(sheet_key__key="X-1"), by=f.officer(display_name="Ms B"))
    undone(upload)
    assert [one[3] for one in outcomes(upload)] == ["kept", "kept", "undone"]
    assert "Ms B has approved it" in problems(upload)[1]
    assert counted() == ([(99, "KE")], "confirmed", "Ms B")


def _tables():
    return {
        "activities": sorted(
            (one.title, one.kind, str(one.actual_start), sorted(c.iso for c in one.countries.all()))
            for one in Activity.objects.all()
        ),
        "deliveries": sorted(
            (one.activity.title, str(one.country), str(one.on), one.women, one.men)
            for one in Delivery.objects.all()
        ),
        "links": sorted(
            (one.activity.title, str(one.mandate), one.weight)
            for one in ActivityMandate.objects.all()
        ),
    }


def test_what_others_built_on_stays_and_is_named(officer, mandate):
    upload = written(officer, three(mandate), send=True)
    other = f.officer(display_name="Ms Yes")
    approve(activity=Activity.objects.get(sheet_key__key="X-1"), by=other)
    undone(upload)
    assert [one[3] for one in outcomes(upload)] == ["kept", "undone", "kept", "kept", "undone"]
    told = problems(upload)
    assert told[0].startswith("activities 2 : Ms Yes has approved it.")
    assert told[1].startswith("links 2 : Ms Yes has decided on the link.")
    assert told[2].startswith("deliveries 2 : Ms Yes has approved it.")
    assert Activity.objects.get().title == "Training X-1"


def test_evidence_and_replies_keep_a_delivery(officer, mandate):
    upload = written(officer, three(mandate))
    f.EvidenceFactory(delivery=Delivery.objects.get(country__iso="KE"))
    undone(upload)
    assert [one[3] for one in outcomes(upload)] == ["kept", "undone", "undone", "kept", "undone"]
    assert any("added evidence to it" in one for one in problems(upload))
    assert any("It has a delivery that stays" in one for one in problems(upload))


def test_the_same_file_twice_at_once_is_one_upload(officer, mandate):
    data = book(three(mandate))
    first = hand_in(file=file(data), user=officer, language="en")
    second = hand_in(file=file(data), user=officer, language="en")
    assert first == second
    work_on(upload_pk=first.pk)
    third = hand_in(file=file(data), user=officer, language="en")
    assert third != first, "once compared, it can be compared anew"
    work_on(upload_pk=third.pk)
    for upload in (first, third):
        apply_sheet(upload=upload, by=officer, send=False)
        work_on(upload_pk=upload.pk)
    assert Activity.objects.count() == 2
    assert {one[3] for one in outcomes(third)} == {"found_so"}
    assert SheetUpload.objects.count() == 2


def test_a_slice_ends_and_the_next_goes_on(officer, mandate, monkeypatch):
    monkeypatch.setattr("assistance.sheets.uploads.PAGE", 2)
    upload = hand_in(file=file(book(three(mandate))), user=officer, language="en")
    states = []
    for _each in range(10):
        states.append(work_on(upload_pk=upload.pk, seconds=0).state)
        if states[-1] == "ready":
            break
    assert states[-1] == "ready"
    assert states.count("comparing") >= 2
    apply_sheet(upload=upload, by=officer, send=False)
    seen = []
    while work_on(upload_pk=upload.pk, seconds=0).state == "applying":
        seen.append(SheetUpload.objects.get().percent)
    assert seen == sorted(set(seen))
    assert {one[3] for one in outcomes(upload)} == {"written"}
    assert Activity.objects.count() == 2
    assert Delivery.objects.count() == 2


def test_an_activity_with_more_deliveries_than_a_page_is_written_whole(
    officer, mandate, monkeypatch
):
    monkeypatch.setattr("assistance.sheets.uploads.PAGE", 3)
    held = [["X-1", f"DEL {n}", "Kenya", f"2026-03-{n:02d}", n, n] for n in range(1, 10)]
    sheets = {
        ACTIVITIES: [PLAN, activity_row("X-1")],
        DELIVERIES: [HELD, *held],
        LINKS: [TIED, ["X-1", mandate.identifier]],
    }
    upload = written(officer, sheets)
    assert {one[2:] for one in outcomes(upload)} == {("new", "written")}
    assert Delivery.objects.count() == 9
    undone(upload)
    assert {one[3] for one in outcomes(upload)} == {"undone"}
    assert not Activity.objects.exists()


def test_whoever_may_no_longer_log_activities_writes_nothing(officer, mandate):
    upload = compared(officer, three(mandate))
    apply_sheet(upload=upload, by=officer, send=False)
    officer.memberships.update(ended_on=f.today())
    upload = work_on(upload_pk=upload.pk)
    assert upload.state == "refused"
    assert "may no longer log activities" in upload.refusal["reason"]
    assert not Activity.objects.exists()


NEEDED = ("Activity key", "State", "Last day", "Needs", "Evidence (addresses)",
          "Kind of the evidence")  # fmt: skip
REPORT = "https://www.unodc.org/report"


def with_needs(mandate, need="", evidence=""):
    row = ["X-1", "Kenya", "2026-03-01", need, evidence, "Report"]
    return {**three(mandate), DELIVERIES: [NEEDED, row]}


def test_needs_are_ticked_and_addresses_of_evidence_added(officer, mandate):
    need = f.NeedFactory(mandate=mandate, published=True)
    label = f"N-{need.pk} – {need.words}"
    upload = written(officer, with_needs(mandate, label, f"{REPORT} https://example.org/a;b"))
    assert problems(upload) == []
    delivery = Delivery.objects.get()
    assert delivery.needs.get() == need
    pieces = delivery.evidence.order_by("url")
    assert [(one.url, one.kind, one.added_by, one.verified_at) for one in pieces] == [
        ("https://example.org/a;b", "report", officer, None),
        (REPORT, "report", officer, None),
    ]
    again = compared(officer, with_needs(mandate, f"n-{need.pk}", REPORT))
    assert {one[2] for one in outcomes(again)} == {"unchanged"}, "a sheet takes no evidence away"
    undone(upload)
    assert not Delivery.objects.exists()


def test_evidence_alone_leaves_the_approval_and_is_undone_until_it_is_verified(officer, mandate):
    written(officer, with_needs(mandate), send=True)
    other = f.officer(display_name="Ms Yes")
    approve(activity=Activity.objects.get(sheet_key__key="X-1"), by=other)
    delivery = Delivery.objects.get()
    for verified in (False, True):
        upload = written(officer, with_needs(mandate, evidence=REPORT))
        delivery.refresh_from_db()
        assert (delivery.revision, delivery.approvals.count()) == (1, 1)
        if verified:
            verify_evidence(evidence=delivery.evidence.get(), by=other)
        undone(upload)
        assert delivery.evidence.exists() is verified
    assert problems(upload) == [
        "deliveries 2 : Ms Yes has verified its evidence. Change or remove it on its own page."
    ]


def test_needs_of_other_mandates_and_what_is_no_address_are_refused(officer, mandate):
    need = f.NeedFactory(mandate=f.MandateFactory(), published=True)
    draft = f.NeedFactory(mandate=mandate)
    told = []
    for cells in ((f"N-{need.pk}", ""), (f"N-{draft.pk}", ""), ("", "our shared drive")):
        told += problems(compared(officer, with_needs(mandate, *cells)))
    assert [one.split(". ")[0] for one in told] == [
        "deliveries 2 Needs: Choose published needs of the mandates the activity carries out",
        f"deliveries 2 Needs: “N-{draft.pk}” is not in the list",
        "deliveries 2 Evidence (addresses): The address must begin with https:// or http://",
    ]


def test_two_rows_of_one_delivery_do_not_write_over_each_other(officer, mandate):
    keyed = ["X-1", "DEL 1", "Kenya", "2026-03-01", 1, 1]
    base = {ACTIVITIES: [PLAN, activity_row("X-1")]}
    written(officer, {**base, DELIVERIES: [HELD, keyed]})
    moved = ["X-1", "DEL 1", "Kenya", "2026-03-09", 1, 1]
    upload = written(
        officer, {**base, DELIVERIES: [HELD, moved, ["X-1", "", "Kenya", "2026-03-01", 5, 5]]}
    )
    assert "The row 2 is of the same." in problems(upload)[0]
    assert Delivery.objects.get().on == dt.date(2026, 3, 9)
