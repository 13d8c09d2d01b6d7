"""Clients: whom to practise with, and which talks are still open."""

import streamlit as st

from evoke.errors import EvokeError
from evoke.pages.parts.cards import client_cards
from evoke.pages.parts.here import room, say
from evoke.pages.parts.recent import recent_sessions
from evoke.pages.parts.voice import voice_line

st.title("Practise a talk about change", anchor=False)
st.markdown(
    "Talk with somebody who is in two minds about changing something. Afterwards you see, turn by turn, "
    "what moved them, and you can try any moment again."
)
st.markdown(":small[The clients are simulated. This is training, not care: nobody real is helped or harmed here.]")
try:
    voice_line()
    recent_sessions()
    st.header("Choose a client", anchor=False)
    client_cards(room().cards())
except EvokeError as error:
    say(error)
