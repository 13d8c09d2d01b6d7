"""What a counsellor policy is, and where each comes from. Knows no client."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from evoke.errors import BadInput
from evoke.settings import shipped
from evoke.transcript import Transcript

SHIPPED = ("skilled", "directive", "closed")


class Policy(Protocol):
    """Someone who speaks next, given what was said. The same transcript and seed get the same words."""

    @property
    def name(self) -> str:
        """As kept with the session."""

    def say(self, transcript: Transcript) -> str | None:
        """The next learner turn; None where there is nothing more to say."""


class Draw:
    """Draws lines that were not said before in this transcript, from a stream made of seed, name and depth."""

    def __init__(self, name: str, transcript: Transcript, used: set[str]) -> None:
        self.rng = random.Random(f"{transcript.seed}:{name}:{len(transcript.turns)}")
        self._used = used

    def line(self, lines: Sequence[str]) -> str:
        """One of the lines, a new one while there is any."""
        line = self.rng.choice([one for one in lines if one not in self._used] or list(lines))
        self._used.add(line)
        return line

    def chance(self, share: float) -> bool:
        """Whether it happens this time."""
        return self.rng.random() < share


def open_policy(name: str) -> Policy:
    """A policy by its name, or a file with one learner turn a line. Raises BadInput where it is neither."""
    from evoke.counsellor.scripts import Closed, Directive, FromFile
    from evoke.counsellor.skilled import Skilled

    kinds: dict[str, Callable[[Path], Policy]] = {"skilled": Skilled, "directive": Directive, "closed": Closed}
    if name in kinds:
        return kinds[name](shipped("prompts") / "counsellor" / f"{name}.yaml")
    file = Path(name)
    if not file.is_file():
        raise BadInput(f"no counsellor '{name}'", cure=f"Use {', '.join(SHIPPED)}, or a file with one turn a line")
    return FromFile(file)
