"""What the card knows of the client's own words: which authored line a turn says, and which way that line leans.

Where a client says an authored line, the card's talk is taken and not the coder's: its author judged the line against
the target, and a coder is right about client talk in some two turns of three.
"""

from __future__ import annotations

from collections.abc import Sequence

from evoke.codes import Coded, Frozen
from evoke.persona import Line, Persona
from evoke.settings import SPOKEN_SHARE
from evoke.transcript import Turn


class Authored(Frozen):
    """A path with the card's talk: `known` client turns said a line, in `otherwise` of them the coder had differed."""

    turns: tuple[Turn, ...]
    known: int
    otherwise: int


def as_authored(turns: Sequence[Turn], persona: Persona | None) -> Authored:
    """Every client turn that says a line of the card, coded as the card has it."""
    heard = [_heard(turn, persona) if persona and turn.speaker == "client" else None for turn in turns]
    before = [turn.coded.talk if isinstance(turn.coded, Coded) else None for turn in turns]
    return Authored(
        turns=tuple(
            turn.model_copy(update={"coded": coded}) if coded else turn
            for turn, coded in zip(turns, heard, strict=True)
        ),
        known=sum(coded is not None for coded in heard),
        otherwise=sum(coded is not None and coded.talk != talk for coded, talk in zip(heard, before, strict=True)),
    )


def spoken_line(said: Turn | None, persona: Persona | None) -> Line | None:
    """The line that a client turn says: the main one handed to the voice, else the one its words hold most of."""
    if said is None or persona is None:
        return None
    by_id = {line.id: line for line in persona.lines}
    handed = [by_id[name] for name in said.lines if name in by_id]
    held = [line for line in handed if _share(line.say, said.text) >= SPOKEN_SHARE]
    if not held:
        return None
    return held[0] if held[0] is handed[0] else max(held, key=lambda line: _share(line.say, said.text))


def _heard(turn: Turn, persona: Persona) -> Coded | None:
    event = next((event for event in persona.between if not turn.lines and turn.text == event.opening), None)
    if event:
        return Coded(speaker="client", talk=event.talk_type, talk_kind=event.talk_kind,
                     reason="This client's card has these first words so.")  # fmt: skip
    if not turn.lines and turn.text in (*persona.voice.backchannels, *persona.voice.unsure, *persona.opening):
        return Coded(speaker="client", talk="neutral", reason="An opening or brief answer that leans neither way.")
    line = spoken_line(turn, persona)
    if line is None:
        return None
    kind = f" ({line.talk_kind.replace('_', ' ')})" if line.talk_kind else ""
    reason = f"This client's card has these words as {line.talk_type} talk{kind}."
    return Coded(speaker="client", talk=line.talk_type, talk_kind=line.talk_kind, reason=reason)


def _share(line: str, said: str) -> float:
    """How many of a line's words stand in what was said, 0-1."""
    words = _plain(line)
    return len(words & _plain(said)) / len(words) if words else 0.0


def _plain(text: str) -> set[str]:
    return {word.strip('.,;:!?"“”…()') for word in text.lower().replace("’", "'").split()} - {""}
