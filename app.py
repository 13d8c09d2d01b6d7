"""The web app's router: which pages there are. Knows nothing else; each page is a file in `evoke/pages`."""

from pathlib import Path

import streamlit as st

import evoke.pages

PAGES = Path(evoke.pages.__file__).parent

st.set_page_config(page_title="Evoke", page_icon=":material/forum:", layout="centered")
page = st.navigation(
    [
        st.Page(PAGES / "clients.py", title="Clients", icon=":material/group:", default=True),
        st.Page(PAGES / "transcript.py", title="Code a transcript", icon=":material/checklist:"),
        st.Page(PAGES / "handbook.py", title="Handbook", icon=":material/menu_book:"),
        st.Page(PAGES / "practice.py", title="Practice", icon=":material/forum:", visibility="hidden"),
        st.Page(PAGES / "debrief.py", title="Debrief", icon=":material/insights:", visibility="hidden"),
    ],
    position="top",
)
page.run()
