"""One reply, spoken: a model streams it, the screen and the checks watch it, the authored line stands behind it.

A caught reply is made once more with another seed, a lower temperature and a firmer note; then the line itself is said.
Knows no session and no store.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Literal

from evoke.client.checks import Around, fault_of
from evoke.client.guard import Fault, Guard, Replace, Said, Word
from evoke.client.screen import Screen
from evoke.llm.chat import ChatModel, Message
from evoke.settings import REPLY_TOKENS, TEMPERATURE, TEMPERATURE_AGAIN
from evoke.transcript import Catch, Usage

STOP = ("\nCounsellor:", "\n(")
Outcome = Literal["regenerated", "line", "cut"]


class Attempt:
    """One prompt and how it is to be answered."""

    def __init__(self, messages: Sequence[Message], seed: int, temperature: float) -> None:
        self.messages, self.seed, self.temperature = list(messages), seed, temperature


class Speaking:
    """A reply in the making. Iterate over `said()`; `text`, `catches` and `usage` are right at every moment.

    `shown` is what stands on the screen already, of a reply that is continued.
    """

    def __init__(
        self,
        model: ChatModel,
        guard: Guard,
        attempts: Sequence[Attempt],
        line: str,
        around: Around,
        shown: str = "",
    ) -> None:
        self._model, self._guard, self._attempts = model, guard, attempts
        self._line, self._around = line, around
        self._on_screen = self.text = shown
        self.catches: tuple[Catch, ...] = ()
        self.usage = Usage()

    def said(self) -> Generator[Said]:
        """The reply, event by event. Raises what the model raises; `text` then holds the part that was shown."""
        for number, attempt in enumerate(self._attempts):
            screen = Screen(self._guard)
            yield from self._stream(attempt, screen)
            fault = screen.fault or self._checked(screen)
            if fault is None:
                if screen.trimmed:
                    self._catch(screen.trimmed, "cut")
                yield from self._show(screen.shown, whole=True)
                return
            self._catch(fault, "line" if number == len(self._attempts) - 1 else "regenerated")
        yield from self._show(self._line, whole=True)

    def _stream(self, attempt: Attempt, screen: Screen) -> Iterator[Said]:
        """One attempt, screened, with its cost counted however it ends."""
        usage: Usage | None = None
        chunks = self._model.stream(
            attempt.messages, max_tokens=REPLY_TOKENS, temperature=attempt.temperature, seed=attempt.seed, stop=STOP
        )
        try:
            with closing(chunks):  # type: ignore[type-var]
                for chunk in chunks:
                    usage = chunk.usage or usage
                    if screen.feed(chunk.text):
                        yield from self._show(screen.shown)
                    if screen.done:
                        break
            if screen.finish():
                yield from self._show(screen.shown)
        finally:
            if usage or screen.heard:
                self.usage += usage or _guessed(attempt.messages, screen.heard)

    def _show(self, text: str, *, whole: bool = False) -> Iterator[Said]:
        """Bring the screen to `text`: more words, another reply, or nothing while it only lags behind."""
        if text == self._on_screen or (not whole and self._on_screen.startswith(text)):
            return
        goes_on = text.startswith(self._on_screen)
        event: Said = Word(text=text[len(self._on_screen) :]) if goes_on else Replace(text=text)
        self._on_screen = self.text = text
        yield event

    def _checked(self, screen: Screen) -> Fault | None:
        rule = fault_of(screen.shown, self._around)
        return Fault(rule=rule, said=screen.heard) if rule else None

    def _catch(self, fault: Fault, outcome: Outcome) -> None:
        self.catches += (Catch(rule=fault.rule, said=fault.said, outcome=outcome),)


def attempts(first: Sequence[Message], again: Sequence[Message], seed: int) -> list[Attempt]:
    """The first prompt, and the one after a catch."""
    return [Attempt(first, seed, TEMPERATURE), Attempt(again, seed + 1, TEMPERATURE_AGAIN)]


def _guessed(messages: Sequence[Message], heard: str) -> Usage:
    """The cost of a call that was cut off before its usage came."""
    from evoke.llm import tokens

    return Usage(calls=1, prompt_tokens=tokens.estimate(messages), completion_tokens=tokens.count(heard))
