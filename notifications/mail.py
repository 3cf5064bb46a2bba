"""Notifications as e-mails, in their reader's language, with links that work."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from notifications.models import OutboxMessage


def mail_of(message: OutboxMessage) -> EmailMessage:
    """The e-mail of a message."""
    with translation.override(message.recipient.language):
        return _mail(
            message.recipient,
            subject=message.worded.subject,
            template="notifications/mail.txt",
            context={"notification": message.worded, "link": _link(message)},
            key=message.key,
        )


def digest_of(messages: Sequence[OutboxMessage]) -> EmailMessage:
    """One e-mail that tells of several messages to the same person."""
    recipient = messages[0].recipient
    with translation.override(recipient.language):
        return _mail(
            recipient,
            subject=ngettext(
                "%(number)d thing happened", "%(number)d things happened", len(messages)
            )
            % {"number": len(messages)},
            template="notifications/digest.txt",
            context={"told": [(message.worded, _link(message)) for message in messages]},
            key=f"digest:{messages[0].key}:{messages[-1].key}",
        )


def _mail(
    recipient: Any, *, subject: str, template: str, context: dict[str, Any], key: str
) -> EmailMessage:
    body = render_to_string(
        template,
        {
            "name": str(recipient),
            "choices": f"{settings.BASE_URL}{reverse('notification-choices')}",
            "demonstration": settings.DEMONSTRATION,
            **context,
        },
    )
    return EmailMessage(
        subject=subject,
        body=body,
        to=[recipient.email],
        headers={
            "Message-ID": _message_id(key),
            "Auto-Submitted": "auto-generated",
            "Content-Language": recipient.language,
        },
    )


def _link(message: OutboxMessage) -> str:
    return f"{settings.BASE_URL}{message.path}" if message.path else ""


def send_mail_of(message: OutboxMessage) -> None:
    """Send the e-mail of a message; somebody without an address reads it on the site only."""
    if message.recipient.email:
        mail_of(message).send(fail_silently=False)


def _message_id(key: str) -> str:
    """The same for the same event, so that a mail sent twice is shown once."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"
