from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from evoke.client.guard import Word
from evoke.errors import ModelDown, StoreError
from evoke.pages.parts import desk
from evoke.pages.parts.here import room
from evoke.room import ModelState, Room
from evoke.session import Session
from evoke.transcript import Usage
from tests.pages.conftest import Begun, at, text_of

WORDS = "It sounds like you had little choice about coming."
NASTY = "**bold** $x^2$ :material/home: <b>tag</b> [link](http://example.org)"


def texts(app: AppTest) -> list[str]:
    """What was said, in order, as it stands on the page."""
    return [str(element.value) for element in app.get("text")]


def say(app: AppTest, words: str) -> AppTest:
    """Send words to the client."""
    return app.chat_input[0].set_value(words).run()


def test_the_brief_comes_first_and_tells_setting_goals_and_what_may_come_up(begun: Begun):
    app = at("practice", session=begun())
    card = room().card("alcohol_marek")
    assert not app.chat_input
    assert "Leeds" in text_of(app)
    assert all(part in text_of(app) for part in ("What to practise", "Why you meet", "What you know"))
    assert "Not care" in text_of(app)
    assert card.story[:40] not in text_of(app)


def test_the_voice_warms_up_while_the_brief_is_read(begun: Begun, monkeypatch: pytest.MonkeyPatch):
    warmed = []
    monkeypatch.setattr(type(room()), "warm", lambda _, session: warmed.append(session.id))
    session = begun()
    at("practice", session=session)
    assert warmed == [session]


def test_the_client_speaks_first_and_then_the_learner(begun: Begun):
    app = at("practice", session=begun())
    app.button(key="begin").click().run()
    assert len(texts(app)) == 1
    say(app, WORDS)
    assert not app.exception
    assert texts(app)[1] == WORDS
    assert len(texts(app)) == 3


def test_what_was_said_is_kept_under_the_address_of_the_page(begun: Begun):
    session = begun(WORDS)
    assert texts(at("practice", session=session))[1] == WORDS


def test_the_learner_s_words_are_shown_as_they_were_written(begun: Begun):
    app = at("practice", session=begun("Hello."))
    say(app, NASTY)
    assert NASTY in texts(app)
    assert all(NASTY not in str(element.value) for element in app.markdown)


def test_the_stage_note_never_reaches_the_page(begun: Begun):
    app = at("practice", session=begun(WORDS))
    assert "might say" not in text_of(app)


def test_words_are_kept_before_the_client_answers_and_a_fault_is_one_sentence(
    begun: Begun, monkeypatch: pytest.MonkeyPatch
):
    session = begun("Hello.")
    app = at("practice", session=session)

    def fail(_: Session) -> Iterator[Word]:
        raise ModelDown("Nothing answers at the address. Start the server.")
        yield

    monkeypatch.setattr(Session, "answer", fail)
    say(app, WORDS)
    assert not app.exception
    assert "Nothing answers at the address" in app.error[0].value
    assert texts(app)[-1] == WORDS
    assert room().archive.load(session).turns[-1].text == WORDS
    monkeypatch.undo()


def test_after_a_fault_the_client_can_be_asked_again(begun: Begun):
    session = begun("Hello.")
    kept = room().resume(session)
    kept.hear(WORDS)
    app = at("practice", session=session)
    assert app.chat_input[0].disabled
    app.button(key="answer").click().run()
    assert not app.exception
    assert texts(app)[-2] == WORDS
    assert room().archive.load(session).turns[-1].speaker == "client"


def test_words_that_could_not_be_kept_go_back_into_the_box(begun: Begun, monkeypatch: pytest.MonkeyPatch):
    app = at("practice", session=begun("Hello."))

    def refuse(*_: object) -> None:
        raise StoreError("The disk is full. Free some space.")

    monkeypatch.setattr(Session, "hear", refuse)
    say(app, WORDS)
    assert not app.exception
    assert "The disk is full" in app.error[0].value
    assert app.chat_input[0].proto.value == WORDS


def test_while_another_tab_waits_for_the_reply_words_stay_in_the_box(begun: Begun):
    session = begun("Hello.")
    app = at("practice", session=session)
    with desk.speaking(session):
        say(app, WORDS)
        assert not app.exception
        assert app.chat_input[0].disabled
    app.run()
    assert WORDS not in texts(app)
    assert app.chat_input[0].proto.value == WORDS


def test_a_reply_that_broke_off_is_shown_and_can_go_on():
    session = _interrupted()
    app = at("practice", session=session)
    said = texts(app)[-1]
    assert said
    assert {"continue", "anew"} <= {button.key for button in app.button}
    app.button(key="continue").click().run()
    assert not app.exception
    assert texts(app)[-1].startswith(said)
    assert room().archive.load(session).turns[-1].status == "complete"


def test_a_reply_that_broke_off_can_be_said_again():
    session = _interrupted()
    app = at("practice", session=session)
    app.button(key="anew").click().run()
    assert not app.exception
    assert room().archive.load(session).turns[-1].status == "complete"


def test_a_broken_reply_does_not_keep_the_learner_from_going_on():
    app = at("practice", session=_interrupted())
    assert not app.chat_input[0].disabled


