"""Is a client consistent with its card? 200 probes on facts, motivation, beliefs and first steps, asked and judged.

    python -m eval.client.probes [--llm scripted|embedded|endpoint] [--one] [--rows FILE.jsonl] [--out FILE.md]

Each probe is put to a client in a state in which it may be told, in three wordings (`--one`: in one, by turns). Then
the core motivation is asked for directly, six times running, at the trust the client sits down with. Judged by code
(`judging.py`); what cannot be judged stays unjudged and is counted. With `--rows`, what stands there is not repeated.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from eval.client.judging import judged, near_core
from eval.client.probe_report import report
from evoke.client.dynamics import dynamics
from evoke.client.state import ClientState, begin
from evoke.persona import Persona, Stage
from evoke.room import Room, open_room
from evoke.session import Session

HERE = Path(__file__).parent
OUT = HERE.parent / "results" / "consistency_client.md"
AT_EASE = 1.5  # trust above the gate at which a thing is asked about
WILLING = 8.0  # trust at which a first step is brought up
SERIES = 6  # times that the core motivation is asked for
Row = dict[str, Any]


class Probe(NamedTuple):
    """One thing on the card that is asked about: its kind, its id, and the wordings."""

    persona: str
    kind: str  # fact | motivation | belief | accept | reject
    about: str
    asks: tuple[str, ...]
    must: str = ""
    never: str = ""


def probes() -> list[Probe]:
    """The 200 probes of `probes.yaml`, in its order."""
    return [probe for persona, rows in table().items() for probe in _of(persona, rows)]


def table() -> dict[str, Any]:
    """`probes.yaml` as it stands."""
    return yaml.safe_load((HERE / "probes.yaml").read_text("utf-8"))


def _of(persona: str, rows: Row) -> Iterator[Probe]:
    for fact, row in rows["facts"].items():
        yield Probe(persona, "fact", fact, tuple(row["ask"]), row["must"], row["not"])
    for n, row in enumerate(rows["motivation"]):
        yield Probe(persona, "motivation", f"core{n}", tuple(row["ask"]), row["must"])
    for belief, asks in rows["beliefs"].items():
        yield Probe(persona, "belief", belief, tuple(asks))
    for kind in ("accept", "reject"):
        for plan, asks in rows["plans"][kind].items():
            yield Probe(persona, kind, plan, tuple(asks))


def ready_for(card: Persona, probe: Probe) -> ClientState:
    """The client in a state in which the probe may be answered."""
    if probe.kind == "fact":
        fact = next(fact for fact in card.facts if fact.id == probe.about)
        strand = next(strand for strand in card.strands if strand.id == fact.strand)
        return _state(card, "contemplation", max(fact.gate, strand.gate) + AT_EASE)
    if probe.kind == "motivation":
        return _state(card, "contemplation", min(10.0, max(f.gate for f in card.facts) + AT_EASE))
    if probe.kind == "belief":
        return _state(card, "contemplation", card.core.gate + AT_EASE)
    voiced = {"voiced": tuple(belief.id for belief in card.beliefs)}
    return _state(card, "preparation", WILLING).model_copy(update=voiced)


def _state(card: Persona, stage: Stage, trust: float) -> ClientState:
    state, rules = begin(card), dynamics().stages
    update: dict[str, Any] = {"trust": max(trust, state.mood.trust), "stage": stage}
    if stage == "preparation":
        update |= {"importance": rules.preparation_importance + 1, "confidence": rules.preparation_confidence + 1}
    return state.model_copy(update={"mood": state.mood.model_copy(update=update), "core_touched": True})


def asked(room: Room, card: Persona, state: ClientState, asks: tuple[str, ...], seed: int) -> list[Row]:
    """The replies to `asks`, one after the other in one session that begins in `state`."""
    first = room.begin(card.id, seed=seed, keep=False)
    turn = first.path[0]
    record = first.record.model_copy(
        update={"turns": (turn,), "head": turn.id, "snapshots": {turn.id: state.model_dump_json()}}
    )
    session = Session.resume(record, card, model=room.model, **room._company())
    rows = []
    for words in asks:
        if session.ended:
            break
        session.hear(words)
        before = session.state
        for _ in session.answer():
            pass
        reply = session.path[-1]
        rows.append({"ask": words, "said": reply.text, "lines": reply.lines, "move": reply.move,
                     "trust": before.mood.trust, "state": before.model_dump_json(),
                     "caught": [c.rule for c in reply.guard]})  # fmt: skip
    return rows


def run(room: Room, *, one: bool, file: Path | None) -> list[Row]:
    """Every probe and every series, kept in `file` as they come."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file and file.exists() else []
    done = {row["key"] for row in rows}
    for key, made in _all(room, one=one):
        if key in done:
            continue
        new = [{"key": key, **row} for row in made()]
        rows += new
        print(*(f"{key} | {row['ask']} | {row['said']} | {row['verdict']}" for row in new), sep="\n", flush=True)
        if file:
            with file.open("a", encoding="utf-8") as kept:
                kept.writelines(json.dumps(row) + "\n" for row in new)
    return rows


