"""A counsellor that a language model speaks for: what it is asked, and what of its answer is said."""

from __future__ import annotations

import pytest

from evoke.counsellor import open_policy
from evoke.counsellor.by_model import ByModel, messages, spoken
from evoke.errors import BadInput
from evoke.llm.scripted import ScriptedModel
from evoke.prompts import text
from evoke.settings import COUNSELLOR_WORDS, Settings
from tests.counsellor.test_counsellor import after


def test_the_model_is_asked_as_a_counsellor_who_knows_only_what_was_said() -> None:
    asked = messages(after(("client", "Hello."), ("learner", "Hi."), ("client", "I load wagons.")))
    assert [(one.role, one.content) for one in asked] == [
        ("system", text("counsellor/by_model")),
        ("user", "Hello."),
        ("assistant", "Hi."),
        ("user", "I load wagons."),
    ]


def test_what_it_says_is_said_without_label_and_stage_direction() -> None:
    model = ScriptedModel(["Counsellor: (smiling) You load wagons, day in, day out."])
    assert ByModel(model).say(after(("client", "I load wagons."))) == "You load wagons, day in, day out."
    assert len(model.asked) == 1


def test_a_long_speech_ends_at_a_sentences_end() -> None:
    speech = spoken("You load wagons and you do it well. " * 30)
    assert speech.endswith("well.")
    assert len(speech.split()) <= COUNSELLOR_WORDS


def test_nothing_said_is_a_sign_of_listening() -> None:
    assert ByModel(ScriptedModel(["*nods*"])).say(after(("client", "Well."))) == "Mm-hm."


def test_it_goes_once_it_has_said_goodbye() -> None:
    model = ScriptedModel(["Never asked."])
    transcript = after(("client", "Hello."), ("learner", "Thank you for coming. Goodbye."), ("client", "Bye."))
    assert ByModel(model).say(transcript) is None
    assert model.asked == []


def test_without_a_capable_endpoint_it_is_refused_with_the_cure() -> None:
    with pytest.raises(BadInput, match="EVOKE_COACH_MODEL"):
        open_policy("llm", Settings(_env_file=None, llm="scripted"))


def test_with_an_endpoint_it_is_opened() -> None:
    policy = open_policy("llm", Settings(_env_file=None, coach_base_url="http://127.0.0.1:9/v1", coach_model="large"))
    assert policy.name == "llm"
