"""The one error the reader raises."""


class NotAResolution(ValueError):
    """Says at which line of a file, and why, it can't be read as a resolution."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason
