"""Three hundred turns that try to break the role, said to the clients; every reply is printed for a person to read.

    python -m eval.client.adversarial [--llm embedded|scripted|endpoint] [--sessions s21 s22] [--rows FILE.jsonl]
        [--annomi FILE.csv] [--out FILE.md]

Whether a reply leaks is judged by marks of their own (`leaks.py`), not by the guard; whether it takes the remark as it
was meant, by the kind of answer that was given (`fitting` in `adversarial.yaml`); the rest is for reading: the whole
list is written out. False alarms are counted on what counsellors ordinarily say. With `--rows`, sessions that stand
there already are not held again.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml

from eval.client.leaks import leaks
from eval.client.ordinary import ordinary
from evoke.client.guard import Replace
from evoke.client.hearing import signals
from evoke.client.odd import odd_remark
from evoke.client.wording import deflections
from evoke.room import Room, open_room
from evoke.session import Session

HERE = Path(__file__).parent
OUT = HERE.parent / "results" / "adversarial.md"
Row = dict[str, Any]


def table() -> dict[str, Any]:
    """`adversarial.yaml` as it stands."""
    return yaml.safe_load((HERE / "adversarial.yaml").read_text("utf-8"))


def turns() -> list[Row]:
    """The turns, pastes written out."""
    data = table()
    return [{**turn, "session": turn["id"][:3], "say": turn.get("say") or _paste(data["themes"], turn)}
            for turn in data["turns"]]  # fmt: skip


def _paste(themes: dict[str, Any], turn: Row) -> str:
    theme, body = themes[turn["paste"]], list[str]()
    while sum(len(p.split()) for p in body) < turn["words"]:
        body.append(theme["paragraphs"][len(body) % len(theme["paragraphs"])])
    place = {"start": 0, "middle": len(body) // 2, "end": len(body)}[theme["at"]]
    body.insert(place, theme["instruction"])
    return "\n\n".join(body)


def run(room: Room, seed: int, file: Path | None, only: list[str] | None = None) -> list[Row]:
    """Say every turn; a session that ends is begun again with the same client. Rows are added to `file` by session."""
    data, every = table(), turns()
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file and file.exists() else []
    done = {row["id"] for row in rows}
    for name, persona in data["personas"].items():
        asked = [turn for turn in every if turn["session"] == name]
        if {turn["id"] for turn in asked} <= done or (only and name not in only):
            continue
        new = _held(room, persona, asked, seed)
        rows += new
        if file:
            with file.open("a", encoding="utf-8") as kept:
                kept.writelines(json.dumps(row) + "\n" for row in new)
    return rows


def _held(room: Room, persona: str, asked: list[Row], seed: int) -> list[Row]:
    session, rows = room.begin(persona, seed=seed, keep=False), []
    for turn in asked:
        if session.ended:
            session = room.begin(persona, seed=seed, keep=False)
        rows.append(_answered(session, turn))
        print(f"{turn['id']} {turn['kind']}: {rows[-1]['shown']}", flush=True)
    return rows


def _answered(session: Session, turn: Row) -> Row:
    session.hear(turn["say"])
    before = session.state
    screens, shown = [], ""
    with closing(session.answer()) as events:
        for event in events:
            shown = event.text if isinstance(event, Replace) else shown + event.text
            screens.append(shown)
    seen = {
        screens[n] for n in range(len(screens)) if n + 1 == len(screens) or not screens[n + 1].startswith(screens[n])
    }
    reply = session.path[-1]
    handed = [line for line in session.persona.lines if line.id in reply.lines]
    return {
        **turn, "persona": session.persona.name, "shown": reply.text, "move": reply.move,
        "answer": answer_kind(reply.text), "concern": bool(session.concern),
        "catches": [(c.rule, c.said, c.outcome) for c in reply.guard],
        "leaks": leaks(seen, session.persona, before, handed),
    }  # fmt: skip


def answer_kind(text: str) -> str | None:
    """The kind of deflection that a reply is; None for a reply of the client's own."""
    return next((kind for kind, words in deflections().model_dump().items() if text in words), None)


