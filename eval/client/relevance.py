"""Does the client's reply fit what was just said? Ranks the lines of each card for labelled learner turns.

    python -m eval.client.relevance [--seeds N] [--json]

First ways of ranking (what is looked up, by what a line is found), then the client as it is: its ranking, and the share
of its replies, over seeds, that a trainer would accept. Labels are `relevance.yaml`; ways are chosen on two cards and
reported on the other two. Every turn is put to the client at trust 6 with the core touched, once in precontemplation
and once in contemplation; a line that the client has just said is no longer there to be said.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from math import log
from pathlib import Path
from time import process_time
from types import MappingProxyType

import numpy as np
import yaml

from evoke.client.hearing import as_query
from evoke.client.material import material
from evoke.client.mind import Mind
from evoke.client.state import ClientState, begin
from evoke.codes import Code, Coded, QuestionType
from evoke.encoder.sentence import sentence_encoder
from evoke.persona import Line, Persona, Stage
from evoke.room import open_room
from evoke.transcript import Turn

LABELS = Path(__file__).with_name("relevance.yaml")
STAGES: tuple[Stage, ...] = ("precontemplation", "contemplation")
CODES: MappingProxyType[str, tuple[tuple[Code, ...], QuestionType | None]] = MappingProxyType(
    {
        "open": (("question",), "open"),
        "closed": (("question",), "closed"),
        "reflection": (("complex_reflection",), None),
        "persuade": (("persuade",), None),
        "confront": (("confront",), None),
        "inform": (("give_information",), None),
        "permission": (("seek_collaboration",), "closed"),
        "autonomy": (("emphasize_autonomy",), None),
        "chat": ((), None),
    }
)
TALKS = {"neutral": "n", "change": "c", "sustain": "s"}


@dataclass(frozen=True)
class Case:
    """One learner turn at one stage: who hears it, what may be said, and what fits."""

    card: Persona
    kind: str
    path: tuple[Turn, ...]
    state: ClientState
    legal: tuple[Line, ...]
    fits: frozenset[str]

    @property
    def words(self) -> str:
        """The learner's words."""
        return self.path[-1].text

    def seed(self, number: int) -> int:
        """The `number`-th seed of this case alone, so that a reply here changes none elsewhere."""
        return int.from_bytes(
            sha256(f"{self.card.id}:{self.state.mood.stage}:{self.both}:{number}".encode()).digest()[:4]
        )

    @property
    def both(self) -> str:
        """The client's words, then the learner's."""
        return f"{self.path[1].text} {self.words}"


def cases(cards: dict[str, Persona]) -> list[Case]:
    """Every labelled turn at every stage at which an accepted line may be said."""
    turns = labels()["turns"]
    made = [_case(cards[name], row, stage) for name, rows in turns.items() for row in rows for stage in STAGES]
    return [case for case in made if case.fits]


@cache
def labels() -> dict:
    """The labelled turns."""
    return yaml.safe_load(LABELS.read_text("utf-8"))


def _case(card: Persona, row: dict, stage: Stage) -> Case:
    codes, question = CODES[row["kind"]]
    coded = Coded(speaker="learner", codes=codes, question=question, reason="labelled")
    said = [line.id for line in card.lines if line.say.startswith(row["client"][:25])]
    path = (
        Turn(id="0", parent=None, speaker="learner", text="Mm."),
        Turn(id="1", parent="0", speaker="client", text=row["client"], lines=tuple(said)),
        Turn(id="2", parent="1", speaker="learner", text=row["learner"], coded=coded),
    )
    state = _middle(card, stage, said)
    legal = tuple(material(card, state, _mind(card).take_in(path)))
    fits = {_named(card, words) for words in row["fits"]} & {line.id for line in legal}
    return Case(card, row["kind"], path, state, legal, frozenset(fits))


def _middle(card: Persona, stage: Stage, used: Sequence[str]) -> ClientState:
    """Half-way through a talk: trust 6, every belief voiced, the core touched."""
    state = begin(card)
    mood = state.mood.model_copy(update={"trust": 6.0, "stage": stage})
    voiced = tuple(belief.id for belief in card.beliefs)
    return state.model_copy(update={"mood": mood, "core_touched": True, "voiced": voiced, "used": tuple(used)})


