"""Draws the client's next move. Knows the mind and the card, no words of a model.

Base rates x what the learner just did x mood and momentum x how near the lines are to what was said; moves without
material fall away, and what is left is sampled. The caller's random stream makes it repeatable.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from math import exp
from typing import TypeVar

from evoke.client.choices import choices
from evoke.client.dynamics import dynamics
from evoke.client.feel import accuracy_band, holds
from evoke.client.material import ending_lines
from evoke.client.move import Heard, Move
from evoke.client.state import ClientState
from evoke.client.wording import deflections
from evoke.codes import Talk
from evoke.persona import Line, MoveKind, Persona

Thing = TypeVar("Thing")


def opening(persona: Persona, rng: random.Random) -> Move:
    """What the client says on sitting down."""
    return Move(kind="engage", direct="opening", words=rng.choice(persona.opening))


def choose(
    state: ClientState, heard: Heard, persona: Persona, ranked: Sequence[Line], rng: random.Random, turn: int
) -> Move:
    """The next move. `ranked` is the material, best fitting first; `turn` counts the learner's turns so far, from 1."""
    return (
        _ending(state, heard, persona, rng, turn)
        or _deflection(state, heard, rng)
        or _drawn(state, heard, persona, ranked, rng, turn)
    )


def talk_weights(state: ClientState, heard: Heard, persona: Persona, ranked: Sequence[Line]) -> dict[Talk, float]:
    """How likely each talk is next, up to a factor; only talk that there are lines for."""
    table = choices()
    weights = dict(table.talk_after[state.last_talk])
    for row in table.talk_lifts:
        if holds(row.when, heard, state):
            weights = _lifted(weights, row.lift)
    for lift in table.mood_lifts:
        away = getattr(state.mood, lift.variable) - lift.since
        weights = _lifted(weights, {talk: exp(weight * away) for talk, weight in lift.weights.items()})
    if _holding_back(state, persona):
        weights = _lifted(weights, table.unvoiced_lift)
    ranks = _best_ranks({line.id: line.talk_type for line in ranked})
    pull = table.pull.talk.after(bool(heard.question))
    return {t: w * exp(-pull * ranks[t]) for t, w in weights.items() if t in ranks}


def move_weights(state: ClientState, heard: Heard, ranked: Sequence[Line]) -> dict[MoveKind, float]:
    """How likely each move is among `ranked` lines of one talk, up to a factor."""
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


def _ending(state: ClientState, heard: Heard, persona: Persona, rng: random.Random, turn: int) -> Move | None:
    """Leaving when discord has stayed high, closing when the learner does, or at a natural end."""
    ends = choices().endings
    if state.tense >= ends.leave_after_tense:
        return _end("leave", state, persona, rng)
    return _end("close", state, persona, rng) if rng.random() < _closing_chance(state, heard, turn) else None


def _closing_chance(state: ClientState, heard: Heard, turn: int) -> float:
    """How likely the client closes now: surely after a goodbye, now and then with a plan made or after a long time."""
    ends = choices().endings
    if "goodbye" in heard.signals and turn >= ends.goodbye_from_turn and heard.question != "open":
        return 1.0
    if heard.question:
        return 0.0
    if "winding_up" in heard.signals and turn >= ends.goodbye_from_turn:
        return ends.winding_up_chance
    if turn >= ends.long_from_turn:
        return ends.long_chance
    return ends.settled_chance if state.accepted and turn >= ends.settled_from_turn else 0.0


def _end(kind: MoveKind, state: ClientState, persona: Persona, rng: random.Random) -> Move | None:
    """A last line; None for a card without any."""
    lines = ending_lines(persona, state, kind)
    return _made_of((rng.choice(lines),)) if lines else None


def _deflection(state: ClientState, heard: Heard, rng: random.Random) -> Move | None:
    """Words any client might say: to an odd remark, an insult, a silence, a request for leave."""
    table = choices()
    kind = next((name.removeprefix("odd_") for name in heard.signals if name.startswith("odd_")), None)
    if kind is None and "insult" in heard.signals and rng.random() < table.deflect_insult:
        kind = "insult"
    if kind:
        return Move(kind="engage", direct="deflection", words=_fresh(deflections().to(kind), state, rng))
    if "silence" in heard.signals and rng.random() < table.deflect_silence:
        kind = "silence"
    elif _asked_leave(state, heard) and rng.random() < table.assent:
        kind = "leave_to_speak"
    return Move(kind="engage", direct="backchannel", words=_fresh(deflections().to(kind), state, rng)) if kind else None


def _asked_leave(state: ClientState, heard: Heard) -> bool:
    """Whether the learner waits for a yes before going on."""
    calm = state.mood.discord < choices().assent_below_discord
    return calm and "permission" in heard.signals and "seek_collaboration" in heard.codes


