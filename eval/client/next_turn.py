"""What clients say straight after each kind of learner's turn, simulated beside real: where a client is unlike one.

Knows held talks and the real rows of `realism.yaml`; holds no talk and marks nothing, as small cells are directions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from eval.client.asked import TurnKind, realism
from eval.client.counts import by_policy, exchanges
from evoke.client.hearing import signals
from evoke.codes import NON_ADHERENT, Coded, Talk
from evoke.counsellor.scripts import talk_of
from evoke.transcript import Transcript, Turn

TALKS: tuple[Talk, ...] = ("change", "sustain", "neutral")
PUSHING = ("directive", "lecturer", "hostile", "rusher")  # who stand for sessions of low quality


def _asks(kind: str) -> Callable[[Turn, Coded], bool]:
    """A question of that type in a turn that does not push, as in `counts.open_over_closed`."""
    return lambda _, coded: coded.question == kind and not coded.has(*NON_ADHERENT)


KINDS: Mapping[TurnKind, Callable[[Turn, Coded], bool]] = {
    "any": lambda _, coded: True,
    "open question": _asks("open"),
    "closed question": _asks("closed"),
    "reflection": lambda _, coded: coded.has("simple_reflection", "complex_reflection"),
    "giving information": lambda _, coded: coded.has("give_information"),
    "advice": lambda _, coded: coded.has("persuade", "persuade_with_permission"),
    "negotiating a plan": lambda turn, _: "planning" in signals(turn.text),
}


def answers(talks: Sequence[Transcript], kind: TurnKind) -> dict[Talk, int]:
    """How many answers to learner turns of that kind are each talk; a turn may be of several kinds."""
    said = [
        talk_of(answer)
        for talk in talks
        for asked, answer in exchanges(talk)
        if isinstance(asked.coded, Coded) and KINDS[kind](asked, asked.coded)
    ]
    return {one: said.count(one) for one in TALKS}


def table(talks: Sequence[Transcript], held_out: Sequence[Transcript]) -> str:
    """A row a kind, % change / sustain / neutral: real, the skilled counsellor, and those who push."""
    groups = (by_policy(talks, "skilled"), by_policy(held_out, "skilled"))
    pushing = [talk for name in PUSHING for talk in by_policy(talks, name)]
    heads = ("learner's turn", "real, high quality", "skilled", "skilled, clients not fitted on", "real, low quality")
    rows = [f"| {' | '.join((*heads, ', '.join(PUSHING)))} |", "|---|---|---|---|---|---|"]
    for kind, real in realism().next_turn.items():
        high, low = ("/".join(map(str, row)) for row in (real.high, real.low))
        ours = [_shares(answers(group, kind)) for group in groups]
        rows.append(f"| {kind} | {high} | {' | '.join(ours)} | {low} | {_shares(answers(pushing, kind))} |")
    return "\n".join(rows)


def _shares(counts: Mapping[Talk, int]) -> str:
    whole = sum(counts.values())
    return f"{'/'.join(f'{100 * counts[one] / whole:.0f}' for one in TALKS)} (n {whole})" if whole else "–"
