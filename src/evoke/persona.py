"""A persona card: who the client is, what they might say, and the checks that keep it fit. Knows no model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from evoke.codes import Frozen, Talk, TalkKind

Stage = Literal["precontemplation", "contemplation", "preparation"]
MoveKind = Literal[
    "inform", "engage", "deny", "downplay", "blame", "hesitate", "doubt", "acknowledge",
    "accept", "reject", "plan", "leave", "close",
]  # fmt: skip
Difficulty = Literal["easy", "moderate", "hard"]
After = Literal["plan", "open", "discord"]  # how a talk ended: a first step agreed, left open, or in discord

STAGES: tuple[Stage, ...] = get_args(Stage)
LEGAL_MOVES: dict[Stage, tuple[MoveKind, ...]] = {
    "precontemplation": ("inform", "engage", "deny", "downplay", "blame", "leave", "close"),
    "contemplation": ("inform", "engage", "hesitate", "doubt", "acknowledge", "leave", "close"),
    "preparation": ("inform", "engage", "accept", "reject", "plan", "leave", "close"),
}
TALK_FORM = rf"^(neutral|(change|sustain)/({'|'.join(get_args(TalkKind))}))$"

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Dial = Annotated[float, Field(ge=0, le=10)]
Shift = Annotated[float, Field(ge=-2, le=2)]
Asked = Annotated[tuple[Text, ...], Field(max_length=16)]


class Brief(Frozen):
    """What the learner reads before the talk."""

    setting: Text
    referral: Text
    known: Text
    minutes: int = Field(ge=3, le=60)
    goals: tuple[Text, ...] = Field(min_length=1, max_length=4)
    difficulty: Difficulty


class Temperament(Frozen):
    """Start values (trust, importance, confidence) and dials, each 0-10."""

    trust: Dial
    importance: Dial
    confidence: Dial
    reactance: Dial
    talkativeness: Dial
    openness: Dial


class Strand(Frozen):
    """A topic thread. `gate` is the trust at which the client goes into it; one strand is the core motivation.

    `asked`, read on the core strand only, are questions to which the client's own deepest reason is the answer.
    """

    id: Id
    about: Text
    gate: Dial = 0
    core: bool = False
    asked: Asked = ()


class Fact(Frozen):
    """Something true about the client, told at most once a session and only above `gate`.

    `asked` are questions that it answers, in different wordings.
    """

    id: Id
    text: Text
    strand: Id
    gate: Dial = 0
    asked: Asked = ()


class Belief(Frozen):
    """An obstacle the client holds; it must be voiced before it can soften into `softened`.

    `asked` are questions that it answers, in different wordings.
    """

    id: Id
    text: Text
    softened: Text
    strand: Id
    asked: Asked = ()


class Plan(Frozen):
    """A first step the client would take, or would not (`because` says why not).

    `asked` are ways in which a learner might bring it up.
    """

    id: Id
    text: Text
    because: str = ""
    asked: Asked = ()


class Plans(Frozen):
    """Which first steps this client can accept and which they reject."""

    acceptable: tuple[Plan, ...] = Field(min_length=2)
    rejected: tuple[Plan, ...] = Field(min_length=2)


class Example(Frozen):
    """One exchange that shows a small model how the client speaks: the note's lines and the reply made of them."""

    counsellor: Text
    how: Text
    lines: tuple[Text, ...] = Field(min_length=1, max_length=3)
    reply: Text


class VoiceCard(Frozen):
    """How the client talks.

    `unsure` are answers to an open question that leave it open; without any, common ones serve.
    """

    habits: Text
    fillers: tuple[Text, ...] = ()
    backchannels: tuple[Text, ...] = Field(min_length=4)
    unsure: tuple[Text, ...] = ()
    never_says: tuple[Text, ...] = ()
    examples: tuple[Example, ...] = Field(min_length=3, max_length=3)