def _all(room: Room, *, one: bool) -> Iterator[tuple[str, Any]]:
    for n, probe in enumerate(probes()):
        card = room.card(probe.persona)
        for k, words in enumerate(probe.asks):
            if one and k != n % len(probe.asks):
                continue
            yield (
                f"{probe.persona}/{probe.kind}/{probe.about}/{k}",
                lambda p=probe, c=card, w=words: _probed(room, c, p, w),
            )
    for persona, rows in table().items():
        card = room.card(persona)
        for name, asks in {"direct": tuple(DIRECT), "named": _named(rows)}.items():
            yield f"{persona}/core/{name}", lambda c=card, a=asks, name=name: _pressed(room, c, a, name)


def _probed(room: Room, card: Persona, probe: Probe, words: str) -> list[Row]:
    """One wording; a first step that is turned down is brought up again in another, and must stay turned down."""
    again = tuple(ask for ask in probe.asks if ask != words)[:1] if probe.kind == "reject" else ()
    seed = sum(map(ord, words))
    made = asked(room, card, ready_for(card, probe), (words, *again), seed)
    return [
        {"persona": card.id, "kind": probe.kind if n == 0 else "stays_rejected", "about": probe.about, **row,
         "verdict": judged(card, probe, row)}
        for n, row in enumerate(made)
    ]  # fmt: skip


def _pressed(room: Room, card: Persona, asks: tuple[str, ...], name: str) -> list[Row]:
    """The core motivation asked for six times, from the state in which the client sits down."""
    made = asked(room, card, begin(card), asks, seed=len(name))
    return [
        {"persona": card.id, "kind": f"core_{name}", "about": "core", **row, "verdict": near_core(card, row)}
        for row in made
    ]


def _named(rows: Row) -> tuple[str, ...]:
    """The wordings that name what the core is about, as a learner who has read the card might."""
    return tuple(ask for row in rows["motivation"][1:] for ask in row["ask"])[:SERIES]


DIRECT = (
    "What is your real reason for wanting to change?",
    "There must be something deeper. What is it really about?",
    "What do you care about most in all of this?",
    "I have the feeling you're not telling me the main thing. What is it?",
    "Tell me what truly matters to you.",
    "I'd like to know the one reason that would make you do it.",
)


def main() -> None:
    """Ask, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--llm", default="scripted")
    parser.add_argument("--one", action="store_true")
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    room = open_room(llm=chosen.llm)
    rows = run(room, one=chosen.one, file=chosen.rows)
    text = report(rows, room.model.name)
    chosen.out.write_text(text, "utf-8")
    print(text[: text.index("## Replies")])


if __name__ == "__main__":
    main()
