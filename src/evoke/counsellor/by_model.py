"""A counsellor that a capable language model speaks for. Knows what was said, never the client's state or card."""

from __future__ import annotations

import random
import re

from evoke.counsellor.policy import Listens
from evoke.llm.chat import ChatModel, Message
from evoke.prompts import text
from evoke.settings import COUNSELLOR_TEMPERATURE, COUNSELLOR_TOKENS, COUNSELLOR_WORDS
from evoke.transcript import Transcript

_LABEL = re.compile(r"^\s*(?:counsell?or|therapist|assistant)\s*:\s*", re.IGNORECASE)
_GOODBYE = re.compile(r"\b(goodbye|bye for now|take care)\b", re.IGNORECASE)


class ByModel:
    """Speaks by a model, as `prompts/counsellor/by_model.md` asks; goes once it has said goodbye.

    The same endpoint, transcript and seed may still give other words: few servers repeat themselves exactly.
    """

    name = "llm"
    listens: Listens = "words"

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    def say(self, transcript: Transcript) -> str | None:
        """See Policy. Raises what the model raises."""
        mine = [turn.text for turn in transcript.turns if turn.speaker == "learner"]
        if mine and _GOODBYE.search(mine[-1]):
            return None
        seed = random.Random(f"{transcript.seed}:{self.name}:{len(transcript.turns)}").getrandbits(31)
        reply = self._model.complete(
            messages(transcript), max_tokens=COUNSELLOR_TOKENS, temperature=COUNSELLOR_TEMPERATURE, seed=seed
        )
        return spoken(reply.text) or "Mm-hm."


def messages(transcript: Transcript) -> list[Message]:
    """The counsellor's instructions, then the talk as a chat in which the client is the user."""
    said = [
        Message(role="user" if turn.speaker == "client" else "assistant", content=turn.text)
        for turn in transcript.turns
    ]
    return [Message(role="system", content=text("counsellor/by_model")), *said]


def spoken(reply: str) -> str:
    """The words of a reply: no label before them, no stage direction, no more than a counsellor says at once."""
    plain = " ".join(re.sub(r"\*[^*]*\*|\([^)]*\)|\[[^\]]*\]", " ", _LABEL.sub("", reply)).split()).strip('"“”')
    words = plain.split()
    if len(words) <= COUNSELLOR_WORDS:
        return plain
    whole = re.findall(r"[^.!?]+[.!?]+", " ".join(words[:COUNSELLOR_WORDS]))
    return " ".join(part.strip() for part in whole) or " ".join(words[:COUNSELLOR_WORDS])
