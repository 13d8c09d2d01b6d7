import json

import pytest
from streamlit.testing.v1 import AppTest

from evoke.coach.report import Report
from evoke.errors import StoreError
from evoke.pages.parts import desk
from evoke.pages.parts.guess import SKIPPED
from evoke.pages.parts.here import room
from evoke.room import Room
from tests.pages.conftest import Begun, at, text_of

LINES = (
    "You had no say in coming here, and that sits badly with you.",
    "What matters most to you about the work?",
    "You should stop drinking. Other people manage it.",
    "It is your decision what happens next.",
    "Do you drink vodka? Every day? Do you drink before work as well?",
    "You are proud that nobody was ever hurt on a scaffold of yours.",
)

SECTIONS = ("What stood out", "Transcript", "Measures", "The client inside", "Change talk", "Balance", "Technical")


@pytest.fixture
def talk(begun: Begun) -> str:
    """A finished talk, with the questions before the debrief passed over."""
    session = begun(*LINES, seed=3)
    room().archive.end(session)
    room().archive.rate(session, SKIPPED)
    return session


def section(session: str, name: str) -> AppTest:
    """The debrief with one of its sections open."""
    app = at("debrief", session=session)
    app.session_state["section"] = name
    return app.run()


def shown(app: AppTest) -> str:
    """All that stands on the page, without the backslashes of escaping."""
    return text_of(app).replace("\\", "").replace("\u2060", "")


def cells(app: AppTest) -> str:
    """All that stands in tables."""
    return "\n".join(str(value) for table in app.table for value in table.value.to_numpy().ravel()).replace("\\", "")


def test_the_learner_s_own_view_comes_before_the_reveal(begun: Begun):
    app = at("debrief", session=begun(*LINES, seed=3))
    assert not app.exception
    assert "Before you look" in text_of(app)
    assert "What went well" not in text_of(app)


def test_the_learner_s_own_view_is_kept_and_compared_with_the_card(talk: str):
    room().archive.rate(talk, {"core": "his job", "stage": "preparation", "obstacle": "sleep"})
    app = section(talk, "The client inside")
    card = room().card("alcohol_marek")
    assert not app.exception
    assert "his job" in shown(app)
    assert card.core.about in shown(app)
    assert card.beliefs[0].text in shown(app)


@pytest.mark.parametrize(("key", "kept"), [("guess_sent", {"core": "his job"}), ("guess_skipped", SKIPPED)])
def test_the_own_view_can_be_sent_or_skipped(begun: Begun, key: str, kept: dict[str, object]):
    session = begun(*LINES, seed=3)
    app = at("debrief", session=session)
    app.text_input(key="guess_core").set_value("his job")
    app.button(key=key).click().run()
    assert not app.exception
    assert room().archive.self_rating(session) == kept
    assert "Before you look" not in text_of(app)


def test_two_strengths_and_two_things_to_try_are_shown_with_the_learner_s_own_words(talk: str):
    report = room().report(talk)
    app = at("debrief", session=talk)
    assert not app.exception
    assert len(report.strengths) >= 2
    assert len(report.growth) >= 2
    for item in (*report.strengths[:2], *report.growth[:2]):
        assert item.quote.text in shown(app)
        assert item.title in shown(app)
    assert all(item.text not in shown(app) for item in (*report.strengths[2:], *report.growth[2:]))


def test_the_cited_passage_of_the_handbook_stands_with_its_sources(talk: str):
    why = room().report(talk).growth[0].why
    assert why
    app = at("debrief", session=talk)
    assert why.body[:60] in shown(app)
    assert why.sources[0][:40] in shown(app)


def test_a_better_line_is_shown_only_after_the_learner_was_asked_for_theirs(talk: str):
    item = room().report(talk).growth[0]
    assert item.better
    app = at("debrief", session=talk)
    assert item.better.text not in shown(app)
    key = f"{item.pattern}_{item.again_from}"
    app.text_area(key=f"own_{key}").set_value("My own line.")
    app.button(key=f"show_{key}").click().run()
    assert not app.exception
    assert item.better.text in shown(app)
    assert "My own line." in shown(app)


def test_trying_again_goes_back_to_the_moment_and_makes_a_path(talk: str):
    item = room().report(talk).growth[0]
    app = at("debrief", session=talk)
    app.button(key=f"again_{item.pattern}_{item.again_from}").click().run()
    assert not app.exception
    assert "You are trying this moment again" in text_of(app)
    app = at("practice", session=talk)
    app.chat_input[0].set_value("What would you like to happen?").run()
    assert not app.exception
    assert len(app.selectbox[0].options) == 2


def test_every_turn_is_shown_with_its_codes_and_the_reason(talk: str):
    app = section(talk, "Transcript")
    report = room().report(talk)
    assert not app.exception
    assert all(line in shown(app) for line in (turn.text for turn in report.turns))
    assert all(turn.coded.reason in shown(app) for turn in report.turns if turn.coded)
    assert "Persuading" in shown(app)


