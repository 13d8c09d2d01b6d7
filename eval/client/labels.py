"""A coder for rehearsals: lines by their author's label, and the learner's words coded once each. Reads no context.

What the client *does* is decided by authored lines, so the author's label is what the director is calibrated on. A
brief answer, a deflection and an opening are neutral.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.client.quick import RememberedScores
from evoke.coder.encoder import EncoderCoder
from evoke.codes import Coded, Speaker, Uncoded
from evoke.persona import Persona
from evoke.transcript import Turn


class AuthorsCoder:
    """A coder for rehearsals: the client's lines by their author's label, the learner's words alone, once each."""

    def __init__(self) -> None:
        self._coder = EncoderCoder(RememberedScores(before=0))
        self._known: dict[str, Coded | Uncoded] = {}
        self._labels: dict[str, Coded] = {}

    def knows(self, persona: Persona) -> None:
        """Learn the labels of a card."""
        for line in persona.lines:
            label = Coded(speaker="client", talk=line.talk_type, talk_kind=line.talk_kind, reason="by its author")
            self._labels[line.say] = label

    def code(self, text: str, speaker: Speaker, context: Sequence[Turn], *, target: str = "") -> Coded | Uncoded:
        """See `evoke.coder.Coder`."""
        if speaker == "client":
            return self._labels.get(text) or Coded(speaker="client", talk="neutral", reason="no line")
        if text not in self._known:
            self._known[text] = self._coder.code(text, speaker, (), target=target)
        return self._known[text]

    def code_all(self, turns: Sequence[Turn], *, target: str = "") -> list[Coded | Uncoded]:
        """See `evoke.coder.Coder`."""
        return [self.code(turn.text, turn.speaker, (), target=target) for turn in turns]
