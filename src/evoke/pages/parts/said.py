"""The transcript of a debrief: each turn with its codes, the reason in a line, and room to disagree."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from evoke.coder.table import table
from evoke.codes import CODES, Coded, Talk
from evoke.pages.parts.plain import Colour, plain
from evoke.transcript import Turn

PORTION = 200  # turns on the screen at a time; no talk held here has so many
DOUBT = 0.6  # under this probability a code is shown as a doubtful one
NO_CODE = "no code"
_COLOUR: dict[str, Colour] = {"yes": "green", "no": "red", "neither": "blue"}
_TALK_COLOUR: dict[Talk, Colour] = {"change": "green", "sustain": "orange", "neutral": "gray"}

Disagree = Callable[[Turn, str, str], None]  # the turn, the code the learner would give, and why
TryAgain = Callable[[str], None]  # the learner's turn to go back to


def transcript(name: str, turns: Sequence[Turn], disagree: Disagree, try_again: TryAgain | None) -> None:
    """Every turn of a path in order, in portions where there are very many; without `try_again` nothing leads back."""
    st.caption(
        "The codes come from a program that has been measured against human coders and still gets some wrong. Where it "
        "is unsure it says so. If you see a turn differently, say so: it is noted with the talk."
    )
    for turn in _portion(turns):
        with st.chat_message("user" if turn.speaker == "learner" else name, avatar=avatar(turn.speaker)):
            st.text(turn.text)
            with st.container(gap="xxsmall"):
                _judgement(turn, disagree, try_again)


def _portion(turns: Sequence[Turn]) -> Sequence[Turn]:
    """The turns to show: all, or one portion of them that the reader chooses."""
    starts = range(0, len(turns), PORTION)
    if len(starts) < 2:
        return turns
    names = {start: f"{start + 1} to {min(start + PORTION, len(turns))} of {len(turns)}" for start in starts}
    start = st.selectbox("Turns", list(starts), format_func=names.__getitem__, key="portion")
    return turns[start : start + PORTION]


def avatar(speaker: str) -> str | None:
    """A figure for the learner; the client is shown by the first letter of their name."""
    return ":material/person:" if speaker == "learner" else None


def _judgement(turn: Turn, disagree: Disagree, try_again: TryAgain | None) -> None:
    """Badges, the reason, and what the learner may do about it."""
    if isinstance(turn.coded, Coded):
        with st.container(horizontal=True, gap="xsmall"):
            _badges(turn.coded)
    else:
        st.badge("Not coded", color="gray")
    if turn.coded:
        st.caption(plain(turn.coded.reason))
    with st.container(horizontal=True, gap="medium"):
        if isinstance(turn.coded, Coded):
            _object_to(turn, disagree)
        if try_again and turn.speaker == "learner":
            back = st.button("Try again from here", key=f"back_to_{turn.id}", type="tertiary")
            if back:
                try_again(turn.id)


def _badges(coded: Coded) -> None:
    for label, colour in labels(coded):
        st.badge(label, color=colour)
    if unsure(coded):
        st.badge("Unsure", icon=":material/help:", color="yellow")


def labels(coded: Coded) -> list[tuple[str, Colour]]:
    """What to write on the badges of a turn, each with its colour."""
    book = table()
    if coded.talk:
        kind = f": {book.kinds[coded.talk_kind].name.lower()}" if coded.talk_kind else ""
        return [(book.talk[coded.talk].name + kind, _TALK_COLOUR[coded.talk])]
    asked = book.questions[coded.question].name if coded.question else None
    found = [
        (asked if code == "question" and asked else book.codes[code].name, _COLOUR[book.codes[code].adherent])
        for code in coded.codes
    ]
    return found or [("No code", "gray")]


def as_coded(turn: Turn) -> str:
    """What the coder says of a turn, in words."""
    return ", ".join(label for label, _ in labels(turn.coded)) if isinstance(turn.coded, Coded) else "not coded"


def unsure(coded: Coded) -> bool:
    """Whether a code that is shown was given with less than `DOUBT`."""
    shown = [f"talk.{coded.talk}"] if coded.talk else [f"code.{code}" for code in coded.codes]
    return any(coded.probabilities.get(name, 1.0) < DOUBT for name in shown)


def _object_to(turn: Turn, disagree: Disagree) -> None:
    """A popover in which the learner says what they would have given; filled only once it is open."""
    with st.popover("Disagree", type="tertiary", key=f"object_{turn.id}", on_change="rerun") as open_one:
        if open_one.open:
            _objection(turn, disagree)


def _objection(turn: Turn, disagree: Disagree) -> None:
    with st.form(f"objection_{turn.id}", border=False):
        instead = st.selectbox("What would you call this turn?", alternatives(turn), key=f"instead_{turn.id}")
        why = st.text_area("Why? (you may leave this empty)", key=f"why_{turn.id}", max_chars=1000)
        if st.form_submit_button("Keep my view", key=f"keep_{turn.id}"):
            disagree(turn, instead, why.strip())
            st.toast("Noted with this talk.")


def alternatives(turn: Turn) -> list[str]:
    """The names of all codes that a turn of this speaker may have."""
    book = table()
    if turn.speaker == "client":
        return [entry.name for entry in book.talk.values()]
    return [book.codes[code].name for code in CODES] + [NO_CODE.capitalize()]
