import pytest

from evoke.coder.reading import LONGEST_TURN, OVERLAP, WINDOW, Piece, latest, windows

OPENING = Piece((101, 102))


def piece(tokens, name=7):
    return Piece((1, *(name,) * (tokens - 2), 102))


def talk(*lengths):
    return [piece(tokens, name) for name, tokens in enumerate(lengths, 1000)]


def tokens(window):
    return sum(len(one.ids) for one in (window.opening, *window.before, *window.turns))


def test_every_turn_is_scored_once_and_in_order():
    said = talk(*range(4, 120), 300, *range(4, 60))
    assert [one for window in windows(OPENING, said) for one in window.turns] == said


def test_windows_hold_many_turns_and_no_more_tokens_than_the_model_was_trained_on():
    made = list(windows(OPENING, talk(*[20] * 100)))
    assert max(map(tokens, made)) <= WINDOW
    assert sum(len(window.turns) for window in made) / len(made) >= 8


def test_a_window_begins_with_the_turns_before_it():
    said = talk(*[20] * 100)
    first, second, *_ = windows(OPENING, said)
    assert first.before == ()
    assert second.before == tuple(said[len(first.turns) - OVERLAP // 20 : len(first.turns)])


def test_where_a_turn_is_read_does_not_depend_on_what_is_said_later():
    said = talk(*(5 + (n * 37) % 190 for n in range(80)))
    whole = list(windows(OPENING, said))
    place = {turn: window for window in whole for turn in window.turns}
    for n, turn in enumerate(said):
        *_, live = windows(OPENING, said[: n + 1])
        then = place[turn]
        assert (live.before, live.turns) == (then.before, then.turns[: len(live.turns)])


def test_a_turn_too_long_for_a_window_has_its_own():
    said = talk(20, LONGEST_TURN + 1, 20)
    assert [len(window.turns) for window in windows(OPENING, said)] == [1, 1, 1]
    *_, last = windows(OPENING, said)
    assert [len(one.ids) for one in last.before] == [OVERLAP]


def test_no_more_turns_are_taken_than_the_next_window_needs():
    given = iter(talk(*[20] * 100))
    made = next(windows(OPENING, given))
    assert len(list(given)) == 100 - len(made.turns) - 1


def test_no_turns_make_no_window():
    assert list(windows(OPENING, [])) == []


@pytest.mark.parametrize("most", [10, 25, 60])
def test_the_latest_turns_fit_and_end_with_the_very_last(most):
    kept = latest(talk(30, 8, 20), most)
    assert sum(len(one.ids) for one in kept) <= most
    assert kept[-1].ids[-2] == 1002
