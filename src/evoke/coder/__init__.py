"""Codes turns: what the learner did (MITI 4.2.1) and which way the client leans (MISC 2.5). Knows no session.

table     the codes and their wording          split     a volley into clauses
scores    what a model returns                 volley    from clause scores to a volley's codes, the MITI rules
cues      words that decide or veto            reasons   the line a learner reads under a turn
encoder   the default coder, offline           codes_csv a coded transcript as a table
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from evoke.codes import Coded, Speaker, Uncoded
from evoke.errors import NotHere
from evoke.settings import Settings
from evoke.transcript import Turn

CoderKind = Literal["encoder", "llm"]


class Coder(Protocol):
    """Codes turns. The same turn with the same context always gets the same answer from the encoder coder."""

    def code(self, text: str, speaker: Speaker, context: Sequence[Turn], *, target: str = "") -> Coded | Uncoded:
        """Code one volley. `context` is what was said before it, oldest first; `target` the behaviour to change."""

    def code_all(self, turns: Sequence[Turn], *, target: str = "") -> list[Coded | Uncoded]:
        """Code every turn of one transcript, each in the context of those before it."""


def open_coder(settings: Settings, kind: CoderKind = "encoder") -> Coder:
    """The coder of that kind. Loads nothing until the first turn is coded."""
    if kind == "encoder":
        from evoke.coder.encoder import EncoderCoder

        return EncoderCoder()
    raise NotHere(f"There is no coder of the kind '{kind}' yet; there is: encoder")
