"""The small client for every test in this folder."""

from __future__ import annotations

import pytest

from evoke.client.state import ClientState, begin
from evoke.persona import Persona
from tests.client.people import persona


@pytest.fixture(scope="session")
def ines() -> Persona:
    return persona()


@pytest.fixture
def start(ines: Persona) -> ClientState:
    return begin(ines)
