"""The practice room: settings become a coder, a client's voice, recall and an archive. Knows no page and no command.

Everything here is opened when it is first needed, so that a command that only reads a card loads no model.
"""

from __future__ import annotations

import threading
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal

from evoke.cards import all_cards, find_card
from evoke.codes import Frozen
from evoke.settings import Settings, settings

if TYPE_CHECKING:
    from evoke.archive import Archive
    from evoke.coach.report import Report
    from evoke.coder import Coder
    from evoke.llm.chat import ChatModel
    from evoke.persona import Persona
    from evoke.retrieval import Recall
    from evoke.session import Session
    from evoke.transcript import Transcript


class ModelState(Frozen):
    """Whether the client's voice is ready: `done` of `total` bytes while the weights come down."""

    stage: Literal["ready", "fetching", "missing", "unsupported"]
    name: str
    done: int = 0
    total: int = 0
    advice: str = ""


class Room:
    """One learner's or author's practice room."""

    def __init__(self, chosen: Settings) -> None:
        self.settings = chosen
        self._warming: threading.Thread | None = None

    @cached_property
    def coder(self) -> Coder:
        """The coder that the settings choose."""
        from evoke.coder import open_coder

        return open_coder(self.settings)

    @cached_property
    def model(self) -> ChatModel:
        """Who voices the client."""
        from evoke.llm import open_model

        return open_model(self.settings, purpose="client")

    @cached_property
    def coach_model(self) -> ChatModel:
        """Who may write better lines: the coach's endpoint where one is set, else the client's voice."""
        from evoke.llm import open_model

        return open_model(self.settings, purpose="coach")

    @cached_property
    def recall(self) -> Recall:
        """Lines and guidance by what was just said."""
        from evoke.encoder.sentence import sentence_encoder
        from evoke.retrieval import Recall

        return Recall(self.settings.cache_dir / "recall", sentence_encoder())

    @cached_property
    def archive(self) -> Archive:
        """Where sessions are kept."""
        from evoke.archive import Archive

        return Archive(self.settings.sqlalchemy_url)

    def cards(self) -> list[Persona]:
        """Every client there is, the author's own cards included."""
        return all_cards(self.settings)

    def card(self, persona_id: str) -> Persona:
        """One client by id. Raises NotHere with the ids there are."""
        return find_card(persona_id, self.settings)
