"""Client cards to choose from. Knows persona cards and no session."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from evoke.pages.parts.here import go
from evoke.pages.parts.plain import Colour, plain
from evoke.persona import Difficulty, Persona

HOW_HARD: dict[Difficulty, tuple[str, Colour]] = {
    "easy": ("Easier", "green"),
    "moderate": ("Moderate", "orange"),
    "hard": ("Harder", "red"),
}
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def client_cards(cards: Sequence[Persona]) -> None:
    """One card a client, two side by side where there is room, the easier ones first."""
    order = list(HOW_HARD)
    with st.grid(2):
        for card in sorted(cards, key=lambda card: (order.index(card.brief.difficulty), card.name)):
            with st.container(border=True, height="stretch"):
                _card(card)


def _card(card: Persona) -> None:
    st.subheader(f"{plain(card.name)}, {card.age}", anchor=False)
    badges(card)
    st.markdown(plain(_first_sentence(card.brief.referral)))
    st.caption(plain(_first_sentence(card.brief.setting)))
    st.space("stretch")
    if st.button(f"Meet {plain(card.name)}", key=f"meet_{card.id}", width="stretch"):
        go("practice", client=card.id)


def badges(card: Persona) -> None:
    """Topic, difficulty and minutes at a glance."""
    label, colour = HOW_HARD[card.brief.difficulty]
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(plain(topic(card)), color="gray")
        st.badge(label, color=colour)
        st.badge(f"{card.brief.minutes} minutes", color="gray")


def topic(card: Persona) -> str:
    """The topic as a reader would write it."""
    return card.topic.replace("_", " ").capitalize()


def _first_sentence(text: str) -> str:
    return _SENTENCE.split(text.strip(), maxsplit=1)[0]
