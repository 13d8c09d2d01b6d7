"""Is a question recognised in a wording that the card does not know? Each wording of `asked` held out in turn.

    python -m eval.client.wordings [--wrong]

Every card is asked each of its own questions while it lacks that one, and counsellors' ordinary questions, of which
most ask for nothing on the card. The weights of `evoke/ranking.py` and the thresholds of first steps come from here.
Knows nothing of the probes (`probes.yaml`), to which nothing is fitted.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from eval.client.ordinary import ordinary
from eval.client.quick import LinesInMemory, RememberedVectors
from evoke.cards import all_cards
from evoke.client.hearing import Ear, heart_of
from evoke.codes import Coded
from evoke.persona import Line, Persona
from evoke.ranking import things
from evoke.settings import settings

ORDINARY = 150  # questions a card
QUESTION = Coded(speaker="learner", codes=("question",), question="open", reason="a question of the card")
COLUMNS = ("right", "wrong", "none")


class Asked(NamedTuple):
    """One question, the card without it, and the thing that it asks for; none for an ordinary question."""

    card: Persona
    question: str
    name: str | None


def held_out(card: Persona) -> Iterator[Asked]:
    """Every wording of the card, asked of the card without it, and without the one in its place of all else."""
    most = max((len(thing.asked) for thing in things(card)), default=0)
    for n in range(most):
        less = without(card, n)
        for thing in things(card):
            if n < len(thing.asked) > 1:
                yield Asked(less, thing.asked[n], thing.name)


def without(card: Persona, n: int) -> Persona:
    """The card with the `n`th wording of everything left out."""

    def less(rows: tuple) -> tuple:
        return tuple(row.model_copy(update={"asked": row.asked[:n] + row.asked[n + 1 :]}) for row in rows)

    plans = card.plans.model_copy(
        update={"acceptable": less(card.plans.acceptable), "rejected": less(card.plans.rejected)}
    )
    rows = {"facts": less(card.facts), "beliefs": less(card.beliefs), "strands": less(card.strands), "plans": plans}
    return card.model_copy(update=rows)


def everyday(card: Persona) -> Iterator[Asked]:
    """Ordinary questions of counsellors, drawn with the card's id as seed."""
    found = {heart_of(words) for rows in ordinary().values() for words in rows if words.endswith("?")}
    for words in random.Random(card.id).sample(sorted(found), ORDINARY):
        yield Asked(card, words, None)


class Listener:
    """A client's ear and recall, without a talk."""

    def __init__(self) -> None:
        self._vectors = RememberedVectors()
        self._lines, self._ears = LinesInMemory(self._vectors), dict[int, tuple[Persona, Ear]]()

    def understood(self, asked: Asked) -> str | None:
        """The thing that the client takes the question to ask for, everything being speakable; None for nothing."""
        card = asked.card
        if id(card) not in self._ears:
            self._ears[id(card)] = (card, Ear(card, lambda: self._vectors))
        plans = self._ears[id(card)][1].hear(asked.question, QUESTION, ()).plans
        if plans:
            return f"plan {plans[0]}"
        lines = self._lines.answering(card, heart_of(asked.question), {line.id for line in card.lines})
        return _told(card, lines[0]) if lines else None


def _told(card: Persona, line: Line) -> str:
    return next(thing.name for thing in things(card) if line in thing.lines)


def verdict(asked: Asked, name: str | None) -> str:
    """`right`, `wrong` or `none`; what belongs to the core motivation answers for it."""
    if name is None:
        return "none"
    core = {thing.name for thing in things(asked.card) if thing.core}
    return "right" if name == asked.name or ((asked.name or "").startswith("strand") and name in core) else "wrong"


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrong", action="store_true", help="print each question that was taken for another thing")
    chosen, listener = parser.parse_args(), Listener()
    seen: dict[str, Counter[str]] = {}
    for card in all_cards(settings()):
        for asked in (*held_out(card), *everyday(card)):
            name = listener.understood(asked)
            found = verdict(asked, name)
            seen.setdefault((asked.name or "ordinary").split()[0], Counter()).update([found])
            if chosen.wrong and found == "wrong":
                print(f"{card.id} | {asked.question} | {asked.name} | {name}")
    print(printed(seen))


def printed(seen: dict[str, Counter[str]]) -> str:
    """Shares by kind as a Markdown table."""
    rows = ["| asked for | questions | right | taken for another | not recognised |", "|---|---|---|---|---|"]
    for kind, count in seen.items():
        total = count.total()
        shares = " | ".join(f"{100 * count[column] / total:.0f} %" for column in COLUMNS)
        rows.append(f"| {kind} | {total} | {shares} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
