"""A client who returns: what they remember, what is settled, and that the card stays as it is."""

from __future__ import annotations

import random
from itertools import count

import pytest

from evoke.cards import all_cards, card_files, load_card
from evoke.client import director
from evoke.client.hearing import signals
from evoke.client.material import material
from evoke.client.returning import as_prose, come_back, last_time, remember, returning, state_of, wordings
from evoke.client.state import ClientState, begin
from evoke.counsellor import open_policy, simulate
from evoke.keep import MemoryKeep
from evoke.llm.scripted import ScriptedModel
from evoke.persona import STAGES, Persona
from evoke.session import Session
from evoke.transcript import Memory, Transcript, Turn
from tests.client.people import LINES, Marks, Shelf, Words, heard, line, persona

EVENTS = (
    {"id": "kept_five", "after": "plan", "plan": "five", "weeks": 2, "strand": "work",
     "what": "Ines smoked five a day on most days.", "effects": {"confidence": 1.0},
     "opening": "Five, most days. Not Thursday.", "talk": "change/taking_steps"},
    {"id": "slipped", "after": "plan", "weeks": 3, "strand": "work", "what": "A colleague was ill and shifts doubled.",
     "effects": {"confidence": -0.5}, "opening": "It lasted till the double shifts."},
    {"id": "stairs", "after": "open", "weeks": 3, "strand": "home", "what": "The lift at the flat broke down.",
     "effects": {"importance": 0.6}, "opening": "The lift's broken. Four floors, every day."},
    {"id": "letter", "after": "discord", "weeks": 5, "strand": "work", "what": "The company doctor wrote again.",
     "effects": {"discord": 0.5}, "opening": "I'm only here because they wrote again."},
)  # fmt: skip
AFTERWARDS = line("On Thursday I bought ten and sat on the step.", "inform", "neutral", event="kept_five")


@pytest.fixture(scope="module")
def ines() -> Persona:
    return persona(between=EVENTS, lines=(*LINES, AFTERWARDS))


def state(ines: Persona, **changes) -> ClientState:
    mood = begin(ines).mood.model_copy(update=changes.pop("mood", {}))
    return begin(ines).model_copy(update={"mood": mood, **changes})


def remembered(ines: Persona, seed: int = 1, path: tuple[Turn, ...] = (), **changes) -> Memory:
    return remember(ines, path, state(ines, **changes), seed=seed)


def held(ines: Persona, seed: int = 1, memory: Memory | None = None, turns: int = 14) -> Session:
    ids = count(1)
    session = Session.begin(ines, seed=seed, model=ScriptedModel(), coder=Marks(), recall=Shelf(), encoder=Words,
                            keep=MemoryKeep(), memory=memory, new_id=lambda: f"t{next(ids)}")  # fmt: skip
    if turns:
        simulate(session, open_policy("skilled"), turns=turns)
    return session


def after(session: Session, seed: int = 2) -> Memory:
    return remember(session.persona, session.path, session.state, seed=seed, before=session.record.memory)


def test_a_second_talk_begins_with_what_happened_in_between(ines: Persona) -> None:
    memory = remembered(ines, accepted=("flat",))
    second = held(ines, memory=memory, turns=0)
    assert memory.ended == "plan" and memory.event == "slipped" and memory.meeting == 2
    assert second.path[0].text == "It lasted till the double shifts."
    assert [(step.variable, step.delta, step.reason) for step in second.path[0].steps] == [
        ("confidence", -0.5, "A colleague was ill and shifts doubled.")
    ]


def test_an_event_of_one_plan_needs_that_plan(ines: Persona) -> None:
    drawn = {remembered(ines, seed=seed, accepted=("flat",)).event for seed in range(20)}
    of_five = {remembered(ines, seed=seed, accepted=("five",)).event for seed in range(20)}
    assert drawn == {"slipped"} and of_five == {"slipped", "kept_five"}


