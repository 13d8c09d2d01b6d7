"""How far a session is held in the spirit of MI, 0-1: what its learner turns show, added up. Knows no model.

The rule and its numbers stand in `consistency.yaml`; `eval/coding/consistency.py` fits them. Simple and complex
reflections count alike, open and closed questions too: people do not agree on which is which, and neither share tells
good sessions from bad ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field

from evoke.codes import ADHERENT, NON_ADHERENT, Behaviour, Code, Coded, Frozen
from evoke.datafile import read_yaml
from evoke.transcript import Turn

Sign = Literal["reflecting", "informing", "pressing", "sharing"]
SIGNS: tuple[Sign, ...] = get_args(Sign)
AGAINST: frozenset[Sign] = frozenset({"informing", "pressing"})  # speak against a session; the others for it
KINDS: dict[Behaviour, frozenset[Code]] = {
    "question": frozenset({"question"}),
    "reflection": frozenset({"simple_reflection", "complex_reflection"}),
    "therapist_input": frozenset({"give_information", "persuade", "persuade_with_permission"}),
}


class Fit(Frozen):
    """Where the weights come from: the command, the day, the coder that was asked, and areas under the curve."""

    command: str
    date: str
    coder: str
    sessions: str
    auc: dict[str, str]


class Rule(Frozen):
    """The whole of `consistency.yaml`. Weights are never negative, so that no sign can count the wrong way round."""

    fewest_turns: int = Field(ge=1)
    prior: float = Field(gt=0)
    weights: dict[Sign, Annotated[float, Field(ge=0)]]
    fit: Fit


@dataclass(frozen=True)
class Shown:
    """What one learner turn shows, each 0-1; `content` is how far it does anything but listen, greet or manage."""

    weight: float
    content: float
    signs: dict[Sign, float]


@cache
def rule() -> Rule:
    """The rule as shipped, read once. Raises BadInput naming file, line and field."""
    return read_yaml(Path(__file__).with_suffix(".yaml"), Rule)


def mi_consistency(turns: Sequence[Turn]) -> float | None:
    """Consistency with MI, 0-1, for ordering sessions; 0.5 speaks neither way. None for too few coded learner turns.

    The odds that the session is one of high rather than of low quality, were both as common.
    """
    found = signs_of(turns)
    if found is None:
        return None
    weights = rule().weights
    logit = sum((-1 if sign in AGAINST else 1) * weights[sign] * found[sign] for sign in SIGNS)
    return 1 / (1 + math.exp(-logit))


def signs_of(turns: Sequence[Turn]) -> dict[Sign, float] | None:
    """The share of each sign in what the learner did, drawn towards none while little has been said."""
    learner = [turn for turn in turns if turn.speaker == "learner"]
    seen = [shown(turn.coded, turn.text) for turn in learner if isinstance(turn.coded, Coded)]
    if len(seen) < rule().fewest_turns:
        return None
    whole = sum(one.weight * one.content for one in seen) + rule().prior
    return {sign: sum(one.weight * one.signs[sign] for one in seen) / whole for sign in SIGNS}


def shown(coded: Coded, text: str) -> Shown:
    """One turn, weighed by the root of its words: a long turn shows more than a short one, but not in proportion."""
    kinds, sure = _kinds(coded), _sure(coded)
    permitted = coded.has("persuade_with_permission") and not coded.has(*NON_ADHERENT)
    pressing = 0.0 if permitted else max(map(sure, NON_ADHERENT))
    signs: dict[Sign, float] = {
        "reflecting": kinds["reflection"] * (1 - pressing),
        "informing": kinds["therapist_input"],
        "pressing": pressing,
        "sharing": max(map(sure, ADHERENT)),
    }
    content = max(sum(kinds.values()), pressing, signs["sharing"])
    return Shown(weight=math.sqrt(len(text.split())), content=content, signs=signs)


def _sure(coded: Coded) -> Callable[[Code], float]:
    """The probability of a code; where the coder gave none (a person does not), whether the turn has it."""
    return lambda code: coded.probabilities.get(f"code.{code}", float(coded.has(code)))


def _kinds(coded: Coded) -> dict[Behaviour, float]:
    """How far a turn asks, reflects and informs: by probability, else by its behaviour, else by its codes in parts."""
    known = {kind: coded.probabilities.get(f"behaviour.{kind}") for kind in (*KINDS, "other")}
    if any(share is not None for share in known.values()):
        return {kind: known[kind] or 0.0 for kind in KINDS}
    if coded.behaviour:
        return {kind: float(kind == coded.behaviour) for kind in KINDS}
    has = {kind: bool(codes & set(coded.codes)) for kind, codes in KINDS.items()}
    return {kind: has[kind] / max(1, sum(has.values())) for kind in KINDS}
