"""An allowance of tokens and money, of a session or a coding run. Knows prices and sums, not what is said."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from evoke.codes import Frozen
from evoke.errors import BudgetSpent
from evoke.llm import tokens
from evoke.llm.chat import ChatModel, Chunk, Message, Reply
from evoke.llm.endpoint import Endpoint
from evoke.settings import Settings
from evoke.transcript import Usage

_MILLION = 1_000_000


class Allowance(Frozen):
    """What a budget is for, in the words of the error: who used it up, what to do now, which settings allow more."""

    who: str = "This session"
    cure: str = "End it and read the debrief; {} allows more next time."
    variables: str = "EVOKE_SESSION"


CODING = Allowance(
    who="This coding run",
    cure="What was coded is kept: set {} higher and run it again, and only the rest is asked for.",
    variables="EVOKE_CODING",
)


class Budget:
    """Counts what model calls use. Prices are in currency units a million tokens; 0 means not known.

    Calls may be made from several threads at once.
    """

    def __init__(
        self,
        max_tokens: int,
        max_cost: float = 0,
        *,
        price_in: float = 0,
        price_out: float = 0,
        allowance: Allowance | None = None,
    ) -> None:
        """`max_cost` 0 sets no limit to the cost; `allowance` is a session's where none is given."""
        self.max_tokens, self.max_cost = max_tokens, max_cost
        self.price_in, self.price_out = price_in, price_out
        self.allowance = allowance or Allowance()
        self.used = Usage()
        self._under_way: list[Usage] = []
        self._lock = threading.RLock()

    @classmethod
    def of(cls, settings: Settings) -> Budget:
        """The budget of one session as the settings have it."""
        return cls(
            settings.session_tokens,
            settings.session_cost,
            price_in=settings.llm_price_in,
            price_out=settings.llm_price_out,
        )

    @classmethod
    def of_coding(cls, settings: Settings) -> Budget:
        """The budget of one run of the LLM coder, at the prices of the coach's endpoint where it is another."""
        own = bool(settings.coach_base_url or settings.coach_model)
        return cls(
            settings.coding_tokens,
            settings.coding_cost,
            price_in=settings.coach_price_in if own else settings.llm_price_in,
            price_out=settings.coach_price_out if own else settings.llm_price_out,
            allowance=CODING,
        )

    def check(self, prompt_tokens: int, completion_tokens: int = 0) -> None:
        """Raise BudgetSpent when a call this large would go over; nothing is sent then."""
        more = self.priced(Usage(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens))
        after = sum(self._under_way, self.used + more)
        if after.tokens > self.max_tokens:
            raise BudgetSpent(self._over(f"{self.max_tokens:,} tokens", "TOKENS"))
        if self.max_cost and (after.cost or 0) > self.max_cost:
            raise BudgetSpent(self._over(money(self.max_cost), "COST"))

    @contextmanager
    def reserved(self, prompt_tokens: int, completion_tokens: int) -> Iterator[None]:
        """Hold room for a call while it is under way, so that calls at once do not go over together."""
        more = self.priced(Usage(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens))
        with self._lock:
            self.check(prompt_tokens, completion_tokens)
            self._under_way.append(more)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.remove(more)

    def spend(self, usage: Usage) -> Usage:
        """Count a call. Returns its usage with the cost filled in."""
        priced = self.priced(usage)
        with self._lock:
            self.used += priced
        return priced

    def _over(self, share: str, limit: str) -> str:
        cure = self.allowance.cure.format(f"{self.allowance.variables}_{limit}")
        return f"{self.allowance.who} has used its share of {share} ({self.line}). {cure}"

    def priced(self, usage: Usage) -> Usage:
        """The usage with its cost, where a price is known."""
        if not (self.price_in or self.price_out):
            return usage
        cost = (usage.prompt_tokens * self.price_in + usage.completion_tokens * self.price_out) / _MILLION
        return usage.model_copy(update={"cost": cost})

    @property
    def line(self) -> str:
        """What was used so far, for a person: "1,240 tokens, about 0.3 ct"."""
        said = f"{self.used.tokens:,} tokens"
        return said if self.used.cost is None else f"{said}, about {money(self.used.cost)}"


class Metered:
    """A model that keeps to a budget: checks before each call and counts after it, also when a reply is broken off."""

    def __init__(self, model: ChatModel, budget: Budget) -> None:
        self.model, self.budget = model, budget
        self.name, self.capable = model.name, model.capable

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seed: int, stop: Sequence[str] = ()
    ) -> Iterator[Chunk]:
        """The model's own stream, its usage priced. Raises BudgetSpent before anything is sent."""
        prompt, said, told = tokens.estimate(messages), "", False
        self.budget.check(prompt, max_tokens)
        reply = self.model.stream(messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop)
        try:
            for chunk in reply:
                said += chunk.text
                if chunk.usage:
                    told = True
                    yield Chunk(text=chunk.text, usage=self.budget.spend(chunk.usage))
                else:
                    yield chunk
        finally:
            getattr(reply, "close", lambda: None)()
            if said and not told:
                self.budget.spend(Usage(calls=1, prompt_tokens=prompt, completion_tokens=tokens.count(said)))

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
        body: Mapping[str, Any] | None = None,
    ) -> Reply:
        """The model's whole reply, its usage priced; `body` as an endpoint takes it.

        Raises BudgetSpent before anything is sent.
        """
        with self.budget.reserved(tokens.estimate(messages), max_tokens):
            reply = self._completed(messages, max_tokens, temperature, seed, stop, body or {})
            return reply.model_copy(update={"usage": self.budget.spend(reply.usage)})

    def _completed(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str],
        body: Mapping[str, Any],
    ) -> Reply:
        if isinstance(self.model, Endpoint):
            return self.model.complete(
                messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop, body=body
            )
        return self.model.complete(messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop)

    def warm(self, messages: Sequence[Message]) -> None:
        """Warm the model; costs nothing of the budget."""
        self.model.warm(messages)


def money(amount: float) -> str:
    """An amount for a person: "2.50", or "0.3 ct" where it is small."""
    return f"{amount:,.2f}" if amount >= 1 else f"{amount * 100:.1f} ct"
