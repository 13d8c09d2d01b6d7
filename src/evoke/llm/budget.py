"""A session's allowance of tokens and money. Knows prices and sums; does not know what is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evoke.errors import BudgetSpent
from evoke.llm import tokens
from evoke.llm.chat import ChatModel, Chunk, Message, Reply
from evoke.settings import Settings
from evoke.transcript import Usage

_MILLION = 1_000_000


class Budget:
    """Counts what model calls use. Prices are in currency units a million tokens; 0 means not known."""

    def __init__(self, max_tokens: int, max_cost: float = 0, *, price_in: float = 0, price_out: float = 0) -> None:
        """`max_cost` 0 sets no limit to the cost."""
        self.max_tokens, self.max_cost = max_tokens, max_cost
        self.price_in, self.price_out = price_in, price_out
        self.used = Usage()

    @classmethod
    def of(cls, settings: Settings) -> Budget:
        """The budget of one session as the settings have it."""
        return cls(
            settings.session_tokens,
            settings.session_cost,
            price_in=settings.llm_price_in,
            price_out=settings.llm_price_out,
        )

    def check(self, prompt_tokens: int, completion_tokens: int = 0) -> None:
        """Raise BudgetSpent when a call this large would go over; nothing is sent then."""
        after = self.used + self.priced(Usage(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens))
        if after.tokens > self.max_tokens:
            raise BudgetSpent(
                f"This session has used its share of {self.max_tokens:,} tokens ({self.line}). "
                "End it and read the debrief; EVOKE_SESSION_TOKENS allows more next time."
            )
        if self.max_cost and (after.cost or 0) > self.max_cost:
            raise BudgetSpent(
                f"This session has used its share of {_money(self.max_cost)} ({self.line}). "
                "End it and read the debrief; EVOKE_SESSION_COST allows more next time."
            )

    def spend(self, usage: Usage) -> Usage:
        """Count a call. Returns its usage with the cost filled in."""
        priced = self.priced(usage)
        self.used += priced
        return priced

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
        return said if self.used.cost is None else f"{said}, about {_money(self.used.cost)}"


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
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seed: int, stop: Sequence[str] = ()
    ) -> Reply:
        """The model's whole reply, its usage priced. Raises BudgetSpent before anything is sent."""
        self.budget.check(tokens.estimate(messages), max_tokens)
        reply = self.model.complete(messages, max_tokens=max_tokens, temperature=temperature, seed=seed, stop=stop)
        return reply.model_copy(update={"usage": self.budget.spend(reply.usage)})

    def warm(self, messages: Sequence[Message]) -> None:
        """Warm the model; costs nothing of the budget."""
        self.model.warm(messages)


def _money(amount: float) -> str:
    return f"{amount:,.2f}" if amount >= 1 else f"{amount * 100:.1f} ct"
