"""The draft of the report that a resolution asks for: written by several people, built as files."""
