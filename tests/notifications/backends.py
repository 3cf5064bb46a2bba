"""Mail servers that take nothing."""

from smtplib import SMTPRecipientsRefused

from django.core.mail.backends.base import BaseEmailBackend


class NoSuchAddress(BaseEmailBackend):
    """Knows nobody."""

    def send_messages(self, email_messages):
        raise SMTPRecipientsRefused({"gone@example.org": (550, b"no such user")})


class Refusing(BaseEmailBackend):
    """Is never there."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError("no mail server")
