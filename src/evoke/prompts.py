"""Prompts as files: every word sent to a model stands in `prompts/`. Knows no model.

A prompt is Markdown with `$blanks`. Filling fails by name when a blank is unfilled, unused or misspelt.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from string import Template

from evoke.errors import BadInput, NotHere
from evoke.settings import shipped


def fill(name: str, /, **blanks: object) -> str:
    """The prompt `name` ("client/system") with its blanks filled.

    Raises BadInput naming every blank that is not filled, and every value that the prompt has no blank for.
    """
    template = _template(name)
    if not template.is_valid():
        raise BadInput(
            "a $ stands before something that is no blank", file=_file(name), cure="Write $$ for a dollar sign"
        )
    wanted, given = set(template.get_identifiers()), set(blanks)
    if wanted - given:
        raise BadInput(f"nothing fills {_named(wanted - given)}", file=_file(name),
                       cure=f"Use only {_named(given) or 'no blanks'}, or correct the spelling")  # fmt: skip
    if given - wanted:
        raise BadInput(f"{_named(given - wanted)} is missing from the prompt", file=_file(name),
                       cure=f"Put {_named(given - wanted)} where it belongs")  # fmt: skip
    return template.substitute({key: str(value) for key, value in blanks.items()}).strip()


def text(name: str) -> str:
    """A prompt without blanks."""
    return fill(name)


def digest(folder: str, *others: Path) -> str:
    """Sixteen hex digits over every file of `prompts/<folder>` and `others`: which words shaped a session."""
    root = shipped("prompts") / folder
    found = hashlib.sha256()
    for file in (*sorted(path for path in root.rglob("*") if path.is_file()), *others):
        found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _file(name: str) -> Path:
    return shipped("prompts") / f"{name}.md"


@cache
def _template(name: str) -> Template:
    file = _file(name)
    try:
        return Template(file.read_text("utf-8"))
    except OSError as error:
        there = ", ".join(sorted(path.stem for path in file.parent.glob("*.md"))) or "none"
        raise NotHere(f"no prompt '{name}'. In {file.parent.name}/ there are: {there}") from error


def _named(blanks: set[str]) -> str:
    return ", ".join(f"${blank}" for blank in sorted(blanks))
