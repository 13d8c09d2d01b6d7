"""How fast a turn is with the embedded model, beside a bare chat completion on the same server.

    python -m eval.speed.turns [--persona ID] [--turns N] [--out FILE]

After each of Evoke's turns the same messages go to the same server by plain HTTP, under a system message with another
beginning, so that neither conversation lives on the other's prefix cache and both evaluate the same new tokens.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx2
import psutil

from evoke.counsellor import open_policy
from evoke.llm import embedded
from evoke.llm.chat import ChatModel, Chunk, Message, Reply
from evoke.room import open_room
from evoke.session import Session
from evoke.settings import REPLY_TOKENS, TEMPERATURE
from evoke.transcript import Usage

FEWEST_MODEL_TURNS = 20
Row = dict[str, float]


@dataclass
class Call:
    """One streamed call: what was sent, how long the model was waited for, and its usage."""

    messages: list[Message]
    waited_s: float = 0.0
    usage: Usage = field(default_factory=Usage)


class Recorded:
    """A model with every call written down; passes everything through."""

    def __init__(self, model: ChatModel) -> None:
        self.model, self.name, self.capable = model, model.name, model.capable
        self.calls: list[Call] = []
        self.warmed: list[Message] = []

    def stream(self, messages: Sequence[Message], **options: Any) -> Iterator[Chunk]:
        """The model's stream; only the waiting for each chunk is counted as the model's time."""
        call = Call(list(messages))
        self.calls.append(call)
        chunks = iter(self.model.stream(messages, **options))
        while True:
            start = time.perf_counter()
            chunk = next(chunks, None)
            call.waited_s += time.perf_counter() - start
            if chunk is None:
                return
            call.usage = chunk.usage or call.usage
            yield chunk

    def complete(self, messages: Sequence[Message], **options: Any) -> Reply:
        """Not used by a client; passed through."""
        return self.model.complete(messages, **options)

    def warm(self, messages: Sequence[Message]) -> None:
        """Warm, and remember with what."""
        self.warmed = list(messages)
        self.model.warm(messages)


def measure(persona: str, turns: int, seed: int) -> dict[str, Any]:
    """Hold one conversation and time every turn that the model voiced."""
    room = open_room(llm="embedded")
    recorded = Recorded(room.model)
    room.__dict__["model"] = recorded
    session = room.begin(persona, seed=seed)
    session.warm()
    address = embedded.serve(room.settings).address
    key = {"Authorization": f"Bearer {address.key.get_secret_value()}"}
    with httpx2.Client(base_url=address.base_url, timeout=120, trust_env=False, headers=key) as bare:
        bare_first_ms(bare, recorded.warmed, 1)  # its own prefix, as warm as Evoke's
        rows = list(_rows(session, recorded, bare, turns))
    rss = psutil.Process().memory_info().rss / 1e9
    return {"model": recorded.name, "persona": persona, "seed": seed, "turns": rows, "rss_gb": rss}


def _rows(session: Session, recorded: Recorded, bare: httpx2.Client, turns: int) -> Iterator[Row]:
    """One row a learner turn; turns that were not one model call (a brief answer, a reply made twice) say so."""
    policy = open_policy("skilled")
    voiced = 0
    while not session.ended and voiced < turns:
        words = policy.say(session.transcript())
        before = len(recorded.calls)
        row = _turn(session, words)
        calls = recorded.calls[before:]
        row["model_calls"] = len(calls)
        row["own_ms"] = row["whole_ms"] - sum(call.waited_s for call in calls) * 1e3
        if len(calls) == 1:
            voiced += 1
            usage = calls[0].usage
            row["prompt_tokens"] = usage.prompt_tokens
            row["evaluated_tokens"] = usage.prompt_tokens - usage.cached_tokens
            row["bare_first_ms"] = bare_first_ms(bare, calls[0].messages, REPLY_TOKENS)
        yield row


def _turn(session: Session, words: str) -> Row:
    """Hear, answer, and the time from the learner's words to the first word on screen and to the last."""
    start = time.perf_counter()
    session.hear(words)
    heard = time.perf_counter()
    first = None
    with closing(session.answer()) as events:
        for _ in events:
            first = first or time.perf_counter()
    done = time.perf_counter()
    return {
        "hear_ms": (heard - start) * 1e3,
        "first_word_ms": ((first or done) - start) * 1e3,
        "reply_ms": (done - start) * 1e3,
        "whole_ms": (done - start) * 1e3,
    }


def bare_first_ms(bare: httpx2.Client, messages: Sequence[Message], max_tokens: int) -> float:
    """Milliseconds to the first token of a plain completion; the whole reply is read."""
    said = [{"role": message.role, "content": message.content} for message in messages]
    said[0]["content"] = "Bare. " + said[0]["content"]
    body = {"messages": said, "max_tokens": max_tokens, "temperature": TEMPERATURE, "seed": 1, "stream": True}
    start, first = time.perf_counter(), None
    with bare.stream("POST", "/chat/completions", json=body) as reply:
        reply.raise_for_status()
        for line in reply.iter_lines():
            choices = json.loads(line[6:])["choices"] if line.startswith("data: {") else []
            if first is None and choices and choices[0]["delta"].get("content"):
                first = time.perf_counter()
    return ((first or time.perf_counter()) - start) * 1e3


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[18] if len(values) > 1 else values[0]


def summary(result: dict[str, Any]) -> str:
    """The figures as Markdown."""
    rows = [row for row in result["turns"] if row["model_calls"] == 1]
    first, bare = [r["first_word_ms"] for r in rows], [r["bare_first_ms"] for r in rows]
    ratios = [a / b for a, b in zip(first, bare, strict=True)]
    half = len(rows) // 2
    early, late = (median(r["evaluated_tokens"] for r in part) for part in (rows[:half], rows[half:]))
    return "\n".join(
        [
            f"{result['model']}, {result['persona']}, seed {result['seed']}, {len(rows)} turns voiced by the model "
            f"of {len(result['turns'])}",
            "",
            "| figure | value |",
            "|---|---|",
            f"| first word, p50 / p95 | {median(first):.0f} / {_p95(first):.0f} ms |",
            f"| reply, p50 | {median([r['reply_ms'] for r in rows]):.0f} ms |",
            f"| bare completion's first word, p50 / p95 | {median(bare):.0f} / {_p95(bare):.0f} ms |",
            f"| first word ÷ bare, median of paired turns | {median(ratios):.2f} |",
            f"| prompt tokens evaluated a turn, first half / second half (median) | {early:.0f} / {late:.0f} |",
            f"| everything else in a turn, p50 / p95 | {median([r['own_ms'] for r in rows]):.0f} / "
            f"{_p95([r['own_ms'] for r in rows]):.0f} ms |",
            f"| resident memory of this process with the model loaded | {result['rss_gb']:.2f} GB |",
        ]
    )


def main() -> None:
    """Measure and print; --out keeps the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persona", default="blood_pressure_gloria")
    parser.add_argument("--turns", type=int, default=FEWEST_MODEL_TURNS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    result = measure(chosen.persona, chosen.turns, chosen.seed)
    print(summary(result))
    if chosen.out:
        chosen.out.write_text(json.dumps(result, indent=1), "utf-8")


if __name__ == "__main__":
    main()
