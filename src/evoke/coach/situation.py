"""Each learner turn with what stood around it, and conditions on that, as data files write them. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from evoke.client.hearing import signals
from evoke.codes import Code, Coded, Frozen, QuestionType, Talk
from evoke.transcript import Turn


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class Surroundings(Frozen):
    """How a turn is compared with what was said around it."""

    look_back: int = Field(ge=1)
    stem: int = Field(ge=3)
    fitted: frozenset[str]
    common: str
    patterns: dict[str, tuple[Pattern, ...]]

    def telling(self, *texts: str) -> frozenset[str]:
        """The beginnings of the words that carry content."""
        common = set(self.common.split())
        words = (word.strip('.,;:!?"“”…()') for word in " ".join(texts).lower().replace("’", "'").split())
        return frozenset(word[: self.stem] for word in words if len(word) > 3 and word not in common)

    def matching(self, text: str) -> frozenset[str]:
        """Names of the coach's own patterns that a text holds."""
        return frozenset(
            n for n, these in self.patterns.items() if any(re.search(p, text, re.IGNORECASE) for p in these)
        )


@dataclass(frozen=True)
class Situation:
    """One learner turn (`place` counts them from 1), the client's turn it answers and the one it led to.

    `fits`: it is about what the client said lately, as the client felt or as a shared telling word shows; `takes_up`:
    the same of the client's very last turn. `changes` counts the client's change talk before it; `patterns` are the
    named patterns that its text holds.
    """

    turn: Turn
    place: int
    before: Turn | None
    after: Turn | None
    fits: bool
    takes_up: bool
    changes: int
    patterns: frozenset[str]

    @property
    def coded(self) -> Coded | None:
        """The codes of the turn; None for an uncoded one."""
        return self.turn.coded if isinstance(self.turn.coded, Coded) else None

    @property
    def codes(self) -> frozenset[Code]:
        """The MITI codes of the turn."""
        return frozenset(self.coded.codes) if self.coded else frozenset()

    def probability(self, when: When) -> float:
        """How sure the coder was of what `when` asks for; 1 where it did not say."""
        known = self.coded.probabilities if self.coded else {}
        names = [f"code.{code}" for code in when.codes if code in self.codes]
        names += [f"question.{when.question}"] if when.question else []
        heard = [(self.before, when.before), (self.after, when.after)]
        talks = [_sure_of(turn, talk) for turn, talks in heard if talks and (talk := talk_of(turn))]
        return min((*(known.get(name, 1.0) for name in names), *talks), default=1.0)


class When(Frozen):
    """A condition on a situation; every field that is set must hold, and lists mean "any of these".

    `before` and `after` are the client's talk on either side; `patterns` are signals of the client's hearing or
    patterns of the coach's own; `in_a_row` asks that the rest has held for so many learner turns.
    """

    codes: tuple[Code, ...] = ()
    without: tuple[Code, ...] = ()
    uncoded: bool | None = None  # true: a turn that was coded and carries no code
    question: QuestionType | None = None
    not_question: QuestionType | None = None
    before: tuple[Talk, ...] = ()
    after: tuple[Talk, ...] = ()
    patterns: tuple[str, ...] = ()
    without_patterns: tuple[str, ...] = ()
    fits: bool | None = None
    takes_up: bool | None = None
    changes_to: int | None = Field(default=None, ge=0)
    words_from: int | None = Field(default=None, ge=1)
    words_to: int | None = Field(default=None, ge=1)
    marks_from: int | None = Field(default=None, ge=1)  # question marks
    said_from: int | None = Field(default=None, ge=1)  # words of the client's turn before
    discord_from: float | None = Field(default=None, ge=0, le=10)
    place_from: int | None = Field(default=None, ge=1)
    in_a_row: int = Field(default=1, ge=1)

    def holds(self, now: Situation) -> bool:
        """Whether the condition holds in one situation; `in_a_row` is left to `holding`."""
        return self._codes_hold(now) and self._words_hold(now) and self._client_holds(now)

    def _codes_hold(self, now: Situation) -> bool:
        asked = now.coded.question if now.coded else None
        return all(
            (
                not self.codes or bool(now.codes & set(self.codes)),
                not now.codes & set(self.without),
                self.uncoded is None or (now.coded is not None and not now.codes) is self.uncoded,
                self.question is None or asked == self.question,
                self.not_question is None or asked != self.not_question,
            )
        )

    def _words_hold(self, now: Situation) -> bool:
        words = len(now.turn.text.split())
        return all(
            (
                not self.patterns or bool(now.patterns & set(self.patterns)),
                not now.patterns & set(self.without_patterns),
                self.fits is None or now.fits is self.fits,
                self.takes_up is None or now.takes_up is self.takes_up,
                self.words_from is None or words >= self.words_from,
                self.words_to is None or words <= self.words_to,
                self.marks_from is None or now.turn.text.count("?") >= self.marks_from,
                self.place_from is None or now.place >= self.place_from,
            )
        )

    def _client_holds(self, now: Situation) -> bool:
        discord = now.turn.state.discord if now.turn.state else None
        return all(
            (
                self.changes_to is None or now.changes <= self.changes_to,
                not self.before or talk_of(now.before) in self.before,
                not self.after or talk_of(now.after) in self.after,
                self.said_from is None or (now.before is not None and len(now.before.text.split()) >= self.said_from),
                self.discord_from is None or (discord is not None and discord >= self.discord_from),
            )
        )

    def holding(self, path: Sequence[Situation]) -> list[Situation]:
        """The situations of a path in which the whole condition holds."""
        run, found = 0, []
        for now in path:
            run = run + 1 if self.holds(now) else 0
            if run >= self.in_a_row:
                found.append(now)
        return found


def situations(turns: Sequence[Turn], around: Surroundings) -> list[Situation]:
    """Every learner turn of a path in its surroundings."""
    found: list[Situation] = []
    said: list[Turn] = []
    changes = 0
    for n, turn in enumerate(turns):
        if turn.speaker == "client":
            said.append(turn)
            changes += talk_of(turn) == "change"
            continue
        following = turns[n + 1] if n + 1 < len(turns) else None
        felt = bool(around.fitted & {step.rule for step in turn.steps})
        words = around.telling(turn.text)
        found.append(
            Situation(
                turn=turn,
                place=len(found) + 1,
                before=said[-1] if said else None,
                after=following if following and following.speaker == "client" else None,
                fits=felt or bool(words & around.telling(*(one.text for one in said[-around.look_back :]))),
                takes_up=felt or bool(words & around.telling(*(one.text for one in said[-1:]))),
                changes=changes,
                patterns=frozenset(signals(turn.text)) | around.matching(turn.text),
            )
        )
    return found


def talk_of(turn: Turn | None) -> Talk | None:
    """Which way a client turn leans; None where nobody said."""
    return turn.coded.talk if turn and isinstance(turn.coded, Coded) else None


def _sure_of(turn: Turn | None, talk: Talk) -> float:
    """How sure the coder was of a client turn's talk; 1 where it did not say."""
    return turn.coded.probabilities.get(f"talk.{talk}", 1.0) if turn and isinstance(turn.coded, Coded) else 1.0
