"""What the client is about to do, and what they were just told. Knows no model, samples nothing."""

from __future__ import annotations

from typing import Literal

from evoke.codes import Coded, Frozen, Talk, TalkKind, Uncoded
from evoke.persona import Line, MoveKind

Signal = str  # the name of a pattern in client/hearing.yaml
Direct = Literal["backchannel", "deflection", "opening"]


class Heard(Frozen):
    """One learner turn as the client takes it in.

    `accuracy` is how much nearer (-1 to 1) the learner's reflection comes to what the client just said than to all
    else they might say, None where nothing was reflected. `touched` and `plans` name the strands and first steps that
    the words come near.
    """

    words: str
    coded: Coded | Uncoded
    accuracy: float | None = None
    touched: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The MITI codes of the turn; empty for an uncoded one."""
        return self.coded.codes if isinstance(self.coded, Coded) else ()

    @property
    def question(self) -> str | None:
        """`open`, `closed`, or None where nothing was asked."""
        return self.coded.question if isinstance(self.coded, Coded) else None


class Move(Frozen):
    """What the client does next: the move, the talk it is, the strand it is on, and the lines handed to the voice.

    The first of `lines` is the main one; only it may carry a fact, a belief or a plan. `direct` words (a brief
    answer, a deflection, the opening) are spoken as they stand, without a model.
    """

    kind: MoveKind
    talk: Talk = "neutral"
    talk_kind: TalkKind | None = None
    strand: str | None = None
    lines: tuple[Line, ...] = ()
    direct: Direct | None = None
    words: str | None = None

    @property
    def main(self) -> Line | None:
        """The line that carries the move; None where the words are direct."""
        return self.lines[0] if self.lines else None

    @property
    def ends(self) -> bool:
        """Whether the session is over once this is said."""
        return self.kind in ("leave", "close")
