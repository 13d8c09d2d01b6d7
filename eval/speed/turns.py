"""How fast a turn is with the embedded model, beside a bare chat completion on the same server.

    python -m eval.speed.turns [--persona ID] [--turns N] [--out FILE]

After each of Evoke's turns the same messages go to the same server by plain HTTP, under a system message that differs in
its first words, so that neither conversation can live on the other's prefix cache and both evaluate the same new tokens.
"""

from __future__ import annotations

import argparse
import json
import time
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

import httpx2
import psutil

from evoke.counsellor import open_policy
from evoke.llm import embedded
from evoke.llm.chat import Message
from evoke.room import open_room
from evoke.session import Session
from evoke.settings import REPLY_TOKENS, TEMPERATURE

FEWEST_MODEL_TURNS = 20


class Recorded:
    """The client's model with each call's messages and times written down; passes everything through."""

    def __init__(self, model) -> None:
        self.model, self.name, self.capable, self.calls = model, model.name, model.capable, []

    def stream(self, messages, **options):
        call = {"messages": list(messages), "start": time.perf_counter(), "first": None, "usage": None}
        self.calls.append(call)
        for chunk in self.model.stream(messages, **options):
            if chunk.text and call["first"] is None:
                call["first"] = time.perf_counter()
            call["usage"] = chunk.usage or call["usage"]
            yield chunk

    def complete(self, messages, **options):
        return self.model.complete(messages, **options)

    def warm(self, messages) -> None:
        self.model.warm(messages)


def measure(persona: str, turns: int, seed: int) -> dict:
    """Hold one conversation and time every turn that the model voiced."""
    room = open_room(llm="embedded")
    recorded = Recorded(room.model)
    room.__dict__["model"] = recorded
    session = room.begin(persona, seed=seed, keep=True)
    room.warm_now(session)
    address = embedded.serve(room.settings).address
    with httpx2.Client(base_url=address.base_url, timeout=120, trust_env=False,
                       headers={"Authorization": f"Bearer {address.key.get_secret_value()}"}) as bare:  # fmt: skip
        rows = [row for row in _rows(session, recorded, bare, turns)]
    return {"model": room.model.name, "persona": persona, "seed": seed, "turns": rows, "rss_gb": _rss()}


def _rows(session: Session, recorded: Recorded, bare: httpx2.Client, turns: int):
    policy = open_policy("skilled")
    _bare(bare, recorded, session)  # its own prefix, as warm as Evoke's
    while not session.ended and len([c for c in recorded.calls]) < turns:
        words = policy.say(session.transcript())
        before, start = len(recorded.calls), time.perf_counter()
        session.hear(words)
        heard = time.perf_counter()
        first = None
        with closing(session.answer()) as events:
            for _ in events:
                first = first or time.perf_counter()
        done = time.perf_counter()
        calls = recorded.calls[before:]
        if len(calls) != 1:  # a brief answer that needs no model, or a reply said again
            yield {"model_calls": len(calls), "hear_ms": (heard - start) * 1e3, "reply_ms": (done - heard) * 1e3}
            continue
        call, turn = calls[0], session.path[-1]
        model_s = done - call["start"]
        yield {
            "model_calls": 1,
            "hear_ms": (heard - start) * 1e3,
            "first_word_ms": (first - heard) * 1e3,
            "reply_ms": (done - heard) * 1e3,
            "own_ms": (done - start - model_s) * 1e3,
            "bare_first_ms": _bare(bare, recorded, session, call["messages"]),
            "prompt_tokens": call["usage"].prompt_tokens,
            "evaluated_tokens": call["usage"].prompt_tokens - call["usage"].cached_tokens,
        }


def _bare(bare: httpx2.Client, recorded: Recorded, session: Session, messages: list[Message] | None = None) -> float:
    said = messages or session.prefix()
    body = {
        "messages": [{"role": m.role, "content": m.content} for m in said],
        "max_tokens": REPLY_TOKENS if messages else 1, "temperature": TEMPERATURE, "seed": 1, "stream": True,
    }  # fmt: skip
    body["messages"][0]["content"] = "Bare. " + body["messages"][0]["content"]
    start = time.perf_counter()
    first = None
    with bare.stream("POST", "/chat/completions", json=body) as reply:
        for line in reply.iter_lines():
            if not line.startswith("data: {"):
                continue
            choices = json.loads(line[6:])["choices"]
            if choices and choices[0]["delta"].get("content"):
                first = first or time.perf_counter()
    return ((first or time.perf_counter()) - start) * 1e3


def _rss() -> float:
    return psutil.Process().memory_info().rss / 1e9


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[18] if len(values) > 1 else values[0]


def summary(result: dict) -> str:
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
