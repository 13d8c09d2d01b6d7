"""Excerpts of like length, cut from talks, with the names of those who spoke taken out. Knows no sheet."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal

from evoke.codes import Frozen, Speaker
from evoke.readers import Said, rows_of
from evoke.roles import Roles, name_key, speaker_of
from evoke.transcript import Transcript

Source = Literal["made", "real"]
NEAREST = 3  # windows nearest to the length wanted, one of which is drawn
LIKE = 2.0  # an excerpt has between half and twice the words of the middle one
NAMELESS = "[name]"


class Talk(Frozen):
    """A talk to cut from: where it comes from, who said what, and the names to take out."""

    source: Source
    origin: str
    turns: tuple[tuple[Speaker, str], ...]
    names: tuple[str, ...] = ()


class Excerpt(Frozen):
    """Some turns of a talk, beginning with the counsellor."""

    source: Source
    origin: str
    turns: tuple[tuple[Speaker, str], ...]

    @property
    def words(self) -> int:
        """How many words all turns have together."""
        return _words(self.turns)


def made_talk(transcript: Transcript, name: str) -> Talk:
    """A simulated talk; `name` is the client's."""
    who = transcript.persona.id if transcript.persona else "?"
    origin = f"{who}, {transcript.counsellor or '?'}, seed {transcript.seed}"
    turns = tuple((turn.speaker, turn.text) for turn in transcript.turns)
    return Talk(source="made", origin=origin, turns=turns, names=(name,))


def real_talks(said: Sequence[Said], roles: Roles, origin: str) -> list[Talk]:
    """The talks of a file of the trainer's own; turns in a row by one speaker are joined."""
    people = {one.name for one in said if one.name and speaker_of(one.name) is None}
    names = tuple(sorted(name for name in people if len(name_key(name)) > 1))
    talks: dict[str, list[tuple[Speaker, str]]] = {}
    for row in rows_of(said, lambda _: None, roles):
        turns = talks.setdefault(row.transcript_id, [])
        if turns and turns[-1][0] == row.speaker:
            turns[-1] = (row.speaker, f"{turns[-1][1]} {row.text}")
        else:
            turns.append((row.speaker, row.text))
    return [Talk(source="real", origin=f"{origin}, {name}", turns=tuple(turns), names=names)
            for name, turns in talks.items()]  # fmt: skip


def excerpts(talks: Iterable[Talk], turns: int, rng: random.Random, hide: Sequence[str] = ()) -> list[Excerpt]:
    """One excerpt of `turns` turns a talk, near the middle length of the real ones, or of all where none is real.

    A talk without an excerpt of like length is left out.
    """
    windows = [(talk, _windows(talk, turns)) for talk in talks]
    lengths = [_words(window) for talk, found in windows for window in found if talk.source == "real"]
    lengths = lengths or [_words(window) for _, found in windows for window in found]
    wanted = median(lengths) if lengths else 0
    made = []
    for talk, found in windows:
        like = [window for window in found if wanted / LIKE <= _words(window) <= wanted * LIKE]
        nearest = sorted(like, key=lambda window: abs(_words(window) - wanted))[:NEAREST]
        if nearest:
            chosen = tuple((who, nameless(text, (*talk.names, *hide))) for who, text in rng.choice(nearest))
            made.append(Excerpt(source=talk.source, origin=talk.origin, turns=chosen))
    return made


def nameless(text: str, names: Iterable[str]) -> str:
    """The text with every name, and every part of one, taken out."""
    parts = sorted({part for name in names for part in re.findall(r"[^\W\d_]{2,}", name)}, key=len, reverse=True)
    for part in parts:
        text = re.sub(rf"\b{re.escape(part)}\b", NAMELESS, text, flags=re.IGNORECASE)
    return " ".join(text.split())


def _windows(talk: Talk, turns: int) -> list[tuple[tuple[Speaker, str], ...]]:
    """Every run of so many turns that begins with the counsellor, greeting and parting left out where there is room."""
    starts = [n for n in range(len(talk.turns) - turns + 1) if talk.turns[n][0] == "learner"]
    inner = [n for n in starts if n >= 2 and n + turns <= len(talk.turns) - 1]
    return [talk.turns[n : n + turns] for n in inner or starts]


def _words(turns: Iterable[tuple[Speaker, str]]) -> int:
    return sum(len(text.split()) for _, text in turns)
