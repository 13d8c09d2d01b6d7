import pytest

from evoke.errors import BadInput
from evoke.roles import Company, hinted, name_key, shown_name

ASKS = ("Anna", "What brings you here today?", "You sound tired of it.", "How would you like things to be?")
TELLS = ("Ben", "My wife sent me, I think.", "I am. I never sleep.", "I don't know. Quieter.")


def talk(one, other, where="t"):
    return [
        (where, who, text)
        for pair in zip(one[1:], other[1:], strict=True)
        for who, text in zip((one[0], other[0]), pair, strict=True)
    ]


def test_who_asks_and_speaks_of_you_is_taken_for_the_counsellor():
    guess = Company(talk(ASKS, TELLS)).guess()
    assert guess.roles == {"anna": "learner", "ben": "client"}
    assert guess.reasons["ben"] == "the other speaker"
    assert guess.guessed.startswith("Guessed who is who: Anna is the counsellor (")
    assert "Ben is the client" in guess.guessed


def test_speaking_first_does_not_outweigh_asking():
    assert Company(talk(TELLS, ASKS)).guess().roles["anna"] == "learner"


def test_words_of_speech_recognition_without_marks_are_enough():
    bare = [(where, who, text.lower().strip("?.")) for where, who, text in talk(ASKS, TELLS)]
    assert Company(bare).guess().roles == {"anna": "learner", "ben": "client"}


def test_names_that_say_it_are_not_guessed_at():
    guess = Company([("t", "Therapist", "I am me."), ("t", "CLIENT 1", "What would you do?")]).guess()
    assert guess.roles == {"therapist": "learner", "client 1": "client"}
    assert guess.guessed == ""


def test_a_title_speaks_louder_than_the_words():
    guess = Company(talk(("A", *ASKS[1:]), ("Nurse Kim", *TELLS[1:]))).guess()
    assert guess.roles == {"a": "client", "nurse kim": "learner"}
    assert guess.reasons["nurse kim"] == "called so"


def test_beside_one_known_side_the_other_speaker_is_the_other_side():
    assert Company(talk(("Nurse", *ASKS[1:]), TELLS)).guess().roles["ben"] == "client"
    assert Company(talk(ASKS, ("Patient", *TELLS[1:]))).guess().roles["anna"] == "learner"


def test_a_third_person_beside_two_known_sides_stays_unknown():
    said = [*talk(("Therapist", *ASKS[1:]), ("Client", *TELLS[1:])), ("t", "Anna", "Hello.")]
    assert "anna" not in Company(said).guess().roles


def test_somebody_who_hardly_speaks_is_neither():
    said = [*(talk(ASKS, TELLS) * 5), ("t", "Porter", "Where do you want this? Shall I leave it for you?")]
    assert Company(said).guess().roles == {"anna": "learner", "ben": "client"}


def test_one_voice_alone_is_not_guessed_at():
    assert Company([("t", "Anna", "What now?")]).guess().roles == {}


def test_each_transcript_of_a_table_has_its_own_two():
    said = [*talk(ASKS, TELLS, "one"), *talk(("Carl", *TELLS[1:]), ("Dora", *ASKS[1:]), "two")]
    assert Company(said).guess().roles == {"anna": "learner", "ben": "client", "carl": "client", "dora": "learner"}


def test_whoever_is_told_to_be_the_counsellor_is_and_everybody_else_is_a_client():
    said = [*talk(ASKS, TELLS), ("t", "Carl", "Yes.")]
    assert Company(said).told(["BEN", "Carl"]).roles == {"anna": "client", "ben": "learner", "carl": "learner"}


def test_a_counsellor_who_is_not_there_is_named_with_those_who_are():
    with pytest.raises(BadInput, match=r"'Zoe' speaks\. There are: Anna, Ben"):
        Company(talk(ASKS, TELLS)).told(["Zoe"])


def test_a_table_with_a_wrong_column_fills_no_memory():
    company = Company(("t", f"name {n}", "Hm.") for n in range(5000))
    assert len(company.people) == 200


def test_names_are_one_however_they_are_written_and_safe_to_show():
    assert name_key(" ANNA   b") == name_key("Anna B")
    assert shown_name("A\x1b[31mnna\n" + "x" * 50) == "A [31mnna " + "x" * 20
    assert hinted("Therapist and client") is None
