"""The client's voice: from a move and the turns so far to messages, append-only. Knows no server; decides nothing.

One system message a session, three example exchanges, then the learner's words with a stage note and the client's
reply, turn by turn. Nothing earlier is ever rewritten, so a server with a prefix cache evaluates only what is new.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cached_property

from evoke.client.move import Move
from evoke.client.wording import hows, subject
from evoke.llm.chat import Message
from evoke.persona import Line, Persona
from evoke.prompts import fill
from evoke.settings import HEARD_WORDS
from evoke.transcript import Turn

TENSE = 4.0  # discord from which the note says that the client is on edge


class Voice:
    """Words for one client. `capable` says whether the model is a large one and may be given more freedom.

    `remembers` is what a client who returns knows of the talk before, as prose for the model.
    """

    def __init__(self, persona: Persona, *, capable: bool, remembers: str = "") -> None:
        self._persona, self._capable, self._remembers = persona, capable, remembers
        self._users: dict[tuple[str | None, str], Message] = {}  # nothing earlier is ever rewritten

    def prefix(self) -> list[Message]:
        """The system message and the example exchanges; the same for the whole session, best sent ahead to be warm."""
        return list(self._prefix)

    @cached_property
    def _prefix(self) -> tuple[Message, ...]:
        return (Message(role="system", content=self._system()), *self._examples())

    def messages(self, path: Sequence[Turn], note: str) -> list[Message]:
        """The prompt for the client's next turn. `path` ends with the learner's turn that `note` answers."""
        return [*self.so_far(path), self._user(path[-1].text, note)]

    def so_far(self, path: Sequence[Turn]) -> list[Message]:
        """The prefix and every turn that the client has answered."""
        made = self.prefix()
        for before, turn in zip((None, *path), path, strict=False):
            if turn.speaker == "client":
                words = before.text if before else None
                made += [self._user(words, turn.note or ""), Message(role="assistant", content=turn.text)]
        return made

    def note(self, move: Move, discord: float, rng: random.Random) -> str:
        """The stage note: how the client reacts, and what they might say."""
        if move.direct == "opening":
            return self._fill("opening", lines=move.words)
        phrases = hows().brief if move.direct == "backchannel" else hows().odd
        how = rng.choice(phrases if move.direct else hows().of(move.kind, tense=discord >= TENSE))
        return self._fill("note", how=how, lines=move.words or _joined(move.lines))

    def firmer(self, move: Move) -> str:
        """The note after a catch: one line only, and who is speaking."""
        return self._fill("note_firmer", how=hows().of(move.kind, tense=False)[0], lines=_joined(move.lines[:1]))

    def _fill(self, prompt: str, **blanks: object) -> str:
        they = subject(self._persona).capitalize()
        return fill(f"client/{prompt}", name=self._persona.name, They=they, **blanks)

    def _system(self) -> str:
        card = self._persona
        facts = " ".join(fact.text for fact in card.facts if fact.gate == 0)
        return fill(
            "client/system_capable" if self._capable else "client/system",
            name=card.name,
            age=card.age,
            they=subject(card),
            story=card.story,
            facts="\n".join(part for part in (facts, self._remembers) if part),
            habits=card.voice.habits,
        )

    def _examples(self) -> list[Message]:
        made: list[Message] = []
        for example in self._persona.voice.examples:
            note = self._fill("note", how=example.how, lines=" / ".join(example.lines))
            made += [self._user(example.counsellor, note), Message(role="assistant", content=example.reply)]
        return made

    def _user(self, words: str | None, note: str) -> Message:
        if (words, note) not in self._users:
            self._users[words, note] = self._made_user(words, note)
        return self._users[words, note]

    def _made_user(self, words: str | None, note: str) -> Message:
        if words is None:
            return Message(role="user", content=note)
        heard = as_heard(words, self._persona.name)
        return Message(role="user", content=fill("client/turn", words=heard, note=note))


def as_heard(words: str, name: str) -> str:
    """The learner's words as the model may see them: one line, no imitation of a note or label, a long paste cut.

    The transcript keeps the words whole.
    """
    spoken = _ASIDE.sub(" ", _MARKUP.sub(" ", words))
    plain = spoken.translate(_BRACKETS)
    plain = re.sub(rf"({_LABELS}|{re.escape(name)})\s*:", r"\1,", " ".join(plain.split()), flags=re.IGNORECASE)
    parts = plain.split()
    if len(parts) > HEARD_WORDS:
        half = HEARD_WORDS // 2
        parts = [*parts[:half], "…", *parts[-half:]]
    return " ".join(parts) or "…"


ASIDE_WORDS = 5  # a longer text in brackets is a stage direction, not speech
_ASIDE = re.compile(
    rf"<!--.*?(?:-->|\Z)|[(\[{{](?:[^()\[\]{{}}\s]+\s+){{{ASIDE_WORDS},}}[^()\[\]{{}}]*(?:[)\]}}]|\Z)", re.DOTALL
)
_BRACKETS = str.maketrans({**dict.fromkeys("()[]{}", ","), **dict.fromkeys("<>#|", " "), "`": "'"})
_MARKUP = re.compile(r"<\|[^|]*\|>|</?[a-z_]+>|\[/?(?:inst|sys)\]", re.IGNORECASE)
_LABELS = r"\b(?:might say|counsell?or|therapist|client|patient|user|assistant|system|human|note)"


def _joined(lines: Sequence[Line]) -> str:
    return " / ".join(line.say for line in lines)
