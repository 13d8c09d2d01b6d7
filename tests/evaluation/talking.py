"""Talks made by hand: each turn a few letters, so that a figure can be worked out on paper."""

from __future__ import annotations

from collections.abc import Sequence

from evoke.codes import Coded, Talk
from evoke.persona import MoveKind, Stage
from evoke.transcript import Mood, PersonaRef, Transcript, Turn

TALKS: dict[str, Talk] = {"c": "change", "s": "sustain", "n": "neutral"}
KINDS = {
    "o": {"codes": ("question",), "question": "open"},
    "k": {"codes": ("question",), "question": "closed"},
    "p": {"codes": ("persuade",)},
    "w": {"codes": ("persuade_with_permission",)},
    "m": {"codes": ()},
}
MARK = PersonaRef(id="alcohol_marek", version="1", hash="0")


def mood(stage: Stage = "contemplation", *, importance: float = 5, confidence: float = 5, trust: float = 5) -> Mood:
    return Mood(trust=trust, discord=0, importance=importance, confidence=confidence, stage=stage)


def talk(
    said: str,
    *,
    asked: str = "",
    words: Sequence[str] = (),
    moves: Sequence[MoveKind] = (),
    moods: Sequence[Mood] = (),
    policy: str = "skilled",
    persona: PersonaRef | None = MARK,
) -> Transcript:
    """The opening and one exchange a letter of `said` (c, s, n).

    `asked` gives the learner's turns (o, k, p, w, m; all m if shorter), `words`, `moves` and `moods` the replies' own.
    """
    turns = [_client("start", "n", "Hello.", "engage", moods[0] if moods else mood())]
    for n, letter in enumerate(said):
        kind = KINDS[asked[n] if n < len(asked) else "m"]
        coded = Coded(speaker="learner", reason="by hand", **kind)
        now = moods[n + 1] if n + 1 < len(moods) else (moods[-1] if moods else mood())
        turns.append(Turn(id=f"l{n}", parent=None, speaker="learner", text=f"Words {n}.", coded=coded, state=now))
        text = words[n] if n < len(words) else f"Reply number {n}."
        turns.append(_client(f"c{n}", letter, text, moves[n] if n < len(moves) else "engage", now))
    return Transcript(persona=persona, seed=1, counsellor=policy, turns=tuple(turns))


def _client(name: str, letter: str, text: str, move: MoveKind, state: Mood) -> Turn:
    coded = Coded(speaker="client", talk=TALKS[letter], reason="by hand")
    return Turn(id=name, parent=None, speaker="client", text=text, coded=coded, move=move, lines=("x",), state=state)
