"""Before the reveal: how the learner thinks it went, and who they think the client is. Knows nothing of the truth."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from evoke.pages.parts.inside import STAGE
from evoke.pages.parts.plain import plain
from evoke.persona import Persona, Stage

SKIPPED: dict[str, Any] = {"skipped": True}
_SCALE = ("1 hardly", "2", "3 partly", "4", "5 very")


def guess(name: str) -> dict[str, Any] | None:
    """The form; what the learner gave once it is sent or skipped, before that None."""
    st.header("Before you look", anchor=False)
    st.markdown(
        "Take a minute to say how it went for you. People who do this first tend to learn more from what follows. "
        "Nothing here is graded, and you may leave anything empty."
    )
    who = plain(name)
    with st.form("guess", border=True):
        given = {
            "understood": _rating(f"How well did you grasp what it is like to be {who}?", "understood"),
            "evoked": _rating(f"How far did the reasons for change come from {who} rather than from you?", "evoked"),
            "stage": _stage(f"Where did {who} stand at the end?"),
            "core": _words(f"What matters most to {who} in this, do you think?", "core"),
            "obstacle": _words("What stands most in the way?", "obstacle"),
        }
        sent = st.form_submit_button("Show the debrief", type="primary", key="guess_sent")
    if st.button("Skip this", type="tertiary", key="guess_skipped"):
        return SKIPPED
    return {key: value for key, value in given.items() if value} if sent else None


def _rating(label: str, key: str) -> int | None:
    chosen = st.segmented_control(label, _SCALE, key=f"guess_{key}")
    return _SCALE.index(chosen) + 1 if chosen else None


def _stage(label: str) -> Stage | None:
    named = {stage: words.capitalize() for stage, words in STAGE.items()}
    chosen = st.segmented_control(label, list(named), format_func=named.__getitem__, key="guess_stage", wrap=True)
    return chosen if chosen in get_args(Stage) else None


def _words(label: str, key: str) -> str:
    return str(st.text_input(label, key=f"guess_{key}", max_chars=300) or "").strip()


def compared(given: dict[str, Any], card: Persona, stage: Stage | None) -> None:
    """What the learner thought of the client, beside what the card says."""
    if given.get("core") or given.get("obstacle") or given.get("stage"):
        st.header("What you thought, and what was so", anchor=False)
    if given.get("stage") and stage:
        same = "as it was" if given["stage"] == stage else f"in fact: {STAGE[stage]}"
        st.markdown(f"**Where they stood:** you said {STAGE[given['stage']]}; {same}.")
    if given.get("core"):
        _beside("What matters most", given["core"], card.core.about)
    if given.get("obstacle"):
        _beside("What stands in the way", given["obstacle"], " ".join(belief.text for belief in card.beliefs))


def _beside(what: str, guessed: str, so: str) -> None:
    st.markdown(f"**{what}.** You wrote: “{plain(guessed)}”  \nIn the card: {plain(so)}")