@pytest.mark.parametrize(("changes", "event"), [({}, "stairs"), ({"mood": {"discord": 7.0}}, "letter")])
def test_how_a_talk_ended_decides_what_can_have_happened(ines: Persona, changes: dict, event: str) -> None:
    assert {remembered(ines, seed=seed, **changes).event for seed in range(8)} == {event}


def test_a_client_who_left_remembers_a_talk_that_went_wrong(ines: Persona) -> None:
    leaving = Turn(id="t1", parent=None, speaker="client", text="I'm off.", move="leave")
    assert remembered(ines, path=(leaving,), accepted=("five",)).ended == "discord"


def test_the_card_is_never_changed_by_a_second_talk() -> None:
    before = [file.read_bytes() for file in card_files()]
    card = load_card(next(file for file in card_files() if file.stem == "alcohol_marek"))
    whole, mark = card.model_dump_json(), card.hash
    first = held(card)
    second = held(card, memory=after(first))
    assert card.model_dump_json() == whole and second.record.card == card
    assert second.record.persona.hash == first.record.persona.hash == mark
    assert [file.read_bytes() for file in card_files()] == before


def test_a_second_session_does_not_tell_the_same_fact_as_new() -> None:
    told_first = set()
    for card in all_cards()[::2]:
        first = held(card, seed=3, turns=16)
        second = held(card, seed=4, memory=after(first), turns=16)
        lines = {one.id: one for one in card.lines}
        told = {lines[turn.lines[0]].fact for turn in second.path if turn.lines} - {None}
        assert not told & set(first.state.told), card.id
        told_first |= set(first.state.told)
    assert len(told_first) >= 3


def test_a_rejected_plan_stays_rejected(ines: Persona) -> None:
    memory = remembered(ines, rejected=("five",), accepted=("flat",), mood={"stage": "preparation", "trust": 8.0})
    back = come_back(ines, memory, random.Random(1)).state
    lines = material(ines, back, heard("How about five a day?"))
    assert back.rejected == ("five",) and any(one.plan == "flat" for one in lines)
    assert not any(one.plan == "five" for one in lines)


def test_trust_fades_a_little_and_discord_settles(ines: Persona) -> None:
    memory = remembered(ines, mood={"trust": 8.0, "discord": 3.0, "importance": 7.0, "confidence": 6.0})
    card = ines.model_copy(update={"between": ()})
    mood = come_back(card, memory, random.Random(1)).state.mood
    start = ines.temperament
    assert start.trust < mood.trust < 8.0 and mood.trust > (start.trust + 8.0) / 2
    assert mood.discord < 1.0 and start.importance < mood.importance < 7.0


def test_effects_of_an_event_stay_on_the_scale(ines: Persona) -> None:
    memory = remembered(ines, mood={"confidence": 0.2}, accepted=("flat",))
    low = ines.model_copy(update={"temperament": ines.temperament.model_copy(update={"confidence": 0.0})})
    back = come_back(low, memory, random.Random(1))
    assert back.state.mood.confidence == 0.0 and back.steps[0].delta > -0.5


def test_lines_of_an_event_are_said_only_after_it(ines: Persona) -> None:
    say = AFTERWARDS["say"]
    first = material(ines, begin(ines), heard("How was Thursday?"))
    back = come_back(
        ines, remembered(ines, accepted=("five",)).model_copy(update={"event": "kept_five"}), random.Random(1)
    )
    second = material(ines, back.state, heard("How was Thursday?"))
    assert say not in {one.say for one in first} and say in {one.say for one in second}


