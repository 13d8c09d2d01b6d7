"""A client who returns: what they remember of the talk before, and how they sit down again. Knows no store, no page.

What is carried is a value made of the talk (`Memory`); the card it is about is read and never written.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, get_args

from pydantic import Field

from evoke.client.move import Move
from evoke.client.state import ClientState, begin, spoken
from evoke.client.wording import subject
from evoke.codes import Coded, Frozen, Talk
from evoke.datafile import read_yaml
from evoke.persona import STAGES, After, Event, Line, Persona
from evoke.settings import shipped
from evoke.transcript import Memory, Mood, Step, Transcript, Turn, Variable

Share = Annotated[float, Field(ge=0, le=1)]
BETWEEN = "between"  # what a step's rule is called where an event made it


class Keep(Frozen):
    """The share of what a talk gained or lost that is still there at the next."""

    trust: Share
    importance: Share
    confidence: Share


class Returning(Frozen):
    """`returning.yaml`: what weeks apart do to a client."""

    keep: Keep
    discord_kept: Share
    discord_from: float = Field(ge=0, le=10)
    weeks: int = Field(ge=1)
    quotes: int = Field(ge=0)
    fresh_lines: int = Field(ge=0)


class Prose(Frozen):
    """Sentences for the model about the talk before."""

    met: str
    told: str
    said: str
    agreed: str
    refused: str
    ill: str
    since: str


class Wordings(Frozen):
    """`prompts/client/returning.yaml`."""

    prose: Prose
    openings: dict[After, tuple[str, ...]]


class Back(Frozen):
    """A client who has come back: their state, what they say first, and the steps that what lay between made."""

    state: ClientState
    opening: Move
    steps: tuple[Step, ...]


@cache
def returning() -> Returning:
    """The table, read once. Raises BadInput naming file and field."""
    return read_yaml(Path(__file__).with_name("returning.yaml"), Returning)


@cache
def wordings() -> Wordings:
    """The words, read once. Raises BadInput naming file and field."""
    return read_yaml(shipped("prompts") / "client" / "returning.yaml", Wordings)


def remember(
    persona: Persona,
    path: Sequence[Turn],
    state: ClientState,
    *,
    seed: int,
    earlier: str | None = None,
    before: Memory | None = None,
) -> Memory:
    """What the client brings from a talk to the next: `path` as it was said, `state` as it was at its end.

    `seed` draws what happened in between; `before` is what they had brought to that talk, None for a first one.
    """
    ended = _how_it_ended(path, state)
    event = _event(persona, state, ended, before, random.Random(f"{seed}:between"))
    return Memory(
        earlier=earlier,
        meeting=before.meeting + 1 if before else 2,
        mood=state.mood,
        ended=ended,
        said=_in_their_words(persona, path),
        opened=state.opened,
        core_touched=state.core_touched,
        voiced=state.voiced,
        told=state.told,
        used=state.used,
        accepted=state.accepted,
        rejected=state.rejected,
        event=event.id if event else None,
        weeks=event.weeks if event else returning().weeks,
    )


def state_of(transcript: Transcript, persona: Persona) -> ClientState:
    """The client's state at the end of a talk that was kept as a file: its moves made again, its last mood."""
    memory = transcript.memory
    state = _carried(persona, memory) if memory else begin(persona)
    lines = {line.id: line for line in persona.lines}
    for turn in transcript.turns:
        handed = tuple(lines[name] for name in turn.lines if name in lines)
        if turn.speaker == "client" and turn.move and handed:
            main = handed[0]
            state = spoken(state, Move(kind=turn.move, talk=main.talk_type, strand=main.strand, lines=handed))
    mood = next((turn.state for turn in reversed(transcript.turns) if turn.state), state.mood)
    touched = state.core_touched or persona.core.id in state.opened
    return state.model_copy(update={"mood": mood, "core_touched": touched})


def come_back(persona: Persona, memory: Memory, rng: random.Random) -> Back:
    """The client sits down again: the talk before has settled, what lay between has moved them, and they mention it."""
    state, event = _carried(persona, memory), event_of(persona, memory)
    if event is None:
        words = rng.choice(wordings().openings[memory.ended])
        return Back(state=state, opening=Move(kind="engage", direct="opening", words=words), steps=())
    steps = _steps(state.mood, event)
    moved: dict[str, float] = {
        step.variable: round(getattr(state.mood, step.variable) + step.delta, 3) for step in steps
    }
    opening = Move(kind="engage", talk=event.talk_type, talk_kind=event.talk_kind, strand=event.strand,
                   direct="opening", words=event.opening)  # fmt: skip
    return Back(
        state=state.model_copy(update={"mood": state.mood.model_copy(update=moved)}), opening=opening, steps=steps
    )


def event_of(persona: Persona, memory: Memory) -> Event | None:
    """What happened in between; None where the card has nothing that fits."""
    return next((event for event in persona.between if event.id == memory.event), None)


def as_prose(persona: Persona, memory: Memory) -> str:
    """What the model is told of the talk before."""
    prose, event = wordings().prose, event_of(persona, memory)
    told = " ".join(fact.text for fact in persona.facts if fact.id in memory.told)
    plans = {plan.id: plan.text for plan in (*persona.plans.acceptable, *persona.plans.rejected)}
    said = " ".join(f"“{words}”" for words in memory.said)
    agreed, refused = (_named(plans, ids) for ids in (memory.accepted, memory.rejected))
    since = event.what if event else ""
    they = subject(persona)
    parts = [prose.met, told and prose.told, said and prose.said, agreed and prose.agreed, refused and prose.refused,
             memory.ended == "discord" and prose.ill, since and prose.since]  # fmt: skip
    blanks = {"name": persona.name, "they": they, "They": they.capitalize(), "when": when(memory), "told": told,
              "said": said, "agreed": agreed, "refused": refused, "since": since}  # fmt: skip
    return " ".join(part.format(**blanks) for part in parts if part)


