"""What the client does next."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from evoke.client import director
from evoke.client.calibration import calibration
from evoke.client.choices import choices
from evoke.client.leaning import receptivity, talk_weights
from evoke.client.material import closed_facts, material
from evoke.client.move import Heard, Move
from evoke.client.state import ClientState, begin, spoken
from evoke.client.wording import deflections
from evoke.codes import Coded
from evoke.persona import LEGAL_MOVES, STAGES, Persona
from tests.client.people import LINES, Shelf, heard, line, persona


def moved(state: ClientState, **changes) -> ClientState:
    return state.model_copy(update={"mood": state.mood.model_copy(update=changes)})


def drawn(state: ClientState, words: Heard, card: Persona, seed: int = 1, turn: int = 3) -> Move:
    """One move. Which lines fit is left to chance here, so that only the rest of the drawing is seen."""
    ranked = material(card, state, words)
    random.Random(-seed).shuffle(ranked)
    return director.choose(state, words, card, ranked, random.Random(seed), turn)


def many(state: ClientState, words: Heard, card: Persona, n: int = 300, turn: int = 3) -> list[Move]:
    return [drawn(state, words, card, seed, turn) for seed in range(n)]


def share(moves: list[Move], talk: str) -> float:
    return sum(move.talk == talk for move in moves) / len(moves)


def odds(state: ClientState, words: Heard, card: Persona, talk: str) -> float:
    """Of that talk against neutral talk, whatever lines happen to be near."""
    weights = talk_weights(state, words, card, material(card, state, words))
    return weights[talk] / weights["neutral"]


def test_the_same_stream_draws_the_same_move(ines: Persona, start: ClientState) -> None:
    words = heard("What is your day like?")
    assert [drawn(start, words, ines, seed) for seed in range(20)] == [
        drawn(start, words, ines, seed) for seed in range(20)
    ]


def test_two_streams_draw_different_moves(ines: Persona, start: ClientState) -> None:
    assert len({move.main.id for move in many(start, heard("What is it like?"), ines, 80) if move.main}) > 5


@pytest.mark.parametrize("stage", STAGES)
def test_every_move_is_legal_at_its_stage(ines: Persona, start: ClientState, stage: str) -> None:
    state = moved(start, stage=stage, trust=6).model_copy(update={"core_touched": True})
    kinds = {move.kind for move in many(state, heard("What do you think about it?"), ines)}
    assert kinds <= set(LEGAL_MOVES[stage])
    assert len(kinds) >= 4


def test_a_question_is_answered_with_the_line_that_fits_it(ines: Persona, start: ClientState) -> None:
    words = heard("Tell me about the bus you drive, what number?")
    ranked = Shelf().fitting(ines, words.words, [line.id for line in material(ines, start, words)], 40)
    moves = [director.choose(start, words, ines, ranked, random.Random(seed), 3) for seed in range(50)]
    says = Counter(move.main.say for move in moves if move.main)
    assert says.most_common(1)[0][0] == "I drive a bus, the number nine."


def test_unasked_advice_brings_more_sustain_talk_than_advice_with_permission(ines: Persona, start: ClientState) -> None:
    asked = Heard(words="Some people like patches.", coded=Coded(
        speaker="learner", codes=("persuade_with_permission",), reason="a test"))  # fmt: skip
    unasked = heard("You should stop.")
    assert share(many(start, unasked, ines), "sustain") >= 2 * share(many(start, asked, ines), "sustain")


def test_asking_for_downsides_feeds_sustain_talk(ines: Persona, start: ClientState) -> None:
    plain, against = heard("How are the shifts?"), heard("What do you like about it?", signals=("downsides",))
    assert odds(start, against, ines, "sustain") > 1.5 * odds(start, plain, ines, "sustain")


def test_change_talk_persists(ines: Persona, start: ClientState) -> None:
    words = heard("Well.")
    after_change = start.model_copy(update={"talks": ("change",)})
    assert share(many(after_change, words, ines), "change") > 1.5 * share(many(start, words, ines), "change")


def test_a_gate_above_trust_keeps_a_line_back(ines: Persona, start: ClientState) -> None:
    cards = "We play cards on Fridays."
    words = heard("Do you play cards?")
    assert cards not in {line.say for line in material(ines, moved(start, trust=2.5), words)}
    assert cards in {line.say for line in material(ines, moved(start, trust=3.5), words)}


def test_core_lines_stay_closed_until_touched_at_enough_trust(ines: Persona, start: ClientState) -> None:
    def core(state: ClientState) -> int:
        return sum(line.strand == "core" for line in material(ines, state, heard("Well.")))

    trusting = moved(start, trust=8)
    assert core(trusting) == 0
    assert core(trusting.model_copy(update={"core_touched": True})) > 0
    assert core(start.model_copy(update={"core_touched": True})) == 0


def test_an_answer_to_a_ruler_waits_for_the_question(ines: Persona) -> None:
    answer = line("How much it matters? Six.", "inform", "neutral")
    card = persona(lines=(*LINES, answer))
    start = begin(card)

    def there(words: Heard) -> bool:
        return answer["say"] in {one.say for one in material(card, start, words)}

    assert not there(heard("What is a morning like?"))
    assert there(heard("How important is it, from 0 to 10?", signals=("ruler",)))


def test_a_line_that_says_a_question_over_waits_for_one() -> None:
    over, own = (
        line("Why now? The stairs.", "inform", "neutral"),
        line("Who do you tell? All of it?", "engage", "neutral"),
    )
    card = persona(lines=(*LINES, over, own))

    def there(words: str) -> set[str]:
        return {one.say for one in material(card, begin(card), heard(words))}

    assert {over["say"], own["say"]} <= there("What brings you here?")
    assert over["say"] not in there("So the stairs are steep.") and own["say"] in there("So the stairs are steep.")


def test_a_ruler_question_gets_its_number(ines: Persona) -> None:
    card = persona(lines=(*LINES, line("How much it matters? Six.", "inform", "change/other")))
    words = heard("How important is it, from 0 to 10?", signals=("ruler",))
    said = Counter(move.main.say for move in many(begin(card), words, card) if move.main)
    assert said["How much it matters? Six."] > 0.95 * 300


def test_a_line_is_said_once_and_a_fact_is_told_once(ines: Persona, start: ClientState) -> None:
    bus = next(one for one in ines.lines if one.fact == "bus")
    after = spoken(start, Move(kind="inform", lines=(bus,)))
    assert bus.id in after.used and after.told == ("bus",)
    assert bus not in material(ines, after, heard("Well."))


def test_only_the_main_line_may_carry_a_fact(ines: Persona, start: ClientState) -> None:
    chatty = persona(temperament={**ines.temperament.model_dump(), "talkativeness": 10})
    moves = many(begin(chatty), heard("Tell me about work and the depot?"), chatty)
    beside = [line for move in moves for line in move.lines[1:]]
    assert beside
    assert not any(line.fact or line.belief or line.plan for line in beside)


def test_a_rejected_plan_is_turned_down_and_never_taken_up(ines: Persona, start: ClientState) -> None:
    ready = moved(start, stage="preparation", importance=8, confidence=7)
    words = heard("What about a group?", plans=("group",), signals=("planning",))
    plans = [move.main for move in many(ready, words, ines) if move.main and move.main.plan]
    assert plans and {line.move for line in plans} == {"reject"} and {line.plan for line in plans} == {"group"}


def test_what_answers_a_question_is_said_whatever_talk_would_have_been_drawn(ines: Persona, start: ClientState) -> None:
    words, trusting = heard("Do you have a brother?"), moved(start, trust=8)
    answer = next(line for line in material(ines, trusting, words) if line.fact)
    for seed in range(20):
        move = director.choose(trusting, words, ines, material(ines, trusting, words), random.Random(seed), 3, [answer])
        assert move.main == answer


def test_a_step_turned_down_and_brought_up_again_gets_a_short_no_once_every_line_about_it_is_said(
    ines: Persona, start: ClientState
) -> None:
    ready = moved(start, stage="preparation", importance=8, confidence=7).model_copy(update={"rejected": ("group",)})
    words = heard("And a group?", plans=("group",))
    move = director.choose(ready, words, ines, material(ines, ready, words), random.Random(1), 3)
    assert move.main is None and move.words in deflections().refused


def test_a_step_brought_up_is_answered_with_a_line_about_it_until_it_is_taken(
    ines: Persona, start: ClientState
) -> None:
    ready = moved(start, stage="preparation", importance=8, confidence=7)
    words = heard("Would five a day be something?", plans=("five",))
    assert {line.plan for line in material(ines, ready, words)} == {"five"}
    taken = ready.model_copy(update={"accepted": ("five",)})
    assert {line.plan for line in material(ines, taken, words)} != {"five"}


def test_a_question_that_asks_what_is_never_answered_with_a_nod(ines: Persona, start: ClientState) -> None:
    words = heard("What does your daughter do?", signals=("asks_what",))
    brief = {move.words for move in many(start, words, ines) if move.direct == "backchannel"}
    assert not brief & set(ines.voice.backchannels)


def test_a_question_left_open_is_left_open_in_the_words_of_the_card(ines: Persona, start: ClientState) -> None:
    voice = ines.voice.model_copy(update={"unsure": ("Depends on the shift.",)})
    words = heard("What does your daughter do?", signals=("asks_what",))
    moves = many(start, words, ines.model_copy(update={"voice": voice}))
    assert {move.words for move in moves if move.direct == "backchannel"} == {"Depends on the shift."}


def test_an_acceptable_plan_can_be_taken_up_and_is_remembered(ines: Persona, start: ClientState) -> None:
    ready = moved(start, stage="preparation", importance=8, confidence=7)
    words = heard("Would five a day be something?", plans=("five",), signals=("planning",))
    accepted = next(move for move in many(ready, words, ines) if move.kind == "accept")
    assert spoken(ready, accepted).accepted == ("five",)


def test_a_belief_that_was_voiced_is_remembered(ines: Persona, start: ClientState) -> None:
    light = next(one for one in ines.lines if one.belief == "light")
    move = Move(kind=light.move, talk="sustain", lines=(light,))
    assert spoken(start, move).voiced == ("light",)


def test_discord_that_stays_high_makes_the_client_leave(ines: Persona, start: ClientState) -> None:
    assert drawn(start.model_copy(update={"tense": 2}), heard("Well."), ines).kind != "leave"
    leaving = drawn(start.model_copy(update={"tense": 3}), heard("Well."), ines)
    assert leaving.kind == "leave" and leaving.ends


def test_a_goodbye_ends_the_talk_but_a_thank_you_does_not(ines: Persona, start: ClientState) -> None:
    bye = heard("Goodbye then.", signals=("goodbye",))
    assert drawn(start, bye, ines, turn=8).kind == "close"
    assert all(move.kind != "close" for move in many(start, heard("Thanks."), ines, turn=8))
    assert all(move.kind != "close" for move in many(start, bye, ines, 20, turn=1))


def test_winding_up_with_a_question_is_answered_first(ines: Persona, start: ClientState) -> None:
    asked = heard("We're nearly out of time. Have we got a deal?", signals=("winding_up",))
    told = heard("We're nearly out of time.", signals=("winding_up",))
    assert all(move.kind != "close" for move in many(start, asked, ines, 40, turn=9))
    assert any(move.kind == "close" for move in many(start, told, ines, 40, turn=9))


def test_a_long_talk_comes_to_an_end_by_itself(ines: Persona, start: ClientState) -> None:
    assert any(move.kind == "close" for move in many(start, heard("Well."), ines, 40, turn=50))


def test_an_odd_remark_is_deflected_in_character(ines: Persona, start: ClientState) -> None:
    words = heard("Are you an AI?", signals=("odd_machine",))
    said = {move.words for move in many(start, words, ines, 60)}
    assert all(move.direct == "deflection" for move in many(start, words, ines, 10))
    assert len(said) >= 5


def test_a_deflection_is_not_repeated_while_there_are_others(ines: Persona, start: ClientState) -> None:
    state, said = start, []
    for seed in range(6):
        move = drawn(state, heard("Are you an AI?", signals=("odd_machine",)), ines, seed)
        said.append(move.words)
        state = spoken(state, move)
    assert len(set(said)) == 6


def test_a_request_for_leave_gets_a_short_answer(ines: Persona, start: ClientState) -> None:
    words = heard("Would it be okay if I told you something?", signals=("permission",))
    brief = [move for move in many(start, words, ines) if move.direct == "backchannel"]
    assert len(brief) > 150
    assert all(len((move.words or "").split()) <= 4 for move in brief)


def test_brief_answers_come_after_reflections_more_than_after_open_questions(ines: Persona, start: ClientState) -> None:
    def brief(words: Heard) -> int:
        return sum(move.direct == "backchannel" for move in many(start, words, ines))

    assert brief(heard("So you stand a lot.")) > 3 * brief(heard("What is it like?"))


def test_a_brief_answer_is_less_often_followed_by_another(ines: Persona, start: ClientState) -> None:
    def brief(state: ClientState) -> int:
        return sum(move.direct is not None for move in many(state, heard("So you stand a lot."), ines))

    assert brief(start) > 1.2 * brief(start.model_copy(update={"brief_last": True}))


def test_an_accurate_reflection_is_not_answered_with_no(ines: Persona, start: ClientState) -> None:
    said = {move.words for move in many(start, heard("So you stand a lot.", accuracy=0.5), ines)} - {None}
    assert said and "Not really." not in said


def test_receptivity_runs_from_one_to_five(start: ClientState) -> None:
    assert receptivity(moved(start, trust=0, discord=10)) == 1
    assert receptivity(moved(start, trust=10, discord=0)) == 5


def test_facts_above_the_gate_count_as_closed(ines: Persona, start: ClientState) -> None:
    closed = closed_facts(ines, start, [])
    assert "Her granddaughter Pia asked why she smells of smoke." in closed
    assert "She drives the number nine bus." not in closed


def test_a_belief_softens_only_after_it_was_voiced() -> None:
    softened = line("Ten a day can be too many, maybe.", "acknowledge", "change/other", belief="light")
    card = persona(lines=(*LINES, softened))
    before = moved(begin(card), stage="contemplation", trust=6)
    after = before.model_copy(update={"voiced": ("light",)})

    def there(state: ClientState) -> bool:
        return softened["say"] in {one.say for one in material(card, state, heard("Well."))}

    assert there(after) and not there(before)


def test_beliefs_that_are_not_voiced_yet_are_what_sustain_talk_is_about(ines: Persona, start: ClientState) -> None:
    torn = moved(start, stage="contemplation", trust=6)
    words = heard("So you're in two minds.", accuracy=0.0)
    voiced = torn.model_copy(update={"voiced": ("light", "cannot")})
    assert odds(torn, words, ines, "sustain") > 1.5 * odds(voiced, words, ines, "sustain")


def test_a_step_that_is_none_of_theirs_is_not_agreed_to(ines: Persona, start: ClientState) -> None:
    ready = moved(start, stage="preparation", importance=8, confidence=7)
    proposed = heard("You should take up tap dancing in the evenings.")
    assert not any(move.kind == "accept" for move in many(ready, proposed, ines))


def test_a_plan_once_turned_down_is_never_agreed_to_later(ines: Persona, start: ClientState) -> None:
    ready = moved(start, stage="preparation", importance=8, confidence=7).model_copy(update={"rejected": ("five",)})
    words = heard("What could you do first?", signals=("planning",))
    taken = {move.main.plan for move in many(ready, words, ines) if move.main and move.kind in ("accept", "plan")}
    assert taken and "five" not in taken


def test_a_fact_of_the_core_waits_for_the_core_whatever_strand_its_line_is_on() -> None:
    slip = line("Pia asked me why I smell of smoke.", "inform", "neutral", "home", fact="smell")
    card = persona(lines=(*LINES, slip))
    trusting = moved(begin(card), trust=9)

    def there(state: ClientState) -> bool:
        return slip["say"] in {one.say for one in material(card, state, heard("Well."))}

    assert not there(trusting)
    assert there(trusting.model_copy(update={"core_touched": True}))


def test_no_turn_tells_two_facts(ines: Persona) -> None:
    chatty = persona(temperament={**ines.temperament.model_dump(), "talkativeness": 10})
    moves = many(moved(begin(chatty), trust=8), heard("Tell me about work and home?"), chatty)
    assert max(sum(line.fact is not None for line in move.lines) for move in moves) == 1


def test_a_question_does_not_hold_a_client_for_ever(ines: Persona, start: ClientState) -> None:
    words = heard("What is it like?")
    assert all(move.kind != "close" for move in many(start, words, ines, 40, turn=50))
    assert any(move.kind == "close" for move in many(start, words, ines, 40, turn=61))


def test_an_open_question_may_find_no_answer_but_mostly_does(ines: Persona, start: ClientState) -> None:
    moves = many(start, heard("What is it like?"), ines)
    assert 0 < sum(move.direct is not None for move in moves) < len(moves) / 4


def test_open_questions_call_up_more_change_talk_than_closed_ones(ines: Persona, start: ClientState) -> None:
    torn = moved(start, stage="contemplation", trust=6)
    asked = [odds(torn, heard(words), ines, "change") for words in ("What is it like?", "Is it hard?")]
    assert asked[0] > 1.5 * asked[1]


def test_a_touchy_client_argues_more(ines: Persona) -> None:
    def arguing(reactance: float) -> float:
        card = persona(temperament={**ines.temperament.model_dump(), "reactance": reactance})
        return odds(begin(card), heard("Well."), card, "sustain")

    assert arguing(9) > 1.5 * arguing(1)


def test_every_row_that_bears_on_talk_says_why() -> None:
    rows = (*choices().talk_lifts, *choices().move_lifts, *choices().mood_lifts, *choices().temper_lifts)
    assert len({row.why for row in rows}) == len(rows)
    assert all(knob.low < knob.high and knob.why.endswith(".") for knob in calibration().knobs.values())
