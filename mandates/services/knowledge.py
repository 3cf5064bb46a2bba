from mandates.models import Resolution


def apply_knowledge(resolution: Resolution) -> None:
    return
