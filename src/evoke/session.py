"""A session: the learner speaks, the client answers. One object, no UI; knows no database and no provider.

Turns form a tree, the session is the path to its head. The learner's turn is kept before any model is called, the
client's as soon as its first words are out and again when it ends, however it ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any, Self
from uuid import uuid4

from evoke import __version__
from evoke.client import returning
from evoke.client.checks import Around
from evoke.client.concern import Concern, concern_in
from evoke.client.guard import Guard, Said
from evoke.client.hearing import Encoder
from evoke.client.material import closed_facts
from evoke.client.mind import Decided, Lines, Mind
from evoke.client.move import Heard
from evoke.client.speaking import Speaking, attempts
from evoke.client.state import ClientState, begin
from evoke.client.voice import Voice
from evoke.client.wording import prompt_hash
from evoke.coder import Coder
from evoke.coder.reasons import as_authored
from evoke.codes import Coded, Speaker, Uncoded
from evoke.errors import BadInput
from evoke.keep import Keep, MemoryKeep, SessionRecord
from evoke.llm.budget import Budget, Metered
from evoke.llm.chat import ChatModel
from evoke.persona import Persona
from evoke.settings import KEEP_EVERY_WORDS, LONGEST_TURN
from evoke.transcript import Memory, PersonaRef, Transcript, Turn, Usage
from evoke.tree import Tree


def _new_id() -> str:
    return uuid4().hex[:12]


class Session:
    """One learner with one client. Made by `begin` or `resume`; safe for one thread at a time."""

    def __init__(
        self,
        record: SessionRecord,
        persona: Persona,
        *,
        model: ChatModel,
        coder: Coder,
        recall: Lines,
        encoder: Callable[[], Encoder] | None = None,
        keep: Keep | None = None,
        budget: Budget | None = None,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self.record, self.persona = record, persona
        self._model: ChatModel = Metered(model, budget) if budget else model
        self._coder, self._keep, self._budget, self._new_id = coder, keep, budget, new_id
        self._mind = Mind(persona, recall, encoder or _sentence_encoder, record.seed)
        remembers = returning.as_prose(persona, record.memory) if record.memory else ""
        self._voice, self._guard = Voice(persona, capable=model.capable, remembers=remembers), Guard(persona)
        states = {turn_id: ClientState.model_validate_json(json) for turn_id, json in record.snapshots.items()}
        self._tree = Tree(record.turns, states)
        self._tree.head = record.head
        self._usage, self._ended = record.usage, record.ended
        self._heard: tuple[str, Heard, float] | None = None  # turn, what was heard, and when

    @classmethod
    def begin(
        cls,
        persona: Persona,
        *,
        seed: int,
        model: ChatModel,
        session_id: str | None = None,
        counsellor: str | None = None,
        memory: Memory | None = None,
        **company: Any,
    ) -> Self:
        """A new session; the client has sat down and said the first words. `company` goes to the constructor.

        With a `memory` the client returns: they remember an earlier talk, and the card stays as it is.
        """
        record = SessionRecord(
            id=session_id or uuid4().hex,
            persona=PersonaRef(id=persona.id, version=persona.version, hash=persona.hash),
            card=persona,
            seed=seed,
            model=model.name,
            prompt_hash=prompt_hash(),
            evoke_version=__version__,
            target=persona.target_behaviour,
            counsellor=counsellor,
            memory=memory,
        )
        session = cls(record, persona, model=model, **{"keep": MemoryKeep(), **company})
        session._sit_down()
        return session

    @classmethod
    def resume(cls, record: SessionRecord, persona: Persona, *, model: ChatModel, **company: Any) -> Self:
        """A session as it was kept, ready to go on."""
        return cls(record, persona, model=model, **company)

    @property
    def id(self) -> str:
        """The session's id."""
        return self.record.id

    @property
    def path(self) -> tuple[Turn, ...]:
        """The turns from the first to the head."""
        return self._tree.path

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Every turn ever made, branches included."""
        return self._tree.turns

    @property
    def state(self) -> ClientState:
        """The client's hidden state at the head."""
        return self._tree.state(self._last.id)

    @property
    def usage(self) -> Usage:
        """What all model calls of this session cost."""
        return self._usage

    @property
    def ended(self) -> bool:
        """Whether the learner ended it or the client went; a path tried again from its middle is open."""
        return self.state.ended or (self._ended and not self._tree.children(self._last.id))

    @property
    def waiting(self) -> bool:
        """Whether the learner has spoken and `answer` is due."""
        return self._last.speaker == "learner" and not self.ended

    @property
    def interrupted(self) -> bool:
        """Whether the last reply was cut off, so that it can be continued or made again."""
        return self._last.speaker == "client" and self._last.status == "interrupted"

    @property
    def concern(self) -> Concern | None:
        """Set where the learner's last words may speak of their own distress: step out and show where help is."""
        words = next((turn.text for turn in reversed(self.path) if turn.speaker == "learner"), "")
        return concern_in(words)

    def warm(self) -> None:
        """Prepare while the learner reads the brief: the card embedded, what is said so far evaluated by the server."""
        self._mind.ready()
        self._model.warm(self._voice.so_far(self.path))

    def hear(self, words: str) -> Turn:
        """The learner speaks. The turn is coded, felt and kept; no model is called.

        Raises BadInput where nothing is said, far too much, or it is not the learner's turn.
        """
        self._may_speak(words)
        parent, coded = self._last, self._code(words.strip(), "learner", self.path)
        turn = Turn(id=self._new_id(), parent=parent.id, speaker="learner", text=words.strip(), coded=coded)
        heard = self._mind.take_in((*self.path, turn))
        felt = self._mind.feel(self.state, heard)
        turn = turn.model_copy(update={"state": felt.state.mood, "steps": felt.steps})
        self._put(turn, felt.state)
        self._heard = (turn.id, heard, time.perf_counter())
        return turn

    def answer(self) -> Generator[Said]:
        """The client answers, event by event. Close the iterator to stop it; what was said by then is kept.

        Raises ModelError or BudgetSpent; before the first word nothing is kept and `answer` may be called again.
        """
        if not self.waiting:
            raise BadInput("the client has nothing to answer", cure="Let the learner speak first")
        yield from self._speak(self._last, self._new_id())

    def continue_reply(self) -> Generator[Said]:
        """An interrupted reply goes on from where it stopped; or is replaced where the model now says it otherwise."""
        turn = self._interrupted_turn()
        yield from self._speak(self._tree[turn.parent or ""], turn.id, shown=turn.text)

    def regenerate(self) -> Generator[Said]:
        """An interrupted reply made again in other words, from an empty screen; the move stays the same."""
        turn = self._interrupted_turn()
        yield from self._speak(self._tree[turn.parent or ""], turn.id, other_than=turn.text)

    def try_again(self, turn_id: str) -> None:
        """Go back to before a learner's turn: the next `hear` makes a branch, with the client as they were then."""
        turn = self._tree[turn_id]
        if turn.speaker != "learner" or turn.parent is None:
            raise BadInput(
                "only a learner's turn can be tried again", field=turn_id, cure="Choose one of your own turns"
            )
        self._tree.head = turn.parent
        if self._keep:
            self._keep.head(self.id, turn.parent)

    def end(self) -> None:
        """The learner ends the session; a second call changes nothing."""
        self._ended = True
        if self._keep:
            self._keep.end(self.id)

    def transcript(self) -> Transcript:
        """The path as the session format holds it."""
        return Transcript(
            persona=self.record.persona,
            target=self.persona.target_behaviour,
            seed=self.record.seed,
            model=self.record.model,
            counsellor=self.record.counsellor,
            turns=self.path,
            usage=self._usage,
            memory=self.record.memory,
        )

    @property
    def _last(self) -> Turn:
        return self._tree[self._tree.head or ""]

    def _sit_down(self) -> None:
        """The client's first words."""
        if self._keep:
            self._keep.open(self.record)
        memory = self.record.memory
        back = returning.come_back(self.persona, memory, self._mind.stream(0)) if memory else None
        move = back.opening if back else self._mind.opening()
        day = self._mind.stream(0, f"day:{self.persona.id}")
        felt = self._mind.say(back.state if back else begin(self.persona, day), move, None)
        note = self._voice.note(move, 0.0, self._mind.stream(0, "note"))
        turn = Decided(move=move, note=note, felt=felt).turn(self._new_id(), None)
        turn = turn.model_copy(update={"steps": (*back.steps, *turn.steps)}) if back else turn
        coded = as_authored(move.talk, move.talk_kind)
        self._put(turn.model_copy(update={"text": move.words, "status": "complete", "coded": coded}), felt.state)

    def _may_speak(self, words: str) -> None:
        if self.ended:
            raise BadInput("the session has ended", cure="Begin another, or try a moment of this one again")
        if self.waiting:
            raise BadInput("the client has not answered yet", cure="Let them answer first")
        if not words.strip():
            raise BadInput("nothing was said", cure="Write what you would say to the client")
        if len(words) > LONGEST_TURN:
            raise BadInput(f"more than {LONGEST_TURN} characters at once", cure="Say it in fewer words")

    def _interrupted_turn(self) -> Turn:
        if not self.interrupted:
            raise BadInput("no reply was cut off", cure="Continue only a reply that was interrupted")
        return self._last

    def _decide(self, learner: Turn) -> Decided:
        """What the client does about a learner's turn; the same however often it is asked."""
        path, state = self._tree.path_to(learner.id), self._tree.state(learner.id)
        heard = self._heard[1] if self._heard and self._heard[0] == learner.id else self._mind.take_in(path)
        move = self._mind.choose(state, heard, path)
        felt = self._mind.say(state, move, heard)
        note = self._voice.note(move, state.mood.discord, self._mind.stream(len(path), "note"))
        return Decided(move=move, note=note, felt=felt)

    def _speak(self, learner: Turn, turn_id: str, *, shown: str = "", other_than: str = "") -> Generator[Said]:
        """Stream one reply and keep it: at its first words, every so often, and when it ends."""
        began = self._heard[2] if self._heard and self._heard[0] == learner.id else time.perf_counter()
        decided = self._decide(learner)
        turn = decided.turn(turn_id, learner.id).model_copy(update={"text": shown})
        speaking = self._speaking(learner, decided, shown, other_than)
        kept_words = 0
        try:
            with closing(speaking.said()) as events:
                for event in events:
                    if turn.first_word_ms is None:
                        turn = turn.model_copy(update={"first_word_ms": _since(began)})
                    if len(speaking.text.split()) >= kept_words:
                        kept_words = len(speaking.text.split()) + KEEP_EVERY_WORDS
                        self._put(turn.model_copy(update={"text": speaking.text}), decided.felt.state)
                    yield event
            turn = turn.model_copy(update={"status": "complete"})
        finally:
            turn = turn.model_copy(update={"text": speaking.text, "guard": speaking.catches, "reply_ms": _since(began)})
            self._close(turn, decided, speaking.usage, learner)

    def _speaking(self, learner: Turn, decided: Decided, shown: str, other_than: str) -> Speaking:
        """The reply in the making; direct words need no model."""
        path, move = self._tree.path_to(learner.id), decided.move
        if move.words is not None:
            tries = []
        else:
            seed = self._mind.stream(len(path), f"voice:{other_than}").getrandbits(31)
            firmer = self._voice.messages(path, self._voice.firmer(move))
            tries = attempts(self._voice.messages(path, decided.note), firmer, seed)
        around = Around(
            learner=learner.text,
            earlier=tuple(turn.text for turn in path if turn.speaker == "client"),
            lines=tuple(line.say for line in move.lines),
            closed=closed_facts(self.persona, self._tree.state(learner.id), move.lines),
        )
        line = move.words or move.lines[0].say
        return Speaking(self._model, self._guard, tries, line, around, shown)

    def _close(self, turn: Turn, decided: Decided, usage: Usage, learner: Turn) -> None:
        """Keep a reply that has ended or was cut off, and what it cost; nothing where no word was said."""
        move, state = decided.move, decided.felt.state
        if turn.text:
            if turn.text == (move.words or move.lines[0].say):
                coded: Coded | Uncoded = as_authored(move.talk, move.talk_kind)
            else:
                coded = self._code(turn.text, "client", self._tree.path_to(learner.id))
            self._put(turn.model_copy(update={"coded": coded}), state)
        if usage.calls:
            usage = self._budget.priced(usage) if self._budget else usage
            self._usage += usage
            if self._keep:
                self._keep.spent(self.id, turn.id if turn.text else learner.id, usage)
        if turn.text and turn.status == "complete" and state.ended:
            self.end()

    def _code(self, text: str, speaker: Speaker, path: tuple[Turn, ...]) -> Coded | Uncoded:
        return self._coder.code(text, speaker, path, target=self.persona.target_behaviour)

    def _put(self, turn: Turn, state: ClientState) -> None:
        """Into the tree, and into the keep."""
        new = self._tree.put(turn, state)
        self._ended = self._ended and not new
        if self._keep and new:
            self._keep.turn(self.id, turn, state.model_dump_json())
        elif self._keep:
            self._keep.update_turn(self.id, turn, state.model_dump_json())


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


def _sentence_encoder() -> Encoder:
    from evoke.encoder.sentence import sentence_encoder

    return sentence_encoder()
