"""The practice room: settings become a coder, a client's voice, recall and an archive. Knows no page and no command.

Everything here is opened when it is first needed, so that a command that only reads a card loads no model.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from evoke import __version__
from evoke.cards import all_cards, find_card
from evoke.codes import Frozen
from evoke.errors import BadInput, EvokeError, NotHere
from evoke.keep import ELSEWHERE, MemoryKeep, SessionRecord
from evoke.settings import Provider, Settings, settings

if TYPE_CHECKING:
    from evoke.archive import Archive
    from evoke.coach.report import Report
    from evoke.coder import Coder
    from evoke.coder.codes_csv import CodedRow
    from evoke.llm.chat import ChatModel
    from evoke.llm.weights import Pulling
    from evoke.persona import Persona
    from evoke.readers import Row
    from evoke.retrieval import Recall
    from evoke.session import Session
    from evoke.transcript import Memory, Transcript, Usage


class ModelState(Frozen):
    """Whether the client's voice can speak: `done` of `total` bytes while the weights come down.

    `advice` says what to do where it is missing or cannot run here.
    """

    stage: Literal["ready", "fetching", "missing", "unsupported"]
    name: str
    done: int = 0
    total: int = 0
    advice: str = ""


class Room:
    """One learner's or author's practice room."""

    def __init__(self, chosen: Settings) -> None:
        self.settings = chosen

    @cached_property
    def coder(self) -> Coder:
        """The coder that runs on this machine."""
        from evoke.coder import open_coder

        return open_coder(self.settings, "encoder")

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

    def begin(
        self,
        persona: str | Persona,
        seed: int | None = None,
        *,
        keep: bool = True,
        counsellor: str | None = None,
        again: Transcript | None = None,
    ) -> Session:
        """A new session with a client, by id or card; with `again`, who remembers that talk.

        `keep` False keeps it in this process only.
        """
        chosen = _seed(seed)
        card = self.card(persona) if isinstance(persona, str) else persona
        memory = self._memory(card, again, chosen) if again else None
        return self._begun(card, chosen, memory, keep=keep, counsellor=counsellor)

    def meet_again(self, session_id: str, seed: int | None = None, *, keep: bool = True) -> Session:
        """A new session with the client of a kept one, who remembers it. Raises NotHere; the card is as it is now."""
        from evoke.client.returning import remember
        from evoke.client.state import ClientState

        record = self.archive.load(session_id)
        if record.elsewhere or record.head is None:
            raise NotHere("nobody can be met again here: the talk was not held with one of the clients")
        chosen = _seed(seed)
        card = self._card(record.persona.id) or record.card or self.card(record.persona.id)
        state = ClientState.model_validate_json(record.snapshots[record.head])
        path = self.archive.export(session_id).turns
        memory = remember(card, path, state, seed=chosen, earlier=record.id, before=record.memory)
        return self._begun(card, chosen, memory, keep=keep)

    def resume(self, session_id: str) -> Session:
        """A session from the archive, where it was left, with the card it was held with. Raises NotHere."""
        from evoke.session import Session

        record = self.archive.load(session_id)
        card = record.card or self.card(record.persona.id)
        return Session.resume(record, card, model=self.model, keep=self.archive, **self._company(record.usage))

    def warm(self, session: Session) -> None:
        """Get what the first turn needs ready, in the background: the client's lines, and the prompt in the model.

        A failure shows itself at the first turn.
        """
        speaks = self.model_state().stage == "ready"
        threading.Thread(target=_warm, args=(session, self.recall, speaks), name="evoke-warm", daemon=True).start()

    def report(self, session_id: str, leaf: str | None = None) -> Report:
        """The debrief of a kept session, of the path to its head or to `leaf`. Raises NotHere."""
        record = self.archive.load(session_id)
        return self.report_of(self.archive.export(session_id, leaf), record.card, private=record.elsewhere)

    def report_of(self, transcript: Transcript, card: Persona | None = None, *, private: bool = False) -> Report:
        """The debrief of a transcript; the persona is looked up where the transcript names one.

        `private`: no language model is asked, so that no word leaves this machine.
        """
        from evoke.coach import debrief

        model = None if private else self.coach_model
        return debrief(transcript, card or self._card_of(transcript), self.recall, model)

    def code(self, rows: Iterable[Row]) -> Iterator[CodedRow]:
        """Code a transcript from elsewhere, row by row."""
        from evoke.coder.codes_csv import coded_rows

        return coded_rows(rows, self.coder)

    def keep_elsewhere(self, transcript: Transcript) -> str:
        """Keep a coded transcript from elsewhere in the archive; its id there."""
        turns = transcript.turns
        record = SessionRecord(
            id=uuid4().hex, persona=ELSEWHERE, seed=0, model="none", prompt_hash="", evoke_version=__version__,
            target=transcript.target, head=turns[-1].id if turns else None, turns=turns,
        )  # fmt: skip
        self.archive.keep(record)
        return record.id

    def model_state(self) -> ModelState:
        """Whether the client can answer yet; begins to fetch the embedded model where it is not here."""
        if self.settings.provider != "embedded":
            return ModelState(stage="ready", name=self.model.name)
        from evoke.llm import embedded, weights

        status = weights.status(self.settings)
        if not embedded.runs_here():
            return ModelState(stage="unsupported", name=status.name, advice=embedded.ELSEWHERE)
        if status.state == "ready":
            return ModelState(stage="ready", name=status.name)
        self._pulling.start()
        stage, advice = ("missing", str(self._pulling.error)) if self._pulling.error else ("fetching", "")
        return ModelState(stage=stage, name=status.name, done=status.done, total=status.total, advice=advice)

    @cached_property
    def _pulling(self) -> Pulling:
        from evoke.llm.weights import Pulling

        return Pulling(self.settings)

    def _company(self, used: Usage | None = None) -> dict[str, Any]:
        """What every session is given, its budget included."""
        from evoke.llm.budget import Budget

        budget = Budget.of(self.settings)
        budget.used = used or budget.used
        return {"coder": self.coder, "recall": self.recall, "budget": budget}

    def _card_of(self, transcript: Transcript) -> Persona | None:
        return self._card(transcript.persona.id) if transcript.persona else None

    def _card(self, persona_id: str) -> Persona | None:
        """One client by id, None where the card is gone."""
        try:
            return self.card(persona_id)
        except NotHere:
            return None

    def _begun(
        self, card: Persona, seed: int, memory: Memory | None, *, keep: bool, counsellor: str | None = None
    ) -> Session:
        from evoke.session import Session

        return Session.begin(
            card, seed=seed, model=self.model, counsellor=counsellor, memory=memory,
            keep=self.archive if keep else MemoryKeep(), **self._company(),
        )  # fmt: skip

    @staticmethod
    def _memory(card: Persona, talk: Transcript, seed: int) -> Memory:
        """What the client brings from a talk that was kept as a file. Raises BadInput where it was with another."""
        from evoke.client.returning import remember, state_of

        if talk.persona is None or talk.persona.id != card.id:
            who = f"with '{talk.persona.id}'" if talk.persona else "held elsewhere"
            raise BadInput(f"that talk was {who}, not with '{card.id}'", cure="Name the client of the earlier talk")
        return remember(card, talk.turns, state_of(talk, card), seed=seed, before=talk.memory)


def _seed(seed: int | None) -> int:
    """The seed asked for, else one by chance."""
    return random.SystemRandom().randrange(2**31) if seed is None else seed


def open_room(llm: Provider | None = None) -> Room:
    """The practice room as the settings have it; `llm` overrides who voices the client."""
    chosen = settings()
    return Room(chosen.model_copy(update={"llm": llm}) if llm else chosen)


def _warm(session: Session, recall: Recall, speaks: bool) -> None:
    with suppress(EvokeError):
        recall.ready(session.persona)
        if speaks:
            session.warm()
