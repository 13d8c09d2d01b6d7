"""How often quick talks are coded otherwise than the shipped coder would: the same words, read in their whole context.

    python -m eval.client.shortened [--personas ID ...|all] [--seeds N]

Also how often the shipped coder's word for a client turn is that of the author of its line.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from statistics import mean

from eval.client.asked import chosen_personas
from eval.client.runs import as_authored, hold
from evoke.coder import Coder
from evoke.coder.encoder import EncoderCoder
from evoke.codes import CODES, Coded
from evoke.counsellor.policy import SHIPPED
from evoke.settings import CONTEXT_TURNS
from evoke.transcript import Transcript, Turn

Pair = tuple[Coded, Coded]


def recoded(talks: Sequence[Transcript], speaker: str, coder: Coder) -> list[Pair]:
    """Each turn's code as it stands, and as the shipped coder gives it in the whole context."""
    return [
        (turn.coded, whole)
        for talk in talks
        for n, turn in enumerate(talk.turns)
        if turn.speaker == speaker
        and isinstance(turn.coded, Coded)
        and isinstance(whole := _whole(coder, talk, n, turn), Coded)
    ]


def _whole(coder: Coder, talk: Transcript, n: int, turn: Turn) -> object:
    return coder.code(turn.text, turn.speaker, talk.turns[max(0, n - CONTEXT_TURNS) : n], target=talk.target)


def report(talks: Sequence[Transcript], skilled: Sequence[Transcript]) -> str:
    """Learner codes of all talks and client talk of the skilled ones, as a paragraph of Markdown."""
    coder = EncoderCoder()
    learner = recoded(talks, "learner", coder)
    codes = {code: mean(one.has(code) != two.has(code) for one, two in learner) for code in CODES}
    client = recoded([as_authored(talk) for talk in skilled], "client", coder)
    alike = mean(one.talk == two.talk for one, two in client)
    shares = {talk: mean(two.talk == talk for _, two in client) for talk in ("change", "sustain", "neutral")}
    authored = {talk: mean(one.talk == talk for one, _ in client) for talk in ("change", "sustain", "neutral")}
    sets, kinds = (_percent(mean(map(differ, learner))) for differ in (_another_set, _another_question))
    return "\n".join((
        f"Of {len(learner)} learner turns {sets} have another set of codes in the quick talks than in their whole "
        f"context, {kinds} another question type. "
        "A code: " + ", ".join(f"{code} {_percent(share)}" for code, share in codes.items()) + ".",
        "",
        f"Of {len(client)} client turns the shipped coder calls {_percent(alike)} what their author calls them. "
        f"Change, sustain, neutral: {_shares(authored)} by the author, {_shares(shares)} by the coder.",
    ))  # fmt: skip


def _another_set(pair: Pair) -> bool:
    return pair[0].codes != pair[1].codes


def _another_question(pair: Pair) -> bool:
    return pair[0].question != pair[1].question


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _shares(shares: dict[str, float]) -> str:
    return " / ".join(_percent(share) for share in shares.values())


def held(personas: Sequence[str], seeds: range, turns: int, workers: int) -> str:
    """The report on one quick talk for each client, counsellor and seed."""
    talks = hold(personas, SHIPPED, seeds, turns, workers, heard="coder")
    return report(talks, [talk for talk in talks if talk.counsellor == "skilled"])


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--personas", nargs="+", default=["all"])
    parser.add_argument("--seeds", type=int, default=1)
    chosen = parser.parse_args()
    print(held(chosen_personas(chosen.personas), range(chosen.seeds), turns=40, workers=2))


if __name__ == "__main__":
    main()
