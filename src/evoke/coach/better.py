"""A better line for a turn: the card's answer, the handbook's example, or a capable model's. Judges nothing."""

from __future__ import annotations

import logging
from typing import Literal

from evoke import prompts
from evoke.coach.authored import spoken_line
from evoke.coach.situation import Situation
from evoke.coach.wordings import Form, forms
from evoke.codes import Frozen
from evoke.errors import BudgetSpent, ModelError, ModelNonsense
from evoke.guidance import Passage
from evoke.llm.chat import ChatModel, Message
from evoke.persona import Persona
from evoke.settings import BETTER_LINE_TOKENS, BETTER_LINE_WORDS
from evoke.transcript import Turn, Usage

Origin = Literal["card", "handbook", "model"]
log = logging.getLogger(__name__)


class Better(Frozen):
    """A line that could have been said. `origin`: the client's own card, the handbook (an example about somebody else),
    or a language model (`model` names it)."""

    text: str
    origin: Origin
    model: str | None = None


def from_card(said: Turn | None, persona: Persona | None, form: Form) -> Better | None:
    """The card's own answer to what the client said; None where their words were not one of its lines."""
    line = spoken_line(said, persona)
    if line is None:
        return None
    text = {"reflect": line.reflect, "ask": line.ask, "both": f"{line.reflect} {line.ask}"}[form]
    return Better(text=text, origin="card")


def from_handbook(passage: Passage) -> Better:
    """The example of a passage."""
    return Better(text=passage.try_line, origin="handbook")


def from_model(
    now: Situation, form: Form, *, aim: str, target: str, model: ChatModel, seed: int
) -> tuple[Better | None, Usage]:
    """A capable model's line; None where it failed or answered in a form that cannot be shown."""
    prompt = prompts.fill(
        "coach/better_line",
        target=_quiet(target or "a change in behaviour"),
        client_words=_quiet(now.before.text if now.before else "(nothing yet)"),
        learner_words=_quiet(now.turn.text),
        aim=aim,
        form=getattr(forms(), form),
    )
    try:
        reply = model.complete(
            [Message(role="user", content=prompt)], max_tokens=BETTER_LINE_TOKENS, temperature=0, seed=seed
        )
        return Better(text=_line(reply.text, now.turn.text), origin="model", model=model.name), reply.usage
    except (ModelError, BudgetSpent) as error:
        log.warning("No better line from %s: %s", model.name, error)
        return None, Usage()


def _line(reply: str, learner_words: str) -> str:
    """The reply as one spoken line. Raises ModelNonsense for anything else."""
    text = reply.strip().strip('"“”').strip()
    if not text or "\n" in text or len(text.split()) > BETTER_LINE_WORDS:
        raise ModelNonsense("the better line is empty or too long")
    if text.casefold() == learner_words.strip().casefold():
        raise ModelNonsense("the better line is the learner's own")
    if "<<<" in text or "as an ai" in text.casefold():
        raise ModelNonsense("the better line is not one that a counsellor would say")
    return text


def _quiet(words: str) -> str:
    """Words from outside, unable to close the marks around them."""
    return words.replace("<<<", "‹").replace(">>>", "›")
