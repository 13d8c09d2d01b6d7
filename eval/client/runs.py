"""Holds many talks: personas x counsellor policies x seeds, the authored lines as voice. Knows no figure.

    hold(["alcohol_marek"], ["skilled", "directive"], range(20), turns=40) -> list of transcripts

The client is the shipped one (`evoke.session.Session`), its words are the authored lines (`ScriptedModel`), the
counsellors are those of `evoke simulate`. `eval.client.quick` says what makes it fast.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import count, product

from eval.client.quick import BEFORE, LinesInMemory, RememberedScores, RememberedVectors
from evoke.cards import find_card
from evoke.coder.encoder import EncoderCoder
from evoke.codes import Coded, Frozen
from evoke.counsellor import open_policy, simulate
from evoke.llm.scripted import ScriptedModel
from evoke.persona import Persona
from evoke.session import Session
from evoke.settings import settings
from evoke.transcript import Transcript, Turn


class Job(Frozen):
    """One talk to hold."""

    persona: str
    policy: str
    seed: int


class Company:
    """Everything sessions share in one process."""

    def __init__(self, before: int = BEFORE) -> None:
        self.vectors = RememberedVectors()
        self.coder = EncoderCoder(RememberedScores(before=before))
        self.lines = LinesInMemory(self.vectors)

    def talk(self, persona: Persona, policy: str, seed: int, turns: int) -> Transcript:
        """One talk of at most `turns` learner turns."""
        numbers = count()
        session = Session.begin(
            persona, seed=seed, model=ScriptedModel(whole=True), coder=self.coder, recall=self.lines,
            encoder=lambda: self.vectors, keep=None, counsellor=policy, session_id=f"{persona.id}:{policy}:{seed}",
            new_id=lambda: str(next(numbers)),
        )  # fmt: skip
        return simulate(session, open_policy(policy), turns=turns)


def hold(
    personas: Sequence[str], policies: Sequence[str], seeds: Iterable[int], turns: int, workers: int = 2
) -> list[Transcript]:
    """One talk for each persona, policy and seed, of at most `turns` learner turns; in that order, slimmed.

    The same arguments give the same talks, however many workers there are.
    """
    every = product(personas, policies, seeds)
    jobs = [Job(persona=persona, policy=policy, seed=seed) for persona, policy, seed in every]
    if workers < 2:
        return [_held(job, turns) for job in jobs]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_alone) as pool:
        return [talk for part in pool.map(_held_all, _parts(jobs), [turns] * len(jobs)) for talk in part]


def slimmed(transcript: Transcript) -> Transcript:
    """The transcript without what only a reader of one session needs: notes, probabilities, reasons of utterances."""
    return transcript.model_copy(update={"turns": tuple(_slim(turn) for turn in transcript.turns)})


def _slim(turn: Turn) -> Turn:
    coded = turn.coded
    if isinstance(coded, Coded):
        coded = coded.model_copy(update={"probabilities": {}, "utterances": (), "reason": ""})
    return turn.model_copy(update={"coded": coded, "note": None, "steps": ()})


def _parts(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """Talks of one persona with one policy together: they share most of what is remembered."""
    part: list[Job] = []
    for job in jobs:
        if part and (job.persona, job.policy) != (part[0].persona, part[0].policy):
            yield part
            part = []
        part.append(job)
    if part:
        yield part


def _alone() -> None:
    """One thread a process; there are as many processes as cores."""
    os.environ["OMP_NUM_THREADS"] = "1"


def _held_all(jobs: Sequence[Job], turns: int) -> list[Transcript]:
    return [_held(job, turns) for job in jobs]


def _held(job: Job, turns: int) -> Transcript:
    return slimmed(_company().talk(_card(job.persona), job.policy, job.seed, turns))


@cache
def _company() -> Company:
    return Company()


@cache
def _card(persona_id: str) -> Persona:
    return find_card(persona_id, settings())
