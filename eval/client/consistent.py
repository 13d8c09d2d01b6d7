"""How MI-consistent turns and change talk go together, between sessions and within one. Holds no talk.

Between sessions: Pearson's r of the share of MI-consistent turns with the share of change talk, which is .11 for real
clients (Magill 2018). Within a session: the same client after both kinds of turn. A turn that persuades or confronts is
MI-inconsistent, whatever else it holds; else one that reflects, asks openly, affirms, seeks collaboration, emphasizes
autonomy or advises with leave is MI-consistent (MISC's sets in MITI's codes). All others are neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from eval.client.counts import by_policy, exchanges, known
from eval.client.intervals import Floats, Interval, statistic
from eval.client.spread import mean
from evoke.codes import NON_ADHERENT, Code, Coded, Talk, Uncoded
from evoke.counsellor.scripts import talk_of
from evoke.transcript import Transcript

LISTENING = ("skilled", "follower")  # counsellors who give back what they heard
CONSISTENT: tuple[Code, ...] = (
    "simple_reflection", "complex_reflection", "affirm", "seek_collaboration", "emphasize_autonomy",
    "persuade_with_permission",
)  # fmt: skip
Kind = Literal["consistent", "inconsistent"]


def found(talks: Sequence[Transcript]) -> dict[str, Interval]:
    """Every figure of this module that the talks say something about."""
    listening = [talk for name in LISTENING for talk in by_policy(talks, name)]
    groups = {"skilled": by_policy(talks, "skilled"), "listening": listening, "all": talks}
    return known({
        **{f"consistency_r_{name}": statistic([_shares(talk) for talk in group], correlation)
           for name, group in groups.items()},
        "change_within": statistic([_difference(talk, "change") for talk in talks], mean),
        "sustain_within": statistic([_difference(talk, "sustain") for talk in talks], mean),
    })  # fmt: skip


def kind_of(coded: Coded | Uncoded | None) -> Kind | None:
    """What a learner's turn is; None for neither."""
    if not isinstance(coded, Coded):
        return None
    if coded.has(*NON_ADHERENT):
        return "inconsistent"
    return "consistent" if coded.question == "open" or coded.has(*CONSISTENT) else None


def correlation(pairs: Floats) -> float:
    """Pearson's r of the two columns; nan where one of them does not vary."""
    return float(np.corrcoef(pairs.T)[0, 1]) if len(pairs) > 1 and min(np.ptp(pairs, axis=0)) > 0 else float("nan")


def _shares(talk: Transcript) -> Floats:
    """(1, 2): MI-consistent out of both kinds, change out of change and sustain talk; (0, 2) where one is missing."""
    pairs = [(kind_of(asked.coded), talk_of(said)) for asked, said in exchanges(talk)]
    kinds, talks = [kind for kind, _ in pairs if kind], [said for _, said in pairs if said != "neutral"]
    if not kinds or not talks:
        return np.zeros((0, 2))
    return np.array([[kinds.count("consistent") / len(kinds), talks.count("change") / len(talks)]])


def _difference(talk: Transcript, wanted: Talk) -> Floats:
    """(1,): the share of answers that are `wanted` after consistent turns less after others; (0,) without both."""
    consistent, inconsistent = _answers(talk, "consistent"), _answers(talk, "inconsistent")
    if not consistent or not inconsistent:
        return np.zeros(0)
    return np.array([consistent.count(wanted) / len(consistent) - inconsistent.count(wanted) / len(inconsistent)])


def _answers(talk: Transcript, kind: Kind) -> list[Talk]:
    return [talk_of(said) for asked, said in exchanges(talk) if kind_of(asked.coded) == kind]
