"""The colour of writing inside charts, which do not take it from the theme by themselves."""

from __future__ import annotations

import streamlit as st

ON_LIGHT, ON_DARK = "#0f1a17", "#ebe8e1"  # as textColor in .streamlit/config.toml


def ink() -> str:
    """Dark on a light page, light on a dark one."""
    return ON_DARK if st.context.theme.type == "dark" else ON_LIGHT
