"""Whether somebody may still see what a message tells of."""

from django.apps import apps

from directory.viewer import viewer_of, viewing_as
from notifications.models import OutboxMessage


def may_still_see(message: OutboxMessage) -> bool:
    """Whether the recipient is active and the object told of is still visible to that person.

    Asked again when sending: between the event and the mail a membership may have ended. The
    database is asked for the recipient, not for the system that sends.
    """
    recipient = message.recipient
    if not recipient.is_active:
        return False
    about = message.context.get("about")
    if not about:
        return True
    manager = apps.get_model(about["model"])._default_manager
    seen = manager.visible_to(recipient) if hasattr(manager, "visible_to") else manager.all()
    with viewing_as(viewer_of(recipient)):
        return seen.filter(pk=about["pk"]).exists()
