import pytest

from evoke.errors import StoreError
from evoke.pages.parts.here import room
from evoke.room import ModelState, Room
from tests.pages.conftest import at, text_of


def said(client: str, *words: str) -> str:
    """A kept session in which the learner said `words`."""
    session = room().begin(client, seed=1)
    for one in words:
        session.hear(one)
        list(session.answer())
    return session.id


def test_the_first_page_says_what_this_is_and_that_it_is_not_care(app):
    assert not app.exception
    assert "two minds" in text_of(app)
    assert "not care" in text_of(app)


def test_every_client_has_a_card_with_a_button_to_meet_them(app):
    cards = room().cards()
    assert {button.key for button in app.button} >= {f"meet_{card.id}" for card in cards}
    assert all(f"{card.name}, {card.age}" in text_of(app) for card in cards)


def test_somebody_new_is_not_shown_an_empty_list_of_talks(app):
    assert "left off" not in text_of(app)


def test_meeting_a_client_opens_the_brief_under_an_address_of_its_own(app):
    app.button(key="meet_alcohol_marek").click().run()
    assert not app.exception
    assert app.query_params["session"]
    assert "occupational health" in text_of(app)


def test_an_open_talk_can_be_gone_on_with():
    session = said("alcohol_marek", "What brings you here?")
    app = at("clients")
    assert "1 turn of yours · not ended" in text_of(app)
    app.button(key=f"open_{session}").click().run()
    assert not app.exception
    assert app.query_params["session"] == session
    assert "What brings you here?" in text_of(app)


def test_an_ended_talk_leads_to_its_debrief():
    session = said("alcohol_marek", "What brings you here?")
    room().archive.end(session)
    app = at("clients")
    assert app.button(key=f"open_{session}").label == "Read the debrief"


def test_a_talk_in_which_nothing_was_said_is_not_listed():
    said("alcohol_marek")
    assert "left off" not in text_of(at("clients"))


def test_while_the_voice_is_fetched_the_page_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch):
    state = ModelState(stage="fetching", name="qwen", done=559_000_000, total=1_117_000_000)
    monkeypatch.setattr(Room, "model_state", lambda _: state)
    app = at("clients")
    assert app.progress[0].value == 50
    assert "559 of 1,117 MB" in app.progress[0].text
    assert app.button(key="meet_alcohol_marek")


def test_where_the_voice_cannot_run_the_page_says_what_to_set(monkeypatch: pytest.MonkeyPatch):
    state = ModelState(stage="unsupported", name="qwen", advice="Set EVOKE_LLM_BASE_URL and EVOKE_LLM_MODEL.")
    monkeypatch.setattr(Room, "model_state", lambda _: state)
    assert "EVOKE_LLM_BASE_URL" in text_of(at("clients"))


def test_an_archive_that_refuses_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise StoreError("The archive cannot be read. Check the disk.")

    monkeypatch.setattr(type(room().archive), "recent", refuse)
    app = at("clients")
    assert not app.exception
    assert app.error[0].value == "The archive cannot be read. Check the disk."
