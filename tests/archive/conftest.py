"""A persona, a session and turns to keep."""

import pytest
import yaml

from evoke.archive import Archive
from evoke.codes import Coded, Uncoded
from evoke.keep import SessionRecord
from evoke.persona import Persona
from evoke.settings import shipped
from evoke.transcript import Catch, Mood, PersonaRef, Step, Turn

MOOD = Mood(trust=4, discord=1, importance=3, confidence=5, stage="precontemplation")


@pytest.fixture(scope="session")
def persona() -> Persona:
    return Persona.model_validate(yaml.safe_load((shipped("personas") / "alcohol_marek.yaml").read_text("utf-8")))


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'evoke.db'}"


@pytest.fixture
def archive(url):
    opened = Archive(url)
    yield opened
    opened.close()


@pytest.fixture
def record(persona) -> SessionRecord:
    return SessionRecord(
        id="s1",
        persona=PersonaRef(id=persona.id, version=persona.version, hash=persona.hash),
        card=persona,
        target=persona.target_behaviour,
        prompt_hash="p1",
        evoke_version="0.1.0",
        model="scripted:client",
        seed=2**40,
    )


@pytest.fixture
def opening() -> Turn:
    return Turn(id="t0", parent=None, speaker="client", text="They sent me.", move="engage", lines=("0a0b0c0d",))


@pytest.fixture
def asked() -> Turn:
    return Turn(
        id="t1",
        parent="t0",
        speaker="learner",
        text="What brings you?",
        coded=Coded(
            speaker="learner",
            behaviour="question",
            codes=("question",),
            question="open",
            reason="asks",
            probabilities={"behaviour.question": 0.9},
        ),
        state=MOOD,
        steps=(Step(variable="trust", delta=0.2, rule="open_question", reason="You asked."),),
    )


@pytest.fixture
def answered() -> Turn:
    return Turn(
        id="t2",
        parent="t1",
        speaker="client",
        text="The breath test.",
        coded=Uncoded(speaker="client", reason="too short"),
        note="(Marek answers.)",
        guard=(Catch(rule="role", said="As an AI", outcome="line"),),
        first_word_ms=1300.5,
        reply_ms=3000.0,
    )
