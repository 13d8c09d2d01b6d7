"""Two versions of a card, measured against each other."""

from __future__ import annotations

from evoke.counsellor import open_policy
from evoke.counsellor.tuning import MEASURES, counted, tune
from evoke.llm.scripted import ScriptedModel
from evoke.persona import Persona
from evoke.session import Session
from tests.client.people import LINES, Marks, Shelf, Words, persona


def begin(card: Persona, seed: int) -> Session:
    return Session.begin(card, seed=seed, model=ScriptedModel(), coder=Marks(), recall=Shelf(), encoder=Words)


def test_a_card_is_no_different_from_itself() -> None:
    found = tune(persona(), persona(), [open_policy("skilled")], range(3), 6, begin)
    assert [one.counsellor for one in found] == ["skilled"]
    assert {one.measure for one in found[0].differences} == set(MEASURES)
    assert all(one.change == 0 and one.verdict == "too few talks" for one in found[0].differences)


def test_a_card_whose_lines_lean_the_other_way_is_found_out() -> None:
    def sour(line: dict) -> dict:
        return line | {"talk": "sustain/other"} if line["talk"] == "neutral" and line["move"] == "engage" else line

    soured = persona(lines=tuple(sour(line) for line in LINES))
    found = tune(persona(), soured, [open_policy("closed")], range(20), 8, begin)
    verdicts = {one.measure: one.verdict for one in found[0].differences}
    assert verdicts["sustain_talk"] == "higher" and verdicts["neutral_talk"] == "lower"


def test_progress_tells_of_every_talk() -> None:
    seen: list[tuple[int, int]] = []
    tune(persona(), persona(), [open_policy("closed")], range(2), 2, begin, lambda *step: seen.append(step))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_shares_of_talk_add_up_to_one() -> None:
    session = begin(persona(), 1)
    for words in ("What do you do?", "How are the shifts?", "You should stop smoking."):
        session.hear(words)
        list(session.answer())
    talk = counted(session)
    assert abs(sum(talk[f"{kind}_talk"] for kind in ("change", "sustain", "neutral")) - 1) < 1e-9
    assert talk["turns"] == 3
