"""Draws the client's next move. Knows the mind and the card, no words of a model.

First whether the talk ends or a remark is deflected; else a talk, a move of that talk, and lines for it are sampled.
Moves without material fall away. The caller's random stream makes it repeatable.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from math import exp
from typing import TypeVar

from evoke.client.calibration import knob
from evoke.client.choices import choices
from evoke.client.feel import accuracy_band, beliefs_to_voice, holds
from evoke.client.leaning import holding_back, move_weights, talk_weights, tells_what_lay_between
from evoke.client.material import ending_lines
from evoke.client.move import Heard, Move
from evoke.client.state import ClientState
from evoke.client.wording import deflections
from evoke.persona import Line, MoveKind, Persona

Thing = TypeVar("Thing")


def opening(persona: Persona, rng: random.Random) -> Move:
    """What the client says on sitting down."""
    return Move(kind="engage", direct="opening", words=rng.choice(persona.opening))


def choose(
    state: ClientState,
    heard: Heard,
    persona: Persona,
    ranked: Sequence[Line],
    rng: random.Random,
    turn: int,
    answers: Sequence[Line] = (),
) -> Move:
    """The next move. `ranked` is the material, best fitting first; `turn` counts the learner's turns so far, from 1.

    `answers` are those lines that tell what is plainly asked for, where anything is.
    """
    return (
        _ending(state, heard, persona, rng, turn)
        or _deflection(state, heard, rng)
        or _answer(state, heard, persona, ranked, answers, rng)
        or _drawn(state, heard, persona, ranked, rng, turn)
    )


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
        return ends.asked_chance if turn >= ends.asked_from_turn else 0.0
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


def _answer(
    state: ClientState,
    heard: Heard,
    persona: Persona,
    ranked: Sequence[Line],
    answers: Sequence[Line],
    rng: random.Random,
) -> Move | None:
    """What was plainly asked for, whatever talk it is; and that a first step brought up again was turned down."""
    if not answers and set(heard.plans[:1]) & set(state.rejected):
        return Move(kind="engage", direct="deflection", words=_fresh(deflections().refused, state, rng))
    if not answers or rng.random() >= choices().answered:
        return None
    talk = answers[0].talk_type
    others = [line for line in ranked if line.talk_type == talk]
    return _made_of(_lines([line for line in answers if line.talk_type == talk], others, state, heard, persona, rng))


def _drawn(
    state: ClientState, heard: Heard, persona: Persona, ranked: Sequence[Line], rng: random.Random, turn: int
) -> Move:
    near = _near(state, heard, persona, ranked)
    talks = talk_weights(state, heard, persona, near)
    talk = _sample(talks, rng)
    lines = [line for line in near if line.talk_type == talk]
    if beliefs_to_voice(state, persona) and any(_voices(line, state) for line in lines):
        lines = [line for line in lines if _voices(line, state)]
    brief = talk == "neutral" and not tells_what_lay_between(near) and _brief(state, heard, persona, rng, turn)
    if brief or not lines:
        return Move(kind="engage", direct="backchannel", words=_backchannel(state, heard, persona, rng))
    move = _sample(move_weights(state, heard, lines), rng)
    others = [line for line in ranked if line.talk_type == talk]
    return _made_of(_lines([line for line in lines if line.move == move], others, state, heard, persona, rng))


def _near(state: ClientState, heard: Heard, persona: Persona, ranked: Sequence[Line]) -> list[Line]:
    """The lines that come to mind: the nearest, and until a client is ready, unsaid obstacles from further away."""
    reach = next((row.lines for row in choices().reach if holds(row.when, heard, state)), len(ranked))
    seeks = state.mood.stage == "precontemplation" or holding_back(state, persona)
    further = ranked[reach : choices().belief_reach] if seeks else ()
    return [*ranked[:reach], *(line for line in further if _voices(line, state))]


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
    if len(main.say.split()) > choices().long_line.by(persona.temperament):
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
    new_belief = [_voices(line, state) for line in fitting]
    long = [knob("short_lines") * len(line.say.split()) for line in fitting]
    return fitting[_sample({n: exp(-pull * n + bonus * new - long[n]) for n, new in enumerate(new_belief)}, rng)]


def _voices(line: Line, state: ClientState) -> bool:
    """Whether a belief would be said aloud for the first time."""
    return line.belief is not None and line.belief not in state.voiced and line.talk_type != "change"


def _made_of(lines: tuple[Line, ...]) -> Move:
    main = lines[0]
    return Move(kind=main.move, talk=main.talk_type, talk_kind=main.talk_kind, strand=main.strand, lines=lines)


def _brief(state: ClientState, heard: Heard, persona: Persona, rng: random.Random, turn: int) -> bool:
    """Whether a neutral turn is only a word or two."""
    table = choices()
    if turn < table.brief_from_turn:
        return False
    chance = next((row.chance for row in table.brief if holds(row.when, heard, state)), 0.0)
    often = min(table.brief_at_most, chance * knob("brief_level") * table.brief_scale.by(persona.temperament))
    return rng.random() < often * (table.brief_again if state.brief_last else 1.0)


def _backchannel(state: ClientState, heard: Heard, persona: Persona, rng: random.Random) -> str:
    """A brief answer in the client's manner; one that contradicts does not follow an accurate reflection.

    A nod is no answer to "what" or "who", and would be a yes to a first step that is brought up.
    """
    no_answer = heard.question == "open" and rng.random() < choices().unsure
    stepped = state.mood.stage == "preparation" and heard.plans
    if no_answer or stepped or "asks_what" in heard.signals:
        return _fresh(persona.voice.unsure or deflections().unsure, state, rng)
    words = persona.voice.backchannels
    if accuracy_band(heard.accuracy) == "accurate":
        words = tuple(w for w in words if not re.search(choices().contrary, w, re.IGNORECASE)) or words
    return _fresh(words, state, rng)


def _fresh(words: Sequence[str], state: ClientState, rng: random.Random) -> str:
    """One that was not said yet while there is any, and never the last one again."""
    new = [w for w in words if w not in state.words_used]
    return rng.choice(new or [w for w in words if w != state.words_used[-1]] or list(words))


def _sample(weights: Mapping[Thing, float], rng: random.Random) -> Thing:
    """One of the things, as likely as its weight says."""
    things = list(weights)
    return rng.choices(things, weights=[max(weights[t], 1e-9) for t in things])[0]
