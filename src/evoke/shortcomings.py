"""What a valid card still lacks to carry a session, in sentences for its author. Knows no file and no model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from evoke.codes import Talk
from evoke.persona import STAGES, After, MoveKind, Persona

_BLANK = re.compile(r"<[A-Za-z][^<>]{2,}>")  # <words to replace> of the blank card
LONGEST_LINE = 30  # words
FEWEST: dict[MoveKind, int] = {
    "inform": 12, "engage": 12, "deny": 5, "downplay": 5, "blame": 4, "hesitate": 6, "doubt": 6, "acknowledge": 7,
    "accept": 4, "reject": 4, "plan": 4, "leave": 2, "close": 2,
}  # fmt: skip
FEWEST_LINES = 70
FEWEST_ASKED = 4  # wordings in which a thing is asked about
FEWEST_OF_A_TALK = 6  # lines of change, sustain and neutral talk that can be said at each stage


def shortcomings(persona: Persona) -> list[str]:
    """What a valid card still lacks to carry a session, one sentence each; empty means finished."""
    found, first = [], [line for line in persona.lines if line.event is None]
    if len(first) < FEWEST_LINES:
        found.append(f"lines: {len(first)} stand here for a first talk; write at least {FEWEST_LINES}")
    moves = Counter(line.move for line in first)
    found += [f"lines: {moves[m]} for the move '{m}'; write at least {n}" for m, n in FEWEST.items() if moves[m] < n]
    for stage in STAGES:
        talks = Counter(line.talk_type for line in first if line.fits(stage))
        for talk in get_args(Talk):
            if talks[talk] < FEWEST_OF_A_TALK:
                found.append(f"lines: {talks[talk]} of {talk} talk can be said in {stage}; write {FEWEST_OF_A_TALK}")
    found += [f"lines.{n}.say: {len(line.say.split())} words; at most {LONGEST_LINE}"
              for n, line in enumerate(persona.lines) if len(line.say.split()) > LONGEST_LINE]  # fmt: skip
    twice = [say for say, n in Counter(line.say for line in persona.lines).items() if n > 1]
    found += [f"lines: '{say[:40]}' stands {2} times or more; say it once" for say in twice]
    found += _unfilled(persona)
    found += _unused(persona) + _unasked(persona)
    return found + _returning(persona)


def _unfilled(persona: Persona) -> list[str]:
    """Places where the blank card's <words to replace> still stand."""
    unfilled = [
        place for place, words in _texts(persona.model_dump(exclude={"extensions"}), "") if _BLANK.search(words)
    ]
    if not unfilled:
        return []
    shown = ", ".join(unfilled[:6]) + (f" and {len(unfilled) - 6} more" if len(unfilled) > 6 else "")
    return [f"{shown}: <words> of the blank card still stand there; write this client's own"]


def _texts(data: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, f"{place}.{key}" if place else key)
    elif isinstance(data, tuple | list):
        for n, value in enumerate(data):
            yield from _texts(value, f"{place}.{n}")


def _returning(persona: Persona) -> list[str]:
    """What a client who may return still lacks; one without any event returns with words that fit everybody."""
    covered = {event.after for event in persona.between if event.plan is None}
    if not persona.between:
        return []
    return [f"between: no event after '{after}' that fits every plan; write one" for after in get_args(After)
            if after not in covered]  # fmt: skip


def _unasked(persona: Persona) -> list[str]:
    """What cannot be recognised when it is asked about, as it names too few questions that it answers."""
    wanted = {
        "facts": {fact.id: fact.asked for fact in persona.facts},
        "beliefs": {belief.id: belief.asked for belief in persona.beliefs},
        "plans": {plan.id: plan.asked for plan in (*persona.plans.acceptable, *persona.plans.rejected)},
        "strands": {persona.core.id: persona.core.asked},
    }
    few = {kind: [name for name, asked in rows.items() if len(asked) < FEWEST_ASKED] for kind, rows in wanted.items()}
    return [f"{kind}: {FEWEST_ASKED} or more `asked` wanted for {', '.join(names)}; word each question differently"
            for kind, names in few.items() if names]  # fmt: skip


def _unused(persona: Persona) -> list[str]:
    """Strands, facts, beliefs and plans that no line can bring up."""
    groups = {
        "strand": [s.id for s in persona.strands],
        "fact": [f.id for f in persona.facts],
        "belief": [b.id for b in persona.beliefs],
        "plan": [p.id for p in (*persona.plans.acceptable, *persona.plans.rejected)],
    }
    return [
        f"lines: none carries the {kind} '{name}'"
        for kind, names in groups.items()
        for name in names
        if name not in {getattr(line, kind) for line in persona.lines}
    ]
