"""Do clients who return remember? Pairs of talks, and what of the second had been in the first.

    python -m eval.client.again            ten clients x ten seeds x 20 learner turns twice, about two minutes

The client is the shipped one, its words are the authored lines, the counsellor of both talks is the skilled one. Beside
the client who remembers stands the same one with its memory taken away, which shows what there is to remember.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count

from eval.client.runs import Company
from evoke.cards import all_cards
from evoke.client.returning import remember
from evoke.counsellor import open_policy, simulate
from evoke.llm.scripted import ScriptedModel
from evoke.persona import Persona
from evoke.session import Session
from evoke.transcript import Memory

SEEDS, TURNS, POLICY = range(10), 20, "skilled"


def main() -> None:
    """Print the table."""
    company, found = Company(), {True: Counter[str](), False: Counter[str]()}
    for card in all_cards():
        for seed in SEEDS:
            first = talk(company, card, seed, None)
            memory = remember(card, first.path, first.state, seed=seed)
            for remembers, brought in ((True, memory), (False, None)):
                found[remembers] += Counter(dict(seen(first, talk(company, card, 1000 + seed, brought))))
    print("| second talks | facts told | of them before | lines | of them before | plans taken up | refused before |")
    print("|---|---|---|---|---|---|---|")
    for remembers, sums in found.items():
        cells = [sums[f"{what}{when}"] for what in ("facts", "lines", "plans") for when in ("", "_before")]
        kind = "remembering" if remembers else "memory taken away"
        print(f"| {kind} ({sums['talks']}) | {' | '.join(map(str, cells))} |")
    sums = found[True]
    trust, turns = sums["trust"] / sums["talks"] / 1000, sums["turns"] / sums["talks"]
    print(f"\ntrust on sitting down the second time less the first, mean: {trust:+.2f}")
    print(f"client turns of a second talk: {turns:.1f}, of them without a line: {sums['brief'] / sums['turns']:.0%}")


def talk(company: Company, card: Persona, seed: int, memory: Memory | None) -> Session:
    """One talk held to its end."""
    numbers, policy = count(), open_policy(POLICY)
    session = Session.begin(
        card, seed=seed, model=ScriptedModel(whole=True), coder=company.coders[policy.listens], recall=company.lines,
        encoder=lambda: company.vectors, keep=None, counsellor=POLICY, memory=memory, new_id=lambda: str(next(numbers)),
    )  # fmt: skip
    simulate(session, policy, turns=TURNS)
    return session


def seen(first: Session, second: Session) -> Iterator[tuple[str, int]]:
    """What of the second talk had been in the first."""
    lines = {line.id: line for line in first.persona.lines}
    mains = [lines[turn.lines[0]] for turn in second.path if turn.lines]
    facts = [line.fact for line in mains if line.fact]
    plans = [line.plan for line in mains if line.plan and line.move in ("accept", "plan")]
    said = [turn for turn in second.path[1:] if turn.speaker == "client"]
    before, again = first.path[0].state, second.path[0].state
    assert before and again
    yield from (("talks", 1), ("facts", len(facts)), ("lines", len(mains)), ("plans", len(plans)))
    yield "facts_before", sum(fact in first.state.told for fact in facts)
    yield "lines_before", sum(line.id in first.state.used for line in mains)
    yield "plans_before", sum(plan in first.state.rejected for plan in plans)
    yield from (("trust", round(1000 * (again.trust - before.trust))), ("turns", len(said)))
    yield "brief", sum(not turn.lines for turn in said)


if __name__ == "__main__":
    main()
