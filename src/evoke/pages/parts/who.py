"""Who is who in a transcript from elsewhere: a guess to begin with, the person at the page has the last word."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from evoke.codes import Speaker
from evoke.pages.parts.plain import plain, shortened
from evoke.pages.parts.said import avatar
from evoke.readers import Said, company_of
from evoke.roles import Casting, Person, Roles, name_key, shown_name

PARTS: dict[str, Speaker | None] = {"Counsellor": "learner", "Client": "client", "Leave out": None}
MOST_ASKED = 12  # speakers; whoever speaks least of more than these is left out
FIRST_TURNS = 6

_CHECK = (
    "The names do not say who the counsellor is, so this is a **guess** from how they speak. Please look whether it is "
    "right: everything that follows depends on it."
)
_NAMED = "Check who is who: the counsellor’s turns get MITI codes, the client’s turns change and sustain talk."


def who_is_who(said: Sequence[Said], key: str) -> Roles:
    """The roles as chosen on the page."""
    company = company_of(said)
    casting = company.guess()
    people = sorted(company.people.values(), key=lambda person: -person.turns)
    st.header("Who is who", anchor=False)
    st.markdown(_CHECK if casting.guessed else _NAMED)
    if len(people) > MOST_ASKED:
        st.markdown(f"Only the {MOST_ASKED} who speak most are listed; everybody else is left out.")
    begin = {name_key(one.name): one.text for one in reversed(said)}
    roles: dict[str, Speaker | None] = {name_key(person.name): None for person in people}
    for place, person in enumerate(people[:MOST_ASKED]):
        own = name_key(person.name)
        roles[own] = _part(person, casting, begin[own], f"{key}_{place}")
    return roles


def _part(person: Person, casting: Casting, begins: str, key: str) -> Speaker | None:
    """What one speaker is, and what speaks for it."""
    own = name_key(person.name)
    guess = list(PARTS.values()).index(casting.roles.get(own))
    with st.container(border=True, gap="xxsmall"):
        chosen = st.radio(f"**{_name(person)}** is the", list(PARTS), index=guess, horizontal=True, key=f"role_{key}")
        turns = "1 turn" if person.turns == 1 else f"{person.turns:,} turns"
        why = f" Guessed: {casting.reasons[own]}." if own in casting.reasons else ""
        st.caption(f"{turns}, {person.words:,} words.{why} Begins with: “{plain(shortened(begins, 70))}”")
    return PARTS[str(chosen)]


def _name(person: Person) -> str:
    return plain(shown_name(person.name)) or "Somebody without a name"


def first_turns(said: Sequence[Said], roles: Roles) -> None:
    """The beginning of the talk, as it will be coded."""
    st.header("How it begins", anchor=False)
    chosen = [one for one in said if roles.get(name_key(one.name))]
    for one in chosen[:FIRST_TURNS]:
        speaker = roles[name_key(one.name)] or "client"
        with st.chat_message("user" if speaker == "learner" else "Client", avatar=avatar(speaker)):
            st.markdown(f":small[{plain(shown_name(one.name))}, {'counsellor' if speaker == 'learner' else 'client'}]")
            st.text(shortened(one.text, 400))
    if len(chosen) > FIRST_TURNS:
        st.caption(f"And {len(chosen) - FIRST_TURNS:,} more turns.")
