"""Codes turns: what the learner did (MITI 4.2.1) and which way the client leans (MISC 2.5). Knows no session.

table     the codes and their wording          split     a volley into clauses
scores    what a model returns                 volley    from clause scores to a volley's codes, the MITI rules
cues      words that decide or veto            reasons   the line a learner reads under a turn
encoder   the default coder, offline           codes_csv a coded transcript as a table
llm       the coder that asks an endpoint      cascade   the encoder first, the endpoint where it doubts
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from evoke.codes import Coded, Speaker, Uncoded
from evoke.errors import BadInput
from evoke.settings import Settings
from evoke.transcript import Turn, Usage

if TYPE_CHECKING:
    from evoke.coder.llm import LlmCoder
    from evoke.coder.llm_batch import Batch, Spoken
    from evoke.coder.llm_cost import Estimate

CoderKind = Literal["encoder", "llm", "cascade"]


class Coder(Protocol):
    """Codes turns. The same turn with the same context always gets the same answer from the encoder coder."""

    def code(self, text: str, speaker: Speaker, context: Sequence[Turn], *, target: str = "") -> Coded | Uncoded:
        """Code one volley. `context` is what was said before it, oldest first; `target` the behaviour to change."""

    def code_all(self, turns: Sequence[Turn], *, target: str = "") -> list[Coded | Uncoded]:
        """Code every turn of one transcript, each in the context of those before it."""

    def code_talks(self, spoken: Iterable[Spoken]) -> Iterator[Coded | Uncoded]:
        """Code every turn of one transcript after the other, in order; few turns are held at a time."""


@runtime_checkable
class PaidCoder(Coder, Protocol):
    """A coder that asks an endpoint: better several turns at once, and only after a look at what it will cost."""

    @property
    def used(self) -> Usage:
        """What was paid so far."""

    def code_batch(self, batch: Batch) -> list[Coded | Uncoded]:
        """Code every turn of a passage. Raises ModelDown, BudgetSpent or StoreError; answers that had come are kept."""

    def estimate(self, batch: Batch) -> Estimate:
        """What coding a passage would take, about. Asks nobody."""


def open_coder(settings: Settings, kind: CoderKind = "encoder") -> Coder:
    """The coder of that kind. Loads nothing until the first turn is coded.

    Raises BadInput where a language model is asked for and no endpoint that can judge is set.
    """
    from evoke.coder.encoder import EncoderCoder

    if kind == "encoder":
        return EncoderCoder()
    if kind == "llm":
        return _llm(settings)
    from evoke.coder.cascade import CascadeCoder

    return CascadeCoder(EncoderCoder(), _llm(settings), settings.cascade_below)


def _llm(settings: Settings) -> LlmCoder:
    from evoke.coder.llm import LlmCoder
    from evoke.coder.llm_cache import AnswerCache
    from evoke.llm import open_model
    from evoke.llm.budget import Budget

    model = open_model(settings, purpose="coach")
    if not model.capable:
        raise BadInput(
            f"{model.name} is not able to code",
            field="--coder",
            cure="Set EVOKE_COACH_BASE_URL and EVOKE_COACH_MODEL (or EVOKE_LLM_…) to an OpenAI-compatible endpoint "
            "with a large model, or take --coder encoder",
        )
    return LlmCoder(model, AnswerCache(settings.cache_dir / "coder"), Budget.of_coding(settings))
