"""The four MITI globals as bands: they start at 3 and move with evidence, each piece of it a quote. Knows no model.

Source: MITI 4.2.1, global ratings. Bands are those of the summary scores a global belongs to (technical or relational).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from evoke.coach.evidence import GlobalName, Shown, practice
from evoke.coach.quotes import Quote, quote
from evoke.coach.situation import Situation, talk_of
from evoke.codes import NON_ADHERENT, Frozen
from evoke.measures import THRESHOLDS, Band

Family = Literal["technical", "relational"]
FAMILY: dict[GlobalName, Family] = {
    "cultivating": "technical",
    "softening": "technical",
    "partnership": "relational",
    "empathy": "relational",
}


class Evidence(Frozen):
    """One turn that moved a global: the words, what they count for (-1 to 1), and why, completing "You …"."""

    quote: Quote
    counts: float
    why: str


class Global(Frozen):
    """One global rating, 1-5 in halves, its band, and the evidence that weighed most, strongest first."""

    name: GlobalName
    value: float
    band: Band
    evidence: tuple[Evidence, ...]


class Globals(Frozen):
    """The four globals and their two summary scores. `tentative` where the session is short."""

    ratings: tuple[Global, ...]
    technical: float
    relational: float
    technical_band: Band
    relational_band: Band
    tentative: bool


def globals_of(path: Sequence[Situation], evidence: Sequence[Shown]) -> Globals | None:
    """Rate a path; None where too few learner turns are coded for any judgement."""
    rules = practice().globals
    coded = [now for now in path if now.coded]
    if len(coded) < rules.fewest_turns:
        return None
    values = {name: _value(name, coded, evidence) for name in get_args(GlobalName)}
    means = {family: _mean([values[n] for n, f in FAMILY.items() if f == family]) for family in get_args(Family)}
    return Globals(
        ratings=tuple(_rating(name, value, path, evidence) for name, value in values.items()),
        technical=means["technical"],
        relational=means["relational"],
        technical_band=_band("technical", means["technical"]),
        relational_band=_band("relational", means["relational"]),
        tentative=len(coded) < rules.tentative_turns,
    )


def _value(name: GlobalName, coded: Sequence[Situation], evidence: Sequence[Shown]) -> float:
    """Start at 3, move by the mean evidence of a turn, and give no 5 where there is clear poor practice."""
    rules = practice().globals
    mine = [one for one in evidence if name in one.row.globals]
    if name == "softening":
        if not mine and not any(talk_of(now.before) == "sustain" for now in coded):
            return rules.quiet_softening
        turns = len({one.turn_id for one in mine} | {n.turn.id for n in coded if talk_of(n.before) == "sustain"})
    else:
        turns = len({one.turn_id for one in evidence})  # "mm-hm" is no evidence of anything
    mean = sum(one.row.globals[name] for one in mine) / (turns + rules.prior)
    value = rules.start + rules.reach * max(-1.0, min(1.0, rules.gain * mean))
    poor = any(now.codes & NON_ADHERENT for now in coded)
    return _halves(min(value, rules.capped) if poor else value)


def _rating(name: GlobalName, value: float, path: Sequence[Situation], evidence: Sequence[Shown]) -> Global:
    band = _band(FAMILY[name], value)
    return Global(name=name, value=value, band=band, evidence=_strongest(name, path, evidence))


def _strongest(name: GlobalName, path: Sequence[Situation], evidence: Sequence[Shown]) -> tuple[Evidence, ...]:
    """The turns that weighed most, one piece of evidence a turn, and both directions where there are both."""
    turns = {now.turn.id: now.turn for now in path}
    mine = sorted((one for one in evidence if one.row.globals.get(name)), key=lambda one: -abs(one.row.globals[name]))
    first: dict[str, Shown] = {}
    for one in mine:
        first.setdefault(one.turn_id, one)
    up = [one for one in first.values() if one.row.globals[name] > 0]
    down = [one for one in first.values() if one.row.globals[name] < 0]
    most = practice().globals.evidence
    chosen = [*up[:1], *down[:1], *[one for one in first.values() if one not in (*up[:1], *down[:1])]][:most]
    made = ((quote(turns[one.turn_id], *one.row.when.codes), one) for one in chosen)
    return tuple(Evidence(quote=words, counts=one.row.globals[name], why=one.row.why) for words, one in made if words)


def _band(family: Family, value: float) -> Band:
    band = THRESHOLDS[family].band(value)
    assert band
    return band


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _halves(value: float) -> float:
    return round(max(1.0, min(5.0, value)) * 2) / 2
