from evoke.pages.parts.here import room
from tests.pages.conftest import Begun, at, text_of

WORDS = "It sounds like you had little choice about coming."


def ended(begun: Begun) -> str:
    session = begun(WORDS)
    room().archive.end(session)
    return session


def test_an_ended_talk_leads_to_a_second_one_whose_brief_tells_of_the_first(begun: Begun):
    session = ended(begun)
    app = at("practice", session=session)
    app.button(key=f"again_{session}").click().run()
    assert not app.exception
    second = app.query_params["session"]
    second = second[0] if isinstance(second, list) else second
    assert second != session
    assert "Last time, and since" in text_of(app) and "You have met Marek before" in text_of(app)
    assert room().archive.load(second).memory.earlier == session


def test_earlier_talks_offer_to_meet_the_client_again(begun: Begun):
    session = ended(begun)
    assert any(button.label == "Meet again" for button in at("clients").button)
    assert room().archive.load(session).ended


def test_a_first_talk_tells_of_no_talk_before(begun: Begun):
    assert "Last time" not in text_of(at("practice", session=begun()))


def test_the_debrief_of_a_second_talk_says_so_and_leads_back_to_the_first(begun: Begun):
    first = ended(begun)
    second = room().meet_again(first, seed=3)
    second.hear(WORDS)
    list(second.answer())
    second.end()
    room().archive.rate(second.id, {"skipped": True})
    app = at("debrief", session=second.id)
    assert not app.exception
    assert "Talk 2 with Marek" in text_of(app)
