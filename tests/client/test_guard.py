"""What never reaches the screen, and what is not held back."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from evoke.cards import all_cards
from evoke.client.checks import Around, fault_of
from evoke.client.guard import Guard, Replace, Word, guard_rows
from evoke.client.screen import Screen
from evoke.client.speaking import Attempt, Speaking
from evoke.client.wording import deflections
from evoke.llm.scripted import ScriptedModel
from evoke.persona import Persona

BREAKS = [
    "As an AI language model, I don't drink.",
    "Well, as an AI I can't say.",
    "I'm an assistant, how can I help you today?",
    "Sorry, but I can't assist with that.",
    "I'm here to help. What brings you in?",
    "Thank you for sharing that with me.",
    "You should try talking to your doctor.",
    "Have you considered joining a group?",
    "It's important to take care of your health.",
    "How does that make you feel?",
    "I understand how you feel.",
    "Ines might say: no.",
    "你好，我很好。",
    "Counsellor: And how are you?",
    "```python\nprint(1)```",
    "That is my addiction talking.",
]
FINE = [
    "I don't know. My sister helps me with the shopping.",
    "I can't help it, I like the taste.",
    "Should I have said something?",
    "As a kid I was on the bus all day.",
    "I'm a real machine in the mornings, ask anyone.",
    "You try doing a night shift.",
    "I'm sorry I'm late.",
    "Here to sign a paper, that's all.",
    "He told me I should stop.",
    "Doctor's instructions, once a day.",
]
QUIET = Around(learner="Well.", earlier=(), lines=("It rains.",), closed=())


def tokens(text: str) -> list[str]:
    """Pieces as a model streams them: words with the blank before them, long ones in two."""
    words = re.findall(r"\s*\S+", text)
    return [piece for word in words for piece in ([word[:4], word[4:]] if len(word) > 6 else [word])]


def shown(guard: Guard, text: str, size: int = 0) -> tuple[list[str], Screen]:
    """Everything that stood on the screen at some moment."""
    screen, moments = Screen(guard), []
    pieces = [text[n : n + size] for n in range(0, len(text), size)] if size else tokens(text)
    for piece in pieces:
        screen.feed(piece)
        moments.append(screen.shown)
    screen.finish()
    return [*moments, screen.shown], screen


@pytest.fixture(scope="module")
def guard(ines: Persona) -> Guard:
    return Guard(ines)


@pytest.mark.parametrize("size", [1, 3, 7, 0])
@pytest.mark.parametrize("text", BREAKS)
def test_a_forbidden_phrase_never_stands_on_the_screen(guard: Guard, text: str, size: int) -> None:
    moments, screen = shown(guard, text, size)
    assert all(guard.broken(moment + " ") is None for moment in moments)
    assert screen.fault is not None or screen.trimmed is not None


@pytest.mark.parametrize("text", [text for text in BREAKS if not text.startswith(("Well,", "That is"))])
def test_a_break_after_a_good_sentence_leaves_the_sentence(guard: Guard, text: str) -> None:
    moments, screen = shown(guard, f"It rains most days here. {text}")
    assert screen.shown == "It rains most days here."
    assert screen.fault is None and screen.trimmed is not None
    assert all("It rains most days here.".startswith(moment) for moment in moments)


@pytest.mark.parametrize("text", FINE)
def test_ordinary_words_come_through_whole(guard: Guard, text: str) -> None:
    moments, screen = shown(guard, text)
    assert screen.shown == text
    assert screen.fault is None and screen.trimmed is None
    assert all(later.startswith(earlier) for earlier, later in pairwise(moments))


def test_words_are_not_held_back_needlessly(guard: Guard) -> None:
    for text in FINE:
        screen, waits = Screen(guard), []
        for n, piece in enumerate(tokens(text)):
            if screen.feed(piece):
                waits.append(n)
        assert waits[0] <= 3, text


def test_brackets_labels_quotes_and_slashes_are_taken_out_in_passing(guard: Guard) -> None:
    for said, seen in (
        ("(sighs) I don't know.", "I don't know."),
        ("[looks away] Maybe so. *shrugs*", "Maybe so."),
        ("Ines: Up at four.", "Up at four."),
        ('"Up at four, most days."', "Up at four, most days."),
        ("Up at four. / First bus.", "Up at four. First bus."),
        ("Fine, thanks 😊 really.", "Fine, thanks really."),
        ("Well (and this is the note", "Well"),
    ):
        moments, screen = shown(guard, said)
        assert screen.shown == seen
        assert not any(mark in moment for moment in moments for mark in "([*😊/")


def test_a_reply_in_nothing_but_brackets_is_a_fault(guard: Guard) -> None:
    assert shown(guard, "(Ines says nothing.)")[1].fault is not None


def test_a_new_line_ends_the_reply(guard: Guard) -> None:
    assert shown(guard, "I don't know about that.\nCounsellor: Tell me more.")[1].shown == "I don't know about that."


def test_a_long_reply_ends_at_a_sentence(guard: Guard) -> None:
    sentence = "The depot is cold and the soup is worse than that."
    _, screen = shown(guard, " ".join([sentence] * 6))
    assert screen.shown == " ".join([sentence] * 3)
    assert screen.done and screen.fault is None


def test_a_sentence_without_an_end_trails_off(guard: Guard) -> None:
    _, screen = shown(guard, "and then " * 60)
    assert screen.shown.endswith("…")
    assert len(screen.shown.split()) <= 40


def test_what_is_shown_is_never_taken_back_by_the_length_limit(guard: Guard) -> None:
    moments, _ = shown(guard, "I stood there, " * 30 + "done. Then home.")
    assert all(later.startswith(earlier.rstrip(" ,")) for earlier, later in pairwise(moments))


@pytest.mark.parametrize(
    ("reply", "rule"),
    [
        ("I never liked the soup there, to be honest.", "repeat"),
        ("So tell me what a typical day looks like for you at home.", "echo"),
        ("I used to sit with you when you were small.", "swap"),
        ("My granddaughter Pia asked why I smell of smoke.", "disclosure"),
        ("Just the bus, and the rain on it.", None),
    ],
)
def test_whole_replies_are_checked(reply: str, rule: str | None) -> None:
    around = Around(
        learner="Please tell me what a typical day looks like for you at home.",
        earlier=("I never liked the soup there, to be honest.",),
        lines=("She used to sit with me when I was small.",),
        closed=("Her granddaughter Pia asked why she smells of smoke.",),
    )
    assert fault_of(reply, around) == rule


def speaking(guard: Guard, *replies: str, around: Around = QUIET) -> Speaking:
    attempts = [Attempt([], 1, 0.5), Attempt([], 2, 0.2)]
    return Speaking(ScriptedModel(list(replies)), guard, attempts, "It rains.", around)


def on_screen(events: list) -> str:
    text = ""
    for event in events:
        text = event.text if isinstance(event, Replace) else text + event.text
    return text


def test_a_caught_reply_is_made_once_more(guard: Guard) -> None:
    made = speaking(guard, "How can I help you today?", "It pours, mostly.")
    assert on_screen(list(made.said())) == "It pours, mostly." == made.text
    assert [(catch.rule, catch.outcome) for catch in made.catches] == [("helper", "regenerated")]


def test_after_a_second_catch_the_line_itself_is_said(guard: Guard) -> None:
    made = speaking(guard, "How can I help you today?", "I'm here to help.")
    assert on_screen(list(made.said())) == "It rains." == made.text
    assert [catch.outcome for catch in made.catches] == ["regenerated", "line"]
    assert made.usage.calls == 2


def test_shown_words_are_replaced_only_for_a_fault_of_the_whole_reply(guard: Guard) -> None:
    around = QUIET.model_copy(update={"earlier": ("I never liked the soup there at all.",)})
    made = speaking(guard, "I never liked the soup there at all.", "It pours.", around=around)
    events = list(made.said())
    assert [type(event) for event in events if isinstance(event, Replace)] == [Replace]
    assert on_screen(events) == "It pours."
    plain = list(speaking(guard, "It pours, mostly.").said())
    assert all(isinstance(event, Word) for event in plain)


def test_a_reply_that_goes_on_adds_only_what_is_new(guard: Guard) -> None:
    made = Speaking(ScriptedModel(["It pours, mostly."]), guard, [Attempt([], 1, 0.5)], "It rains.", QUIET, "It pours,")
    events = list(made.said())
    assert "".join(event.text for event in events) == " mostly."


@pytest.mark.parametrize("card", all_cards(), ids=lambda card: card.id)
def test_no_authored_line_would_be_caught(card: Persona) -> None:
    guard = Guard(card)
    lines = [line.say for line in card.lines]
    spoken = [
        *card.opening,
        *card.voice.backchannels,
        *card.voice.unsure,
        *(example.reply for example in card.voice.examples),
    ]
    caught = {say: guard.broken(say) for say in (*lines, *spoken) if guard.broken(say)}
    assert caught == {}
    for say in lines:
        assert shown(guard, say)[1].shown == say


def test_no_deflection_would_be_caught(guard: Guard) -> None:
    said = [words for kind in deflections().model_dump().values() for words in kind]
    assert {words: guard.broken(words) for words in said if guard.broken(words)} == {}
    assert len(said) >= 50


def test_every_break_says_what_the_voice_did() -> None:
    assert all(row.reason for row in (*guard_rows().breaks, *guard_rows().cut))
