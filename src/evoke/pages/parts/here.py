"""Where a page stands: the room it was opened in, the session its address names, and the way to the other pages."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import streamlit as st

from evoke.errors import EvokeError
from evoke.room import Room, open_room

_PAGES = Path(__file__).parents[1]


@st.cache_resource(show_spinner=False)
def room() -> Room:
    """The practice room of this process."""
    return open_room()


def go(page: str, **address: str) -> NoReturn:
    """Open another page; `address` becomes its query, such as `session=…`."""
    st.switch_page(_PAGES / f"{page}.py", query_params=address)


def link(page: str, label: str, icon: str | None = None, **address: str) -> None:
    """A link to another page; `address` becomes its query."""
    st.page_link(_PAGES / f"{page}.py", label=label, icon=icon, query_params=address or None)


def asked(name: str) -> str:
    """What the address says for `name`, or nothing."""
    return st.query_params.get(name, "")


def say(error: EvokeError) -> None:
    """Show an error as the one sentence it is."""
    st.error(str(error), icon=":material/error:")
