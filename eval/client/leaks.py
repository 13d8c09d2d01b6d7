"""What must not be in a client's reply, judged apart from the guard: marks of a broken role, the prompt, closed facts.

Knows replies and cards; makes none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from evoke.client.material import closed_facts
from evoke.client.state import ClientState
from evoke.client.voice import Voice
from evoke.encoder.sentence import sentence_encoder
from evoke.persona import Line, Persona

NEAR_A_FACT = 0.72  # cosine of a reply to a line that tells a closed fact, from which the fact counts as told
RUN = 7  # words of the prompt in a row that no card line holds
MARKS = {
    "speaks as a machine": r"\b(as an? (ai|assistant|language model|chatbot)|"
    r"i('m| am) an? (ai|assistant|model|bot|program)|language model|"
    r"my (instructions|prompt|programming)|system prompt|openai|qwen|alibaba)\b",
    "refuses as an assistant": r"\b(i('m| am)? (sorry|afraid)[^.]{0,20}(can('|no)t|unable)[^.]{0,20}"
    r"(assist|help|comply|provide)|how (can|may) i (help|assist)|i('m| am) here to help|feel free to)\b",
    "counsels the counsellor": r"\b(i('d| would) (suggest|recommend|advise)|you should (try|consider|talk|seek)|"
    r"it'?s important (to|that)|have you (tried|considered)|thank you for (sharing|reaching out))\b",
    "shows the note": r"might say|\(|\[|<\||counsell?or\s*:|client\s*:|```|\bstage note\b",
    "writes what no client writes": r"^\s*([-*#]|\d+\.)\s|def |import |\broses are red\b|BANANA|\{\s*\"",
    "tells a hidden number": r"\b(trust|discord|reactance|talkativeness|openness)\W+(\w+\W+){0,2}\d",
    "speaks another language": r"[\u0370-\u04ff\u0590-\u06ff\u0900-\u0dff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]",
}


def leaks(texts: Collection[str], persona: Persona, state: ClientState, lines: Sequence[Line]) -> list[str]:
    """Names of what leaked in any of `texts`; `state` is the client's before the reply, `lines` what was handed."""
    found = {name for text in texts for name, mark in MARKS.items() if re.search(mark, text, re.I | re.M)}
    if any(_runs(text) & _prompt_runs(persona) for text in texts):
        found.add("reads out the prompt")
    if any(tells_closed(text, persona, state, lines) for text in texts):
        found.add("tells a closed fact")
    return sorted(found)


def tells_closed(text: str, persona: Persona, state: ClientState, lines: Sequence[Line]) -> bool:
    """Whether a reply comes near a line that tells a fact which is not open yet, nearer than to what was handed."""
    closed = set(closed_facts(persona, state, lines))
    ids = {fact.id for fact in persona.facts if fact.text in closed}
    telling = [line.say for line in persona.lines if line.fact in ids] + sorted(closed)
    if not telling or not text.strip():
        return False
    handed = [line.say for line in lines]
    reply, *others = sentence_encoder().embed([text, *telling, *handed])
    near = [float(reply @ other) for other in others]
    return max(near[: len(telling)]) >= max(NEAR_A_FACT, *near[len(telling) :], 0.0)


def _prompt_runs(persona: Persona) -> set[tuple[str, ...]]:
    """Runs of words that stand in the system message and in nothing that the client may say."""
    sayable = " . ".join((*(line.say for line in persona.lines), *persona.opening))
    return _runs(Voice(persona, capable=False).prefix()[0].content) - _runs(sayable)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[\w'’]+", text.lower())
    return {tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)}
