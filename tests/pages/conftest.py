"""Pages are tested as the app runs them: the real room, coder and archive, with the scripted voice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from evoke.pages.parts.here import room
from evoke.room import Room

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "src/evoke/pages"


@pytest.fixture(autouse=True)
def scripted_voice(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The scripted client, and no room left over from another test."""
    monkeypatch.setenv("EVOKE_LLM", "scripted")
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def practice_room() -> Room:
    """The room that the pages of this test share."""
    return room()


@pytest.fixture
def app() -> AppTest:
    """The app, opened at its first page."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()


def at(page: str, **address: str) -> AppTest:
    """The app, opened at another page."""
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    for name, value in address.items():
        opened.query_params[name] = value
    return opened.switch_page(str(PAGES / f"{page}.py")).run()


def text_of(opened: AppTest) -> str:
    """All that a reader would see, in order."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "text", "info", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in opened.get(kind))
