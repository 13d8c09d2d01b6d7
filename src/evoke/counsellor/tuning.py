"""What a changed card does to the client, measured: both versions hold the same talks, and are compared pair by pair.

Knows how a talk is held and counted; what is a better client it does not know, that is the author's to say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from statistics import mean

from evoke.codes import Frozen
from evoke.counsellor.policy import Policy
from evoke.counsellor.simulation import simulate
from evoke.paired import Difference, differences
from evoke.persona import Persona
from evoke.session import Session
from evoke.transcript import Mood, Turn

MEASURES = {
    "change_talk": "share of the client's turns that speak for the change",
    "sustain_talk": "share that speaks for things as they are",
    "neutral_talk": "share that leans neither way",
    "readiness_gained": "importance and confidence, mean, at the end less at the beginning (0-10)",
    "motivated": "share of talks in which the client got ready for a step",
    "repeated": "share of the client's longer turns said before in the same talk",
    "words": "words in a turn of the client's",
    "turns": "learner turns until the talk ended",
}
LONGER = 4  # words; a shorter answer may come twice


class Tuned(Frozen):
    """The comparison with one counsellor."""

    counsellor: str
    differences: tuple[Difference, ...]


def tune(
    old: Persona,
    new: Persona,
    policies: Sequence[Policy],
    seeds: Sequence[int],
    turns: int,
    begin: Callable[[Persona, int], Session],
    progress: Callable[[int, int], None] | None = None,
) -> list[Tuned]:
    """Hold one talk of at most `turns` learner turns with each version, policy and seed, and compare them.

    The two talks of a pair have the same seed and counsellor.
    """
    total, done, found = 2 * len(policies) * len(seeds), 0, []
    for policy in policies:
        sides: tuple[list[dict[str, float]], list[dict[str, float]]] = ([], [])
        for seed, (side, card) in product(seeds, enumerate((old, new))):
            session = begin(card, seed)
            simulate(session, policy, turns=turns)
            sides[side].append(counted(session))
            done += 1
            if progress:
                progress(done, total)
        before, after = ({name: [talk[name] for talk in side] for name in MEASURES} for side in sides)
        found.append(Tuned(counsellor=policy.name, differences=tuple(differences(before, after))))
    return found


def counted(session: Session) -> dict[str, float]:
    """The measures of one talk; NaN where it has none. Talk is the card's own, not the coder's."""
    talks, said = session.state.talks[1:], [turn for turn in session.path[1:] if turn.speaker == "client"]
    moods = [turn.state for turn in session.path if turn.state]
    return {
        **{f"{talk}_talk": talks.count(talk) / len(talks) if talks else math.nan
           for talk in ("change", "sustain", "neutral")},
        "readiness_gained": _readiness(moods[-1]) - _readiness(moods[0]),
        "motivated": float(any(mood.stage == "preparation" for mood in moods)),
        "repeated": _repeated(said),
        "words": mean(len(turn.text.split()) for turn in said) if said else math.nan,
        "turns": float(sum(turn.speaker == "learner" for turn in session.path)),
    }  # fmt: skip


def _readiness(mood: Mood) -> float:
    return (mood.importance + mood.confidence) / 2


def _repeated(said: Sequence[Turn]) -> float:
    longer = [turn.text for turn in said if len(turn.text.split()) >= LONGER]
    return 1 - len(set(longer)) / len(longer) if longer else math.nan