def _interrupted() -> str:
    """A kept session whose last reply was cut off after its first words."""
    session = room().begin("alcohol_marek", seed=1)
    session.hear(WORDS)
    pieces = session.answer()
    next(pieces)
    pieces.close()
    assert session.interrupted
    return session.id


def test_stepping_out_pauses_and_says_where_help_is(begun: Begun):
    app = at("practice", session=begun("Hello."))
    app.button(key="step_out").click().run()
    assert not app.chat_input
    assert "simulated client" in text_of(app)
    assert "emergency number" in text_of(app)
    app.button(key="go_back_in").click().run()
    assert app.chat_input


def test_words_of_one_s_own_distress_step_out_at_once_without_an_answer(begun: Begun):
    session = begun("Hello.")
    app = at("practice", session=session)
    say(app, "Honestly I can't go on any more.")
    assert not app.exception
    assert "might be about you" in text_of(app)
    assert room().archive.load(session).turns[-1].speaker == "learner"
    app.button(key="go_back_in").click().run()
    assert app.button(key="answer")
    app.button(key="answer").click().run()
    assert app.chat_input
    assert "might be about you" not in text_of(app)


def test_ending_leads_to_the_debrief(begun: Begun):
    session = begun(WORDS)
    app = at("practice", session=session)
    app.button(key="end").click().run()
    assert not app.exception
    assert "Debrief" in text_of(app)
    assert room().archive.load(session).ended


def test_an_ended_talk_can_be_read_but_not_gone_on_with(begun: Begun):
    session = begun(WORDS)
    room().archive.end(session)
    app = at("practice", session=session)
    assert not app.chat_input
    assert WORDS in texts(app)
    assert app.button(key="to_debrief")


def test_a_client_who_left_is_spoken_of_kindly(begun: Begun, monkeypatch: pytest.MonkeyPatch):
    session = begun(WORDS)
    opened = desk.session(session)
    last = opened.path[-1].model_copy(update={"move": "leave"})
    monkeypatch.setattr(Session, "ended", True)
    monkeypatch.setattr(Session, "path", (*opened.path[:-1], last))
    app = at("practice", session=session)
    assert "Marek has left" in text_of(app)


def test_the_brief_stays_one_click_away(begun: Begun):
    app = at("practice", session=begun(WORDS))
    brief = app.get_by_key("brief")
    assert any("What to practise" in str(element.value) for element in brief.markdown)


def test_time_and_tokens_stand_at_the_foot(begun: Begun):
    session = begun(WORDS)
    archive = room().archive
    archive.spent(session, archive.head_of(session), Usage(calls=1, prompt_tokens=1200, completion_tokens=34))
    app = at("practice", session=session)
    assert "of about 15 min" in text_of(app)
    assert f"{room().resume(session).usage.tokens:,} tokens" in text_of(app)
    assert "Practice with a simulated client. Not care." in text_of(app)


def test_trying_a_moment_again_shows_what_was_said_there_before(begun: Begun):
    session = begun(WORDS, "You should stop drinking.")
    learner = [turn for turn in room().archive.load(session).turns if turn.speaker == "learner"]
    desk.session(session).try_again(learner[1].id)
    app = at("practice", session=session)
    assert "You are trying this moment again" in text_of(app)
    assert "You should stop drinking" in text_of(app).replace("\\", "")
    say(app, "What would you like to do about it?")
    assert not app.exception
    assert "You are trying this moment again" not in text_of(app)
    assert len(app.selectbox[0].options) == 2


def test_one_can_go_back_to_the_path_one_came_from(begun: Begun):
    session = begun(WORDS, "You should stop drinking.")
    first_end = room().archive.load(session).turns[-1]
    learner = [turn for turn in room().archive.load(session).turns if turn.speaker == "learner"]
    opened = desk.session(session)
    opened.try_again(learner[1].id)
    opened.hear("What would you like to do about it?")
    list(opened.answer())
    app = at("practice", session=session)
    app.selectbox[0].select(first_end.id).run()
    assert not app.exception
    assert "You should stop drinking." in texts(app)
    assert "What would you like to do about it?" not in texts(app)


def test_another_process_that_went_on_with_the_talk_is_followed(begun: Begun):
    session = begun(WORDS)
    app = at("practice", session=session)
    elsewhere = room().resume(session)
    elsewhere.hear("Said in another tab.")
    list(elsewhere.answer())
    app.run()
    assert "Said in another tab." in texts(app)


def test_while_the_voice_is_fetched_all_can_be_read_and_nothing_said(begun: Begun, monkeypatch: pytest.MonkeyPatch):
    state = ModelState(stage="fetching", name="qwen", done=559_000_000, total=1_117_000_000)
    session = begun(WORDS)
    monkeypatch.setattr(Room, "model_state", lambda _: state)
    app = at("practice", session=session)
    assert WORDS in texts(app)
    assert app.chat_input[0].disabled
    assert "559 of 1,117 MB" in app.progress[0].text


def test_an_address_that_leads_nowhere_says_so_and_shows_the_way():
    app = at("practice", session="nothing")
    assert not app.exception
    assert "nothing" in app.error[0].value
    assert app.get("page_link")


def test_without_a_client_the_page_shows_the_way():
    app = at("practice")
    assert not app.exception
    assert "No client is chosen" in text_of(app)
