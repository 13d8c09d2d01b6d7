"""Handbook: what motivational interviewing is, one idea a passage, to read or to search by meaning."""

import streamlit as st

from evoke.errors import EvokeError
from evoke.pages.parts.here import room, say
from evoke.pages.parts.passage import passage
from evoke.pages.parts.plain import plain

FOUND_AT_MOST = 6

st.title("Handbook", anchor=False)
st.markdown(
    "One idea of motivational interviewing a passage, in plain words, with its sources. "
    "Ask it as you would ask a colleague."
)
words = st.text_input(
    "What are you wondering about?",
    key="question",
    max_chars=300,
    placeholder="For example: what do I say when they argue back",
    icon=":material/search:",
)
try:
    book = room().recall
    if words.strip():
        found = book.guidance(words, k=FOUND_AT_MOST)
        st.caption(f"The {len(found)} passages that come nearest, best first.")
    else:
        found = sorted(book.handbook.values(), key=lambda one: one.title)
        st.caption(f"All {len(found)} passages, in alphabetical order.")
    for place, one in enumerate(found):
        with st.expander(plain(one.title), expanded=bool(words.strip()) and place == 0):
            passage(one)
except EvokeError as error:
    say(error)
