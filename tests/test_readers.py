import json

import pytest

from evoke import spoken
from evoke.errors import BadInput
from evoke.readers import cast, read_rows, read_said, rows_of, said_in
from evoke.roles import speaker_of
from evoke.settings import LONGEST_TURN, UPLOAD_TURNS


def rows_in(file):
    rejects = []
    return list(read_rows(file, rejects.append)), rejects


def write(folder, name, text, encoding="utf-8"):
    file = folder / name
    file.write_text(text, encoding=encoding, newline="")
    return file


def said(rows):
    return [(row.speaker, row.text) for row in rows]


CSV = (
    'transcript_id,utterance_id,speaker,text\na,1,therapist,"Hello, you."\na,2,client,"Two\nlines."\nb,1,Patient,Hm.\n'
)


def test_csv_rows_keep_their_ids_and_quoted_text(tmp_path):
    rows, rejects = rows_in(write(tmp_path, "s.csv", CSV))
    assert [(r.transcript_id, r.utterance_id, r.speaker, r.text) for r in rows] == [
        ("a", "1", "learner", "Hello, you."),
        ("a", "2", "client", "Two\nlines."),
        ("b", "1", "client", "Hm."),
    ]
    assert rejects == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_csv_from_a_spreadsheet_is_read_in_its_own_encoding(tmp_path, encoding):
    rows, _ = rows_in(write(tmp_path, "s.csv", CSV.replace("Hello", "Héllo"), encoding))
    assert rows[0].text == "Héllo, you."


def test_semicolons_and_other_column_names_are_understood(tmp_path):
    rows, _ = rows_in(write(tmp_path, "s.csv", "utterance_text;interlocutor\nYou came.;therapist\n"))
    assert said(rows) == [("learner", "You came.")]
    assert rows[0].utterance_id == "1"


def test_broken_csv_rows_are_named_with_line_and_cure_and_left_out(tmp_path):
    file = tmp_path / "s.csv"
    head = b"transcript_id,utterance_id,speaker,text\n"
    rows = (
        b"a,1,therapist,Good.\na,2,parrot,Hi.\na,3,client\na,4,client,caf\xe9\na,5,client,Fine \xe2\x80\x93 really.\n"
    )
    file.write_bytes(head + rows)
    rows, rejects = rows_in(file)
    assert [row.utterance_id for row in rows] == ["1", "5"]
    assert [reject.line for reject in rejects] == [3, 4, 5]
    assert "parrot" in rejects[0].what and "therapist" in rejects[0].cure
    assert "3 cells" in rejects[1].what
    assert "UTF-8" in rejects[2].cure
    assert [reject.row for reject in rejects] == ["a,2,parrot,Hi.", "a,3,client", "a,4,client,caf\\udce9"]


def test_what_windows_programs_still_write_is_read_as_they_mean_it(tmp_path):
    file = tmp_path / "s.csv"
    file.write_bytes("speaker,text\nclient,It’s a café – mine.\ntherapist,Fine.\n".encode("cp1252"))
    rows, rejects = rows_in(file)
    assert ([row.text for row in rows], rejects) == (["It’s a café – mine.", "Fine."], [])


def test_a_row_with_a_zero_in_it_is_left_out_and_can_be_written_down(tmp_path):
    rows, (reject,) = rows_in(write(tmp_path, "s.csv", "speaker,text\nclient,a\x00b\nclient,Fine.\n"))
    assert ([row.text for row in rows], reject.row) == (["Fine."], "client,a\\x00b")


def test_a_turn_of_a_million_letters_is_left_out_and_costs_little(tmp_path):
    file = write(tmp_path, "s.csv", f"speaker,text\nclient,{'so it goes, but ' * 70_000}\nclient,Fine.\n")
    rows, rejects = rows_in(file)
    assert [row.text for row in rows] == ["Fine."]
    assert all(len(reject.row) <= 2_000 for reject in rejects) and rejects


def test_rows_with_the_same_ids_are_all_read(tmp_path):
    rows, rejects = rows_in(write(tmp_path, "s.csv", CSV.split("\n")[0] + "\na,1,client,One.\na,1,client,Two.\n"))
    assert ([row.text for row in rows], rejects) == (["One.", "Two."], [])


