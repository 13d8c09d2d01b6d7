from datetime import UTC, datetime, timedelta

from evoke.pages.parts.clock import LONGEST_PAUSE, of_planned, since, time_in_talk

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def minutes(*at: float) -> list[datetime]:
    return [START + timedelta(minutes=minute) for minute in at]


def test_time_in_a_talk_runs_from_its_first_turn_to_now():
    assert time_in_talk(minutes(0, 1, 2.5), START + timedelta(minutes=4)) == timedelta(minutes=4)


def test_a_closed_tab_overnight_does_not_count_as_talking():
    tomorrow = START + timedelta(hours=20)
    assert time_in_talk(minutes(0, 1), tomorrow) == timedelta(minutes=1) + LONGEST_PAUSE


def test_a_clock_that_was_set_back_does_not_take_time_away():
    assert time_in_talk(minutes(0, 2), START) == timedelta(minutes=2)


def test_before_the_first_turn_no_time_has_passed():
    assert time_in_talk([], START) == timedelta()


def test_time_is_told_against_what_was_planned():
    assert of_planned(timedelta(minutes=3, seconds=59), 15) == "3 of about 15 min"


def test_a_moment_is_named_as_a_person_would():
    now = datetime(2026, 3, 9, 18, 0, tzinfo=UTC)
    assert since(now.replace(hour=8, minute=5), now) == "today at 08:05"
    assert since(now - timedelta(days=1), now) == "yesterday at 18:00"
    assert since(START, now) == "1 March 2026"