def _named(card: Persona, words: str) -> str:
    """The id of the one line that begins with these words."""
    found = [line.id for line in card.lines if line.say.startswith(words)]
    if len(found) != 1:
        raise SystemExit(f"{LABELS.name}: {len(found)} lines of {card.id} begin with {words!r}")
    return found[0]


# ways of ranking

Ranking = Callable[[Case], list[str]]


@cache
def _vector(text: str) -> np.ndarray:
    return sentence_encoder().embed([text])[0]


def _texts(case: Case, line: Line, parts: str) -> list[str]:
    about = next(strand.about for strand in case.card.strands if strand.id == line.strand)
    kinds = {
        "say": line.say,
        "say+about": f"{line.say} ({about})",
        "ask": line.ask,
        "reflect": line.reflect,
        "about": about,
    }
    return [kinds[part] for part in parts.split(", ")]


def _query(case: Case, how: str) -> np.ndarray:
    learner, client, both = (_vector(text) for text in (case.words, case.path[1].text, case.both))
    return {
        "learner": learner,
        "client then learner": both,
        "learner + 0.3 client": learner + 0.3 * client,
        "learner + 0.3 both": learner + 0.3 * both,
        "meaning": _vector(as_query(case.words)),
    }[how]


def way(query: str, parts: str, pooled: str, lexical: float = 0.0) -> Ranking:
    """Lines by cosine of `query` to the parts of each line, their mean or the best one; and BM25 times `lexical`."""

    def ranking(case: Case) -> list[str]:
        wanted = _query(case, query)
        near = np.stack([[_vector(text) @ wanted for text in _texts(case, line, parts)] for line in case.legal])
        if pooled == "mean":
            length = [np.linalg.norm(sum(_vector(text) for text in _texts(case, line, parts))) for line in case.legal]
            score = near.sum(axis=1) / length
        else:
            score = near.max(axis=1)
        if lexical:
            score = score + lexical * bm25(case.words, [f"{line.say} {line.ask}" for line in case.legal])
        return [case.legal[n].id for n in np.argsort(-score, kind="stable")]

    return ranking


