import pytest

from evoke.coder.encoder import EncoderCoder, is_back_channel
from evoke.coder.llm_batch import Spoken
from evoke.coder.scores import ClientScores
from evoke.codes import CODES, Coded, Uncoded
from evoke.transcript import Turn

CLIENT = "My sister keeps saying I smoke too much, and maybe she has a point."
TARGET = "stopping smoking"


@pytest.fixture(scope="module")
def coder():
    return EncoderCoder()


def turns(*texts, first="client"):
    other = {"client": "learner", "learner": "client"}
    speakers = [first if n % 2 == 0 else other[first] for n in range(len(texts))]
    return [
        Turn(id=str(n), parent=None, speaker=s, text=t) for n, (s, t) in enumerate(zip(speakers, texts, strict=True))
    ]


@pytest.mark.parametrize(
    ("words", "behaviour"),
    [
        ("What would you like to be different a year from now?", "question"),
        ("Your sister has noticed, and part of you thinks she is right.", "reflection"),
        ("About half of the people who use patches stay off cigarettes for a month.", "therapist_input"),
        ("Hello, I am Sam, thank you for coming in today.", "other"),
    ],
)
def test_plain_cases_get_their_behaviour(coder, words, behaviour):
    coded = coder.code(words, "learner", turns(CLIENT), target=TARGET)
    assert coded.behaviour == behaviour
    assert coded.probabilities[f"behaviour.{behaviour}"] > 0.5


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Whether you stop or carry on is entirely your decision, nobody can make it for you.", "emphasize_autonomy"),
        ("Would it be okay if I told you what has worked for other people?", "seek_collaboration"),
        ("You got through four nights without one, that took real determination.", "affirm"),
        ("You really need to throw them all away tonight and get patches.", "persuade"),
        ("That is just an excuse. You don't care what this does to your kids.", "confront"),
    ],
)
def test_plain_cases_get_their_miti_code(coder, words, code):
    assert code in coder.code(words, "learner", turns(CLIENT), target=TARGET).codes


@pytest.mark.parametrize(
    ("words", "talk"),
    [
        ("I want to stop smoking, I have had enough of it.", "change"),
        ("I don't want to stop, smoking is the only thing that calms me down.", "sustain"),
        ("I live with my sister in the old town.", "neutral"),
    ],
)
def test_plain_client_talk_leans_as_it_should(coder, words, talk):
    coded = coder.code(words, "client", turns("How do you see it?", first="learner"), target=TARGET)
    assert coded.talk == talk
    assert (coded.talk_kind is None) == (talk == "neutral")


def test_a_turn_just_said_gets_the_very_codes_that_the_whole_talk_is_given_later(coder):
    worries = ("What brings you?", CLIENT, "She worries.", "Yeah.", "What do you make of it?", "I should stop. " * 8)
    told = turns(*(f"{text} {n}" for n in range(4) for text in worries), first="learner")
    together = coder.code_all(told, target=TARGET)
    alone = [coder.code(t.text, t.speaker, told[:n], target=TARGET) for n, t in enumerate(told)]
    assert together == alone == EncoderCoder().code_all(told, target=TARGET)


def test_talks_beside_each_other_do_not_hear_each_other(coder):
    talks = [turns(CLIENT, "She worries.", f"I am on night shifts {n}.") for n in range(3)]
    spoken = [Spoken(str(n), TARGET, turn) for n, talk in enumerate(talks) for turn in talk]
    assert list(coder.code_talks(spoken)) == [one for talk in talks for one in coder.code_all(talk, target=TARGET)]


def test_turns_of_a_stream_are_not_held_until_it_ends(coder):
    taken = []

    def stream():
        for n in range(3000):
            taken.append(n)
            yield Spoken("a", TARGET, turns(f"I could walk {n} steps to the shop and back.")[0])

    for _ in zip(range(5), coder.code_talks(stream()), strict=False):
        pass
    assert len(taken) < 1000


def test_every_learner_turn_explains_itself_in_one_line(coder):
    coded = coder.code("You feel torn. What would help?", "learner", turns(CLIENT))
    assert isinstance(coded, Coded) and coded.utterances
    for reason in (coded.reason, *(one.reason for one in coded.utterances)):
        assert reason[0].isupper() and reason.endswith(".") and "\n" not in reason and len(reason) <= 240
    assert "".join(one.text for one in coded.utterances).replace(" ", "") == "Youfeeltorn.Whatwouldhelp?"


def test_probabilities_name_every_choice_and_sum_to_one(coder):
    shares = coder.code("What would help?", "learner", turns(CLIENT)).probabilities
    assert {f"code.{code}" for code in CODES} <= set(shares)
    for group in ("behaviour", "question", "reflection"):
        assert sum(p for name, p in shares.items() if name.startswith(f"{group}.")) == pytest.approx(1, abs=0.001)
    assert all(0 <= p <= 1 for p in shares.values())


@pytest.mark.parametrize("text", ["", "   \n", "...", "?!"])
@pytest.mark.parametrize("speaker", ["learner", "client"])
def test_no_words_stay_uncoded_with_a_reason(coder, text, speaker):
    coded = coder.code(text, speaker, [])
    assert isinstance(coded, Uncoded) and coded.reason


@pytest.mark.parametrize("text", ["Mm-hmm.", "Okay. Yeah.", "right", "Oh, okay, sure."])
def test_a_learners_back_channel_is_other_and_carries_no_code(coder, text):
    coded = coder.code(text, "learner", turns(CLIENT))
    assert (coded.behaviour, coded.codes) == ("other", ())


def test_a_clients_yes_is_an_answer_not_a_back_channel():
    assert is_back_channel("yeah", "learner") and not is_back_channel("yeah", "client")
    assert is_back_channel("mm-hmm", "client")
    assert not is_back_channel("okay?", "learner") and not is_back_channel("so it is great for you", "learner")


@pytest.mark.parametrize(
    "text",
    [
        "word " * 2000,
        "no stop at all " * 300,
        "A sentence. " * 400,
        "\x00\x01 ok then",
        "🙂 🙂 I am here",
        "¿Qué te gustaría cambiar?",
    ],
    ids=["long", "unpunctuated", "sentences", "control", "emoji", "spanish"],
)
def test_strange_text_is_coded_without_failing(coder, text):
    for speaker in ("learner", "client"):
        coded = coder.code(text, speaker, turns(CLIENT, text))
        assert isinstance(coded, Coded)
        assert all(0 <= p <= 1 for p in coded.probabilities.values())


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("Do you drink every day?", "closed"),
        ("How many do you have?", "closed"),
        ("What makes you want to change now?", "open"),
        ("How do you feel about that?", "open"),
        ("Is that so? And what would help?", "open"),
    ],
)
def test_a_plain_form_decides_whether_a_question_is_open(coder, words, form):
    coded = coder.code(words, "learner", [])
    assert isinstance(coded, Coded)
    assert coded.question == form


def test_rarer_client_talk_needs_a_smaller_share_than_neutral_talk():
    class Torn:
        def last(self, talk):
            return ClientScores(talk={"change": 0.2, "sustain": 0.3, "neutral": 0.5}, kinds={"need": 0.9, "other": 0.1})

    coded = EncoderCoder(Torn()).code("I suppose it is how I wind down.", "client", [])
    assert (coded.talk, coded.talk_kind) == ("sustain", "need")
    assert coded.probabilities["talk.neutral"] == 0.5
