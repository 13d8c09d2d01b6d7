"""A passage of the handbook on the screen. Knows passages, not how they were found."""

from __future__ import annotations

import streamlit as st

from evoke.guidance import Passage
from evoke.pages.parts.plain import plain


def passage(found: Passage) -> None:
    """What it says, something to try, and where it comes from."""
    st.markdown(plain(found.body))
    st.markdown(f"**Something to say:** “{plain(found.try_line)}”")
    st.caption("Sources: " + plain(" · ".join(found.sources)))
