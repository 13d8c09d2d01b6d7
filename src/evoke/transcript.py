"""Turns and transcripts: what was said, how it was coded, how the client felt. Knows no model and no store.

`Transcript.to_json` writes the session format of the command-line contract; `from_json` reads it back.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from evoke.codes import Coded, Frozen, Speaker, Uncoded
from evoke.errors import BadInput
from evoke.persona import After, MoveKind, Stage

Variable = Literal["trust", "discord", "importance", "confidence"]
Status = Literal["complete", "interrupted"]


class Mood(Frozen):
    """The measured part of the client's hidden state, each 0-10, and the stage that follows from it."""

    trust: float = Field(ge=0, le=10)
    discord: float = Field(ge=0, le=10)
    importance: float = Field(ge=0, le=10)
    confidence: float = Field(ge=0, le=10)
    stage: Stage


class Step(Frozen):
    """One change of the hidden state: which variable, by how much (-1.0 to 1.0), by which rule, and why."""

    variable: Variable
    delta: float
    rule: str
    reason: str

    @property
    def amount(self) -> str:
        """The step as a reader sees it: "+0.4", or in words where it is smaller than the first decimal."""
        if abs(self.delta) < 0.05:
            return "a touch up" if self.delta > 0 else "a touch down"
        return f"{self.delta:+.1f}"


class Catch(Frozen):
    """A reply the guard did not let through: the rule it broke, what the model said, and what came of it.

    `cut` means that the reply was ended in time before the forbidden part.
    """

    rule: str
    said: str
    outcome: Literal["regenerated", "line", "cut"]


class Usage(Frozen):
    """Tokens and calls of one or many model calls; `cost` is None where no price is known."""

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        cost = None if self.cost is None and other.cost is None else (self.cost or 0) + (other.cost or 0)
        return Usage(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost=cost,
        )

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens together."""
        return self.prompt_tokens + self.completion_tokens


class Turn(Frozen):
    """One volley by one speaker. A learner turn carries steps and the state they led to; a client turn its move.

    `note` is the stage note the client model was handed; it is archived so that a resumed session keeps the same
    prompt prefix, and is never shown or exported.
    """

    id: str
    parent: str | None
    speaker: Speaker
    text: str
    coded: Uncoded | Coded | None = None  # in this order: what an uncoded turn holds would also do for a coded one
    move: MoveKind | None = None
    strand: str | None = None
    lines: tuple[str, ...] = ()
    state: Mood | None = None
    steps: tuple[Step, ...] = ()
    guard: tuple[Catch, ...] = ()
    note: str | None = None
    status: Status = "complete"
    first_word_ms: float | None = None
    reply_ms: float | None = None


class Memory(Frozen):
    """What a client who returns brings from the talks before: a value made of them, kept with the new one.

    `earlier` is the talk before by its id, `meeting` which talk this is. `mood` is how they left, `said` what they said
    then, word for word; the rest are ids of the card. `event` is what happened in between, `weeks` ago they met.
    """

    earlier: str | None = None
    meeting: int = Field(ge=2)
    mood: Mood
    ended: After
    said: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    core_touched: bool = False
    voiced: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    event: str | None = None
    weeks: int = Field(ge=1)


class PersonaRef(Frozen):
    """Which card a session was held with."""

    id: str
    version: str
    hash: str


class Transcript(Frozen):
    """A session as one path of turns, oldest first. `persona` is None for a transcript from elsewhere."""

    persona: PersonaRef | None = None
    target: str = ""
    seed: int | None = None
    model: str | None = None
    counsellor: str | None = None
    turns: tuple[Turn, ...]
    usage: Usage = Usage()
    memory: Memory | None = None

    def to_json(self) -> dict[str, Any]:
        """The session format, schema 1; absent values are null."""
        return {
            "schema": 1,
            "persona": self.persona.model_dump() if self.persona else None,
            "target": self.target,
            "seed": self.seed,
            "model": self.model,
            "counsellor": self.counsellor,
            "turns": [_turn_to_json(turn) for turn in self.turns],
            "usage": self.usage.model_dump(),
            "memory": self.memory.model_dump(mode="json") if self.memory else None,
        }

    @classmethod
    def from_json(cls, data: Any, file: Path | None = None) -> Self:
        """Read the session format back. Raises BadInput with file, field and cure."""
        if not isinstance(data, dict) or data.get("schema") != 1 or not isinstance(data.get("turns"), list):
            raise BadInput("not an Evoke session (schema 1 with a list of turns)", file=file,
                           cure="Export it again, or use csv, txt, vtt or docx for other transcripts")  # fmt: skip
        fields = {key: data[key] for key in _FIELDS if data.get(key)}
        try:
            turns = tuple(_turn_from_json(turn) for turn in data["turns"])
            return cls.model_validate({**fields, "seed": data.get("seed"), "turns": turns})
        except (ValidationError, TypeError, AttributeError, KeyError) as error:
            places = error.errors()[0]["loc"] if isinstance(error, ValidationError) else ("turns",)
            where = ".".join(str(place) for place in places)
            raise BadInput("a turn or field has the wrong form", file=file, field=where,
                           cure="Compare it with a session written by 'evoke simulate'") from error  # fmt: skip

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read a session file. Raises BadInput when it is missing or is not JSON."""
        try:
            return cls.from_json(json.loads(file.read_text("utf-8")), file)
        except OSError as error:
            raise BadInput("cannot be read", file=file, cure="Check the path") from error
        except ValueError as error:
            raise BadInput("is not JSON", file=file, cure="Export the session again") from error


_FIELDS = ("persona", "target", "seed", "model", "counsellor", "usage", "memory")
_CODED = ("behaviour", "codes", "question", "reflection", "talk", "talk_kind", "reason", "probabilities", "utterances")


def _turn_to_json(turn: Turn) -> dict[str, Any]:
    coded = turn.coded.model_dump(mode="json") if turn.coded else {}
    flat = turn.model_dump(mode="json", exclude={"coded", "note"})
    flat.update({key: coded.get(key, [] if key == "codes" else None) for key in _CODED})
    return flat


def _turn_from_json(data: dict[str, Any]) -> Turn:
    data = dict(data)
    coded = {key: value for key in _CODED if (value := data.pop(key, None)) is not None}
    if data.get("speaker") not in ("learner", "client"):
        data["speaker"] = {"counsellor": "learner", "therapist": "learner", "patient": "client"}.get(data["speaker"])
    labelled = bool(coded.get("behaviour") or coded.get("talk"))
    if labelled:
        made: Coded | Uncoded | None = Coded(speaker=data["speaker"], **{"reason": "", **coded})
    elif coded.get("reason"):
        made = Uncoded(speaker=data["speaker"], reason=coded["reason"])
    else:
        made = None
    kept = {key: value for key, value in data.items() if key in Turn.model_fields and value is not None}
    return Turn.model_validate({"parent": None, **kept, "coded": made})