def test_any_turn_of_the_learner_can_be_tried_again(talk: str):
    app = section(talk, "Transcript")
    mine = [turn.id for turn in room().report(talk).turns if turn.speaker == "learner"]
    assert {f"back_to_{turn}" for turn in mine} <= {button.key for button in app.button}


def test_an_objection_to_a_code_is_kept_with_what_was_said_and_why(talk: str):
    turn = next(turn for turn in room().report(talk).turns if turn.speaker == "learner")
    app = section(talk, "Transcript")
    app.session_state[f"object_{turn.id}"] = True
    app.run()
    app.selectbox(key=f"instead_{turn.id}").select("Affirmation")
    app.text_area(key=f"why_{turn.id}").set_value("I named a strength.")
    app.button(key=f"keep_{turn.id}").click().run()
    assert not app.exception
    kept = room().archive.disagreements(talk)
    assert [(one.turn_id, one.learner_says, one.comment) for one in kept] == [
        (turn.id, "Affirmation", "I named a strength.")
    ]


def test_measures_stand_with_their_bands_and_how_far_to_trust_them(talk: str):
    app = section(talk, "Measures")
    assert not app.exception
    assert {metric.label for metric in app.metric} == {"Reflections for each question", "Complex among reflections *"}
    assert "good from 2.0" in text_of(app)
    assert "agree poorly" in text_of(app)


def test_a_measure_that_cannot_be_made_is_called_not_applicable(begun: Begun):
    session = begun("Hello.")
    room().archive.rate(session, SKIPPED)
    app = section(session, "Measures")
    assert not app.exception
    assert app.metric[1].value == "not applicable"
    assert "too short" in text_of(app)


def test_the_client_s_inside_is_drawn_and_written_out_with_reasons(talk: str):
    app = section(talk, "The client inside")
    steps = [step for turn in room().report(talk).turns for step in turn.steps if step.delta]
    assert not app.exception
    assert app.get("vega_lite_chart")
    assert steps
    assert all(step.reason in cells(app) for step in steps)


@pytest.mark.parametrize(
    ("name", "words"),
    [("The client inside", "How Marek felt"), ("Change talk", "What Marek said"), ("Balance", "through four rooms")],
)
def test_charts_have_words_for_those_who_cannot_see_them(talk: str, name: str, words: str):
    app = section(talk, name)
    assert not app.exception
    assert words in str(app.get("vega_lite_chart")[0].proto)


def test_the_technical_side_names_voice_seed_versions_and_timings(talk: str):
    app = section(talk, "Technical")
    record = room().archive.load(talk)
    assert not app.exception
    for fact in ("scripted", "3", record.prompt_hash, record.persona.version, record.persona.hash):
        assert fact in cells(app)


def test_the_debrief_can_be_taken_away_as_a_page_and_as_data(talk: str):
    app = at("debrief", session=talk)
    assert {"html", "json"} == {button.key.rsplit(".", 1)[1] for button in app.get("download_button")}
    assert Report.model_validate(json.loads(json.dumps(room().report(talk).to_json())))


def test_two_paths_are_compared_from_the_moment_they_part(talk: str):
    turn = [turn for turn in room().report(talk).turns if turn.speaker == "learner"][2]
    opened = desk.session(talk)
    opened.try_again(turn.id)
    opened.hear("What would have to happen for you to think again?")
    list(opened.answer())
    app = section(talk, "Paths")
    assert not app.exception
    assert turn.text in shown(app)
    assert "What would have to happen for you to think again?" in shown(app)
    assert "Trust at the end" in cells(app)


@pytest.mark.parametrize("name", ["What stood out", "Transcript", "The client inside", "Balance"])
def test_what_a_learner_wrote_stays_words(begun: Begun, name: str):
    session = begun("**loud** :material/home: <b>x</b>", *LINES[:4], seed=3)
    room().archive.rate(session, {"core": "[x](http://example.org)"})
    app = section(session, name)
    assert not app.exception
    assert not any("**loud**" in str(one.value) or "[x](http" in str(one.value) for one in app.markdown)


def test_an_archive_that_fails_is_said_in_a_sentence(talk: str, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise StoreError("The archive cannot be read. Check the disk.")

    monkeypatch.setattr(Room, "report", refuse)
    app = at("debrief", session=talk)
    assert not app.exception
    assert "Check the disk" in app.error[0].value


@pytest.mark.parametrize("name", SECTIONS)
def test_a_talk_in_which_nothing_was_said_has_an_honest_debrief(begun: Begun, name: str):
    session = begun()
    room().archive.rate(session, SKIPPED)
    app = section(session, name)
    assert not app.exception
    assert "What went well" not in text_of(app)


def test_without_a_session_the_page_shows_the_way():
    app = at("debrief")
    assert not app.exception
    assert "No client is chosen" in text_of(app)
