"""The handbook of MI: passages read from `prompts/guidance/*.md`. Knows files; does not know who is to read which.

A passage file is YAML front matter between two `---` lines (id, title, about, sources), then prose, then one last
line `Try: "..."` with words a learner could say.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from evoke.codes import Frozen
from evoke.errors import BadInput
from evoke.persona import Id, Text
from evoke.settings import shipped

FENCE = "---"
TRY = "Try:"
QUOTES = {'"': '"', "“": "”"}


class Passage(Frozen):
    """One page of the handbook. `about` are the topics it is found by; `try_line` is ready to be said."""

    id: Id
    title: Text
    about: tuple[Id, ...] = Field(min_length=1)
    sources: tuple[Text, ...] = Field(min_length=1)
    body: Text
    try_line: Text


@cache
def load(folder: Path | None = None) -> tuple[Passage, ...]:
    """All passages of `folder` (the shipped handbook unless one is named), by id.

    Raises BadInput with file, line and cure for a passage that cannot be used, or for an empty folder.
    """
    folder = folder or shipped("prompts") / "guidance"
    passages = tuple(read(file) for file in sorted(folder.glob("*.md")) if file.name != "README.md")
    if not passages:
        raise BadInput("no guidance passages stand here", file=folder, cure="Reinstall Evoke, or name another folder")
    return passages


def read(file: Path) -> Passage:
    """One passage. Its id must be the file's name, so that no two passages can share one."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("cannot be read as UTF-8 text", file=file, cure="Save it as UTF-8") from error
    close = _closing_fence(lines, file)
    head = _front_matter(lines[1:close], file)
    body, try_line = _split_try(lines[close + 1 :], file, first=close + 2)
    try:
        passage = Passage.model_validate({**head, "body": body, "try_line": try_line})
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"])
        raise BadInput(fault["msg"], file=file, line=_line_of(lines, field), field=field,
                       cure="Compare it with another passage of the handbook") from error  # fmt: skip
    if passage.id != file.stem:
        raise BadInput(f"the id '{passage.id}' is not the file's name", file=file, line=_line_of(lines, "id"),
                       field="id", cure=f"Name the file {passage.id}.md or write id: {file.stem}")  # fmt: skip
    return passage


def _closing_fence(lines: list[str], file: Path) -> int:
    """The index of the line that ends the front matter."""
    if not lines or lines[0].strip() != FENCE:
        raise BadInput("the front matter is missing", file=file, line=1, cure="Begin the file with a line ---")
    for n, line in enumerate(lines[1:], start=1):
        if line.strip() == FENCE:
            return n
    raise BadInput("the front matter has no end", file=file, line=1, cure="Close it with a line ---")


def _front_matter(lines: list[str], file: Path) -> dict[str, Any]:
    """The fields between the fences."""
    try:
        head = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadInput("the front matter is not YAML", file=file, line=mark.line + 2 if mark else 2,
                       cure="Quote values that hold a colon") from error  # fmt: skip
    if not isinstance(head, dict):
        raise BadInput("the front matter holds no fields", file=file, line=2, cure="Write id, title, about and sources")
    return head


def _split_try(lines: list[str], file: Path, first: int) -> tuple[str, str]:
    """The prose, and the words of the last line without `Try:` and its quotation marks."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if not lines or not lines[-1].startswith(TRY):
        raise BadInput("the last line is not a Try: line", file=file, line=first + max(len(lines) - 1, 0),
                       cure='End the passage with a line like Try: "What matters most to you here?"')  # fmt: skip
    words = lines[-1].removeprefix(TRY).strip()
    if len(words) > 1 and QUOTES.get(words[0]) == words[-1]:
        words = words[1:-1]
    return "\n".join(lines[:-1]).strip(), words


def _line_of(lines: list[str], field: str) -> int | None:
    """Where a front matter field stands, counted from 1; None for body and Try."""
    name = field.split(".")[0]
    return next((n for n, line in enumerate(lines, start=1) if line.startswith(f"{name}:")), None)