def test_a_tab_separates_and_a_missing_column_is_named_with_its_cure(tmp_path):
    rows, _ = rows_in(write(tmp_path, "s.tsv", "speaker\ttext\nclient\tOne, two; three.\n"))
    assert said(rows) == [("client", "One, two; three.")]
    with pytest.raises(BadInput, match=r"s\.tsv:1 \(text\): has no column 'text'\. The first row must name"):
        rows_in(write(tmp_path, "s.tsv", "speaker\twords\nclient\tOne.\n"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("s.csv", "id,words\n1,hello\n", ["s.csv:1", "speaker", "first row"]),
        ("s.csv", "speaker,text\n", ["no rows"]),
        ("s.csv", "x" * 200_000 + "\n1\n", ["s.csv:1", "column names", "first row"]),
        ("s.txt", "nobody says this\n", ["known speaker", "Therapist: "]),
        ("s.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n", ["known speaker"]),
        ("s.xyz", "hello", ["no transcript format", "docx"]),
        ("s.json", "{", ["JSON"]),
        ("s.json", "[" * 100_000, ["nested"]),
        ("s.docx", "not a zip", ["no Word document", "docx"]),
    ],
)
def test_an_unusable_file_is_an_error_with_place_and_cure(tmp_path, name, text, words):
    with pytest.raises(BadInput) as caught:
        rows_in(write(tmp_path, name, text))
    assert all(word in str(caught.value) for word in words)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(BadInput, match="does not exist"):
        rows_in(tmp_path / "none.csv")


def test_txt_lines_without_a_speaker_go_on_with_the_one_before(tmp_path):
    text = "Counsellor: What brings you?\n\nCLIENT 1:  My wife.\nShe worries: a lot.\n[00:01:02] T: I see.\r\n"
    rows, rejects = rows_in(write(tmp_path, "talk.txt", text))
    assert said(rows) == [
        ("learner", "What brings you?"),
        ("client", "My wife. She worries: a lot."),
        ("learner", "I see."),
    ]
    assert rows[0].transcript_id == "talk" and rows[2].line == 5 and rejects == []


def test_txt_lines_of_an_unknown_person_are_rejected_not_guessed(tmp_path):
    rows, rejects = rows_in(write(tmp_path, "t.txt", "Therapist: Hello.\nAnna: Hello back.\nClient: Hi.\n"))
    assert len(rows) == 2 and "Anna" in rejects[0].what and rejects[0].line == 2


def test_what_an_unknown_person_goes_on_to_say_is_nobody_else_s(tmp_path):
    rows, _ = rows_of_file(tmp_path, "Therapist: Hello.\nAnna: Hello back,\nand more.\nClient: Hi.\n")
    assert said(rows) == [("learner", "Hello."), ("client", "Hi.")]


def rows_of_file(folder, text, roles=None):
    rejects = []
    return list(read_rows(write(folder, "t.txt", text), rejects.append, roles)), rejects


def test_roles_say_who_is_who_and_who_is_left_out(tmp_path):
    roles = {"anna": "learner", "ben": "client", "porter": None}
    rows, rejects = rows_of_file(tmp_path, "Anna: Hello.\nPorter: Tea?\nBEN: Hi.\nZoe: Me too.\n", roles)
    assert said(rows) == [("learner", "Hello."), ("client", "Hi.")]
    assert [reject.line for reject in rejects] == [4]


@pytest.mark.parametrize(
    "name", ["A", "SPEAKER_01", "Speaker 1", "Élodie", "Dr Anna Lee", "[S1]", "**Anna**", "O’Neil", "anna"]
)
def test_names_of_every_sort_begin_a_turn(tmp_path, name):
    lines = "".join(f"{name}: Words.\nBob: Others, and this: more.\n" for _ in range(3))
    names = [one.name for one in read_said(write(tmp_path, "t.txt", lines), print)]
    assert names == [name.strip("[]*"), "Bob"] * 3


def test_the_start_of_a_sentence_is_no_name(tmp_path):
    (one,) = read_said(write(tmp_path, "t.txt", "Bob: It goes like this\nand so on: more\nhonestly: no\n"), print)
    assert one.text == "It goes like this and so on: more honestly: no"


def test_a_turn_far_longer_than_anybody_speaks_is_rejected(tmp_path):
    rows, rejects = rows_of_file(tmp_path, f"Therapist: Hm.\nClient: {'word ' * LONGEST_TURN}\n")
    assert len(rows) == 1
    assert (rejects[0].line, rejects[0].cure) == (2, "Give every turn its own row")


