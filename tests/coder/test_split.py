import time

import pytest

from evoke.coder.split import clauses


def cut(text):
    return [(piece.sentence, piece.text) for piece in clauses(text)]


def test_sentences_end_at_stops_but_not_at_abbreviations_or_decimals():
    assert cut("Dr. Lee said 3.5 units. Is that so?") == [(0, "Dr. Lee said 3.5 units."), (1, "Is that so?")]


def test_a_clause_is_cut_where_a_new_thought_may_begin():
    assert cut("I have something on that; would it be OK to share it?") == [
        (0, "I have something on that;"),
        (0, "would it be OK to share it?"),
    ]
    assert cut("It is up to you now, but I would stay in treatment.") == [
        (0, "It is up to you now,"),
        (0, "but I would stay in treatment."),
    ]


def test_short_pieces_stay_with_their_neighbour():
    assert cut("Yes, but no.") == [(0, "Yes, but no.")]


def test_recognised_speech_is_cut_at_words_that_begin_clauses():
    text = "it sounds like weekends are hard for you because the flat is quiet what would you like to change"
    assert [piece for _, piece in cut(text)] == [
        "it sounds like weekends are hard for you",
        "because the flat is quiet",
        "what would you like to change",
    ]


@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "—"])
def test_no_letters_no_clauses(text):
    assert clauses(text) == ()


def test_places_lead_back_to_the_text():
    text = "  So — you are tired, and you came anyway!  What helped?\nAnything else?"
    assert all(text[piece.start : piece.end] == piece.text for piece in clauses(text))
    assert clauses(text)[-1].text == "Anything else?"


@pytest.mark.parametrize("text", ["I go, but you stay, so we wait, and ", "so ", "A sentence. ", "dash -- a "])
def test_time_grows_with_the_text_and_not_its_square(text):
    def took(times):
        begun = time.process_time()
        clauses(text * times)
        return time.process_time() - begun

    long, short = (min(took(times) for _ in range(3)) for times in (32_000, 2_000))
    assert long < 64 * short + 0.1  # sixteen times the text
