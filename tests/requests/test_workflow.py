"""What people do with requests: the path from a draft to its end, and each refusal on it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from assistance import workflow
from assistance.models import AssistanceRequest, MessageKind, RequestState
from assistance.workflow import ItemDraft, StaleRevision, WrongState
from notifications.kinds import NotificationKind
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


def told(kind, user):
    return OutboxMessage.objects.filter(kind=kind, recipient=user).count()


def errors_of(refused):
    return set(refused.value.message_dict)


# drafts


def test_a_draft_names_its_own_state_and_has_no_number(focal):
    draft = worlds.draft(focal)
    assert draft.ref is None
    assert [country.iso for country in draft.states.all()] == ["KE"]


def test_a_draft_saved_again_keeps_what_is_new_and_drops_surplus_items(focal):
    draft = worlds.draft(focal, items=3)
    saved = workflow.save_draft(
        user=focal,
        organisation=draft.organisation,
        draft=draft,
        revision=draft.revision,
        items=[ItemDraft(words="Only this")],
        title="Shorter",
    )
    assert saved.title == "Shorter"
    assert [item.words for item in saved.items.all()] == ["Only this"]
    assert saved.beneficiaries == "Police investigators"


def test_items_not_given_stay(focal):
    draft = worlds.draft(focal, items=2)
    workflow.save_draft(user=focal, organisation=draft.organisation, draft=draft, title="Other")
    assert draft.items.count() == 2


def test_items_named_by_their_key_stay_the_same_in_any_order(focal):
    draft = worlds.draft(focal, items=3)
    first, _second, third = draft.items.all()
    workflow.save_draft(
        user=focal,
        organisation=draft.organisation,
        draft=draft,
        items=[
            ItemDraft(pk=third.pk, words="Now first"),
            ItemDraft(words="New"),
            ItemDraft(pk=first.pk, words="Now last"),
        ],
    )
    found = [(item.n, item.words) for item in draft.items.all()]
    assert found == [(1, "Now first"), (2, "New"), (3, "Now last")]
    assert (draft.items.get(n=1).pk, draft.items.get(n=3).pk) == (third.pk, first.pk)


def test_the_same_form_sent_twice_makes_one_draft(focal):
    key = uuid.uuid4()
    organisation = focal.memberships.get().organisation
    made = [
        workflow.save_draft(user=focal, organisation=organisation, key=key, title="Once")
        for _again in range(2)
    ]
    assert made[0] == made[1]
    assert AssistanceRequest.objects.count() == 1


def test_a_key_of_another_person_is_refused_and_nothing_is_shown(focal):
    key = uuid.uuid4()
    organisation = focal.memberships.get().organisation
    workflow.save_draft(user=focal, organisation=organisation, key=key, title="Kenya's")
    other = factories.focal_point("CO")
    with pytest.raises(ValidationError, match="Open a new one"):
        workflow.save_draft(
            user=other,
            organisation=other.memberships.get().organisation,
            key=key,
            title="x",
        )


def test_a_stale_draft_is_refused_with_both_versions(focal):
    draft = worlds.draft(focal)
    old = draft.revision
    workflow.save_draft(user=focal, organisation=draft.organisation, draft=draft, title="Theirs")
    with pytest.raises(StaleRevision) as refused:
        workflow.save_draft(
            user=focal,
            organisation=draft.organisation,
            draft=draft,
            revision=old,
            title="Mine",
        )
    assert refused.value.current.title == "Theirs"
    assert refused.value.attempted["title"] == "Mine"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "x" * 201}, "title"),
        ({"urgency": "yesterday"}, "urgency"),
        ({"items": [ItemDraft(help_kinds=["magic"])]}, "items.0.help_kinds"),
        ({"items": [ItemDraft()] * 21}, "items"),
        ({"received_on": dt.date(2999, 1, 1)}, "received_on"),
    ],
)
def test_what_a_draft_can_t_hold_is_refused_at_its_field(focal, given, field):
    with pytest.raises(ValidationError) as refused:
        workflow.save_draft(user=focal, organisation=focal.memberships.get().organisation, **given)
    assert errors_of(refused) == {field}
    assert not AssistanceRequest.objects.exists()


def test_a_draft_of_this_site_can_t_become_one_of_a_letter(focal, officer):
    draft = worlds.draft(focal)
    with pytest.raises(PermissionDenied):
        workflow.save_draft(
            user=focal, organisation=draft.organisation, draft=draft, origin="meeting"
        )
    with pytest.raises(PermissionDenied):
        workflow.save_draft(user=focal, organisation=draft.organisation, origin="meeting")
    with pytest.raises(Http404):
        workflow.save_draft(user=officer, organisation=draft.organisation, draft=draft)


def test_nobody_drafts_for_another_state(focal):
    other = factories.StateFactory(country__iso="CO")
    with pytest.raises(PermissionDenied):
        workflow.save_draft(user=focal, organisation=other, title="x")


def test_a_deleted_draft_is_gone_and_a_sent_one_stays(focal):
    draft = worlds.draft(focal)
    workflow.delete_draft(draft=draft, user=focal)
    assert not AssistanceRequest.objects.exists()
    with pytest.raises(WrongState):
        workflow.delete_draft(draft=worlds.submitted(focal), user=focal)


# sending


def test_sending_gives_a_number_a_day_and_an_acknowledgement(focal, officer):
    sent = worlds.submitted(focal)
    year = dt.datetime.now(dt.UTC).year
    assert sent.ref == f"TA-{year}-00001"
    assert sent.received_on == factories.today()
    assert sent.items.get().theme_unsure
    assert told(NotificationKind.REQUEST_RECEIVED, focal) == 1
    assert told(NotificationKind.REQUEST_SUBMITTED, officer) == 1
    event = sent.events.get()
    assert (event.from_state, event.to_state, event.by) == ("draft", "submitted", focal)


def test_an_incomplete_draft_says_what_is_missing_and_uses_no_number(focal):
    draft = workflow.save_draft(
        user=focal,
        organisation=focal.memberships.get().organisation,
        items=[ItemDraft(words="Training"), ItemDraft()],
        needed_by=dt.date(2020, 1, 1),
    )
    with pytest.raises(ValidationError) as refused:
        workflow.submit_request(draft=draft, user=focal)
    assert errors_of(refused) == {
        "title",
        "beneficiaries",
        "reason",
        "items.1.words",
        "needed_by",
    }
    assert worlds.submitted(focal).ref.endswith("00001")


def test_a_request_without_items_or_states_is_not_sent():
    body = factories.RegionalBodyFactory()
    regional = factories.person("regional_body", body)
    draft = worlds.draft(regional, items=0)
    with pytest.raises(ValidationError) as refused:
        workflow.submit_request(draft=draft, user=regional)
    assert errors_of(refused) == {"items", "states"}


def test_a_regional_body_asks_for_the_states_it_names(officer):
    body = factories.RegionalBodyFactory()
    regional = factories.person("regional_body", body)
    kenyan = factories.focal_point("KE")
    states = [factories.CountryFactory(iso=iso) for iso in ("KE", "CO")]
    draft = worlds.draft(regional, states=states)
    workflow.save_draft(user=regional, organisation=body, draft=draft, states=states[:1])
    sent = workflow.submit_request(draft=draft, user=regional)
    assert set(RequestState.objects.values_list("country__iso", flat=True)) == {"KE"}
    assert AssistanceRequest.objects.visible_to(kenyan).get() == sent
    with pytest.raises(PermissionDenied):
        workflow.withdraw_request(request=sent, user=kenyan)


def test_an_officer_enters_a_request_for_a_state_which_is_told(focal, officer):
    organisation = focal.memberships.get().organisation
    draft = workflow.save_draft(
        user=officer,
        organisation=organisation,
        origin="note_verbale",
        received_on=dt.date(2024, 5, 6),
        title="Training",
        items=[ItemDraft(words="Training")],
    )
    assert not AssistanceRequest.objects.visible_to(focal).exists()
    sent = workflow.submit_on_behalf(draft=draft, user=officer)
    assert sent.received_on == dt.date(2024, 5, 6)
    assert AssistanceRequest.objects.visible_to(focal).get() == sent
    assert told(NotificationKind.REQUEST_ENTERED, focal) == 1


def test_a_request_on_behalf_says_how_and_when_it_came(focal, officer):
    organisation = focal.memberships.get().organisation
    draft = workflow.save_draft(
        user=officer,
        organisation=organisation,
        origin="meeting",
        title="x",
        items=[ItemDraft(words="x")],
    )
    with pytest.raises(ValidationError) as refused:
        workflow.submit_on_behalf(draft=draft, user=officer)
    assert errors_of(refused) == {"received_on"}
    both = factories.person("focal_point", organisation)
    factories.directory.Membership.objects.create(
        user=both, organisation=factories.UnodcFactory(), role="programme_officer"
    )
    with pytest.raises(ValidationError) as refused:
        workflow.submit_request(draft=draft, user=both)
    assert errors_of(refused) >= {"origin"}


# review


def test_the_officer_who_reads_first_has_the_request(focal, officer):
    assert worlds.under_review(focal, officer).assigned_to == officer


def test_starting_a_review_leaves_an_assigned_request_with_its_officer(focal, officer):
    other = factories.officer()
    sent = worlds.submitted(focal)
    workflow.assign_request(request=sent, to=other, user=factories.manager())
    assert workflow.start_review(request=sent, user=officer).assigned_to == other
    assert told(NotificationKind.REQUEST_ASSIGNED, other) == 1


def test_a_question_waits_for_the_state_and_its_answer_brings_it_back(focal, officer):
    asked = worlds.asked_back(focal, officer)
    assert asked.state == "clarification_requested"
    assert asked.first_answered_at is not None
    assert told(NotificationKind.CLARIFICATION_ASKED, focal) == 1
    back = workflow.answer_clarification(request=asked, user=focal, words=" Nairobi's ")
    assert back.state == "under_review"
    assert [(one.kind, one.words) for one in back.messages.all()] == [
        (MessageKind.QUESTION, "Which police?"),
        (MessageKind.ANSWER, "Nairobi's"),
    ]
    assert told(NotificationKind.CLARIFICATION_ANSWERED, officer) == 1


def test_the_first_answer_stays_the_first(focal, officer):
    asked = worlds.asked_back(focal, officer)
    first = asked.first_answered_at
    back = workflow.answer_clarification(request=asked, user=focal, words="x")
    assert workflow.accept_request(request=back, user=officer).first_answered_at == first


def test_a_word_with_the_acceptance_is_read_by_the_state(focal, officer):
    asked = worlds.under_review(focal, officer)
    accepted = workflow.accept_request(request=asked, user=officer, note=" In March. ")
    assert [one.words for one in accepted.messages.all()] == ["In March."]


def test_declining_takes_a_reason_and_ends_every_open_item(focal, officer):
    asked = worlds.under_review(focal, officer, items=2)
    with pytest.raises(ValidationError) as refused:
        workflow.decline_request(request=asked, user=officer, reason=" ")
    assert errors_of(refused) == {"reason"}
    declined = workflow.decline_request(request=asked, user=officer, reason="No funds")
    assert declined.state == "declined"
    assert set(declined.items.values_list("outcome", "outcome_reason")) == {
        ("declined", "No funds")
    }


def test_the_state_withdraws_before_delivery_only(focal, officer):
    asked = worlds.accepted(focal, officer)
    worlds.delivery_for(asked.items.get())
    with pytest.raises(ValidationError, match="partly fulfilled"):
        workflow.withdraw_request(request=asked, user=focal)
    other = worlds.accepted(focal, officer)
    withdrawn = workflow.withdraw_request(request=other, user=focal, reason="Solved")
    assert withdrawn.state == "withdrawn"
    assert told(NotificationKind.REQUEST_WITHDRAWN, officer) == 1


def test_a_refusal_says_what_the_state_is_and_what_to_do(focal, officer):
    sent = worlds.submitted(focal)
    with pytest.raises(WrongState, match="Start the review first") as refused:
        workflow.accept_request(request=sent, user=officer)
    assert refused.value.state == "submitted"


def test_a_step_on_a_page_that_is_out_of_date_is_refused(focal, officer):
    sent = worlds.submitted(focal)
    with pytest.raises(StaleRevision):
        workflow.start_review(request=sent, user=officer, revision=sent.revision - 1)


def test_a_request_is_given_only_to_somebody_who_works_on_them(focal, officer):
    manager = factories.manager()
    sent = worlds.submitted(focal)
    with pytest.raises(ValidationError) as refused:
        workflow.assign_request(request=sent, to=focal, user=manager)
    assert errors_of(refused) == {"to"}
    assert workflow.assign_request(request=sent, to=officer, user=manager).assigned_to == officer


def test_messages_reach_the_other_side_once(focal, officer):
    colleague = factories.person("focal_point", focal.memberships.get().organisation)
    sent = worlds.submitted(focal)
    for _again in range(2):
        workflow.send_message(request=sent, user=focal, words="Hello")
    workflow.send_message(request=sent, user=officer, words="Good day")
    assert [one.words for one in sent.messages.all()] == ["Hello", "Good day"]
    assert told(NotificationKind.MESSAGE_WRITTEN, officer) == 1
    assert told(NotificationKind.MESSAGE_WRITTEN, focal) == 1
    assert told(NotificationKind.MESSAGE_WRITTEN, colleague) == 1


def test_another_states_focal_point_finds_nothing(focal, officer):
    stranger = factories.focal_point("CO")
    asked = worlds.accepted(focal, officer)
    for act in (workflow.withdraw_request,):
        with pytest.raises(Http404):
            act(request=asked, user=stranger)
    with pytest.raises(Http404):
        workflow.send_message(request=asked, user=stranger, words="x")
    with pytest.raises(Http404):
        workflow.withdraw_item(item=asked.items.get(), user=stranger)


def test_an_auditor_reads_and_writes_nothing(focal):
    auditor = factories.person("auditor")
    sent = worlds.submitted(focal)
    with pytest.raises(PermissionDenied):
        workflow.start_review(request=sent, user=auditor)
    with pytest.raises(PermissionDenied):
        workflow.send_message(request=sent, user=auditor, words="x")
