import csv
import io
import json

import pytest
from streamlit.testing.v1 import AppTest

from evoke.coach.report import Report
from evoke.codes import Coded
from evoke.errors import StoreError
from evoke.pages.parts import coding, elsewhere, said, upload
from evoke.pages.parts.here import room
from evoke.room import Room
from evoke.settings import CODED_TURNS, UPLOAD_MB
from tests.pages.conftest import at, text_of

TALK = """Anna: What brings you here today?
Ben: My wife sent me. I drink too much, she says.
Anna: You came although it was not your idea.
Ben: I want to sleep again. I could leave the wine out in the week.
Anna: What would be a first step for you?
Ben: I will try it tomorrow.
Anna: You should stop altogether. It is bad for you.
Ben: I do not think that I can.
"""
SECTIONS = ("What stood out", "Transcript", "Measures", "Change talk", "Balance", "Technical")
HOSTILE = "**loud** :material/home: <b>x</b> [x](http://example.org) $x$"


def given(name: str, data: str | bytes) -> AppTest:
    """The page after a file was chosen."""
    app = at("transcript")
    content = data.encode() if isinstance(data, str) else data
    return app.file_uploader[0].set_value((name, content, "text/plain")).run()


def coded(name: str = "talk.txt", data: str = TALK, section: str = "") -> AppTest:
    """The page after the guess was confirmed."""
    app = given(name, data)
    app.button(key="code").click().run()
    if section:
        app.session_state["section_here"] = section
        app.run()
    return app


def shown(app: AppTest) -> str:
    """All that stands on the page, without the backslashes of escaping."""
    return text_of(app).replace("\\", "").replace("\u2060", "")


def cells(app: AppTest) -> str:
    return "\n".join(str(value) for table in app.table for value in table.value.to_numpy().ravel()).replace("\\", "")


def roles(app: AppTest) -> list[str]:
    return [radio.value for radio in app.radio]


def talk_of(app: AppTest) -> coding.CodedTalk:
    return app.session_state[coding._CODED]


def test_the_page_stands_in_the_navigation_and_says_that_nothing_leaves_the_machine():
    app = at("transcript")
    assert not app.exception
    assert "on this machine" in text_of(app)
    assert "nothing is kept unless" in text_of(app)
    assert not app.button


def test_unnamed_speakers_are_guessed_with_a_reason_and_the_guess_is_called_one():
    app = given("talk.txt", TALK)
    assert not app.exception
    assert roles(app) == ["Counsellor", "Client"]
    assert "guess" in text_of(app)
    assert "Guessed: " in shown(app)
    assert "My wife sent me. I drink too much" in text_of(app)


def test_nothing_is_coded_before_it_is_confirmed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Room, "code", lambda *_: pytest.fail("coded without leave"))
    assert not given("talk.txt", TALK).exception


def test_named_speakers_are_not_called_a_guess():
    app = given("talk.txt", TALK.replace("Anna", "Therapist").replace("Ben", "Client"))
    assert roles(app) == ["Counsellor", "Client"]
    assert "guess" not in text_of(app)


def test_the_person_at_the_page_has_the_last_word_on_who_is_who():
    app = given("talk.txt", TALK)
    app.radio[0].set_value("Client")
    app.radio[1].set_value("Counsellor")
    app.run()
    app.button(key="code").click().run()
    assert not app.exception
    first = talk_of(app).transcript.turns[0]
    assert (first.speaker, first.text) == ("client", "What brings you here today?")


def test_whoever_is_left_out_is_not_coded():
    app = given("talk.txt", TALK + "Porter: Tea?\n")
    app.radio[2].set_value("Leave out").run()
    app.button(key="code").click().run()
    assert [turn.text for turn in talk_of(app).transcript.turns if "Tea" in turn.text] == []
    assert len(talk_of(app).transcript.turns) == 8


def test_without_a_counsellor_nothing_can_be_coded_and_the_page_says_why():
    app = given("talk.txt", TALK)
    app.radio[0].set_value("Leave out").run()
    assert app.button(key="code").disabled
    assert "Nobody is the counsellor yet" in app.warning[0].value