def last_time(persona: Persona, memory: Memory) -> list[str]:
    """What the learner reads before the talk: what was said last time, and what has happened since, a sentence each."""
    event, plans = event_of(persona, memory), {plan.id: plan.text for plan in persona.plans.acceptable}
    said = " ".join(f"“{words}”" for words in memory.said)
    agreed = _named(plans, memory.accepted)
    they = subject(persona).capitalize()
    parts = [
        f"You have met {persona.name} before, {when(memory)}.",
        said and f"What {persona.name} said then: {said}",
        agreed and f"{they} could see it working: {agreed}.",
        memory.ended == "discord" and "That talk did not end well.",
        event and f"Since then: {event.what}",
    ]
    return [part for part in parts if part]


def when(memory: Memory) -> str:
    """How long ago the talk before was, in words."""
    return f"{apart(memory)} ago"


def apart(memory: Memory) -> str:
    """How much time lies between the two talks, in words."""
    return "a week" if memory.weeks == 1 else f"{memory.weeks} weeks"


def _how_it_ended(path: Sequence[Turn], state: ClientState) -> After:
    left = bool(path) and path[-1].move == "leave"
    if left or state.mood.discord >= returning().discord_from:
        return "discord"
    return "plan" if state.accepted else "open"


def _event(
    persona: Persona, state: ClientState, ended: After, before: Memory | None, rng: random.Random
) -> Event | None:
    """One that fits how the talk ended, not the last one again; one of the plan agreed last is as likely as any."""
    last = state.accepted[-1] if state.accepted else None
    fitting = [event for event in persona.between if event.after == ended and event.plan in (None, last)]
    new = [event for event in fitting if before is None or event.id != before.event]
    return rng.choice(new or fitting) if fitting else None


def _in_their_words(persona: Persona, path: Sequence[Turn]) -> tuple[str, ...]:
    """Up to so many of the client's turns, in the order they came: a step they took up, what matters most, the rest."""
    said = [turn for turn in path if turn.speaker == "client" and turn.lines and turn.text]
    weights = {turn.id: _weight(turn, persona) for turn in said}
    best = sorted(said, key=lambda turn: -weights[turn.id])[: returning().quotes]
    return tuple(turn.text for turn in said if turn in best)


def _weight(turn: Turn, persona: Persona) -> float:
    talk = turn.coded.talk if isinstance(turn.coded, Coded) else None
    lines = [line for line in persona.lines if line.id in turn.lines]
    return (
        4.0 * (turn.move in ("accept", "plan", "reject"))
        + 3.0 * (turn.strand == persona.core.id)
        + 2.0 * (talk == "change")
        + 1.0 * (talk == "sustain")
        + 1.0 * any(line.fact or line.belief for line in lines)
    )


def _carried(persona: Persona, memory: Memory) -> ClientState:
    """The state after weeks apart, before anything that happened in them; the stage follows at the first words."""
    start, table, left = persona.temperament, returning(), memory.mood
    kept = {
        name: round(at + (getattr(left, name) - at) * getattr(table.keep, name), 3)
        for name, at in (("trust", start.trust), ("importance", start.importance), ("confidence", start.confidence))
    }
    return ClientState(
        mood=Mood(discord=round(left.discord * table.discord_kept, 3), stage=left.stage, **kept),
        opened=memory.opened,
        core_touched=memory.core_touched,
        voiced=memory.voiced,
        told=memory.told,
        used=_not_again(persona, memory.used),
        accepted=memory.accepted,
        rejected=memory.rejected,
        event=memory.event,
    )


def _not_again(persona: Persona, used: Sequence[str]) -> tuple[str, ...]:
    """The lines that stay used: all, unless too few fresh ones would be left; then those said longest ago come free."""
    lines = {line.id: line for line in persona.lines if line.event is None}
    wanted, fresh = returning().fresh_lines, [line for name, line in lines.items() if name not in used]
    open_to = Counter(cell for line in fresh for cell in _cells(line))
    free: set[str] = set()
    for line in (lines[name] for name in used if name in lines):
        if not (line.fact or line.belief or line.plan) and any(open_to[cell] < wanted for cell in _cells(line)):
            free.add(line.id)
            open_to.update(_cells(line))
    return tuple(name for name in used if name not in free)


def _cells(line: Line) -> Iterable[tuple[str, Talk]]:
    """The stages at which a line may be said, each with its talk."""
    return [(stage, line.talk_type) for stage in STAGES if line.fits(stage)]


def _steps(mood: Mood, event: Event) -> tuple[Step, ...]:
    """What the event moves, within the scale."""
    steps = []
    for variable in get_args(Variable):
        at, effect = getattr(mood, variable), getattr(event.effects, variable)
        delta = round(min(10.0, max(0.0, at + effect)) - at, 3)
        if delta:
            steps.append(Step(variable=variable, delta=delta, rule=f"{BETWEEN}:{event.id}", reason=event.what))
    return tuple(steps)


def _named(plans: dict[str, str], ids: Sequence[str]) -> str:
    return "; ".join(plans[name] for name in ids if name in plans)
