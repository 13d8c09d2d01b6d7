"""What a counsellor policy is, and where each comes from. Knows no client."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

from evoke.datafile import read_yaml
from evoke.errors import BadInput
from evoke.settings import Settings, settings, shipped
from evoke.transcript import Transcript

Form = TypeVar("Form", bound=BaseModel)
SHIPPED = (
    "skilled", "directive", "closed", "lecturer", "follower", "flatterer", "rusher", "silent", "hostile",
)  # fmt: skip
BY_MODEL = "llm"
Listens = Literal["nothing", "words", "codes"]  # codes: to the words and to how they were coded


class Policy(Protocol):
    """Someone who speaks next, given what was said. The same transcript and seed get the same words."""

    @property
    def name(self) -> str:
        """As kept with the session."""

    @property
    def listens(self) -> Listens:
        """What of the client's turns changes what they say."""

    def say(self, transcript: Transcript) -> str | None:
        """The next learner turn; None where there is nothing more to say."""


@cache
def lines_of(file: Path, form: type[Form]) -> Form:
    """A counsellor's sentences, read once. Raises BadInput naming file, line and field."""
    return read_yaml(file, form)


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

    def is_new(self, line: str) -> bool:
        """Whether the line was not said before."""
        return line not in self._used

    def chance(self, share: float) -> bool:
        """Whether it happens this time."""
        return self.rng.random() < share


def open_policy(name: str, chosen: Settings | None = None) -> Policy:
    """A policy by its name, `llm` for one that the coach's endpoint speaks for, or a file with one turn a line.

    Raises BadInput where it is none of these, or where no endpoint that can do it is set.
    """
    from evoke.counsellor.follower import Follower
    from evoke.counsellor.habits import Habit
    from evoke.counsellor.scripts import Closed, Directive, FromFile
    from evoke.counsellor.skilled import Skilled

    kinds: dict[str, Callable[[Path], Policy]] = {
        "skilled": Skilled, "directive": Directive, "closed": Closed, "follower": Follower,
    }  # fmt: skip
    if name in SHIPPED:
        return kinds.get(name, Habit)(shipped("prompts") / "counsellor" / f"{name}.yaml")
    if name == BY_MODEL:
        return _by_model(chosen or settings())
    file = Path(name)
    if not file.is_file():
        known = ", ".join((*SHIPPED, BY_MODEL))
        raise BadInput(f"no counsellor '{name}'", cure=f"Use {known}, or a file with one turn a line")
    return FromFile(file)


def _by_model(chosen: Settings) -> Policy:
    from evoke.counsellor.by_model import ByModel
    from evoke.llm import open_model

    model = open_model(chosen, purpose="coach")
    if not model.capable:
        raise BadInput(
            f"{model.name} is not able to play a counsellor",
            field="--counsellor",
            cure="Set EVOKE_COACH_BASE_URL and EVOKE_COACH_MODEL (or EVOKE_LLM_…) to an OpenAI-compatible endpoint "
            "with a large model, or take another counsellor",
        )
    return ByModel(model)
