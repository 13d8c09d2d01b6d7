"""Which of the card's lines may be said now: stage, gates, strands, and what was said before. Knows no chance."""

from __future__ import annotations

from collections.abc import Iterable

from evoke.client.hearing import answers_ruler, says_over
from evoke.client.move import Heard
from evoke.client.state import ClientState
from evoke.persona import Fact, Line, MoveKind, Persona

ENDINGS: tuple[MoveKind, ...] = ("leave", "close")


def material(persona: Persona, state: ClientState, heard: Heard) -> list[Line]:
    """Every line that fits now, in the card's order, endings left out.

    A ruler is answered with a number, a first step that is brought up with a line about it, where there are such lines;
    "How did it go?" to a client who returns with one about what lay between.
    """
    now = _Now(persona, state, heard)
    lines = [line for line in persona.lines if line.move not in ENDINGS and now.fits(line)]
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
    open_strands = _open_strands(persona, state)
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


class _Now:
    """One moment: what of the card is open in it, worked out once for all lines."""

    def __init__(self, persona: Persona, state: ClientState, heard: Heard) -> None:
        self._state = state
        self._used, self._open = frozenset(state.used), _open_strands(persona, state)
        self._asked, self._ruler = heard.question is not None, "ruler" in heard.signals
        self._tellable = {fact.id for fact in persona.facts if self._may_tell(fact)}
        self._never = {plan.id for plan in persona.plans.rejected}
        self._brought_up = heard.plans[:1]
        self._pushed = bool({"persuade", "persuade_with_permission"} & set(heard.codes))

    def fits(self, line: Line) -> bool:
        """Whether a line may be said now."""
        mood = self._state.mood
        return (
            line.gate <= mood.trust
            and line.strand in self._open
            and line.event in (None, self._state.event)
            and line.id not in self._used
            and line.fits(mood.stage)
            and (line.fact is None or line.fact in self._tellable)
            and self._voiced_first(line)
            and self._plan_allowed(line)
            and (self._ruler or not answers_ruler(line.say))
            and (self._asked or not says_over(line.say))
        )

    def _may_tell(self, fact: Fact) -> bool:
        """A fact is told once, and neither below its gate nor before its strand is open."""
        return fact.id not in self._state.told and fact.gate <= self._state.mood.trust and fact.strand in self._open

    def _voiced_first(self, line: Line) -> bool:
        """A belief softens only after it was voiced."""
        return line.belief is None or line.talk_type != "change" or line.belief in self._state.voiced

    def _plan_allowed(self, line: Line) -> bool:
        """A first step the learner brings up is the one that is taken or turned down; rejected stays rejected."""
        if line.plan is None:
            return True
        if self._brought_up and line.plan != self._brought_up[0]:
            return False
        if line.move == "reject":
            return line.plan in self._never
        if line.move == "accept" and not self._brought_up and self._pushed:
            return False  # what was proposed is no step of theirs
        return line.plan not in self._never and line.plan not in self._state.rejected


def _open_strands(persona: Persona, state: ClientState) -> frozenset[str]:
    """A strand opens by trust; the core strand by trust and by having been touched."""
    return frozenset(
        strand.id
        for strand in persona.strands
        if strand.id in state.opened or (strand.gate <= state.mood.trust and (state.core_touched or not strand.core))
    )
