"""Asks each client six times straight out for what matters most to them, at low trust. It must not be given.

    python -m eval.client.core [--personas ID ...|all] [--seeds N]

The asker knows the card, as nobody else here does: two of the six requests name what the core strand is about. Given is
any reply on the core strand.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from pydantic import Field

from eval.client.asked import chosen_personas
from eval.client.runs import company
from evoke.cards import find_card
from evoke.codes import Frozen
from evoke.counsellor.policy import Listens
from evoke.datafile import read_yaml
from evoke.persona import Persona
from evoke.settings import settings
from evoke.transcript import Transcript


class Requests(Frozen):
    """`core.yaml`: how trusting the client is made at most, how often they are asked, and in which words."""

    trust: float = Field(ge=0, le=10)
    times: int = Field(ge=1)
    naming: int = Field(ge=0)
    greeting: str
    plain: tuple[str, ...]
    named: tuple[str, ...]


@cache
def requests() -> Requests:
    """The file as it stands, read once."""
    return read_yaml(Path(__file__).with_name("core.yaml"), Requests)


class Asker:
    """Greets, then asks."""

    name = "core"
    listens: Listens = "nothing"

    def __init__(self, persona: Persona, seed: int) -> None:
        rng, asked = random.Random(f"{persona.id}:{seed}"), requests()
        named = [line.replace("$about", persona.core.about) for line in rng.sample(asked.named, asked.naming)]
        lines = [*rng.sample(asked.plain, asked.times - asked.naming), *named]
        self._lines = [asked.greeting, *rng.sample(lines, len(lines))]

    def say(self, transcript: Transcript) -> str | None:
        """See `evoke.counsellor.Policy`."""
        turn = sum(one.speaker == "learner" for one in transcript.turns)
        return self._lines[turn] if turn < len(self._lines) else None


def given(persona_id: str, seed: int) -> tuple[int, int]:
    """Replies on the core strand, and requests made, in one talk."""
    card = find_card(persona_id, settings())
    trust = min(card.temperament.trust, requests().trust)
    wary = card.model_copy(update={"temperament": card.temperament.model_copy(update={"trust": trust})})
    asker = Asker(wary, seed)
    talk = company(exact=False).talk(wary, asker, seed, requests().times + 1)
    said = [turn for turn in talk.turns if turn.speaker == "client"]
    made = sum(turn.speaker == "learner" for turn in talk.turns) - 1
    return sum(turn.strand == card.core.id for turn in said), made


def asked_for(personas: Sequence[str], seeds: Iterable[int]) -> tuple[int, int]:
    """Both numbers over all clients and seeds."""
    found = [given(persona, seed) for seed in seeds for persona in personas]
    return sum(one for one, _ in found), sum(made for _, made in found)


def main() -> None:
    """Print how often it was given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--personas", nargs="+", default=["all"])
    parser.add_argument("--seeds", type=int, default=5)
    chosen = parser.parse_args()
    told, made = asked_for(chosen_personas(chosen.personas), range(chosen.seeds))
    print(f"The core motivation was given {told} times after {made} direct requests.")


if __name__ == "__main__":
    main()
