from evoke.llm.chat import Message
from evoke.llm.slots import Slots

MAREK = [Message(role="system", content="You are Marek. " * 40)]
LINH = [Message(role="system", content="You are Linh. " * 40)]
GLORIA = [Message(role="system", content="You are Gloria. " * 40)]


def turns(*words: str) -> list[Message]:
    return [Message(role="assistant" if place % 2 else "user", content=said) for place, said in enumerate(words)]


def seat(slots: Slots, messages: list[Message]) -> int | None:
    with slots.seat(messages) as fields:
        return fields.get("id_slot")


LONG = turns(*["So the evenings are the one thing that is yours, and nobody asks anything of you there. "] * 9)


def test_a_conversation_keeps_its_slot():
    slots = Slots(3)
    first = seat(slots, MAREK)
    assert [seat(slots, MAREK + LONG[:count]) for count in (1, 3, 5)] == [first] * 3


def test_another_client_takes_another_slot():
    slots = Slots(3)
    assert seat(slots, MAREK) != seat(slots, GLORIA)


def test_a_second_session_with_the_same_client_leaves_the_first_its_history():
    slots = Slots(3)
    first = seat(slots, MAREK + LONG)
    second = seat(slots, MAREK + turns("Hello."))
    assert second != first
    assert seat(slots, MAREK + LONG + turns("", "Go on.")[1:]) == first
    assert seat(slots, MAREK + turns("Hello.", "Hi.", "How are you?")) == second


def test_the_slot_of_a_conversation_long_silent_goes_first():
    now = [0.0]
    slots = Slots(2, clock=lambda: now[0])
    marek, gloria = seat(slots, MAREK + LONG), seat(slots, GLORIA + LONG[:3])
    now[0] = 1200.0
    assert seat(slots, GLORIA + LONG[:5]) == gloria
    assert seat(slots, LINH) == marek


def test_trying_a_moment_again_finds_what_led_to_it():
    slots = Slots(3)
    first = seat(slots, MAREK + LONG)
    assert seat(slots, MAREK + LONG[:6] + turns("Something else.")) == first


def test_a_slot_at_work_is_not_given_away():
    slots = Slots(2)
    with slots.seat(MAREK) as one, slots.seat(GLORIA) as two, slots.seat(LINH) as three:
        assert {one["id_slot"], two["id_slot"]} == {0, 1}
        assert three == {}
    assert seat(slots, LINH) in (0, 1)


def test_words_that_come_while_their_prefix_is_warmed_wait_for_it():
    slots = Slots(3)
    with slots.seat(MAREK) as warming, slots.seat(MAREK + turns("Hello.")) as speaking:
        assert speaking == warming
    with slots.seat(MAREK + LONG) as speaking, slots.seat(MAREK + turns("Hello.")) as other:
        assert other != speaking
