"""The client's hidden state: a mood, and what has been opened, voiced, told and used. Knows no words and no model.

A state is a value; it round-trips through JSON, and that JSON is the snapshot a branch is restored from.
"""

from __future__ import annotations

import random
from math import exp

from pydantic import Field

from evoke.client.dynamics import dynamics
from evoke.client.move import Move
from evoke.codes import Frozen, Talk
from evoke.persona import Persona
from evoke.transcript import Mood, Variable


class ClientState(Frozen):
    """How the client stands after a turn.

    `opened` strands, `voiced` beliefs, `told` facts, `used` lines and `accepted` and `rejected` plans are ids;
    `words_used` are the direct words that were spoken.
    `event` is what happened before a client who returns sat down.
    `tense` counts learner turns in a row at high discord, `runs` how often in a row a rule's code has come,
    `talks` is the client's own talk so far, oldest first; `leaning` is what this day does to each talk, as a factor.
    """

    mood: Mood
    opened: tuple[str, ...] = ()
    core_touched: bool = False
    voiced: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    words_used: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    event: str | None = None
    tense: int = Field(default=0, ge=0)
    runs: dict[str, int] = Field(default_factory=dict)
    talks: tuple[Talk, ...] = ()
    leaning: dict[Talk, float] = Field(default_factory=dict)
    brief_last: bool = False
    ended: bool = False

    @property
    def last_talk(self) -> Talk:
        """The client's own talk of the last turn; neutral before the first."""
        return self.talks[-1] if self.talks else "neutral"

    def said(self, talk: Talk) -> int:
        """How many of the client's own turns were `talk` so far."""
        return self.talks.count(talk)


def begin(persona: Persona, rng: random.Random | None = None) -> ClientState:
    """The state in which this client sits down: the card's start values, no discord, the stage that fits them.

    `rng` makes it one day of many: start values and talk lean a little to one side; without it the card as it stands.
    """
    start, stages = persona.temperament, dynamics().stages
    values: dict[Variable, float] = {v: getattr(start, v) for v in ("trust", "importance", "confidence")}
    leaning: dict[Talk, float] = {}
    if rng:
        day = dynamics().day
        values = {v: _drifted(value, day.start.get(v, 0.0), rng) for v, value in values.items()}
        values["trust"] = min(values["trust"], max(start.trust, persona.core.gate - day.below_core))
        leaning = {talk: exp(_bounded(rng, spread)) for talk, spread in day.leaning.items()}
    mood = Mood(discord=0, stage=stages.at_start(start.importance), **values)
    return ClientState(mood=mood, leaning=leaning)


def _drifted(value: float, spread: float, rng: random.Random) -> float:
    """A start value on one day, 0-10."""
    return round(min(10.0, max(0.0, value + _bounded(rng, spread))), 3)


def _bounded(rng: random.Random, spread: float) -> float:
    """A normal draw, never further out than the table allows."""
    most = dynamics().day.at_most
    return min(most, max(-most, rng.gauss(0, spread)))


def spoken(state: ClientState, move: Move) -> ClientState:
    """The state once the client has made `move`: its material is used up, its strand open, its belief voiced."""
    main = move.main
    belief = main.belief if main and main.talk_type != "change" else None
    plan = main.plan if main else None
    return state.model_copy(
        update={
            "opened": _with(state.opened, main.strand if main else None),
            "voiced": _with(state.voiced, belief),
            "told": _with(state.told, main.fact if main else None),
            "used": state.used + tuple(line.id for line in move.lines if line.id not in state.used),
            "words_used": _with(state.words_used, move.words),
            "accepted": _with(state.accepted, plan if move.kind in ("accept", "plan") else None),
            "rejected": _with(state.rejected, plan if move.kind == "reject" else None),
            "talks": (*state.talks, move.talk),
            "brief_last": move.direct == "backchannel",
            "ended": move.ends,
        }
    )


def _with(known: tuple[str, ...], new: str | None) -> tuple[str, ...]:
    """`known` and `new`, each once."""
    return known if new is None or new in known else (*known, new)
