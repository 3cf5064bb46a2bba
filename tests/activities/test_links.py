"""Links of items and activities: proposed, decided, split by shares."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from assistance.models import LinkState
from assistance.services import (
    MandateLink,
    approve,
    confirm_link,
    log_activity,
    look_again,
    propose_link,
    reject_link,
    reopen_link,
    share_out,
)
from tests import factories as f
from tests.activities.conftest import asked_by, logged, plan

pytestmark = pytest.mark.django_db


def split(*shares):
    links = [MandateLink(f.MandateFactory(), share=Decimal(share)) for share in shares]
    return log_activity(by=f.officer(), mandates=links, **plan())


def shares_of(activity):
    return list(activity.mandate_links.order_by("pk").values_list("share", flat=True))


def test_a_further_mandate_without_a_share_is_refused_where_the_others_have_one():
    activity = split(60, 40)
    with pytest.raises(ValidationError) as refused:
        propose_link(by=f.officer(), activity=activity, mandate=f.MandateFactory())
    assert list(refused.value.message_dict) == ["share"]


def test_shares_are_set_anew_together_or_taken_away():
    activity = split(60, 40)
    first, second = (link.mandate for link in activity.mandate_links.order_by("pk"))
    by = f.officer()
    share_out(activity=activity, by=by, shares={first: Decimal(10), second: Decimal(90)})
    assert shares_of(activity) == [10, 90]
    with pytest.raises(ValidationError):
        share_out(activity=activity, by=by, shares={first: Decimal(10)})
    share_out(activity=activity, by=by, shares={})
    assert shares_of(activity) == [None, None]


def test_a_rejected_link_ends_the_split():
    activity = split(60, 40)
    link = activity.mandate_links.first()
    reject_link(link=link, by=f.officer(), reason="Another paragraph")
    assert shares_of(activity) == [None, None]
    reopened = reopen_link(link=link, by=f.officer())
    assert (reopened.state, reopened.decided_by) == (LinkState.PROPOSED, None)


def test_a_link_is_there_once_and_a_rejected_one_is_proposed_anew(kenya):
    activity = logged(kenya)
    by = f.officer()
    with pytest.raises(ValidationError) as refused:
        propose_link(by=by, activity=activity, mandate=kenya.mandate)
    assert list(refused.value.message_dict) == ["mandate"]
    link = activity.mandate_links.get()
    reject_link(link=link, by=by, reason="No")
    again = propose_link(by=by, activity=activity, mandate=kenya.mandate, reason="Yes")
    assert (again.pk, again.state, again.reason) == (link.pk, LinkState.PROPOSED, "Yes")


def test_an_item_of_a_state_the_activity_does_not_name_is_refused(kenya):
    with pytest.raises(ValidationError) as refused:
        propose_link(by=f.officer(), activity=logged(kenya), item=asked_by("CO").item)
    assert list(refused.value.message_dict) == ["items"]


def test_a_draft_of_a_state_is_no_item_to_answer(kenya):
    draft = f.RequestFactory(
        organisation=f.StateFactory(country=kenya.country), state="draft", received_on=None
    )
    with pytest.raises(ValidationError, match="not sent yet"):
        propose_link(by=f.officer(), activity=logged(kenya), item=draft.items.get())


def test_decisions_are_made_once(kenya):
    link = logged(kenya).mandate_links.get()
    with pytest.raises(ValidationError, match="Nothing was decided"):
        reopen_link(link=link, by=f.officer())
    confirm_link(link=link, by=f.officer(display_name="Luis"))
    with pytest.raises(ValidationError, match="Luis decided it already"):
        confirm_link(link=link, by=f.officer())
    reject_link(link=link, by=f.officer(), reason="No")
    for act in (confirm_link, reject_link):
        with pytest.raises(ValidationError):
            act(link=link, by=f.officer(), reason="No")


def test_an_officer_confirms_what_an_item_asks_for_alone(kenya):
    by = f.officer()
    link = propose_link(by=by, item=kenya.item, mandate=f.MandateFactory())
    assert confirm_link(link=link, by=by).state == LinkState.CONFIRMED


def test_who_may_not_link_is_refused(kenya):
    activity = logged(kenya)
    link = activity.mandate_links.get()
    for person in (f.focal_point("KE"), f.manager(), f.person("auditor")):
        for act in (
            lambda person=person: propose_link(
                by=person, activity=activity, mandate=f.MandateFactory()
            ),
            lambda person=person: reject_link(link=link, by=person, reason="No"),
            lambda person=person: reopen_link(link=link, by=person),
            lambda person=person: look_again(link=link, by=person),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_a_link_confirmed_at_old_words_is_suspect_until_looked_at(kenya):
    activity = logged(kenya)
    approve(activity=activity, by=f.officer())
    kenya.mandate.revision = 2
    kenya.mandate.save()
    link = activity.mandate_links.suspect().get()
    look_again(link=link, by=f.officer())
    assert not activity.mandate_links.suspect().exists()


def test_a_link_needs_two_ends(kenya):
    with pytest.raises(TypeError):
        propose_link(by=f.officer(), mandate=kenya.mandate)
