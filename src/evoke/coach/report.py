"""The debrief of one session as a value: what stands in it is said once, quoted verbatim, and travels as JSON."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from evoke.coach.balance import Balance
from evoke.coach.feedback import Item
from evoke.coach.globals import Globals
from evoke.coach.moments import Moment
from evoke.coach.quotes import Quote
from evoke.codes import Frozen
from evoke.measures import Measures
from evoke.transcript import Catch, PersonaRef, Turn, Usage


class Caught(Frozen):
    """A guard catch and the client turn it happened on."""

    turn_id: str
    catch: Catch


class Technical(Frozen):
    """How the session ran: who spoke, what was caught, what was not coded, what it cost.

    `authored` client turns said a line of the card and carry its talk; in `heard_otherwise` of them the coder differed.
    """

    model: str | None
    seed: int | None
    counsellor: str | None
    caught: tuple[Caught, ...]
    uncoded: dict[str, str]  # turn id -> reason
    authored: int
    heard_otherwise: int
    usage: Usage
    coach_model: str | None
    coach_usage: Usage


class Report(Frozen):
    """A debrief. Every quote in it is checked against its turn when it is made: a report with a false one cannot be.

    `turns` come without the stage notes of the client's voice. `notes` are honest sentences about what could not be
    said; `globals` is None and both lists are empty where the session is too short. `again_from` is the learner turn
    best worth trying again.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    schema_version: Literal[1] = Field(default=1, alias="schema")
    persona: PersonaRef | None
    name: str | None
    target: str
    turns: tuple[Turn, ...]
    measures: Measures
    balance: Balance
    globals: Globals | None
    summary: str | None
    strengths: tuple[Item, ...]
    growth: tuple[Item, ...]
    moments: tuple[Moment, ...]
    notes: tuple[str, ...]
    again_from: str | None
    technical: Technical

    @model_validator(mode="after")
    def _quotes_stand(self) -> Self:
        turns = {turn.id: turn for turn in self.turns}
        for quote in self.quotes:
            if quote.turn_id not in turns or not quote.stands_in(turns[quote.turn_id]):
                raise ValueError(f"a quote does not stand in turn {quote.turn_id}")
        return self

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Every quote in the report."""
        items = [words for item in (*self.strengths, *self.growth) for words in (item.quote, item.then)]
        moved = [words for moment in self.moments for words in (moment.quote, moment.then)]
        rated = [one.quote for rating in (self.globals.ratings if self.globals else ()) for one in rating.evidence]
        return tuple(words for words in (*items, *moved, *rated) if words)

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return self.model_dump(mode="json")


def to_html(report: Report) -> str:
    """The report as one self-contained, accessible HTML page."""
    from evoke.coach.page import page

    return page(report)
