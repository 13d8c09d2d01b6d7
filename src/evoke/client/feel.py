"""How a learner's turn moves the client: the table of `dynamics.yaml` applied. Knows no words, only what was heard.

Nothing moves by default. A step is scaled by temperament and by the room left on the scale, then all steps of one
variable are bounded together.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import NamedTuple

from evoke.client.calibration import knob
from evoke.client.dynamics import Accuracy, Rule, SelfTalk, When, dynamics
from evoke.client.hearing import hearing
from evoke.client.move import Heard, Move
from evoke.client.state import ClientState
from evoke.codes import Coded, Frozen
from evoke.persona import Persona, Stage, Temperament
from evoke.transcript import Mood, Step, Variable


class Wish(NamedTuple):
    """An effect that a row of the table asks for, not yet scaled."""

    variable: Variable
    effect: float
    rule: str
    reason: str


class Felt(Frozen):
    """The state a turn led to, and the steps that led there."""

    state: ClientState
    steps: tuple[Step, ...]


def after(state: ClientState, heard: Heard, persona: Persona) -> Felt:
    """What the learner's turn did to the client."""
    table = dynamics()
    runs = {rule.id: state.runs.get(rule.id, 0) + 1 for rule in table.rules if holds(rule.when, heard, state)}
    fired = [rule for rule in table.rules if runs.get(rule.id, 0) >= rule.when.in_a_row]
    steps = _steps(state.mood, _wishes(fired), persona.temperament)
    moved = _moved(state.mood, steps)
    touched = state.core_touched or (persona.core.id in heard.touched and moved["trust"] >= persona.core.gate)
    felt = state.model_copy(
        update={
            "runs": runs,
            "core_touched": touched,
            "tense": state.tense + 1 if moved["discord"] >= table.tense_from else 0,
            "mood": Mood(stage=state.mood.stage, **moved),
        }
    )
    return Felt(state=_restaged(felt, persona), steps=steps)


def hearing_oneself(state: ClientState, move: Move, heard: Heard | None, persona: Persona) -> Felt:
    """What the client's own words did to them; `heard` is the learner's turn that they answered."""
    signals = set(heard.signals) if heard else set()
    heeded = [
        row
        for row in dynamics().self_talk
        if row.talk == move.talk
        and (not row.kinds or move.talk_kind in row.kinds)
        and (not row.asked or signals & set(row.asked))
        and (not row.core or move.strand == persona.core.id)
    ]
    steps = _steps(state.mood, _wishes(heeded), persona.temperament)
    felt = state.model_copy(update={"mood": Mood(stage=state.mood.stage, **_moved(state.mood, steps))})
    return Felt(state=_restaged(felt, persona), steps=steps)


def accuracy_band(accuracy: float | None) -> Accuracy | None:
    """A cosine as `accurate`, `near` or `off`; None where nothing was reflected."""
    bands = hearing().accuracy
    if accuracy is None:
        return None
    return "accurate" if accuracy >= bands.accurate else "near" if accuracy >= bands.near else "off"


def holds(when: When, heard: Heard, state: ClientState) -> bool:
    """Whether every set field of the condition holds; how often in a row is counted elsewhere."""
    coded = heard.coded if isinstance(heard.coded, Coded) else None
    codes, signals = set(heard.codes), set(heard.signals)
    return all(
        (
            not when.codes or codes & set(when.codes),
            not codes & set(when.without),
            when.question is None or heard.question == when.question,
            when.reflection is None or (coded is not None and coded.reflection == when.reflection),
            not when.accuracy or accuracy_band(heard.accuracy) in when.accuracy,
            not when.signals or signals & set(when.signals),
            not signals & set(when.without_signals),
            not when.said or state.last_talk in when.said,
            not when.stage or state.mood.stage in when.stage,
            when.touched is None or bool(heard.touched) is when.touched,
            when.words_from is None or len(heard.words.split()) >= when.words_from,
            when.discord_from is None or state.mood.discord >= when.discord_from,
        )
    )