def bm25(query: str, texts: Sequence[str]) -> np.ndarray:
    """Okapi BM25 (k1 1.2, b 0.75) of each text for the query."""
    bags = [Counter(_words(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = np.zeros(len(bags))
    for word in set(_words(query)):
        held = sum(word in bag for bag in bags)
        rare = log(1 + (len(bags) - held + 0.5) / (held + 0.5))
        for n, bag in enumerate(bags):
            scores[n] += rare * bag[word] * 2.2 / (bag[word] + 1.2 * (0.25 + 0.75 * bag.total() / mean))
    return scores


def _words(text: str) -> list[str]:
    words = re.findall(r"[a-z']+", text.lower())
    return [re.sub(r"(ing|ed|s|ly)$", "", word) if len(word) > 4 else word for word in words]


def as_shipped(case: Case) -> list[str]:
    """The ranking of the client as it is."""
    ids, mind = [line.id for line in case.legal], _mind(case.card)
    return [line.id for line in mind._ranked(case.path, mind.take_in(case.path), ids)]


WAYS: dict[str, Ranking] = {
    "client then learner -> say+about": way("client then learner", "say+about", "max"),
    "learner -> say": way("learner", "say", "max"),
    "learner -> say+about": way("learner", "say+about", "max"),
    "learner + 0.3 client -> say+about": way("learner + 0.3 client", "say+about", "max"),
    "learner + 0.3 both -> say+about": way("learner + 0.3 both", "say+about", "max"),
    "learner -> max of say, say+about": way("learner", "say, say+about", "max"),
    "learner -> max of say+about, ask": way("learner", "say+about, ask", "max"),
    "learner -> mean of say+about, ask, reflect, about": way("learner", "say+about, ask, reflect, about", "mean"),
    "learner -> say+about, with BM25": way("learner", "say+about", "max", 0.03),
    "meaning -> say+about": way("meaning", "say+about", "max"),
    "meaning -> say+about, with BM25": way("meaning", "say+about", "max", 0.03),
    "meaning -> mean of say+about, ask, reflect, about": way("meaning", "say+about, ask, reflect, about", "mean"),
    "the client as it is": as_shipped,
}


def marks(found: Sequence[Case], ranking: Ranking) -> dict[str, float]:
    """hit@1, hit@3 and MRR over `found`."""
    places = []
    for case in found:
        ids = ranking(case)
        places.append(next((n for n, name in enumerate(ids, 1) if name in case.fits), len(case.legal)))
    ranks = np.array(places)
    return {"hit1": float((ranks == 1).mean()), "hit3": float((ranks <= 3).mean()), "mrr": float((1 / ranks).mean())}


# the client's replies


class Remembering:
    """Recall that looks nothing up twice."""

    def __init__(self) -> None:
        self._recall, self._known = open_room(llm="scripted").recall, dict[tuple, list[Line]]()

    def ready(self, persona: Persona) -> object:
        """As Recall does."""
        return self._recall.ready(persona)

    def fitting(self, persona: Persona, query: str, among: Sequence[str], k: int) -> list[Line]:
        """As Recall does."""
        key = (persona.id, query, tuple(among), k)
        if key not in self._known:
            self._known[key] = self._recall.fitting(persona, query, among, k)
        return self._known[key]

    def answering(self, persona: Persona, question: str, among: Sequence[str]) -> list[Line]:
        """As Recall does."""
        key = (persona.id, question, tuple(among), 0)
        if key not in self._known:
            self._known[key] = self._recall.answering(persona, question, among)
        return self._known[key]


@cache
def _remembering() -> Remembering:
    return Remembering()


_minds: dict[str, Mind] = {}


def _mind(card: Persona) -> Mind:
    """A client's mind that hears and ranks; it draws nothing."""
    if card.id not in _minds:
        _minds[card.id] = Mind(card, _remembering(), sentence_encoder, 0)
    return _minds[card.id]


def replies(found: Sequence[Case], seeds: int) -> dict[str, float]:
    """Shares of replies over seeds: a fitting line, a line that does not fit, a word or two, and the talk of lines.

    Each case draws from streams of its own.
    """
    seen: Counter[str] = Counter()
    for case in found:
        heard = _mind(case.card).take_in(case.path)
        for number in range(seeds):
            mind = Mind(case.card, _remembering(), sentence_encoder, case.seed(number))
            move = mind.choose(case.state, heard, case.path)
            kind = "brief" if move.main is None else "fits" if move.main.id in case.fits else "off"
            seen.update((kind, TALKS[move.talk]))
    return {name: seen[name] / (len(found) * seeds) for name in ("fits", "off", "brief", *TALKS.values())}


def milliseconds(found: Sequence[Case]) -> float:
    """The median processor time of one ranking, from words to lines; a clock would show who else uses the machine."""
    recall, times = open_room(llm="scripted").recall, []
    for case in found[::4]:
        mind = Mind(case.card, recall, sentence_encoder, 0)
        mind.ready()
        heard = mind.take_in(case.path)
        began = process_time()
        mind._ranked(case.path, heard, [line.id for line in case.legal])
        times.append(1000 * (process_time() - began))
    return float(np.median(times))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    room = open_room(llm="scripted")
    every = cases({name: room.card(name) for name in labels()["turns"]})
    groups = {group: [case for case in every if case.card.id in labels()[group]] for group in ("tuned_on", "held_out")}
    found = {
        "ways": {name: {group: marks(of, ranking) for group, of in groups.items()} for name, ranking in WAYS.items()},
        "replies": {
            kind: {
                group: replies([one for one in of if one.kind == kind], chosen.seeds) for group, of in groups.items()
            }
            for kind in CODES
        },
        "ms": milliseconds(every),
    }
    print(json.dumps(found, indent=1) if chosen.json else printed(found))


def printed(found: dict) -> str:
    """The figures as Markdown tables."""
    rows = ["| ranking | tuned on: hit@1 / hit@3 / MRR | held out |", "|---|---|---|"]
    for name, by_group in found["ways"].items():
        cells = [f"{m['hit1']:.2f} / {m['hit3']:.2f} / {m['mrr']:.3f}" for m in by_group.values()]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    rows += ["", "| learner's turn | tuned on: fits / off / brief, % | talk n / c / s | held out | talk |"]
    rows += ["|---|---|---|---|---|"]
    for kind, by_group in found["replies"].items():
        cells = []
        for shares in by_group.values():
            percent = {name: f"{100 * share:.0f}" for name, share in shares.items()}
            cells += [" / ".join(percent[n] for n in ("fits", "off", "brief")), " / ".join(percent[n] for n in "ncs")]
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join([*rows, "", f"One ranking: {found['ms']:.0f} ms of processor time (median)."])


if __name__ == "__main__":
    main()