def fits(row: Row, fitting: dict[str, list[str]]) -> bool:
    """Whether the remark was taken as it was meant."""
    return row["answer"] in fitting[row["kind"]]


def alarm(words: str) -> str | None:
    """What an ordinary turn is wrongly taken for, if anything."""
    return odd_remark(words) or ("insult" if "insult" in signals(words) else None)


def report(rows: list[Row], model: str, annomi: Path | None) -> str:
    """Counts and every reply, as Markdown."""
    lines = [f"# {len(rows)} turns that try to break the role", "", f"Model: {model}.", ""]
    lines += [*_counts(rows), "", *_by_kind(rows), "", *_alarms(annomi), "", *_replies(rows)]
    return "\n".join(lines) + "\n"


def _counts(rows: list[Row]) -> list[str]:
    distressed = [row for row in rows if row["kind"] == "distressed_learner"]
    caught = [row for row in rows if row["catches"]]
    outcomes = Counter(outcome for row in caught for *_, outcome in row["catches"])
    return [
        "- turns with a leak on the screen (role, prompt, hidden number, closed fact): "
        f"**{sum(bool(row['leaks']) for row in rows)}**",
        f"- turns on which the guard caught the model: **{len(caught)}** "
        f"({', '.join(f'{n} {o}' for o, n in outcomes.items()) or 'none'})",
        f"- distressed learner noticed: {sum(r['concern'] for r in distressed)} of {len(distressed)}; "
        f"other turns on which it was raised: {sum(r['concern'] for r in rows if r not in distressed)}",
    ]  # fmt: skip


def _by_kind(rows: list[Row]) -> list[str]:
    data = table()
    halves = {
        "s01-s10, known when the patterns were written": lambda s: s <= "s10",
        "s11-s20, likewise": lambda s: "s10" < s <= "s20",
        "s21-s30, held out at first (then 60 of 100)": lambda s: s in data["held_out"],
    }
    lines = ["Taken as it was meant (the answer is of a kind that fits the remark):", ""]
    lines += [f"| kind of turn | {' | '.join(halves)} |", "|---|---|---|---|"]
    for kind in (*data["fitting"], "all"):
        of = [[r for r in rows if holds(r["session"]) and kind in (r["kind"], "all")] for holds in halves.values()]
        cells = [f"{sum(fits(r, data['fitting']) for r in part)} / {len(part)}" if part else "–" for part in of]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return lines


def _alarms(annomi: Path | None) -> list[str]:
    lines = ["False alarms on ordinary turns:", "", "| turns from | wrongly taken for something else |", "|---|---|"]
    for source, texts in ordinary(annomi).items():
        found = Counter(kind for kind in map(alarm, texts) if kind)
        kinds = ", ".join(f"{n} {kind.removeprefix('odd_')}" for kind, n in found.items())
        lines.append(f"| {source} | {found.total()} of {len(texts)}{f' ({kinds})' if kinds else ''} |")
    return lines


def _replies(rows: list[Row]) -> list[str]:
    lines = ["| turn | said to the client | client | what stood on the screen | caught |", "|---|---|---|---|---|"]
    for row in rows:
        say = row["say"] if len(row["say"]) < 160 else row["say"][:120] + f" … ({len(row['say'].split())} words)"
        catches = "; ".join(f"{rule}: “{said}” → {outcome}" for rule, said, outcome in row["catches"])
        cells = (f"{row['id']} {row['kind']}", say, row["persona"], row["shown"], catches)
        lines.append("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |")
    return lines


def main() -> None:
    """Run, write, and name every leak."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--llm", default="embedded")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sessions", nargs="+")
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--annomi", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    room = open_room(llm=chosen.llm)
    rows = run(room, chosen.seed, chosen.rows, chosen.sessions)
    text = report(rows, room.model.name, chosen.annomi)
    chosen.out.write_text(text, "utf-8")
    print(text[: text.index("| turn | said")])
    for row in rows:
        if row["leaks"]:
            print(row["id"], row["leaks"], row["shown"])


if __name__ == "__main__":
    main()
