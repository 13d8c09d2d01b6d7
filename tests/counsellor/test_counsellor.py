"""Counsellors made of rules: what they say depends on the client, and they repeat themselves little."""

from __future__ import annotations

from pathlib import Path

import pytest

from evoke.codes import Coded
from evoke.counsellor import Policy, open_policy, simulate
from evoke.counsellor.policy import SHIPPED
from evoke.counsellor.turning import clauses, thing
from evoke.errors import BadInput
from evoke.llm.scripted import ScriptedModel
from evoke.session import Session
from evoke.transcript import Transcript, Turn
from tests.client.people import Marks, Shelf, Words, persona

LISTENING = ("skilled", "directive", "follower")
POLICIES = SHIPPED


def session(seed: int = 1) -> Session:
    return Session.begin(persona(), seed=seed, model=ScriptedModel(), coder=Marks(), recall=Shelf(), encoder=Words)


def after(*said: tuple[str, str], talk: str = "neutral") -> Transcript:
    turns = tuple(
        Turn(id=f"t{n}", parent=None, speaker=speaker, text=text,
             coded=Coded(speaker="client", talk=talk, reason="a test") if speaker == "client" else None)
        for n, (speaker, text) in enumerate(said)
    )  # fmt: skip
    return Transcript(seed=3, turns=turns)


def talked(policy: Policy, answers: list[str], talk: str = "neutral", seed: int = 0) -> Transcript:
    """A talk in which the client gives these answers whatever is said, each coded as `talk`."""
    transcript = after(("client", "Hello.")).model_copy(update={"seed": seed})
    for n, answer in enumerate(answers):
        words = policy.say(transcript)
        assert words
        asked = Turn(id=f"l{n}", parent=None, speaker="learner", text=words)
        coded = Coded(speaker="client", talk=talk, reason="a test")
        reply = Turn(id=f"c{n}", parent=None, speaker="client", text=answer, coded=coded)
        transcript = transcript.model_copy(update={"turns": (*transcript.turns, asked, reply)})
    return transcript


def learner_turns(transcript: Transcript) -> list[str]:
    return [turn.text for turn in transcript.turns if turn.speaker == "learner"]


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_holds_a_whole_session(name: str) -> None:
    transcript = simulate(session(), open_policy(name), turns=12)
    said = learner_turns(transcript)
    assert transcript.counsellor == name
    assert 5 <= len(said) <= 12
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", POLICIES)
def test_the_same_seed_gives_the_same_session(name: str) -> None:
    first, again = (simulate(session(4), open_policy(name), turns=10) for _ in range(2))
    assert [turn.text for turn in first.turns] == [turn.text for turn in again.turns]
    other = simulate(session(5), open_policy(name), turns=10)
    assert [turn.text for turn in first.turns] != [turn.text for turn in other.turns]


@pytest.mark.parametrize("name", POLICIES)
def test_forty_turns_do_not_go_round_in_circles(name: str) -> None:
    said = learner_turns(talked(open_policy(name), [f"I load {n} wagons in the yard." for n in range(40)]))
    assert len(set(said)) >= 38


@pytest.mark.parametrize("name", set(POLICIES) - set(LISTENING))
def test_a_counsellor_who_does_not_listen_says_the_same_to_everybody(name: str) -> None:
    one, two = (talked(open_policy(name), [words] * 20, talk) for words, talk in
                (("I load wagons.", "change"), ("Leave me alone with that.", "sustain")))  # fmt: skip
    assert open_policy(name).listens == "nothing"
    assert learner_turns(one) == learner_turns(two)


@pytest.mark.parametrize("name", LISTENING)
def test_a_counsellor_who_listens_answers_what_was_said(name: str) -> None:
    one, two = (talked(open_policy(name), [words] * 20, talk) for words, talk in
                (("I load wagons all day.", "change"), ("I never asked for your help.", "sustain")))  # fmt: skip
    assert open_policy(name).listens != "nothing"
    assert learner_turns(one) != learner_turns(two)


def test_the_skilled_counsellor_gives_the_clients_own_words_back() -> None:
    said = []
    for seed in range(12):
        policy = open_policy("skilled")
        transcript = after(("client", "Hello."), ("learner", "Hi."), ("client", "I load wagons in my brother's yard."))
        said.append(policy.say(transcript.model_copy(update={"seed": seed})))
    assert sum("you load wagons in your brother's yard" in words.lower() for words in said) >= 6


def test_the_skilled_counsellor_never_uses_the_cards_model_answers() -> None:
    transcript = simulate(session(), open_policy("skilled"), turns=25)
    model_answers = {answer for line in persona().lines for answer in (line.reflect, line.ask)}
    assert not any(answer in words for words in learner_turns(transcript) for answer in model_answers)


def test_the_directive_counsellor_argues_with_sustain_talk() -> None:
    policy: Policy = open_policy("directive")
    arguments = policy._lines.after_sustain
    said = []
    for seed in range(20):
        transcript = after(("client", "Hi."), ("learner", "Right."), ("client", "It's not a problem."), talk="sustain")
        said.append(open_policy("directive").say(transcript.model_copy(update={"seed": seed})))
    assert sum(any(argument in words for argument in arguments) for words in said) >= 10


def test_good_and_bad_practice_leave_the_client_in_different_moods() -> None:
    def end(name: str) -> tuple[float, float]:
        moods = [turn.state for turn in simulate(session(2), open_policy(name), turns=15).turns if turn.state]
        return moods[-1].trust, moods[-1].discord

    assert end("skilled")[0] > end("directive")[0]
    assert end("skilled")[1] < end("directive")[1]


def test_a_file_is_said_line_by_line_and_then_nothing(tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text("# a comment\nHello.\n\nWhat do you do?\n", "utf-8")
    transcript = simulate(session(), open_policy(str(file)), turns=20)
    assert learner_turns(transcript) == ["Hello.", "What do you do?"]
    assert transcript.counsellor == "lines"


def test_a_counsellor_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="skilled"):
        open_policy("kind")
    empty = tmp_path / "empty.txt"
    empty.write_text("\n", "utf-8")
    with pytest.raises(BadInput, match="no words"):
        open_policy(str(empty))


def test_progress_is_reported_turn_by_turn() -> None:
    seen: list[tuple[int, int]] = []
    simulate(session(), open_policy("closed"), turns=4, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("I load wagons in the yard.", ["you load wagons in the yard"]),
        ("So, I'm tired. My knees still hurt, most days.", ["your knees still hurt, most days"]),
        ("Saturdays, on the unpaid, I've not missed one.", ["you've not missed one"]),
        ("I just, like, lie there at night.", ["you just lie there at night"]),
        ("School gets the best of me.", []),
        ("My name on the side.", []),
        ("If I stop, my wife rings her sister.", ["if you stop, your wife rings her sister"]),
        ("I talk when I'm nervous, to be fair, but this is quicker.", ["you talk when you're nervous"]),
        ("I was there before you were born.", []),
        ("Do I look happy?", []),
        ("It rains.", []),
    ],
)
def test_a_clause_is_turned_round_to_be_given_back(said: str, given: list[str]) -> None:
    assert clauses(said) == given


def test_a_thing_of_the_clients_is_named_with_its_owner() -> None:
    assert thing("My garden is a mess and the roof leaks.", ()) == "your garden"
    assert thing("The roof leaks.", ()) == "the roof"
    assert thing("The roof leaks.", ("roof",)) is None
