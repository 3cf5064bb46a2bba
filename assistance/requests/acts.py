"""What can be done with a request or an item: a small form an act, each calling one function."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assistance import workflow
from assistance.models import (
    AnswerKind,
    LinkOrigin,
    OutcomeBasis,
    RequestOutcome,
)
from assistance.requests.act_form import ActForm, ItemAct, words_field
from assistance.requests.mandate_choices import mandate_choices
from assistance.requests.merging import MergeItem, MergeRequest
from assistance.services.suggestions import MandateSuggestion, confident_suggestions
from assistance.workflow import transitions
from assistance.workflow.people import assignees, colleagues
from directory.models import Entity, EntityKind, User
from directory.widgets import SearchSelect
from mandates.models import Mandate


class StartReview(ActForm):
    step = transitions.START_REVIEW
    label = _("Start the review")
    title = _("Start the review")
    explain = _("The State is told that its request is being read. It is assigned to you.")
    done = _("The request is under review.")
    primary = True

    def perform(self) -> object:
        return workflow.start_review(request=self.asked, user=self.user, revision=self.seen)


class Assign(ActForm):
    step = transitions.ASSIGN
    label = _("Assign")
    title = _("Who works on it?")
    done = _("The request is assigned.")
    to = forms.ModelChoiceField(
        label=_("Officer"),
        queryset=User.objects.none(),
        widget=SearchSelect(),
        to_field_name="username",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = assignees(self.user).order_by("username")  # type: ignore[attr-defined]

    def perform(self) -> object:
        return workflow.assign_request(
            request=self.asked,
            to=self.cleaned_data["to"],
            user=self.user,
            revision=self.seen,
        )


class Ask(ActForm):
    step = transitions.REQUEST_CLARIFICATION
    label = _("Ask a question")
    title = _("Ask the State a question")
    explain = _("The request waits until the State answers. A question counts as a first answer.")
    done = _("The question is sent.")
    texts_of = AnswerKind.QUESTION
    words = words_field(_("Your question"))

    def perform(self) -> object:
        return workflow.request_clarification(
            request=self.asked,
            user=self.user,
            words=self.cleaned_data["words"],
            revision=self.seen,
        )


class Answer(ActForm):
    step = transitions.ANSWER_CLARIFICATION
    label = _("Send the answer")
    title = _("Answer the question")
    explain = _("Your answer goes to the officer, who takes the request up again.")
    done = _("The answer is sent.")
    primary = True
    words = words_field(_("Your answer"))

    def perform(self) -> object:
        return workflow.answer_clarification(
            request=self.asked, user=self.user, words=self.cleaned_data["words"]
        )


class Accept(ActForm):
    step = transitions.ACCEPT
    label = _("Accept")
    title = _("Accept the request")
    explain = _("Its open items are then UNODC’s to deliver. The State is told.")
    done = _("The request is accepted.")
    primary = True
    texts_of = AnswerKind.ACCEPTANCE
    text_field = "note"
    note = words_field(_("A word to the State, if you like"), rows=3)

    def perform(self) -> object:
        return workflow.accept_request(
            request=self.asked,
            user=self.user,
            note=self.cleaned_data["note"],
            revision=self.seen,
        )


class Decline(ActForm):
    step = transitions.DECLINE
    label = _("Decline")
    title = _("Decline the request")
    explain = _("All its open items are declined with it. Single items can be declined instead.")
    done = _("The request is declined.")
    warning = True
    texts_of = AnswerKind.DECLINE
    text_field = "reason"
    reason = words_field(_("Reason"), _("The State reads this."))

    def perform(self) -> object:
        return workflow.decline_request(
            request=self.asked,
            user=self.user,
            reason=self.cleaned_data["reason"],
            revision=self.seen,
        )


class Withdraw(ActForm):
    step = transitions.WITHDRAW
    label = _("Withdraw the request")
    title = _("Withdraw the request?")
    explain = _("UNODC stops working on all of its items. This can’t be undone.")
    done = _("The request is withdrawn.")
    warning = True
    reason = words_field(_("Why, if you like to say"), rows=3)

    def perform(self) -> object:
        return workflow.withdraw_request(
            request=self.asked,
            user=self.user,
            reason=self.cleaned_data["reason"],
            revision=self.seen,
        )


class Write(ActForm):
    step = transitions.SEND_MESSAGE
    label = _("Send message")
    title = _("Write a message")
    done = _("The message is sent.")
    words = words_field(_("Message"), rows=3)

    def perform(self) -> object:
        return workflow.send_message(
            request=self.asked, user=self.user, words=self.cleaned_data["words"]
        )


class WriteNote(ActForm):
    step = transitions.WRITE_NOTE
    label = _("Keep the note")
    title = _("Write an internal note")
    explain = _("Only UNODC reads it. No State sees it.")
    done = _("The note is kept.")
    words = words_field(_("Note for colleagues"), rows=3)

    def perform(self) -> object:
        return workflow.write_note(
            request=self.asked, user=self.user, words=self.cleaned_data["words"]
        )


class Attach(ActForm):
    step = transitions.ATTACH
    label = _("Add the file")
    title = _("Add a file")
    done = _("The file is added.")
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, picture, text, or a document of Word, Excel or PowerPoint, up to 20 MB."),
    )

    def perform(self) -> object:
        return workflow.add_attachment(
            request=self.asked, file=self.cleaned_data["file"], user=self.user
        )


class HandOver(ActForm):
    step = transitions.HAND_OVER
    label = _("Hand over")
    title = _("Who answers for it?")
    explain = _(
        "UNODC turns to this colleague, who is told. All of you go on seeing and writing it."
    )
    done = _("The request is handed over.")
    to = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), to_field_name="username"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = colleagues(self.asked).order_by("display_name", "username")
        if self.asked.responsible:
            others = others.exclude(pk=self.asked.responsible.pk)
        self.initial.setdefault("to", self.user.username)
        self.fields["to"].queryset = others  # type: ignore[attr-defined]

    def perform(self) -> object:
        return workflow.hand_over_request(
            request=self.asked, to=self.cleaned_data["to"], user=self.user, revision=self.seen
        )


REQUEST_ACTS: dict[str, type[ActForm]] = {
    "review": StartReview,
    "accept": Accept,
    "ask": Ask,
    "assign": Assign,
    "decline": Decline,
    "merge": MergeRequest,
    "answer": Answer,
    "withdraw": Withdraw,
    "message": Write,
    "note": WriteNote,
    "attach": Attach,
    "hand-over": HandOver,
}


class CloseItem(ItemAct):
    step = transitions.FULFIL_ITEM_PARTLY
    label = _("Close")
    title = _("Close the item")
    explain = _(
        "It needs an approved delivery. Fulfilled is possible once the request is accepted."
    )
    done = _("The item has its outcome.")
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            (one.value, one.label)
            for one in (RequestOutcome.FULFILLED, RequestOutcome.PARTLY_FULFILLED)
        ],
        widget=forms.RadioSelect(),
    )
    basis = forms.ChoiceField(
        label=_("Who says so?"),
        choices=OutcomeBasis.choices,
        widget=forms.RadioSelect(),
    )
    reason = words_field(
        _("In words"),
        _("Needed where the State said so by another way than its reply here."),
        3,
    )

    def perform(self) -> object:
        given = self.cleaned_data
        return workflow.close_item(
            item=self.item,
            outcome=given["outcome"],
            basis=given["basis"],
            reason=given["reason"],
            user=self.user,
            revision=self.seen,
        )


class DeclineItem(ItemAct):
    step = transitions.DECLINE_ITEM
    label = _("Decline")
    title = _("Decline the item")
    done = _("The item is declined.")
    warning = True
    texts_of = AnswerKind.DECLINE
    text_field = "reason"
    reason = words_field(_("Reason"), _("The State reads this."))

    def perform(self) -> object:
        return workflow.decline_item(
            item=self.item,
            reason=self.cleaned_data["reason"],
            user=self.user,
            revision=self.seen,
        )


class ReferItem(ItemAct):
    step = transitions.REFER_ITEM
    label = _("Pass on")
    title = _("Pass the item on to another entity")
    done = _("The item is passed on.")
    entity = forms.ModelChoiceField(
        label=_("To"),
        queryset=Entity.objects.filter(kind=EntityKind.BODY).exclude(code="unodc"),
        to_field_name="code",
        widget=SearchSelect(),
    )
    reason = words_field(_("Why there"), rows=3)

    def perform(self) -> object:
        return workflow.refer_item(
            item=self.item,
            entity=self.cleaned_data["entity"],
            reason=self.cleaned_data["reason"],
            user=self.user,
            revision=self.seen,
        )


class AnswerReferral(ItemAct):
    step = transitions.ANSWER_REFERRAL
    label = _("Record its answer")
    title = _("Record what the other entity answered")
    explain = _("The State is told, and reads it beside the item.")
    done = _("The answer is recorded.")
    words = words_field(_("Its answer, and on which day it came"))

    def perform(self) -> object:
        return workflow.answer_referral(
            item=self.item,
            words=self.cleaned_data["words"],
            user=self.user,
            revision=self.seen,
        )


class WithdrawItem(ItemAct):
    step = transitions.WITHDRAW_ITEM
    label = _("Withdraw")
    title = _("Withdraw the item?")
    explain = _("UNODC stops working on it. This can’t be undone.")
    done = _("The item is withdrawn.")
    warning = True
    reason = words_field(_("Why, if you like to say"), rows=3)

    def perform(self) -> object:
        return workflow.withdraw_item(
            item=self.item,
            reason=self.cleaned_data["reason"],
            user=self.user,
            revision=self.seen,
        )


class TieItem(ItemAct):
    step = transitions.TIE
    label = _("Tie to a mandate")
    title = _("Tie the item to a mandate")
    explain = _(
        "You confirm that the item asks for what the mandate promises. A counted mandate then owes"
        " a delivery for it; any other is shown as related."
    )
    done = _("The item is tied to the mandate.")
    mandate = forms.ModelChoiceField(
        label=_("Mandate"),
        queryset=Mandate.objects.all(),
        to_field_name="identifier",
        widget=SearchSelect(),
    )
    reason = words_field(_("Why it fits"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mandate"].choices = [("", ""), *mandate_choices(self.item)]  # type: ignore[attr-defined]

    @property
    def suggestions(self) -> list[MandateSuggestion]:
        """Mandates that fit the item's words, but for those a person decided on for it."""
        links = self.item.mandate_links.exclude(state="proposed").select_related("mandate")
        return confident_suggestions(self.item, without=[link.mandate for link in links])

    def perform(self) -> object:
        mandate = self.cleaned_data["mandate"]
        suggested = any(one.mandate == mandate for one in self.suggestions)
        return workflow.tie_item_to_mandate(
            item=self.item,
            mandate=mandate,
            reason=self.cleaned_data["reason"],
            user=self.user,
            origin=LinkOrigin.SUGGESTION if suggested else LinkOrigin.PERSON,
        )


class UntieItem(ItemAct):
    step = transitions.UNTIE
    label = _("Untie")
    title = _("Untie the item from a mandate")
    explain = _("The link is kept as rejected, with your name and reason, and counts no more.")
    done = _("The item is untied.")
    mandate = forms.ModelChoiceField(
        label=_("Mandate"), queryset=Mandate.objects.none(), to_field_name="identifier"
    )
    reason = words_field(_("Why it does not fit"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mandate"].queryset = Mandate.objects.filter(  # type: ignore[attr-defined]
            item_links__in=self.item.mandate_links.exclude(state="rejected")
        )

    def perform(self) -> object:
        return workflow.untie_item_from_mandate(
            item=self.item,
            mandate=self.cleaned_data["mandate"],
            reason=self.cleaned_data["reason"],
            user=self.user,
        )


ITEM_ACTS: dict[str, type[ItemAct]] = {
    "tie": TieItem,
    "untie": UntieItem,
    "close": CloseItem,
    "refer": ReferItem,
    "answer": AnswerReferral,
    "merge": MergeItem,
    "decline": DeclineItem,
    "withdraw": WithdrawItem,
}
