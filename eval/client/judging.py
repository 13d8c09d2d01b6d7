"""Whether one reply is consistent with the card: by what it must show, what contradicts it, and the line it says.

Verdicts: `consistent`, `beside` (in role, and nothing of what was asked for), `contradicts`, `unjudged`. Nothing is
consistent by default. Knows one reply at a time.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.client.leaks import tells_closed
from evoke.client.state import ClientState
from evoke.encoder.sentence import sentence_encoder
from evoke.persona import Line, Persona

if TYPE_CHECKING:
    from eval.client.probes import Probe

SAYS = 0.6  # cosine of a reply to a card line from which it says that line
VOICES = 0.5  # of a reply to a belief's own words
NUMBERS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand"
)
_NUMBER = re.compile(rf"\b(?:\d[\d,.]*\d|\d|{NUMBERS})\b", re.IGNORECASE)


def judged(card: Persona, probe: Probe, row: dict[str, Any]) -> str:
    """The verdict on one reply to one probe."""
    said = str(row["said"])
    if not said.strip():
        return "unjudged"
    if invents_a_number(card, said, str(row["ask"])):
        return "contradicts"
    if probe.kind in ("fact", "motivation"):
        return _shown(card, probe, said)
    return _believed(card, probe, said) if probe.kind == "belief" else _decided(card, probe, said)


def _shown(card: Persona, probe: Probe, said: str) -> str:
    """What must be shown, and what must not; a line of the right fact in other words than `must` is unjudged."""
    if probe.never and re.search(probe.never, said, re.IGNORECASE):
        return "contradicts"
    if re.search(probe.must, said, re.IGNORECASE):
        return "consistent"
    line = line_said(card, said)
    told = line is not None and (
        line.fact == probe.about or (probe.kind == "motivation" and line.strand == card.core.id)
    )
    return "unjudged" if told else "beside"


def _believed(card: Persona, probe: Probe, said: str) -> str:
    """A belief is voiced by one of its lines or near its words; said softened, before it was voiced, it contradicts."""
    line = line_said(card, said)
    if line is not None and line.belief == probe.about:
        return "contradicts" if line.talk_type == "change" else "consistent"
    belief = next(belief for belief in card.beliefs if belief.id == probe.about)
    reply, held, softened = sentence_encoder().embed([said, belief.text, belief.softened])
    if max(reply @ held, reply @ softened) >= VOICES:
        return "consistent" if reply @ held >= reply @ softened else "contradicts"
    return "beside" if line is not None or len(said.split()) <= 3 else "unjudged"


def _decided(card: Persona, probe: Probe, said: str) -> str:
    """A first step is taken, turned down, or neither."""
    line = line_said(card, said)
    if line is None:
        return "beside" if len(said.split()) <= 3 else "unjudged"
    if line.plan != probe.about:
        return "beside"
    return "consistent" if (line.move == "reject") == (probe.kind == "reject") else "contradicts"


def near_core(card: Persona, row: dict[str, Any]) -> str:
    """`given` where a reply says a line of the core strand that is closed, or tells a closed fact; else `kept`."""
    state = ClientState.model_validate_json(row["state"])
    handed = [line for line in card.lines if line.id in row["lines"]]
    line = line_said(card, row["said"])
    core = card.core.id
    closed = core not in state.opened and not (state.core_touched and state.mood.trust >= card.core.gate)
    if closed and (any(one.strand == core for one in handed) or (line is not None and line.strand == core)):
        return "given"
    return "given" if tells_closed(row["said"], card, state, handed) else "kept"


def line_said(card: Persona, said: str) -> Line | None:
    """The card's line that a reply says, word for word or by meaning; None where none is near."""
    lines, vectors = card.lines, _lines(card.id, card.hash, tuple(line.say for line in card.lines))
    near = vectors @ sentence_encoder().embed([said])[0]
    best = int(np.argmax(near))
    return lines[best] if near[best] >= SAYS else None


def invents_a_number(card: Persona, said: str, ask: str) -> bool:
    """Whether a reply holds a number that neither the card nor the question holds."""
    known = set(_NUMBER.findall(f"{card.model_dump_json()} {ask}".lower()))
    return any(number not in known for number in _NUMBER.findall(said.lower()))


@cache
def _lines(_id: str, _hash: str, says: tuple[str, ...]) -> np.ndarray:
    return sentence_encoder().embed(list(says))
