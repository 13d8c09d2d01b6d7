"""The skilled counsellor's manners: leave before information, a plan only with a client who wants one."""

from __future__ import annotations

from evoke.counsellor.policy import Policy, open_policy
from evoke.counsellor.skilled import Skilled
from evoke.transcript import Transcript
from tests.counsellor.test_counsellor import after, learner_turns, talked

SEEDS = range(30)


def skilled() -> Skilled:
    policy = open_policy("skilled")
    assert isinstance(policy, Skilled)
    return policy


def answers(mine: str, client: str) -> list[str]:
    """What the counsellor says after `mine` and the client's answer, under many seeds."""
    transcript = after(("client", "Hello."), ("learner", mine), ("client", client))
    return [said(skilled(), transcript.model_copy(update={"seed": seed})) for seed in SEEDS]


def said(policy: Policy, transcript: Transcript) -> str:
    words = policy.say(transcript)
    assert words
    return words


def test_information_comes_only_after_a_yes() -> None:
    lines = skilled()._lines
    ask = lines.ask_leave[0]
    assert all(words in lines.offer for words in answers(ask, "Yeah, go on."))
    refused = answers(ask, "No, rather not.")
    assert all(any(words.startswith(fine) for fine in lines.leave_it) for words in refused)
    elsewhere = answers(ask, "My brother sold his car, I don't know why.")
    assert not any(offer in words for words in elsewhere for offer in lines.offer)


def test_words_that_cannot_be_turned_round_are_given_back_by_what_they_come_to() -> None:
    lines = skilled()._lines
    said = answers("What is it like?", "Half the street does it on Fridays anyway.")
    given = [words for words in said if any(words.startswith(plain) for plain in lines.plain["neutral"])]
    assert len(given) > len(SEEDS) / 3


def test_a_client_who_only_nods_twice_running_is_asked_something() -> None:
    for seed in range(8):
        said = learner_turns(talked(skilled(), ["Mm."] * 12, seed=seed))
        assert all("?" in words for words in said[2:]), said


def test_a_clients_question_is_not_passed_over() -> None:
    lines = skilled()._lines
    said = answers("Hello.", "Can I ask, does it mess with sleep? I only know the posters.")
    assert all(any(words.startswith(answer) for answer in lines.answer_back) for words in said)


def test_leave_is_asked_for_a_few_times_at_most() -> None:
    lines = skilled()._lines
    for seed in (1, 2, 3):
        transcript = talked(skilled(), ["I load wagons in the yard all day."] * 36, seed=seed)
        asked = [words for words in learner_turns(transcript) if words in lines.ask_leave]
        assert len(asked) <= lines.leaves_asked


def test_nothing_is_planned_with_a_client_who_does_not_speak_of_changing() -> None:
    lines = skilled()._lines
    planning = {*lines.ask["plan"], *lines.ask_closed["plan"]}

    def planned(talk: str) -> int:
        talks = [talked(skilled(), ["I load wagons in the yard."] * 20, talk, seed) for seed in range(5)]
        return sum(any(question in words for question in planning) for held in talks for words in learner_turns(held))

    assert planned("neutral") == planned("sustain") == 0
    assert planned("change") >= 10


def test_a_number_is_taken_up() -> None:
    ruler = skilled()._lines.rulers[0]
    assert all("four" in words.lower() for words in answers(ruler, "Out of ten? A four."))
    assert not any(" ten " in words for words in answers(ruler, "Eight out of ten, if I decide it."))


def test_both_open_and_closed_questions_are_asked() -> None:
    lines = skilled()._lines
    said = [words for seed in SEEDS for words in learner_turns(talked(skilled(), ["The yard is wet."] * 12, seed=seed))]
    open_ones = sum(any(q in words for q in lines.ask["evoke"]) for words in said)
    closed = sum(any(q in words for q in lines.ask_closed["evoke"]) for words in said)
    assert open_ones > closed > 0


def test_a_reflection_takes_up_what_may_stand_behind_the_words() -> None:
    cue = skilled()._lines.cues[0]
    assert sum(any(guess in words for guess in cue.say) for words in answers("Hello.", "I lie awake, worrying.")) >= 5


def test_a_client_on_edge_hears_that_the_counsellor_owns_it() -> None:
    lines = skilled()._lines
    said = answers("You should stop.", "I've had enough of being told.")
    assert sum(words in lines.repair for words in said) >= 10
