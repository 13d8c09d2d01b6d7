"""Which of the card's lines may be said now: stage, gates, strands, and what was said before. Knows no chance."""

from __future__ import annotations

from collections.abc import Iterable

from evoke.client.hearing import answers_ruler, says_over
from evoke.client.move import Heard
from evoke.client.state import ClientState
from evoke.persona import Line, MoveKind, Persona

ENDINGS: tuple[MoveKind, ...] = ("leave", "close")


def material(persona: Persona, state: ClientState, heard: Heard) -> list[Line]:
    """Every line that fits now, in the card's order, endings left out.

    A ruler is answered with a number, a first step that is brought up with a line about it, where there are such lines;
    "How did it go?" to a client who returns with one about what lay between.
    """
    lines = [line for line in persona.lines if line.move not in ENDINGS and _fits(line, persona, state, heard)]
    numbers = [line for line in lines if answers_ruler(line.say)]
    if numbers and heard.question:
        return numbers
    since = [line for line in lines if line.event] if "since" in heard.signals and heard.question else []
    if since:
        return since
    brought_up = _new_plans(heard, state)
    return [line for line in lines if line.plan in brought_up] or lines


def ending_lines(persona: Persona, state: ClientState, kind: MoveKind) -> list[Line]:
    """Lines that end the session in that way: new ones within the gate where there are any, else all."""
    lines = [line for line in persona.lines if line.move == kind]
    return [line for line in lines if line.id not in state.used and line.gate <= state.mood.trust] or lines


def closed_facts(persona: Persona, state: ClientState, lines: Iterable[Line]) -> tuple[str, ...]:
    """Texts of the facts that may not come out this turn."""
    handed = {line.fact for line in lines}
    open_strands = {strand.id for strand in persona.strands if _open(strand.id, persona, state)}
    return tuple(
        fact.text
        for fact in persona.facts
        if fact.id not in handed
        and fact.id not in state.told
        and (fact.gate > state.mood.trust or fact.strand not in open_strands)
    )


def _new_plans(heard: Heard, state: ClientState) -> set[str]:
    """The first step that the learner brings up, unless it was taken before."""
    return set(heard.plans[:1]) - set(state.accepted)


def _fits(line: Line, persona: Persona, state: ClientState, heard: Heard) -> bool:
    return (
        line.id not in state.used
        and line.event in (None, state.event)
        and ("ruler" in heard.signals or not answers_ruler(line.say))
        and (heard.question is not None or not says_over(line.say))
        and line.fits(state.mood.stage)
        and line.gate <= state.mood.trust
        and _open(line.strand, persona, state)
        and _tellable(line, persona, state)
        and _voiced_first(line, state)
        and _plan_allowed(line, persona, state, heard)
    )


def _open(strand_id: str, persona: Persona, state: ClientState) -> bool:
    """A strand opens by trust; the core strand by trust and by having been touched."""
    strand = next(s for s in persona.strands if s.id == strand_id)
    if strand.id in state.opened:
        return True
    return strand.gate <= state.mood.trust and (state.core_touched or not strand.core)


def _tellable(line: Line, persona: Persona, state: ClientState) -> bool:
    """A fact is told once, and neither below its gate nor before its strand is open."""
    if line.fact is None:
        return True
    fact = next(f for f in persona.facts if f.id == line.fact)
    return line.fact not in state.told and fact.gate <= state.mood.trust and _open(fact.strand, persona, state)


def _voiced_first(line: Line, state: ClientState) -> bool:
    """A belief softens only after it was voiced."""
    return line.belief is None or line.talk_type != "change" or line.belief in state.voiced


def _plan_allowed(line: Line, persona: Persona, state: ClientState, heard: Heard) -> bool:
    """A first step the learner brings up is the one that is taken or turned down; rejected stays rejected."""
    if line.plan is None:
        return True
    rejected = {plan.id for plan in persona.plans.rejected}
    if heard.plans and line.plan != heard.plans[0]:
        return False
    if line.move == "reject":
        return line.plan in rejected
    if line.move == "accept" and not heard.plans and {"persuade", "persuade_with_permission"} & set(heard.codes):
        return False  # what was proposed is no step of theirs
    return line.plan not in rejected and line.plan not in state.rejected
