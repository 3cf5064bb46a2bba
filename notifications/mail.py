"""One notification as an e-mail, in its reader's language, with a link that works."""

from __future__ import annotations

import hashlib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from notifications.models import OutboxMessage
from notifications.wording import worded


def mail_of(message: OutboxMessage) -> EmailMessage:
    """The e-mail of a message."""
    recipient = message.recipient
    with translation.override(recipient.language):
        words = worded(message.kind, message.context)
        body = render_to_string(
            "notifications/mail.txt",
            {
                "name": str(recipient),
                "notification": words,
                "link": f"{settings.BASE_URL}{message.path}" if message.path else "",
                "demonstration": settings.DEMONSTRATION,
            },
        )
        return EmailMessage(
            subject=words.subject,
            body=body,
            to=[recipient.email],
            headers={
                "Message-ID": _message_id(message.key),
                "Auto-Submitted": "auto-generated",
                "Content-Language": recipient.language,
            },
        )


def send_mail_of(message: OutboxMessage) -> None:
    """Send the e-mail of a message; somebody without an address reads it on the site only."""
    if message.recipient.email:
        mail_of(message).send(fail_silently=False)


def _message_id(key: str) -> str:
    """The same for the same event, so that a mail sent twice is shown once."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"
