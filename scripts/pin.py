"""`uv run scripts/pin.py [--upgrade]`: writes the exact version of every package, in two places.

As constraints in pyproject.toml, so that `uv run` takes the same versions everywhere, and with
hashes in requirements.lock, for the container image. Neither names a package index.
"""

import re
import subprocess
import sys
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
PROJECT = CLONE / "pyproject.toml"
LOCK = CLONE / "requirements.lock"
HEADER = "# Every package with its hashes, for the container image; made by scripts/pin.py.\n"
FOUND_IN = re.compile(r"constraint-dependencies = \[\n.*?\]\n", re.DOTALL)
PIN = re.compile(r"^([a-z0-9.\-]+)==(\S+)(?: ; (.*?))?(?: \\)?$", re.MULTILINE)


def compiled(*options: str) -> str:
    """What uv resolves, without a word about where from."""
    command = [
        *("uv", "pip", "compile", "--universal", "--python-version", "3.11"),
        *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
        *("--quiet", *options, str(PROJECT)),
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=CLONE).stdout


def pins(text: str) -> dict[str, str]:
    """Each package of a requirements file with its version."""
    return {name: version for name, version, _marker in PIN.findall(text)}


def main() -> None:
    """Resolve, then write both files."""
    project = PROJECT.read_text()
    if "--upgrade" in sys.argv[1:]:
        PROJECT.write_text(FOUND_IN.sub("constraint-dependencies = [\n]\n", project))
    everything = pins(compiled("--group", "dev"))
    lines = "".join(f'  "{name}=={version}",\n' for name, version in sorted(everything.items()))
    PROJECT.write_text(FOUND_IN.sub(f"constraint-dependencies = [\n{lines}]\n", project))
    LOCK.write_text(HEADER + compiled("--generate-hashes"))


if __name__ == "__main__":
    main()
