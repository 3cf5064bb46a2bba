"""`uv run scripts/translate.py [LANGUAGE ...]`: brings locale/ up to date, names what lacks words.

Takes the messages from the sources, keeps the words they have, drops what is no longer said, and
compiles. Needs gettext. Compiled files are committed: a fresh machine has no gettext.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import polib

CLONE = Path(__file__).resolve().parent.parent
CATALOGUES = CLONE / "locale"
SUFFIXES = {".html", ".py", ".txt"}
NOT_SHOWN = {"benchmarks", "frontend", "scripts", "static", "tests"}
KEPT_IN_HEADER = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms")
PLURALS = re.compile(r"nplurals=(\d)")


def sources() -> list[Path]:
    """The files that may hold messages, relative to the clone."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
        cwd=CLONE,
    ).stdout.splitlines()
    names = (Path(name) for name in listed)
    return sorted(n for n in names if n.suffix in SUFFIXES and n.parts[0] not in NOT_SHOWN)


def extracted(language: str) -> polib.POFile:
    """Every message of the sources, without words, with the plural forms of a language."""
    command = [sys.executable, "-m", "django", "makemessages", "--locale", language]
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    with TemporaryDirectory() as folder:
        for name in sources():
            if (CLONE / name).exists():
                target = Path(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(CLONE / name, target)
        Path(folder, "locale").mkdir()
        subprocess.run(
            [*command, "--no-wrap", "--add-location", "file"],
            check=True,
            capture_output=True,
            cwd=folder,
            env=environment,
        )
        return polib.pofile(str(Path(folder, "locale", language, "LC_MESSAGES", "django.po")))


def catalogue(language: str) -> Path:
    """Where the words of a language stand."""
    return CATALOGUES / language / "LC_MESSAGES" / "django.po"


def lacks_words(entry: polib.POEntry) -> bool:
    """Whether a message, or one of its plural forms, has no words yet, or unsure ones."""
    forms = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return entry.fuzzy or not all(forms)


def updated(language: str) -> polib.POFile:
    """The messages of the sources with the words that the catalogue has for them."""
    found = extracted(language)
    path = catalogue(language)
    known = {(e.msgctxt, e.msgid): e for e in polib.pofile(str(path))} if path.exists() else {}
    result = polib.POFile(wrapwidth=0)
    result.metadata = {
        "Project-Id-Version": "Mandate Tracker",
        "Language": language,
        **{name: found.metadata[name] for name in KEPT_IN_HEADER},
    }
    forms = range(int(PLURALS.findall(result.metadata["Plural-Forms"])[0]))
    for entry in found:
        words = known.get((entry.msgctxt, entry.msgid))
        if entry.msgid_plural:
            said = words.msgstr_plural if words else {}
            entry.msgstr_plural = {form: said.get(form, "") for form in forms}
        elif words:
            entry.msgstr = words.msgstr
        result.append(entry)
    return result


def main() -> None:
    """Update and compile the languages named, or all."""
    languages = sys.argv[1:] or sorted(path.name for path in CATALOGUES.iterdir())
    for language in languages:
        messages = updated(language)
        path = catalogue(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        messages.save(str(path))
        messages.save_as_mofile(str(path.with_suffix(".mo")))
        waiting = [entry for entry in messages if lacks_words(entry)]
        for entry in waiting:
            print(f"{language}: {entry.occurrences[0][0]}: {entry.msgid}")
        print(f"{language}: {len(messages)} messages, {len(waiting)} without words.")


if __name__ == "__main__":
    main()