@pytest.mark.parametrize("name", SECTIONS)
def test_a_coded_transcript_has_the_debrief_of_a_practice(name: str):
    app = coded(section=name)
    assert not app.exception
    assert [tab.label for tab in app.tabs] == list(SECTIONS)
    assert "Try again from here" not in [button.label for button in app.button]


def test_every_turn_stands_with_its_codes_and_the_reason():
    app = coded(section="Transcript")
    turns = talk_of(app).report.turns
    assert all(turn.text in shown(app) for turn in turns)
    assert all(turn.coded.reason in shown(app) for turn in turns if turn.coded)
    assert all(isinstance(turn.coded, Coded) for turn in turns)


def test_the_change_the_talk_is_about_reaches_coder_and_debrief(monkeypatch: pytest.MonkeyPatch):
    heard = []
    whole = Room.code
    monkeypatch.setattr(Room, "code", lambda self, rows: whole(self, heard.extend(rows) or rows))
    app = given("talk.txt", TALK)
    app.text_input[0].set_value("drinking less").run()
    app.button(key="code").click().run()
    assert {row.target for row in heard} == {"drinking less"}
    assert talk_of(app).report.target == "drinking less"


def test_no_language_model_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVOKE_LLM", "endpoint")
    monkeypatch.setattr(Room, "coach_model", property(lambda _: pytest.fail("a model was asked for")))
    assert not coded().exception


def test_nothing_reaches_the_archive_until_somebody_says_keep_and_it_can_be_removed():
    app = coded()
    assert room().archive.recent() == []
    app.button(key="keep_talk").click().run()
    assert not app.exception
    (row,) = room().archive.recent()
    assert next(turn.text for turn in room().archive.load(row.id).turns) == "What brings you here today?"
    app.button(key=f"removed_{row.id}").click().run()
    assert room().archive.recent() == []
    assert app.button(key="keep_talk")


def test_a_kept_transcript_is_read_again_from_the_list_of_talks():
    coded().button(key="keep_talk").click().run()
    (row,) = room().archive.recent()
    assert "A transcript" in text_of(at("clients"))
    for name in SECTIONS:
        app = at("debrief", session=row.id)
        app.session_state["section_kept"] = name
        app.run()
        assert not app.exception
        assert "Before you look" not in text_of(app)
    app.button(key=f"removed_{row.id}").click().run()
    assert not app.exception
    assert room().archive.recent() == []


def test_an_objection_is_kept_in_the_tab_and_goes_with_the_transcript():
    app = coded(section="Transcript")
    app.session_state["object_1"] = True
    app.run()
    app.selectbox(key="instead_1").select("Affirmation")
    app.button(key="keep_1").click().run()
    assert [one.instead for one in talk_of(app).objections] == ["Affirmation"]
    rows = list(csv.DictReader(io.StringIO(elsewhere._objections(talk_of(app)))))
    assert (rows[0]["utterance_id"], rows[0]["instead"]) == ("1", "Affirmation")
    app.button(key="keep_talk").click().run()
    (row,) = room().archive.recent()
    assert [one.learner_says for one in room().archive.disagreements(row.id)] == ["Affirmation"]


def test_codes_debrief_and_data_can_be_taken_away():
    app = coded("My (own) talk.txt")
    files = [button.key for button in app.get("download_button")]
    assert files == ["evoke-My--own--talk-codes.csv", "evoke-My--own--talk.html", "evoke-My--own--talk.json"]
    assert Report.model_validate(json.loads(json.dumps(talk_of(app).report.to_json())))


def test_one_of_several_transcripts_is_chosen():
    rows = "".join(
        f"{name},{n},{who},Words of {name}.\n" for name in "ab" for n, who in enumerate(("therapist", "client"))
    )
    app = given("all.csv", "transcript_id,utterance_id,speaker,text\n" + rows)
    assert app.selectbox[0].options == ["a (2 turns)", "b (2 turns)"]
    app.selectbox[0].select("b").run()
    app.button(key="code").click().run()
    assert not app.exception
    assert {turn.text for turn in talk_of(app).transcript.turns} == {"Words of b."}