@pytest.mark.parametrize(
    "words", ["How have you been since we met?", "How did that go?", "What happened after last time?"]
)
def test_asked_how_it_has_been_the_client_thinks_of_what_lay_between(ines: Persona, words: str) -> None:
    memory = remembered(ines, accepted=("five",)).model_copy(update={"event": "kept_five"})
    back, asked = come_back(ines, memory, random.Random(1)).state, heard(words, signals=signals(words))
    assert [one.say for one in material(ines, back, asked)] == [AFTERWARDS["say"]]
    told = back.model_copy(update={"used": (*back.used, *(one.id for one in ines.lines if one.event))})
    assert len(material(ines, told, asked)) > 3
    moves = [
        director.choose(back, asked, ines, material(ines, back, asked), random.Random(seed), 1) for seed in range(60)
    ]
    assert {move.main.say if move.main else move.words for move in moves} == {AFTERWARDS["say"]}


def test_a_card_without_events_is_met_again_in_words_that_fit_everybody() -> None:
    card = persona()
    memory = remember(card, (), begin(card), seed=1)
    back = come_back(card, memory, random.Random(1))
    assert memory.event is None and back.steps == () and back.opening.words in wordings().openings["open"]


def test_what_was_said_is_word_for_word_in_the_talk(ines: Persona) -> None:
    first = held(ines)
    said = after(first).said
    assert said and set(said) <= {turn.text for turn in first.path if turn.speaker == "client"}


def test_the_model_is_told_of_the_talk_before(ines: Persona) -> None:
    memory = remembered(ines, told=("brother",), accepted=("flat",), rejected=("group",))
    memory = memory.model_copy(update={"said": ("No smoking in the flat, all right.",)})
    prose = as_prose(ines, memory)
    assert prose == (
        "Ines has met this counsellor before, 3 weeks ago, and remembers it; nothing said then is told as news. "
        "She told them then: Her brother lives upstairs. She said then: “No smoking in the flat, all right.” "
        "She could see it working: no smoking in the flat. She turned down: join a stop smoking group. "
        "Since then: A colleague was ill and shifts doubled."
    )
    system = held(ines, memory=memory, turns=0)._voice.prefix()[0].content
    assert prose in system and prose not in held(ines, turns=0)._voice.prefix()[0].content


def test_the_learner_reads_what_was_said_and_what_has_happened(ines: Persona) -> None:
    words = " ".join(last_time(ines, remembered(ines, accepted=("flat",))))
    assert "3 weeks ago" in words and "no smoking in the flat" in words and "shifts doubled" in words


def test_a_session_file_gives_the_same_memory_as_the_state(ines: Persona) -> None:
    first = held(ines, seed=6)
    read = Transcript.from_json(first.transcript().to_json())
    state = state_of(read, ines)
    carried = ("opened", "voiced", "told", "used", "accepted", "rejected", "mood")
    assert {name: getattr(state, name) for name in carried} == {name: getattr(first.state, name) for name in carried}


def test_a_third_talk_remembers_the_first(ines: Persona) -> None:
    first = held(ines, seed=6, turns=8)
    second = held(ines, seed=7, memory=after(first), turns=8)
    read = Transcript.from_json(second.transcript().to_json())
    third = remember(ines, read.turns, state_of(read, ines), seed=8, before=read.memory)
    assert third.meeting == 3 and set(first.state.told) <= set(third.told)
    assert len(third.told) > len(first.state.told)


def test_a_bank_of_lines_does_not_run_dry() -> None:
    card = load_card(next(file for file in card_files() if file.stem == "smoking_halil"))
    every = tuple(one.id for one in card.lines)
    memory = remember(card, (), begin(card).model_copy(update={"used": every}), seed=1)
    fresh = [one for one in card.lines if one.id not in come_back(card, memory, random.Random(1)).state.used]
    assert fresh and not any(one.fact or one.belief or one.plan for one in fresh)
    for stage in STAGES:
        assert sum(one.fits(stage) and one.talk_type == "neutral" for one in fresh) >= returning().fresh_lines


def test_the_same_seed_gives_the_same_second_talk(ines: Persona) -> None:
    memory = after(held(ines))
    one, other = (held(ines, seed=9, memory=memory, turns=6) for _ in range(2))
    assert [turn.text for turn in one.path] == [turn.text for turn in other.path]
