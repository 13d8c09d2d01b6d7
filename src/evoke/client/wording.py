"""What is read from `prompts/client/*.yaml`: how-phrases a move and deflections, and pronouns. Knows no session."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from evoke.codes import Frozen
from evoke.datafile import read_yaml
from evoke.persona import MoveKind, Persona
from evoke.prompts import digest
from evoke.settings import shipped


class How(Frozen):
    """How-phrases of one move, at ease and while discord is high."""

    plain: tuple[str, ...] = Field(min_length=1)
    tense: tuple[str, ...] = ()


class Hows(Frozen):
    """`how.yaml`: one entry a move, and those of direct words."""

    inform: How
    engage: How
    deny: How
    downplay: How
    blame: How
    hesitate: How
    doubt: How
    acknowledge: How
    accept: How
    reject: How
    plan: How
    leave: How
    close: How
    brief: tuple[str, ...] = Field(min_length=1)
    odd: tuple[str, ...] = Field(min_length=1)

    def of(self, kind: MoveKind, tense: bool) -> tuple[str, ...]:
        """The phrases for a move."""
        how: How = getattr(self, kind)
        return (how.tense if tense else ()) or how.plain


class Deflections(Frozen):
    """`deflections.yaml`: what any client might say to a remark that nobody can take up as meant."""

    machine: tuple[str, ...] = Field(min_length=4)
    instructions: tuple[str, ...] = Field(min_length=4)
    swap: tuple[str, ...] = Field(min_length=4)
    request: tuple[str, ...] = Field(min_length=4)
    personal: tuple[str, ...] = Field(min_length=4)
    pressed: tuple[str, ...] = Field(min_length=4)
    distress: tuple[str, ...] = Field(min_length=4)
    language: tuple[str, ...] = Field(min_length=4)
    noise: tuple[str, ...] = Field(min_length=4)
    flood: tuple[str, ...] = Field(min_length=4)
    insult: tuple[str, ...] = Field(min_length=4)
    silence: tuple[str, ...] = Field(min_length=4)
    unsure: tuple[str, ...] = Field(min_length=4)
    refused: tuple[str, ...] = Field(min_length=4)
    leave_to_speak: tuple[str, ...] = Field(min_length=4)

    def to(self, kind: str) -> tuple[str, ...]:
        """The deflections of one kind."""
        found: tuple[str, ...] = getattr(self, kind)
        return found


@cache
def hows() -> Hows:
    """The how-phrases, read once. Raises BadInput naming file and field."""
    return read_yaml(shipped("prompts") / "client" / "how.yaml", Hows)


@cache
def deflections() -> Deflections:
    """The deflections, read once. Raises BadInput naming file and field."""
    return read_yaml(shipped("prompts") / "client" / "deflections.yaml", Deflections)


def prompt_hash() -> str:
    """Sixteen hex digits over every prompt and data file that shapes a client."""
    return digest("client", *sorted(Path(__file__).parent.glob("*.yaml")))


def subject(persona: Persona) -> str:
    """`she`, `he` or `they`."""
    return persona.pronouns.split("/")[0]
