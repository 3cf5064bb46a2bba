from typing import Any


def request_page(request: Any, pk: int) -> Any:
    raise NotImplementedError
