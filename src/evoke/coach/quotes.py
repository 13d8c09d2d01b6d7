"""Verbatim quotes: words that stand, character for character, in a turn. Knows nothing of why they are quoted."""

from __future__ import annotations

from evoke.codes import Code, Coded, Frozen
from evoke.transcript import Turn

LONGEST = 220  # characters; a longer passage is cut at the end of a word


class Quote(Frozen):
    """Words of one turn. `cut` says that the turn goes on after them or began before."""

    turn_id: str
    text: str
    cut: bool = False

    def stands_in(self, turn: Turn) -> bool:
        """Whether these words are in that turn, character for character."""
        return turn.id == self.turn_id and bool(self.text) and self.text in turn.text


def quote(turn: Turn, *codes: Code) -> Quote | None:
    """The words of a turn that earned one of `codes`, else the turn; None for a turn without words."""
    text = _words_for(turn, codes) or turn.text.strip()
    text = _shortened(text)
    return Quote(turn_id=turn.id, text=text, cut=text != turn.text.strip()) if text else None


def _words_for(turn: Turn, codes: tuple[Code, ...]) -> str:
    """The first utterance with one of the codes, if the coder's text of it stands in the turn as it is."""
    utterances = turn.coded.utterances if isinstance(turn.coded, Coded) else ()
    found = (u.text.strip() for u in utterances if u.code in codes)
    return next((text for text in found if text and text in turn.text), "")


def _shortened(text: str) -> str:
    """At most `LONGEST` characters, ending with a word or with the mark that closes a sentence."""
    kept = text if len(text) <= LONGEST else text[: LONGEST + 1].rsplit(None, 1)[0][:LONGEST]
    return kept.rstrip(" ,;:–-")