class Line(Frozen):
    """An authored thing the client might say, with the coach's model answers to it.

    A line of an `event` is only said by a client who returns, after that event.
    """

    say: Text
    move: MoveKind
    talk: str = Field(pattern=TALK_FORM)
    strand: Id
    gate: Dial = 0
    stages: tuple[Stage, ...] = ()
    fact: Id | None = None
    belief: Id | None = None
    plan: Id | None = None
    event: Id | None = None
    reflect: Text
    ask: Text

    @property
    def id(self) -> str:
        """Eight hex digits of the words, so that reordering a card keeps them."""
        return _id_of(self.say)

    @property
    def talk_type(self) -> Talk:
        """`change`, `sustain` or `neutral`."""
        return self.talk.split("/")[0]  # type: ignore[return-value]

    @property
    def talk_kind(self) -> TalkKind | None:
        """The DARN-CAT kind, None for neutral talk."""
        return self.talk.split("/")[1] if "/" in self.talk else None  # type: ignore[return-value]

    def fits(self, stage: Stage) -> bool:
        """Whether the line may be said at `stage`: its own `stages`, else wherever its move is legal."""
        return stage in self.stages if self.stages else self.move in LEGAL_MOVES[stage]


@lru_cache(maxsize=10_000)
def _id_of(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:8]


class Effects(Frozen):
    """How far an event moves each part of the state, -2 to 2."""

    trust: Shift = 0
    discord: Shift = 0
    importance: Shift = 0
    confidence: Shift = 0


class Event(Frozen):
    """What happened to a client between two talks, and the words with which they sit down again.

    It fits `after` a talk that ended in this way; `plan` narrows it to one plan agreed. `what` is read by the learner
    before the talk and by the model, so it holds no secret.
    """

    id: Id
    after: After
    plan: Id | None = None
    weeks: int = Field(ge=1, le=26)
    what: Text
    effects: Effects = Effects()
    opening: Text
    talk: str = Field(default="neutral", pattern=TALK_FORM)
    strand: Id

    @property
    def talk_type(self) -> Talk:
        """`change`, `sustain` or `neutral`: the talk that the opening is."""
        return self.talk.split("/")[0]  # type: ignore[return-value]

    @property
    def talk_kind(self) -> TalkKind | None:
        """The DARN-CAT kind of the opening, None for neutral talk."""
        return self.talk.split("/")[1] if "/" in self.talk else None  # type: ignore[return-value]


class Safety(Frozen):
    """What a learner should know before meeting this client, and where the card will not go."""

    content_note: Text
    avoid: tuple[Text, ...] = ()


class Persona(Frozen):
    """A client, whole. Read from `personas/<topic>_<name>.yaml` by `evoke.cards`."""

    schema_version: Literal[1]
    id: Id
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    name: Text
    age: int = Field(ge=12, le=100)
    pronouns: Literal["she/her", "he/him", "they/them"]
    topic: Text
    target_behaviour: Text
    brief: Brief
    story: Text
    temperament: Temperament
    strands: tuple[Strand, ...] = Field(min_length=3)
    facts: tuple[Fact, ...] = Field(min_length=6)
    beliefs: tuple[Belief, ...] = Field(min_length=2)
    plans: Plans
    voice: VoiceCard
    lines: tuple[Line, ...] = Field(min_length=1)
    opening: tuple[Text, ...] = Field(min_length=1)
    between: tuple[Event, ...] = ()
    safety: Safety
    extensions: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        """Every id that a line, fact or belief names must exist; exactly one strand is the core."""
        known = {
            "strand": {s.id for s in self.strands},
            "fact": {f.id for f in self.facts},
            "belief": {b.id for b in self.beliefs},
            "plan": {p.id for p in (*self.plans.acceptable, *self.plans.rejected)},
            "event": {e.id for e in self.between},
        }
        if sum(s.core for s in self.strands) != 1:
            raise ValueError("strands: exactly one must have core: true")
        for group in ("facts", "beliefs"):
            for item in getattr(self, group):
                if item.strand not in known["strand"]:
                    raise ValueError(f"{group}: {item.id} names the unknown strand '{item.strand}'")
        for n, event in enumerate(self.between):
            if event.strand not in known["strand"] or event.plan not in {None, *(p.id for p in self.plans.acceptable)}:
                raise ValueError(f"between.{n}: {event.id} names a strand or an acceptable plan that is not there")
        for n, line in enumerate(self.lines):
            for kind in known:
                name = getattr(line, kind)
                if name is not None and name not in known[kind]:
                    raise ValueError(f"lines.{n}: '{line.say[:40]}' names the unknown {kind} '{name}'")
        return self

    @property
    def core(self) -> Strand:
        """The strand of the core motivation."""
        return next(s for s in self.strands if s.core)

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits of the content; two cards with one hash are the same client."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()[:16]

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other content has another hash."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("hash", None)
        return copied


def card_path(folder: Path, persona_id: str) -> Path:
    """Where a card of that id stands in `folder`."""
    return folder / f"{persona_id}.yaml"