def _drawn(
    state: ClientState, heard: Heard, persona: Persona, ranked: Sequence[Line], rng: random.Random, turn: int
) -> Move:
    near = ranked[: _reach(state, heard)]
    talks = talk_weights(state, heard, persona, near)
    talk = _sample(talks, rng) if talks else "neutral"
    if not talks or (talk == "neutral" and _brief(state, heard, persona, rng, turn)):
        return Move(kind="engage", direct="backchannel", words=_backchannel(state, heard, persona, rng))
    lines = [line for line in near if line.talk_type == talk]
    move = _sample(move_weights(state, heard, lines), rng)
    others = [line for line in ranked if line.talk_type == talk]
    return _made_of(_lines([line for line in lines if line.move == move], others, state, heard, persona, rng))


def _reach(state: ClientState, heard: Heard) -> int | None:
    """How many of the nearest lines come to mind; None where no row of the table holds."""
    return next((row.lines for row in choices().reach if holds(row.when, heard, state)), None)


def _lines(
    fitting: Sequence[Line],
    others: Sequence[Line],
    state: ClientState,
    heard: Heard,
    persona: Persona,
    rng: random.Random,
) -> tuple[Line, ...]:
    """The main line, and those that may stand beside it: same strand and talk, carrying nothing of their own."""
    main = _main_line(fitting, state, heard, rng)
    if len(main.say.split()) > choices().long_line:
        return (main,)
    beside = [
        line
        for line in others
        if line is not main and line.strand == main.strand and not (line.fact or line.belief or line.plan)
    ]
    table, more = choices(), 0
    if rng.random() < table.second_line.by(persona.temperament):
        more = 2 if rng.random() < table.third_line.by(persona.temperament) else 1
    return (main, *beside[:more])


def _main_line(fitting: Sequence[Line], state: ClientState, heard: Heard, rng: random.Random) -> Line:
    """Mostly the best fitting one, more so after a question; a belief still to be voiced comes forward."""
    pull, bonus = choices().pull.line.after(bool(heard.question)), choices().belief_bonus
    new_belief = [line.belief is not None and line.belief not in state.voiced for line in fitting]
    return fitting[_sample({n: exp(-pull * n + bonus * new) for n, new in enumerate(new_belief)}, rng)]


def _made_of(lines: tuple[Line, ...]) -> Move:
    main = lines[0]
    return Move(kind=main.move, talk=main.talk_type, talk_kind=main.talk_kind, strand=main.strand, lines=lines)


def _brief(state: ClientState, heard: Heard, persona: Persona, rng: random.Random, turn: int) -> bool:
    """Whether a neutral turn is only a word or two."""
    table = choices()
    if state.brief_last or turn < table.brief_from_turn:
        return False
    chance = next((row.chance for row in table.brief if holds(row.when, heard, state)), 0.0)
    return rng.random() < chance * table.brief_scale.by(persona.temperament)


def _backchannel(state: ClientState, heard: Heard, persona: Persona, rng: random.Random) -> str:
    """A brief answer in the client's manner; one that contradicts does not follow an accurate reflection."""
    words = persona.voice.backchannels
    if accuracy_band(heard.accuracy) == "accurate":
        words = tuple(w for w in words if not re.search(choices().contrary, w, re.IGNORECASE)) or words
    return _fresh(words, state, rng)


def _fresh(words: Sequence[str], state: ClientState, rng: random.Random) -> str:
    """One that was not said yet while there is any, and never the last one again."""
    new = [w for w in words if w not in state.words_used]
    return rng.choice(new or [w for w in words if w != state.words_used[-1]] or list(words))


def _holding_back(state: ClientState, persona: Persona) -> bool:
    """Whether only unvoiced beliefs stand between the client and the next stage."""
    ready = state.mood.importance >= dynamics().stages.preparation_importance
    unvoiced = any(belief.id not in state.voiced for belief in persona.beliefs)
    return state.mood.stage == "contemplation" and ready and unvoiced


def _lifted(weights: Mapping[Thing, float], lift: Mapping[Thing, float]) -> dict[Thing, float]:
    return {thing: weight * lift.get(thing, 1.0) for thing, weight in weights.items()}


def _best_ranks(things: Mapping[str, Thing]) -> dict[Thing, int]:
    """The rank of the best line of each kind; `things` is in the order of rank."""
    ranks: dict[Thing, int] = {}
    for rank, thing in enumerate(things.values()):
        ranks.setdefault(thing, rank)
    return ranks


def _sample(weights: Mapping[Thing, float], rng: random.Random) -> Thing:
    """One of the things, as likely as its weight says."""
    things = list(weights)
    return rng.choices(things, weights=[max(weights[t], 1e-9) for t in things])[0]
