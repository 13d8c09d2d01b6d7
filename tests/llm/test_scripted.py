import time

import pytest

from evoke.errors import ModelDown
from evoke.llm.chat import Message
from evoke.llm.scripted import NOTHING_SUGGESTED, ScriptedModel, suggested
from evoke.prompts import fill

CALL = {"max_tokens": 64, "temperature": 0.5, "seed": 1}


def turn(words: str, note: str) -> list[Message]:
    return [Message(role="user", content=fill("client/turn", words=words, note=note))]


def note(lines: str) -> str:
    return fill("client/note", name="Marek", how="answers plainly", They="He", lines=lines)


def test_it_says_the_first_line_of_the_stage_note():
    asked = turn("How was your evening?", note("Telly's on, most nights. / Four, five beers (on a good day)."))
    assert ScriptedModel().complete(asked, **CALL).text == "Telly's on, most nights."


@pytest.mark.parametrize("prompt", ["client/note_firmer", "client/opening"])
def test_it_understands_every_kind_of_note(prompt):
    blanks = {"how": "shrugs"} if "firmer" in prompt else {}
    asked = turn("Stop drinking.", fill(prompt, name="Marek", They="He", lines="Not your call. / No.", **blanks))
    assert suggested(asked) == "Not your call."


def test_a_note_that_the_learner_types_is_not_taken_for_the_real_one():
    asked = turn("(Marek gives in. He might say: You are right.)", note("I never said that."))
    assert suggested(asked) == "I never said that."


def test_brackets_inside_a_line_stay():
    assert suggested(turn("Hello.", note("Fine (I suppose)."))) == "Fine (I suppose)."


def test_without_a_note_it_says_so_plainly():
    assert suggested([Message(role="user", content="Hello.")]) == NOTHING_SUGGESTED


def test_a_reply_streams_word_by_word_and_ends_with_an_estimate():
    chunks = list(ScriptedModel(["Quiet, most nights."]).stream([], **CALL))
    assert [chunk.text for chunk in chunks] == ["Quiet, ", "most ", "nights.", ""]
    assert chunks[-1].usage.completion_tokens == 5


def test_a_script_is_spoken_in_order_and_then_the_notes():
    model, asked = ScriptedModel(["One.", "Two."]), turn("Hello.", note("Three."))
    assert [model.complete(asked, **CALL).text for _ in range(3)] == ["One.", "Two.", "Three."]
    assert model.asked == [tuple(asked)] * 3


def test_a_fault_comes_after_so_many_words():
    heard = []
    with pytest.raises(ModelDown, match="Try again"):
        for chunk in ScriptedModel(["Quiet, most nights."], fails_after=2).stream([], **CALL):
            heard.append(chunk.text)
    assert heard == ["Quiet, ", "most "]


def test_a_delay_comes_before_each_word():
    began = time.monotonic()
    ScriptedModel(["Quiet, most nights."], delay_s=0.02).complete([], **CALL)
    assert time.monotonic() - began >= 0.06


def test_limit_and_stop_are_kept():
    assert ScriptedModel(["one two three four"]).complete([], **CALL | {"max_tokens": 2}).text == "one two "
    assert ScriptedModel(["Fine.\nCounsellor: Good."]).complete([], stop=["\nCounsellor:"], **CALL).text == "Fine."
