"""Where the figures of a document lead."""

from django.conf import settings

from dashboards.report.content import Figure


def address_of(figure: Figure) -> str:
    """The whole address of the rows a figure counts; empty where it is not shown or has none."""
    return f"{settings.BASE_URL}{figure.record}" if figure.value and figure.record else ""