def test_a_file_with_unknown_names_is_cast_by_guess_or_as_told(tmp_path):
    file = write(tmp_path, "t.txt", "Anna: What would you like?\nBen: I want my bed.\n")
    assert cast(file).roles == {"anna": "learner", "ben": "client"}
    assert cast(file, ["Ben"]).roles == {"anna": "client", "ben": "learner"}


def test_bytes_are_read_under_their_own_name(tmp_path):
    turns = said_in("My talk.txt", b"Anna: Hello.\nBen: Hi.\n", print)
    assert [(one.transcript_id, one.name, one.text) for one in turns] == [
        ("My talk", "Anna", "Hello."),
        ("My talk", "Ben", "Hi."),
    ]
    assert [row.speaker for row in rows_of(turns, print, {"anna": "learner", "ben": "client"})] == ["learner", "client"]
    with pytest.raises(BadInput, match=r"^My talk\.csv:1 \(speaker\): has no column"):
        said_in("My talk.csv", b"a,b\n1,2\n", print)


def test_more_turns_than_a_page_holds_are_sent_to_the_command_line():
    with pytest.raises(BadInput, match="evoke code"):
        said_in("t.csv", b"speaker,text\n" + b"client,Hm.\n" * (UPLOAD_TURNS + 1), print)


VTT = """WEBVTT

NOTE made by hand

1
00:00:01.000 --> 00:00:03.000
<v Therapist>You have thought</v>

2
00:00:03.000 --> 00:00:04.000 align:start
about <i>stopping</i>.

00:00:05.000 --> 00:00:06.000
Client: On and off.
"""


def test_captions_of_one_speaker_are_one_turn(tmp_path):
    rows, _ = rows_in(write(tmp_path, "s.vtt", VTT))
    assert said(rows) == [("learner", "You have thought about stopping."), ("client", "On and off.")]
    assert [row.utterance_id for row in rows] == ["1", "2"]


def test_two_voices_of_one_caption_are_two_turns(tmp_path):
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Smith (host)>Tired?</v> <v.loud Ben>No.</v>\n"
    said_there = read_said(write(tmp_path, "s.vtt", text), print)
    assert [(one.name, one.text) for one in said_there] == [("Anna Smith (host)", "Tired?"), ("Ben", "No.")]


def test_srt_is_read_like_vtt(tmp_path):
    text = "1\n00:00:01,000 --> 00:00:02,000\nNurse: How are you?\n\n2\n00:00:02,500 --> 00:00:04,000\nNurse: Tired?\n"
    rows, _ = rows_in(write(tmp_path, "s.srt", text))
    assert said(rows) == [("learner", "How are you? Tired?")]


def test_docx_paragraphs_and_tables_are_read(tmp_path):
    import docx

    document = docx.Document()
    document.add_paragraph("Therapist: What matters to you?")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Client", "My garden."
    document.save(str(tmp_path / "s.docx"))
    rows, _ = rows_in(tmp_path / "s.docx")
    assert said(rows) == [("learner", "What matters to you?"), ("client", "My garden.")]


def test_a_word_document_that_unpacks_to_far_too_much_is_refused(tmp_path, monkeypatch):
    import docx

    docx.Document().save(str(tmp_path / "s.docx"))
    monkeypatch.setattr(spoken, "DOCX_BYTES", 1000)
    with pytest.raises(BadInput, match="far more"):
        list(read_said(tmp_path / "s.docx", print))


def test_a_session_keeps_turn_ids_and_target(tmp_path):
    turn = {"id": "t1", "parent": None, "speaker": "learner", "text": "Hello."}
    session = {"schema": 1, "target": "walking daily", "turns": [turn, {**turn, "id": "t2", "speaker": "client"}]}
    rows, _ = rows_in(write(tmp_path, "s.json", json.dumps(session)))
    assert [(r.utterance_id, r.speaker, r.target) for r in rows] == [
        ("t1", "learner", "walking daily"),
        ("t2", "client", "walking daily"),
    ]


@pytest.mark.parametrize(
    ("word", "speaker"),
    [
        ("THERAPIST", "learner"),
        ("Counselor 2", "learner"),
        ("patient", "client"),
        (" Client#1", "client"),
        ("dog", None),
    ],
)
def test_speaker_words_are_understood(word, speaker):
    assert speaker_of(word) == speaker


def test_a_long_csv_is_read_row_by_row(tmp_path):
    file = write(tmp_path, "s.csv", "speaker,text\n" + "client,Hm.\n" * 5)
    rows = read_rows(file, lambda reject: None)
    assert next(rows).line == 2 and next(rows).line == 3
