"""The sessions that this process has open: one object a session, so that two tabs see one talk.

The archive is the truth: a session whose head is not where the archive has it (another process went on with it, or the
server was started again) is read from there anew.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from evoke.pages.parts.here import room

if TYPE_CHECKING:
    from evoke.session import Session

KEPT_OPEN = 100  # sessions in memory; an older one is read from the archive again when it is wanted


@dataclass
class _Place:
    session: Session
    speaking: threading.Lock = field(default_factory=threading.Lock)


@st.cache_resource(show_spinner=False)
def _places() -> dict[str, _Place]:
    return {}


def session(session_id: str) -> Session:
    """The session of that id, as the archive has it. Raises NotHere."""
    place = _places().get(session_id)
    if place and (place.speaking.locked() or _up_to_date(place.session)):
        return place.session
    return keep_open(room().resume(session_id))


def keep_open(opened: Session) -> Session:
    """Hold on to a session that was just begun or read."""
    places = _places()
    places[opened.id] = _Place(opened)
    for old in list(places)[:-KEPT_OPEN]:
        if not places[old].speaking.locked():
            del places[old]
    return opened


def let_go(session_id: str) -> None:
    """Read the session from the archive the next time it is wanted."""
    _places().pop(session_id, None)


@contextmanager
def speaking(session_id: str) -> Iterator[bool]:
    """Whether the client may speak here now; not while another tab is waiting for the same reply."""
    lock = _places()[session_id].speaking
    free = lock.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            lock.release()


def is_speaking(session_id: str) -> bool:
    """Whether a reply is being written in some tab."""
    place = _places().get(session_id)
    return bool(place and place.speaking.locked())


def _up_to_date(opened: Session) -> bool:
    return room().archive.head_of(opened.id) == opened.path[-1].id
