"""How likely each talk and each move is next, up to a factor. Knows the mind and what lines there are; draws nothing.

Talk is persistence x what the learner just did x mood x the day's own leaning x how near the lines come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import TypeVar

from evoke.client.calibration import knob
from evoke.client.choices import choices
from evoke.client.feel import beliefs_to_voice, holds, moved_enough
from evoke.client.move import Heard
from evoke.client.state import ClientState
from evoke.codes import Talk
from evoke.persona import Line, MoveKind, Persona

Thing = TypeVar("Thing")


def talk_weights(state: ClientState, heard: Heard, persona: Persona, ranked: Sequence[Line]) -> dict[Talk, float]:
    """How likely each talk is next; only talk that there are lines for, and neutral talk, which needs none."""
    weights = _lifted(_persisting(state.last_talk), state.leaning)
    for lift in (_fitted(), _by_what_was_done(state, heard), _by_temperament(persona), _by_mood(state)):
        weights = _lifted(weights, lift)
    if holding_back(state, persona):
        table = choices()
        weights = _lifted(weights, table.last_doubt_lift if moved_enough(state.mood) else table.unvoiced_lift)
    if heard.plans and heard.plans[0] in {plan.id for plan in persona.plans.rejected}:
        weights = _lifted(weights, choices().refused_lift)
    ranks = _best_ranks({line.id: line.talk_type for line in ranked})
    only_these = ranked and ("ruler" in heard.signals or tells_what_lay_between(ranked))
    if "neutral" not in ranks and not only_these:
        weights["neutral"] *= choices().unanswered.after(heard.question)
        ranks["neutral"] = len(ranked)
    pull = knob("question_pull") if heard.question else choices().pull.talk
    return {t: w * exp(-pull * ranks[t]) for t, w in weights.items() if t in ranks}


def move_weights(state: ClientState, heard: Heard, ranked: Sequence[Line]) -> dict[MoveKind, float]:
    """How likely each move is among `ranked` lines of one talk."""
    table = choices()
    rows = table.moves[state.mood.stage]
    weights = dict(next(row for row in rows if receptivity(state) < row.below).shares)
    for row in table.move_lifts:
        if holds(row.when, heard, state):
            weights = _lifted(weights, row.lift)
    ranks = _best_ranks({line.id: line.move for line in ranked})
    pull = table.pull.move.after(bool(heard.question))
    return {move: weights.get(move, 0.0) * exp(-pull * rank) for move, rank in ranks.items()}


def receptivity(state: ClientState) -> float:
    """How open the client is to this talk, 1-5 (ConsistentMI's scale), from trust and the absence of discord."""
    weights, mood = choices().receptivity, state.mood
    return 1 + 4 * (weights.trust * mood.trust + weights.calm * (10 - mood.discord)) / 10


def tells_what_lay_between(lines: Sequence[Line]) -> bool:
    """Whether there is nothing to say but what happened since the last talk, which was asked for."""
    return bool(lines) and all(line.event for line in lines)


def holding_back(state: ClientState, persona: Persona) -> bool:
    """Whether beliefs that are not voiced yet stand between the client and the next stage."""
    return state.mood.stage == "contemplation" and beliefs_to_voice(state, persona) > 0


def _persisting(last: Talk) -> dict[Talk, float]:
    """Talk after the client's own `last` talk: real persistence, with the fitted momentum."""
    table = choices().talk_after
    momentum = {"change": knob("change_momentum"), "sustain": knob("sustain_momentum"), "neutral": 1.0}[last]
    return {talk: base * (table[last][talk] / base) ** momentum for talk, base in table["neutral"].items()}


def _fitted() -> dict[Talk, float]:
    return {"change": knob("change_level"), "sustain": knob("sustain_level")}


def _by_what_was_done(state: ClientState, heard: Heard) -> dict[Talk, float]:
    """The rows of the table that hold, multiplied; questions and stages with their fitted strength."""
    made: dict[Talk, float] = {}
    for row in choices().talk_lifts:
        if holds(row.when, heard, state):
            only_stage = row.when.stage and not row.when.signals
            strength = knob("stage_on_talk") if only_stage else knob("question_talk") if row.when.question else 1.0
            made |= {talk: made.get(talk, 1.0) * lift**strength for talk, lift in row.lift.items()}
    return made


def _by_temperament(persona: Persona) -> dict[Talk, float]:
    away = [(lift, getattr(persona.temperament, lift.dial) - lift.since) for lift in choices().temper_lifts]
    return _exp_of([{talk: weight * far for talk, weight in lift.weights.items()} for lift, far in away])


def _by_mood(state: ClientState) -> dict[Talk, float]:
    away = [(lift, getattr(state.mood, lift.variable) - lift.since) for lift in choices().mood_lifts]
    return _exp_of([{talk: weight * far for talk, weight in lift.weights.items()} for lift, far in away])


def _exp_of(parts: Sequence[Mapping[Talk, float]]) -> dict[Talk, float]:
    """The exponential of the sum of `parts`."""
    talks = {talk for part in parts for talk in part}
    return {talk: exp(sum(part.get(talk, 0.0) for part in parts)) for talk in talks}


def _lifted(weights: Mapping[Thing, float], lift: Mapping[Thing, float]) -> dict[Thing, float]:
    return {thing: weight * lift.get(thing, 1.0) for thing, weight in weights.items()}


def _best_ranks(things: Mapping[str, Thing]) -> dict[Thing, int]:
    """The rank of the best line of each kind; `things` is in the order of rank."""
    ranks: dict[Thing, int] = {}
    for rank, thing in enumerate(things.values()):
        ranks.setdefault(thing, rank)
    return ranks