def test_rows_that_cannot_be_used_are_listed_with_place_and_cure():
    app = given("all.csv", "speaker,text\ntherapist,Hm?\nclient\nclient,Yes.\n")
    assert "One row could not be used" in [expander.label for expander in app.expander]
    assert "has 1 cells" in cells(app)
    assert [button.key for button in app.get("download_button")] == ["evoke-rows-not-used.csv"]
    app.button(key="code").click().run()
    assert len(talk_of(app).rejects) == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("talk.pdf", b"%PDF", ("talk.pdf", "no transcript format", "docx")),
        ("talk.txt", b"no names at all", ("talk.txt:1", "known speaker", "Therapist: ")),
        ("talk.csv", b"a,b\n1,2\n", ("talk.csv:1 (speaker)", "no column", "first row")),
        ("talk.csv", b"speaker,text\nclient\n", ("talk.csv", "no turn that can be used", "Quote cells")),
        ("talk.docx", b"nonsense", ("no Word document", "plain text")),
        ("talk.json", b"{}", ("not an Evoke session", "csv")),
        ("talk.txt", b"", ("known speaker",)),
        ("talk.txt", b"T: x" * (UPLOAD_MB * 300_000), ("larger than", "evoke code")),
    ],
)
def test_a_file_that_cannot_be_used_is_said_in_one_sentence_with_the_cure(name, data, words):
    app = given(name, data)
    assert not app.exception
    assert all(word in app.error[0].value.replace("\\", "").replace("\u2060", "") for word in words)
    assert "code" not in [button.key for button in app.button]


def test_a_transcript_too_long_for_the_page_is_sent_to_the_command_line():
    rows = "therapist,Hm.\n" * (CODED_TURNS + 1)
    app = given("all.csv", "speaker,text\n" + rows)
    assert app.button(key="code").disabled
    assert "evoke code" in app.warning[0].value


def test_a_long_transcript_is_shown_in_portions(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(said, "PORTION", 3)
    app = coded(section="Transcript")
    assert app.selectbox(key="portion").options == ["1 to 3 of 8", "4 to 6 of 8", "7 to 8 of 8"]
    assert len(app.chat_message) == 3


@pytest.mark.parametrize("section", ["", "Transcript", "Change talk", "Technical"])
def test_whatever_stands_in_a_file_stays_words(section: str):
    data = "transcript_id,utterance_id,speaker,text\n" + "".join(
        f'"{HOSTILE}",{n},"{who} {HOSTILE}","{words} {HOSTILE}"\n'
        for n, (who, words) in enumerate((("Ann", "What brings you?"), ("Ben", "I drink.")) * 3)
    )
    pages = [given(f"{HOSTILE}.csv".replace("/", ""), data)]
    if section:
        pages.append(coded("talk.csv", data, section))
    for app in pages:
        assert not app.exception
        marked = [*app.markdown, *app.caption, *app.error, *app.title, *app.header]
        assert not any(
            "**loud" in str(one.value) or "<b>" in str(one.value) or "[x](" in str(one.value) for one in marked
        )
        assert not any("**loud" in radio.label for radio in app.radio)


def test_another_file_begins_from_the_start():
    app = coded()
    app.button(key="another").click().run()
    assert not app.exception
    assert app.file_uploader[0].value is None
    assert talk_of(app) is None


def test_the_coded_talk_is_still_there_after_a_look_at_another_page():
    app = coded()
    app.switch_page("src/evoke/pages/handbook.py").run()
    app.switch_page("src/evoke/pages/transcript.py").run()
    assert elsewhere.TITLE in text_of(app)


def test_an_archive_that_refuses_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise StoreError("The archive cannot be written. Check the disk.")

    monkeypatch.setattr(Room, "keep_elsewhere", refuse)
    app = coded()
    app.button(key="keep_talk").click().run()
    assert not app.exception
    assert "Check the disk" in app.error[0].value


def test_a_file_is_read_once_however_often_the_page_is_drawn(monkeypatch: pytest.MonkeyPatch):
    reads = []
    whole = upload.read
    monkeypatch.setattr(upload, "read", lambda *given_: reads.append(given_[1]) or whole(*given_))
    app = given("talk.txt", TALK)
    app.radio[0].set_value("Client").run()
    assert reads == ["talk.txt"]
