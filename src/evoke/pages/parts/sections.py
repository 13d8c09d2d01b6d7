"""The sections of a debrief as tabs, of which only the open one is drawn, and files to take away. Knows no report."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

Sections = dict[str, Callable[[], None]]


def in_tabs(sections: Sections, key: str) -> None:
    """One tab a section."""
    for label, panel in zip(sections, st.tabs(list(sections), key=key, on_change="rerun"), strict=True):
        if panel.open:
            with panel:
                sections[label]()


def download(label: str, content: Callable[[], str], file: str, kind: str) -> None:
    """A button that makes the file only when it is pressed."""
    st.download_button(label, content, file, kind, on_click="ignore", key=file, icon=":material/download:")
