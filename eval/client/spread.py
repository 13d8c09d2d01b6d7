"""Figures that are medians, effect sizes, correlations or divergences over sessions. Holds no talk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, partial

import numpy as np

from eval.client.asked import realism
from eval.client.counts import by_policy, exchanges, known, motivated_at, replies, simulated
from eval.client.intervals import Floats, Interval, cohens_d, median, statistic
from evoke.cards import find_card
from evoke.client.choices import choices
from evoke.counsellor.scripts import talk_of
from evoke.persona import Persona
from evoke.settings import settings
from evoke.transcript import Mood, Transcript

OTHERS = ("directive", "flatterer", "follower", "rusher", "lecturer", "silent", "hostile", "closed")
TALKATIVE = {"quiet": (-1.0, 4.0), "middling": (4.0, 6.0), "talkative": (6.0, 10.0)}  # over the first, up to the second


def found(talks: Sequence[Transcript]) -> dict[str, Interval]:
    """Every figure of this module that the talks say something about; states and cards only simulated ones have."""
    skilled, ours = by_policy(talks, "skilled"), simulated(talks)
    our_skilled = simulated(skilled)
    gained = [readiness_gained(talk) for talk in our_skilled]
    motivated = [np.array([motivated_at(talk)]) for talk in our_skilled]
    there = [one for one in motivated if np.isfinite(one[0])]
    return known({
        "turns_to_motivated": statistic(motivated, median),
        "turns_of_the_motivated": statistic(there, mean),
        "first_change": statistic([np.array([first_change_at(talk)]) for talk in skilled], median),
        "turns_at_end": statistic([np.array([len(exchanges(talk))], float) for talk in skilled], median),
        "action_kl": statistic([_actions(talk) for talk in our_skilled], divergence),
        "receptivity": statistic([_receptivity(talk) for talk in our_skilled], rank_correlation),
        "gain_skilled": statistic([np.array([gain]) for gain in gained], mean),
        "gain_directive": statistic([np.array([readiness_gained(t)]) for t in by_policy(ours, "directive")], mean),
        **{f"slope_{name}": cohens_d(gained, [readiness_gained(talk) for talk in by_policy(ours, name)])
           for name in OTHERS},
        **_words(skilled),
        **_words_by_talkativeness(our_skilled),
    })  # fmt: skip


def readiness(mood: Mood) -> float:
    """(importance + confidence) / 2, 0-10: what two ruler questions would ask for."""
    return (mood.importance + mood.confidence) / 2


def readiness_gained(talk: Transcript) -> float:
    """Readiness after the last turn less readiness on sitting down."""
    moods = [turn.state for turn in talk.turns if turn.state]
    return readiness(moods[-1]) - readiness(moods[0])


def first_change_at(talk: Transcript) -> float:
    """The number of the client's turn (from 1, the opening counted) that is their first change talk; inf if none is."""
    said = [talk_of(turn) for turn in talk.turns if turn.speaker == "client"]
    return said.index("change") + 1 if "change" in said else float("inf")


def mean(values: Floats) -> float:
    """The arithmetic mean."""
    return float(values.mean())


def rank_correlation(pairs: Floats) -> float:
    """Spearman's rho of the two columns; ties share their mean rank."""
    ranks = [_ranks(column) for column in pairs.T]
    if min(np.std(rank) for rank in ranks) == 0:
        return float("nan")
    return float(np.corrcoef(ranks)[0, 1])


def divergence(rows: Floats) -> float:
    """D(real || shown) in nats over the five actions of precontemplation.

    `rows` (n, 10): a turn's move as five zeros and a one, then what real clients as receptive as this one do. Half a
    turn is added to each action, so that one never seen does not make it infinite.
    """
    shown, real = rows[:, :5].sum(0) + 0.5, rows[:, 5:].mean(0)
    shown, real = shown / shown.sum(), real / real.sum()
    return float((real * np.log(real / shown)).sum())


def receptivity_of(card: Persona) -> float:
    """How receptive the card says the client is, 0-10: mean of trust, openness and ten less reactance."""
    temperament = card.temperament
    return (temperament.trust + temperament.openness + 10 - temperament.reactance) / 3


def _receptivity(talk: Transcript) -> Floats:
    """(1, 2): receptivity of the card, and the share of replies that do not resist."""
    said = [turn.move for turn in replies(talk)]
    if not said:
        return np.zeros((0, 2))
    shown = sum(move not in realism().resisting for move in said) / len(said)
    return np.array([[receptivity_of(_card(talk)), shown]])


def _actions(talk: Transcript) -> Floats:
    """Replies from within precontemplation; see `divergence`. Back-channels, deflections and endings are no actions."""
    table = realism().precontemplation
    names = list(table[0].shares)
    rows = []
    for asked, said in exchanges(talk):
        if asked.state and asked.state.stage == "precontemplation" and said.lines and said.move in names:
            real = next(row.shares for row in table if _receptive(asked.state) < row.below)
            rows.append([*(float(said.move == name) for name in names), *(real[name] for name in names)])
    return np.array(rows) if rows else np.zeros((0, 10))


def _receptive(mood: Mood) -> float:
    """ConsistentMI's scale (1-5) for a mood, as the director reads it."""
    weights = choices().receptivity
    return 1 + 4 * (weights.trust * mood.trust + weights.calm * (10 - mood.discord)) / 10


def _words(talks: Sequence[Transcript]) -> dict[str, Interval | None]:
    """Quantiles of words a reply."""
    shares = {"q1": 0.25, "median": 0.5, "q3": 0.75, "p95": 0.95}
    rows = _reply_lengths(talks)
    return {f"words_{name}": statistic(rows, partial(_quantile, share=share)) for name, share in shares.items()}


def _words_by_talkativeness(talks: Sequence[Transcript]) -> dict[str, Interval | None]:
    """Median words a reply of clients with a dial in each range."""
    rows = _reply_lengths(talks)
    dials = [_card(talk).temperament.talkativeness for talk in talks]
    return {
        f"words_{name}": statistic([row for row, dial in zip(rows, dials, strict=True) if over < dial <= to], median)
        for name, (over, to) in TALKATIVE.items()
    }


def _reply_lengths(talks: Sequence[Transcript]) -> list[Floats]:
    return [np.array([len(turn.text.split()) for turn in replies(talk)], float) for talk in talks]


def _quantile(values: Floats, share: float) -> float:
    return float(np.quantile(values, share))


def _ranks(values: Floats) -> Floats:
    places = Counter(values.tolist())
    below, ranks = 0, {}
    for value in sorted(places):
        ranks[value] = below + (places[value] - 1) / 2
        below += places[value]
    return np.array([ranks[value] for value in values.tolist()])


def _card(talk: Transcript) -> Persona:
    return _card_named(talk.persona.id if talk.persona else "")


@cache
def _card_named(persona_id: str) -> Persona:
    return find_card(persona_id, settings())
