"""A model that says the first suggested line: deterministic, instant, offline. A provider like any other.

Serves tests, demonstrations and machines without a model. Knows the form of a stage note, nothing of personas.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence

from evoke.errors import ModelDown
from evoke.llm import tokens
from evoke.llm.chat import Chunk, Message, Reply
from evoke.transcript import Usage

NOTHING_SUGGESTED = "I don't know what to say to that."
_NOTE = re.compile(r"^\(.*\bmight say:\s*(?P<lines>.+?)\)?\s*$")
_WORD, _WHOLE = re.compile(r"\S+\s*"), re.compile(r".+", re.DOTALL)


class ScriptedModel:
    """Says `replies` in turn, then the suggested lines; `delay_s` before each word, `fails_after` so many words.

    `whole` gives a reply in one piece. The seed and the temperature change nothing.
    """

    name = "scripted"
    capable = False

    def __init__(
        self, replies: Sequence[str] = (), *, delay_s: float = 0, fails_after: int | None = None, whole: bool = False
    ) -> None:
        self._replies, self._delay_s, self._fails_after = list(replies), delay_s, fails_after
        self._pieces = _WHOLE if whole else _WORD
        self.asked: list[tuple[Message, ...]] = []  # every prompt, as it came

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seed: int, stop: Sequence[str] = ()
    ) -> Iterator[Chunk]:
        """The reply word by word, the usage last. Raises ModelDown where a fault is injected."""
        self.asked.append(tuple(messages))
        text = self._replies.pop(0) if self._replies else suggested(messages)
        said = ""
        for place, word in enumerate(self._pieces.findall(_before(text, stop))):
            if place == self._fails_after:
                raise ModelDown("The scripted model was told to fail here. Try again.")
            if tokens.count((said + word).rstrip()) > max_tokens:
                break
            if self._delay_s:
                time.sleep(self._delay_s)
            said += word
            yield Chunk(text=word)
        yield Chunk(usage=Usage(calls=1, prompt_tokens=tokens.estimate(messages), completion_tokens=tokens.count(said)))

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seed: int, stop: Sequence[str] = ()
    ) -> Reply:
        """The reply whole."""
        chunks = list(self.stream(messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop))
        return Reply(text="".join(chunk.text for chunk in chunks), usage=chunks[-1].usage or Usage(calls=1))

    def warm(self, messages: Sequence[Message]) -> None:
        """Nothing to warm."""


def suggested(messages: Sequence[Message]) -> str:
    """The first line that the stage note of the last user message suggests: `(… might say: <line> / <line>)`."""
    last = next((message.content for message in reversed(messages) if message.role == "user"), "")
    note = _NOTE.match(last.rstrip().rpartition("\n")[2])
    return note["lines"].split(" / ")[0].strip() if note else NOTHING_SUGGESTED


def _before(text: str, stop: Sequence[str]) -> str:
    """The text up to the first stop sequence."""
    ends = [place for mark in stop if (place := text.find(mark)) >= 0]
    return text[: min(ends, default=len(text))]
