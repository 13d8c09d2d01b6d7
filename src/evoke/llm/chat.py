"""The one interface of every language model. Knows no provider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from evoke.codes import Frozen
from evoke.transcript import Usage


class Message(Frozen):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class Chunk(Frozen):
    """A piece of a streamed reply; the last one carries the usage and has no text."""

    text: str = ""
    usage: Usage | None = None


class Reply(Frozen):
    """A whole reply and what it cost."""

    text: str
    usage: Usage


class ChatModel(Protocol):
    """A language model. Every call may raise ModelDown, ModelNonsense or BudgetSpent."""

    @property
    def name(self) -> str:
        """Provider and model, as kept with each session, such as "embedded:qwen2.5-coder-1.5b"."""

    @property
    def capable(self) -> bool:
        """Whether it can judge and rewrite (a large model) or only voice what it is handed (a small one)."""

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seed: int, stop: Sequence[str] = ()
    ) -> Iterator[Chunk]:
        """Reply piece by piece; closing the iterator early cancels the request."""

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seed: int, stop: Sequence[str] = ()
    ) -> Reply:
        """Reply whole."""

    def warm(self, messages: Sequence[Message]) -> None:
        """Let the server evaluate a prompt prefix before it is needed; does nothing where that is no use."""
