"""What a language model is asked, tier by tier, and how a transcript stands in it as data. Knows no endpoint.

A turn is one line of JSON in which every letter that could close something is escaped: a line break, the angle brackets
of our own marks and of chat templates, the brackets of others. The marks carry a digest of the very lines between them,
which no line can hold.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic

from evoke import prompts
from evoke.coder.llm_batch import Batch
from evoke.coder.llm_shape import Behaved, Behaviours, Cut, Cuts, Item, Judgements, Kinds, Leaned, Leanings, Named
from evoke.coder.table import table
from evoke.codes import Speaker
from evoke.llm import tokens
from evoke.llm.chat import Message
from evoke.settings import CODED_BEFORE_WORDS, shipped
from evoke.transcript import Turn

NAMES: dict[Speaker, str] = {"learner": "counsellor", "client": "client"}
_COULD_CLOSE = re.compile("[<>\x7f\x85\u2028\u2029\ud800-\udfff]|\\[(?=/?[A-Z_]+\\])")


@dataclass(frozen=True)
class Tier(Generic[Item]):
    """One question about turns of one speaker: its prompt, the shape of the answer, and how long an entry is, about.

    `copies` says that an entry holds the words of its turn as well.
    """

    prompt: str
    shape: type[Judgements[Item]]
    item: type[Item]
    entry_tokens: int
    copies: bool = False

    def answer_tokens(self, turns: Sequence[Turn]) -> int:
        """How many tokens an answer about these turns takes, about."""
        copied = sum(tokens.count(turn.text) for turn in turns) if self.copies else 0
        return len(turns) * self.entry_tokens + round(copied * 1.3)


BEHAVIOUR = Tier("coder/behaviour", Behaviours, Behaved, 50)
CODES = Tier("coder/codes", Cuts, Cut, 130, copies=True)
TALK = Tier("coder/talk", Leanings, Leaned, 50)
KINDS = Tier("coder/kinds", Kinds, Named, 50)


def messages(tier: Tier[Item], batch: Batch, places: Sequence[int], found: Mapping[int, str]) -> list[Message]:
    """The question about the turns at `places`; `found` is what the first tier found of them, empty on the first."""
    lines = passage(batch)
    mark = f"transcript {hashlib.sha256(lines.encode()).hexdigest()[:16]}"
    asked = prompts.fill("coder/passage", mark=mark, lines=lines, task=_task(batch, places, found))
    return [Message(role="system", content=system(tier.prompt)), Message(role="user", content=asked)]


def passage(batch: Batch) -> str:
    """The target and the turns of a batch, one JSON object a line; turns before it keep only their last words."""
    shown = [(turn, _last_words(turn.text)) for turn in batch.before] + [(turn, turn.text) for turn in batch.turns]
    spoken: list[Mapping[str, object]] = [
        {"turn": n, "speaker": NAMES[turn.speaker], "text": text} for n, (turn, text) in enumerate(shown, 1)
    ]
    return "\n".join(map(_line, [{"target": batch.target}, *spoken]))


@cache
def system(prompt: str) -> str:
    """The system message of a tier, its table of codes filled in."""
    made: dict[str, Callable[[], str]] = {CODES.prompt: _codes_table, KINDS.prompt: _kinds_table}
    return prompts.fill(prompt, table=made[prompt]()) if prompt in made else prompts.text(prompt)


@cache
def digest() -> str:
    """Which words shape the answers: sixteen hex digits over the prompts of the coder and the table of codes."""
    return prompts.digest("coder", shipped("prompts") / "codes.yaml")


def _task(batch: Batch, places: Sequence[int], found: Mapping[int, str]) -> str:
    if not found:
        return prompts.fill("coder/task_first", turns=", ".join(str(batch.number(place)) for place in places))
    told = (f"- {batch.number(place)}: {found[place]}" for place in places)
    return prompts.fill("coder/task_second", turns="\n".join(told))


def _line(value: Mapping[str, object]) -> str:
    plain = json.dumps(value, ensure_ascii=False)
    return _COULD_CLOSE.sub(lambda match: f"\\u{ord(match[0]):04x}", plain)


def _last_words(text: str) -> str:
    words = text.split()
    return text if len(words) <= CODED_BEFORE_WORDS else "… " + " ".join(words[-CODED_BEFORE_WORDS:])


def _codes_table() -> str:
    return "\n".join(f"- `{code}`: {entry.definition} {entry.boundary}" for code, entry in table().codes.items())


def _kinds_table() -> str:
    return "\n".join(f"- `{kind}`: {entry.change}; or {entry.sustain}" for kind, entry in table().kinds.items())
