"""Holds many talks: personas x counsellor policies x seeds, the authored lines as voice. Knows no figure.

    hold(["alcohol_marek"], ["skilled", "directive"], range(20), turns=40) -> list of transcripts

The client is the shipped one (`evoke.session.Session`), its words are the authored lines (`ScriptedModel`), the
counsellors are those of `evoke simulate`. `eval.client.quick` says what makes it fast.

The talk of a client turn, as real sessions have it from a human annotator, is here what the author of the line says it
is, unless `heard="coder"`: the shipped coder's word for it, which agrees with the author in about two turns of three.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import count, groupby, product
from typing import Literal

from eval.client.quick import LinesInMemory, RememberedVectors, coders
from evoke.cards import find_card
from evoke.codes import Coded, Frozen
from evoke.counsellor import Policy, open_policy, simulate
from evoke.llm.scripted import ScriptedModel
from evoke.persona import Persona
from evoke.room import open_room
from evoke.session import Session
from evoke.settings import Provider, settings
from evoke.transcript import Transcript, Turn

By = Literal["author", "coder"]
Prepare = Callable[[], object]


class Job(Frozen):
    """One talk to hold."""

    persona: str
    policy: str
    seed: int
    turns: int
    exact: bool


class Company:
    """Everything sessions share in one process."""

    def __init__(self, *, exact: bool = False) -> None:
        self.vectors = _vectors()
        self.coders = coders(exact=exact)
        self.lines = LinesInMemory(self.vectors)

    def talk(self, persona: Persona, policy: str | Policy, seed: int, turns: int) -> Transcript:
        """One talk of at most `turns` learner turns."""
        numbers, counsellor = count(), open_policy(policy) if isinstance(policy, str) else policy
        session = Session.begin(
            persona, seed=seed, model=ScriptedModel(whole=True), coder=self.coders[counsellor.listens],
            recall=self.lines, encoder=lambda: self.vectors, keep=None, counsellor=counsellor.name,
            session_id=f"{persona.id}:{counsellor.name}:{seed}", new_id=lambda: str(next(numbers)),
        )  # fmt: skip
        return simulate(session, counsellor, turns=turns)


def hold(
    personas: Sequence[str],
    policies: Sequence[str],
    seeds: Iterable[int],
    turns: int,
    workers: int = 2,
    *,
    exact: bool = False,
    heard: By = "author",
    prepare: Prepare | None = None,
) -> list[Transcript]:
    """One talk for each persona, policy and seed, of at most `turns` learner turns; in that order, slimmed.

    The same arguments give the same talks, however many workers there are. `exact` codes every turn in its whole
    context; `heard="coder"` is only whole with it. `prepare` is called in every worker before its talks, for tables
    under test; it must be importable by name where there is more than one worker.
    """
    every = product(personas, policies, seeds)
    jobs = [Job(persona=p, policy=policy, seed=seed, turns=turns, exact=exact) for p, policy, seed in every]
    parts = list(_parts(jobs, workers))
    if workers < 2:
        held = [_held_all(part, prepare) for part in parts]
    else:
        held = list(_pool(workers).map(_held_all, parts, [prepare] * len(parts)))
    talks = [talk for part in held for talk in part]
    return talks if heard == "coder" else [as_authored(talk) for talk in talks]


def hold_voiced(
    personas: Sequence[str], policies: Sequence[str], seeds: Iterable[int], turns: int, llm: Provider
) -> list[Transcript]:
    """The same talks one after the other by the whole road: the model of `llm` speaks, the shipped coder codes."""
    room = open_room(llm=llm)
    return [
        simulate(room.begin(persona, seed=seed, keep=False, counsellor=policy), open_policy(policy), turns=turns)
        for persona, policy, seed in product(personas, policies, seeds)
    ]


def as_authored(transcript: Transcript) -> Transcript:
    """The transcript with the talk of each client turn as the author of its line has it; brief answers are neutral."""
    lines = _talks_of(transcript.persona.id if transcript.persona else "")
    turns = []
    for turn in transcript.turns:
        if turn.speaker == "client":
            talk, kind = lines[turn.lines[0]] if turn.lines else ("neutral", None)
            coded = Coded(speaker="client", talk=talk, talk_kind=kind, reason="as authored")
            turn = turn.model_copy(update={"coded": coded})
        turns.append(turn)
    return transcript.model_copy(update={"turns": tuple(turns)})


def slimmed(transcript: Transcript) -> Transcript:
    """The transcript without what only a reader of one session needs: notes, steps, probabilities, utterances."""
    return transcript.model_copy(update={"turns": tuple(_slim(turn) for turn in transcript.turns)})


def _slim(turn: Turn) -> Turn:
    coded = turn.coded
    if isinstance(coded, Coded):
        coded = coded.model_copy(update={"probabilities": {}, "utterances": (), "reason": ""})
    return turn.model_copy(update={"coded": coded, "note": None, "steps": ()})


def _parts(jobs: Sequence[Job], workers: int) -> Iterator[list[Job]]:
    """A client's talks together, as they share what is remembered; cut finer where there are few clients."""
    few = len({job.persona for job in jobs}) < 2 * workers
    for _, part in groupby(jobs, key=lambda job: (job.persona, job.policy if few else "")):
        yield list(part)


@cache
def _pool(workers: int) -> ProcessPoolExecutor:
    """Kept for the next call, so that what was worked out once is still known."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_alone)


def _alone() -> None:
    """One thread a process; there are as many processes as cores."""
    os.environ["OMP_NUM_THREADS"] = "1"


def _held_all(jobs: Sequence[Job], prepare: Prepare | None) -> list[Transcript]:
    if prepare:
        prepare()
    return [slimmed(company(exact=job.exact).talk(_card(job.persona), job.policy, job.seed, job.turns)) for job in jobs]


@cache
def company(*, exact: bool) -> Company:
    """The company of this process."""
    return Company(exact=exact)


@cache
def _vectors() -> RememberedVectors:
    return RememberedVectors()


@cache
def _card(persona_id: str) -> Persona:
    return find_card(persona_id, settings())


@cache
def _talks_of(persona_id: str) -> dict[str, tuple[str, str | None]]:
    """Talk and kind of each line by its id."""
    return {line.id: (line.talk_type, line.talk_kind) for line in _card(persona_id).lines}
