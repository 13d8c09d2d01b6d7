"""What follows what, worked out by hand."""

from __future__ import annotations

from eval.client import next_turn
from eval.client.asked import realism

from evoke.transcript import Transcript
from tests.evaluation.talking import talk


def worded(held: Transcript, words: str) -> Transcript:
    """The talk with every learner's turn in other words."""
    turns = [turn.model_copy(update={"text": words}) if turn.speaker == "learner" else turn for turn in held.turns]
    return held.model_copy(update={"turns": tuple(turns)})


def test_a_turn_counts_for_every_kind_that_it_is() -> None:
    held = worded(talk("cn", asked="ok"), "What would be a first step for you?")
    assert next_turn.answers([held], "any") == {"change": 1, "sustain": 0, "neutral": 1}
    assert next_turn.answers([held], "negotiating a plan") == {"change": 1, "sustain": 0, "neutral": 1}
    assert next_turn.answers([held], "open question") == {"change": 1, "sustain": 0, "neutral": 0}
    assert next_turn.answers([held], "closed question") == {"change": 0, "sustain": 0, "neutral": 1}


def test_advice_counts_with_leave_and_without() -> None:
    assert next_turn.answers([talk("sc", asked="pw")], "advice") == {"change": 1, "sustain": 1, "neutral": 0}


def test_real_and_simulated_shares_stand_side_by_side() -> None:
    talks = [talk("cscn", asked="oooo"), talk("ss", asked="pp", policy="directive")]
    rows = next_turn.table(talks, talks[:1]).splitlines()
    assert len(rows) == 2 + len(realism().next_turn) == 2 + len(next_turn.KINDS)
    row = next(row for row in rows if row.startswith("| open question"))
    assert row == "| open question | 40/13/47 | 50/25/25 (n 4) | 50/25/25 (n 4) | 13/7/80 | – |"
    assert "0/100/0 (n 2)" in next(row for row in rows if row.startswith("| advice"))


def test_what_real_clients_say_adds_up() -> None:
    for row in realism().next_turn.values():
        assert 99 <= sum(row.high) <= 101
        assert 99 <= sum(row.low) <= 101
