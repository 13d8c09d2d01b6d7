"""Three whole conversations with the embedded model, printed for a trainer to read.

    python -m eval.client.talks [--llm embedded] [--out DIR]

Skilled, directive and rambling learners, each with fixed words (learners/*.txt) and a fixed seed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from evoke.codes import Coded
from evoke.counsellor import open_policy, simulate
from evoke.room import open_room
from evoke.transcript import Transcript, Turn

HERE = Path(__file__).parent
TALKS = (
    ("skilled", "gambling_deshawn", 3),
    ("directive", "alcohol_marek", 1),
    ("rambling", "blood_pressure_gloria", 1),
)


def printed(transcript: Transcript, learner: str, name: str) -> str:
    """The conversation as Markdown, with codes, moves and what the guard caught."""
    lines = [f"# A {learner} learner with {name}", "", f"Model {transcript.model}, seed {transcript.seed}.", ""]
    for turn in transcript.turns:
        who = "Learner" if turn.speaker == "learner" else name
        lines += [f"**{who}:** {turn.text}", "", f"<sub>{_aside(turn)}</sub>", ""]
    return "\n".join(lines)


def _aside(turn: Turn) -> str:
    coded = turn.coded
    parts = []
    if isinstance(coded, Coded):
        parts.append(
            " ".join(coded.codes)
            or coded.behaviour
            or f"{coded.talk}{'/' + coded.talk_kind if coded.talk_kind else ''}"
        )
    if turn.speaker == "client":
        parts.append(turn.move or "")
        parts += [f"guard {catch.rule} ({catch.outcome})" for catch in turn.guard]
    if turn.state and turn.speaker == "learner":
        mood = turn.state
        parts.append(f"trust {mood.trust:.1f}, discord {mood.discord:.1f}, importance {mood.importance:.1f}, "
                     f"confidence {mood.confidence:.1f}, {mood.stage}")  # fmt: skip
    return " · ".join(part for part in parts if part)


def main() -> None:
    """Hold the three talks and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llm", default="embedded")
    parser.add_argument("--out", type=Path, default=HERE.parent / "results")
    chosen = parser.parse_args()
    room = open_room(llm=chosen.llm)
    for learner, persona, seed in TALKS:
        session = room.begin(persona, seed=seed, keep=False)
        policy = open_policy(str(HERE / "learners" / f"{learner}.txt"))
        transcript = simulate(session, policy, turns=40)
        (chosen.out / f"talk_{learner}.md").write_text(printed(transcript, learner, session.persona.name), "utf-8")
        print(f"{learner}: {len(transcript.turns)} turns, {json.dumps(transcript.usage.model_dump())}")


if __name__ == "__main__":
    main()