def beliefs_to_voice(state: ClientState, persona: Persona) -> int:
    """How many beliefs must still be said aloud before this client can get ready."""
    needed = ceil(dynamics().stages.preparation_beliefs * len(persona.beliefs))
    return max(0, needed - sum(belief.id in state.voiced for belief in persona.beliefs))


def moved_enough(mood: Mood) -> bool:
    """Whether importance and confidence would do for getting ready."""
    rules = dynamics().stages
    return mood.importance >= rules.preparation_importance and mood.confidence >= rules.preparation_confidence


def _wishes(rules: Iterable[Rule | SelfTalk]) -> list[Wish]:
    return [Wish(variable, effect, rule.id, rule.reason) for rule in rules for variable, effect in rule.effects.items()]


def _steps(mood: Mood, wishes: list[Wish], temperament: Temperament) -> tuple[Step, ...]:
    """Wishes scaled by temperament and room, then shrunk together to the largest step and to the scale's ends."""
    scaled = [wish._replace(effect=wish.effect * _factor(mood, wish, temperament)) for wish in wishes]
    sums = {wish.variable: sum(w.effect for w in scaled if w.variable == wish.variable) for wish in scaled}
    shrink = {variable: _shrink(getattr(mood, variable), total) for variable, total in sums.items()}
    made = (
        Step(variable=w.variable, delta=round(w.effect * shrink[w.variable], 3), rule=w.rule, reason=w.reason)
        for w in scaled
    )
    return tuple(step for step in made if step.delta)


def _factor(mood: Mood, wish: Wish, temperament: Temperament) -> float:
    """What temperament makes of an effect, less near the end of the scale that it points to."""
    table, value = dynamics(), getattr(mood, wish.variable)
    scaling = table.scaling[wish.variable]
    scale = scaling.rise if wish.effect > 0 else scaling.fall
    left = 10 - value if wish.effect > 0 else value
    room = min(1.0, left / table.room) if wish.variable != "discord" else 1.0
    pace = knob("pace") if wish.effect > 0 and wish.variable in ("importance", "confidence") else 1.0
    return scale.by(temperament) * room * pace


def _shrink(value: float, total: float) -> float:
    """The factor that keeps the sum within the largest step and the value within 0-10."""
    largest = dynamics().largest_step
    allowed = min(largest, 10 - value) if total > 0 else min(largest, value)
    return 1.0 if abs(total) <= allowed else allowed / abs(total)


def _moved(mood: Mood, steps: tuple[Step, ...]) -> dict[Variable, float]:
    """The four variables after the steps."""
    sums: dict[Variable, float] = {v: sum(s.delta for s in steps if s.variable == v) for v in dynamics().scaling}
    return {v: round(min(10.0, max(0.0, getattr(mood, v) + delta)), 3) for v, delta in sums.items()}


def _restaged(state: ClientState, persona: Persona) -> ClientState:
    """The state with the stage that follows from it; at most one stage on or back a turn."""
    stage = _stage(state, persona)
    return state.model_copy(update={"mood": state.mood.model_copy(update={"stage": stage})})


def _stage(state: ClientState, persona: Persona) -> Stage:
    """Forward on one's own grounds, back when they are gone."""
    mood, rules = state.mood, dynamics().stages
    if mood.stage == "precontemplation":
        moved = state.core_touched or mood.importance >= rules.contemplation_importance
        return "contemplation" if moved and state.said("change") >= rules.contemplation_own_change else mood.stage
    if mood.stage == "contemplation":
        if mood.importance < rules.contemplation_importance - rules.fall_back_margin and not state.core_touched:
            return "precontemplation"
        at_ease = mood.discord <= rules.preparation_discord
        return "preparation" if at_ease and moved_enough(mood) and not beliefs_to_voice(state, persona) else mood.stage
    weaker = mood.importance < rules.preparation_importance - rules.fall_back_margin
    return "contemplation" if weaker or mood.discord >= rules.fall_back_discord else mood.stage
