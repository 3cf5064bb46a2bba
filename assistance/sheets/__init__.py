"""Spreadsheets both ways: a template, an upload compared before it is written, and its undoing."""
