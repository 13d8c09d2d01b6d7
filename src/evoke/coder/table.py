"""The table of codes, read from `prompts/codes.yaml`. Knows what codes are called, not how they are found."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import ValidationError, model_validator

from evoke.codes import (
    ADHERENT,
    NON_ADHERENT,
    Behaviour,
    Code,
    Frozen,
    QuestionType,
    Talk,
    TalkKind,
)
from evoke.errors import BadInput
from evoke.persona import Text
from evoke.settings import shipped


class CodeEntry(Frozen):
    """What one MITI code is, in a trainer's words."""

    name: Text
    adherent: Literal["yes", "no", "neither"]
    definition: Text
    boundary: Text
    reason: Text
    feedback: Text


class Entry(Frozen):
    """A name to show and a reason that completes "This turn …"."""

    name: Text
    reason: Text


class KindEntry(Frozen):
    """A kind of client talk, and how it sounds for and against the change."""

    name: Text
    change: Text
    sustain: Text


class CodeTable(Frozen):
    """Every code, behaviour, question type, talk and kind of talk with its wording; complete by construction."""

    codes: dict[Code, CodeEntry]
    behaviours: dict[Behaviour, Entry]
    questions: dict[QuestionType, Entry]
    talk: dict[Talk, Entry]
    kinds: dict[TalkKind, KindEntry]

    @model_validator(mode="after")
    def _complete(self) -> CodeTable:
        closed = {"codes": Code, "behaviours": Behaviour, "questions": QuestionType, "talk": Talk, "kinds": TalkKind}
        for field, names in closed.items():
            if missing := [name for name in get_args(names) if name not in getattr(self, field)]:
                raise ValueError(f"{field}: no entry for {', '.join(missing)}")
        for code, entry in self.codes.items():
            if entry.adherent != ("yes" if code in ADHERENT else "no" if code in NON_ADHERENT else "neither"):
                raise ValueError(f"codes.{code}.adherent: contradicts MITI 4.2.1")
        return self


def read_table(file: Path) -> CodeTable:
    """The table in `file`. Raises BadInput naming the entry that is missing, unknown, empty or misspelt."""
    try:
        data: Any = yaml.safe_load(file.read_text("utf-8"))
        return CodeTable.model_validate(data)
    except OSError as error:
        raise BadInput("cannot be read", file=file, cure="Reinstall Evoke") from error
    except yaml.YAMLError as error:
        raise BadInput("is not YAML", file=file, cure=f"Mend it: {str(error).splitlines()[-1].strip()}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or None
        raise BadInput(first["msg"], file=file, field=place, cure="Compare it with the shipped codes.yaml") from error


@cache
def table() -> CodeTable:
    """The shipped table."""
    return read_table(shipped("prompts") / "codes.yaml")


def code_name(code: Code) -> str:
    """What a code is called on a page, such as "Complex reflection"."""
    return table().codes[code].name
