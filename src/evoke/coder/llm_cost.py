"""What a coding run will cost before it is begun, about. Knows arithmetic; does not know who is asked."""

from __future__ import annotations

from evoke.codes import Frozen
from evoke.llm.budget import money


class Estimate(Frozen):
    """Turns that a model would be asked about, those whose answers are kept already, and what that takes, about.

    `cost` is None where no price is set. Questions asked again after an answer of no use are not in it.
    """

    turns: int = 0
    kept: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    cost: float | None = None

    def __add__(self, other: Estimate) -> Estimate:
        cost = None if self.cost is None and other.cost is None else (self.cost or 0) + (other.cost or 0)
        return Estimate(
            turns=self.turns + other.turns,
            kept=self.kept + other.kept,
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            answer_tokens=self.answer_tokens + other.answer_tokens,
            cost=cost,
        )

    @property
    def tokens(self) -> int:
        """Prompt and answer tokens together."""
        return self.prompt_tokens + self.answer_tokens

    @property
    def line(self) -> str:
        """For a person: "96 turns in about 24 calls, 41,000 tokens, 2.1 ct (12 more are known already)"."""
        known = f" ({self.kept:,} more are known already)" if self.kept else ""
        if not self.calls:
            return f"no turn has to be asked about{known}"
        cost = "no price is set" if self.cost is None else money(self.cost)
        return f"{self.turns:,} turns in about {self.calls:,} calls, {self.tokens:,} tokens, {cost}{known}"
