"""A small client, an ear that counts words, and a coder that goes by marks: enough for a mind, no model needed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np

from evoke.client.move import Heard
from evoke.coder.llm_batch import Spoken
from evoke.codes import Coded, Speaker
from evoke.persona import Line, Persona
from evoke.transcript import Turn

STRANDS = ("work", "home", "core")
MARKS = {
    "persuade": "should",
    "confront": "wrong about",
    "affirm": "strong of you",
    "emphasize_autonomy": "your choice",
    "seek_collaboration": "would it be okay",
    "give_information": "studies",
}


class Words:
    """Texts as unit vectors of their words' stems, so that likeness is shared words."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), 384), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"[a-z]{3,}", text.lower()):
                row[int(hashlib.md5(word[:5].encode()).hexdigest(), 16) % 384] += 1
            row /= np.linalg.norm(row) or 1
        return rows


class Shelf:
    """Recall in memory."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    def ready(self, persona: Persona) -> None:
        """Nothing to build."""

    def answering(self, persona: Persona, question: str, among: Collection[str]) -> list[Line]:
        return []

    def fitting(self, persona: Persona, query: str, among: Collection[str], k: int) -> list[Line]:
        self.queries.append(query)
        lines = [line for line in persona.lines if line.id in among]
        near = Words().embed([line.say for line in lines]) @ Words().embed([query])[0]
        return [lines[n] for n in np.argsort(-near, kind="stable")[:k]]


class Marks:
    """A coder that goes by marks in the words; the client's talk is neutral."""

    def code(self, text: str, speaker: Speaker, context: Sequence[Turn], *, target: str = "") -> Coded:
        if speaker == "client":
            return Coded(speaker="client", talk="neutral", reason="a test")
        return coded(text)

    def code_all(self, turns: Sequence[Turn], *, target: str = "") -> list[Coded]:
        return [self.code(turn.text, turn.speaker, ()) for turn in turns]

    def code_talks(self, spoken: Iterable[Spoken]) -> Iterator[Coded]:
        return (self.code(one.turn.text, one.turn.speaker, ()) for one in spoken)


def coded(text: str) -> Coded:
    codes = [code for code, mark in MARKS.items() if mark in text.lower()]
    if text.lower().startswith(("so you", "you're", "your ")) and not codes:
        codes.append("complex_reflection")
    asks = "?" in text
    if asks and not codes:
        codes.append("question")
    closed = text.lower().startswith(("do ", "did ", "is ", "are ", "have "))
    question = ("closed" if closed else "open") if asks else None
    return Coded(speaker="learner", behaviour="other", codes=tuple(codes), question=question, reason="a test")


def heard(text: str, **more) -> Heard:
    return Heard(words=text, coded=coded(text), **more)


def line(say: str, move: str, talk: str, strand: str = "work", gate: float = 0, **more) -> dict:
    return {"say": say, "move": move, "talk": talk, "strand": strand, "gate": gate,
            "reflect": f"Reflecting: {say}", "ask": "What else?", **more}  # fmt: skip


LINES = (
    line("I drive a bus, the number nine.", "inform", "neutral", fact="bus"),
    line("Shifts change every week.", "inform", "neutral", fact="shifts"),
    line("There's a canteen with terrible soup.", "inform", "neutral", fact="soup"),
    line("My brother lives upstairs.", "inform", "neutral", "home", fact="brother"),
    line("We play cards on Fridays.", "inform", "neutral", "home", 3, fact="cards"),
    line("What do you want to know?", "engage", "neutral"),
    line("It's cold in here, isn't it.", "engage", "neutral"),
    line("I like the early mornings, empty streets.", "engage", "neutral"),
    line("My brother cooks, I wash up.", "engage", "neutral", "home"),
    line("The chest is tight on the stairs these days.", "engage", "change/other"),
    line("I get short of breath at the depot.", "engage", "change/reason"),
    line("Cigarettes are the only break I get.", "engage", "sustain/reason"),
    line("I'm not a heavy smoker.", "deny", "sustain/other", belief="light"),
    line("The doctor said nothing about smoking.", "deny", "sustain/reason"),
    line("Ten a day is not many.", "downplay", "sustain/other", belief="light"),
    line("My grandfather smoked till ninety.", "downplay", "sustain/reason"),
    line("It's the shifts that make me smoke.", "blame", "sustain/other", belief="cannot"),
    line("The inspector stresses everybody.", "blame", "sustain/reason"),
    line("I'd like to, but not this month.", "hesitate", "sustain/commitment", belief="light"),
    line("Part of me would miss it.", "hesitate", "sustain/desire"),
    line("I tried once, it lasted a day.", "doubt", "sustain/ability", belief="cannot"),
    line("Nobody at the depot has managed.", "doubt", "sustain/reason"),
    line("It does worry me at night.", "acknowledge", "change/other"),
    line("I want to climb those stairs without stopping.", "acknowledge", "change/desire"),
    line("I gave up sugar, so I can stop things.", "acknowledge", "change/ability"),
    line("Five a day, I could do that.", "accept", "change/commitment", plan="five"),
    line("No smoking in the flat, all right.", "accept", "change/activation", plan="flat"),
    line("Patches? No, they itch.", "reject", "sustain/reason", plan="patches"),
    line("A group isn't for me.", "reject", "sustain/desire", plan="group"),
    line("From Monday it's five.", "plan", "change/commitment", plan="five"),
    line("I'll put the ashtray outside tonight.", "plan", "change/taking_steps", plan="flat"),
    line("My granddaughter asked why I smell of smoke.", "inform", "change/reason", "core", 5, fact="smell"),
    line("I want to dance at her wedding.", "acknowledge", "change/desire", "core", 5),
    line("She hides my lighter, she's six.", "engage", "change/other", "core", 5),
    line("I've had enough of this. I'm off.", "leave", "neutral"),
    line("That's my bus. Thanks for listening.", "close", "neutral"),
)


def persona(**changes) -> Persona:
    """Ines, a bus driver who smokes."""
    card = {
        "schema_version": 1, "id": "smoking_ines", "version": "1.0.0", "name": "Ines", "age": 58, "pronouns": "she/her",
        "topic": "smoking", "target_behaviour": "cutting down or stopping smoking",
        "brief": {"setting": "A health centre.", "referral": "The company doctor sent her.",
                  "known": "She drives a bus.", "minutes": 10, "goals": ["Listen first"], "difficulty": "easy"},
        "story": "Ines is 58 and drives the number nine bus. She smokes ten a day.",
        "temperament": {"trust": 4, "importance": 3, "confidence": 4,
                        "reactance": 5, "talkativeness": 5, "openness": 5},
        "strands": [
            {"id": "work", "about": "the bus, the depot, shifts"},
            {"id": "home", "about": "brother upstairs, cards, the flat", "gate": 1},
            {"id": "core", "about": "granddaughter, smell of smoke, wedding", "gate": 5, "core": True},
        ],
        "facts": [
            {"id": "bus", "text": "She drives the number nine bus.", "strand": "work"},
            {"id": "shifts", "text": "Her shifts change every week.", "strand": "work"},
            {"id": "soup", "text": "The canteen soup is terrible.", "strand": "work"},
            {"id": "brother", "text": "Her brother lives upstairs.", "strand": "home", "gate": 1},
            {"id": "cards", "text": "On Fridays they play cards for matches.", "strand": "home", "gate": 3},
            {"id": "smell", "text": "Her granddaughter Pia asked why she smells of smoke.",
             "strand": "core", "gate": 5},
        ],
        "beliefs": [
            {"id": "light", "text": "Ten a day is nothing.", "softened": "Ten can be too many.", "strand": "work"},
            {"id": "cannot", "text": "Nobody on shifts can stop.", "softened": "Some have.", "strand": "work"},
        ],
        "plans": {
            "acceptable": [{"id": "five", "text": "five cigarettes a day"},
                           {"id": "flat", "text": "no smoking in the flat"}],
            "rejected": [{"id": "patches", "text": "nicotine patches on the arm", "because": "they itch"},
                         {"id": "group", "text": "join a stop smoking group", "because": "strangers"}],
        },
        "voice": {
            "habits": "Dry and short.", "fillers": ["well"],
            "backchannels": ["Mm.", "I suppose.", "Could be.", "Not really."], "never_says": ["addiction"],
            "examples": [
                {"counsellor": "What's your day like?", "how": "answers plainly",
                 "lines": ["Up at four.", "First bus."], "reply": "Up at four, first bus."},
                {"counsellor": "You must stop.", "how": "gets irritated", "lines": ["Says who?"], "reply": "Says who?"},
                {"counsellor": "It's a lonely shift.", "how": "softens a little", "lines": ["Nights are long."],
                 "reply": "Nights are long, yes."},
            ],
        },
        "opening": ["Well. Here I am.", "They told me to come."],
        "safety": {"content_note": "Smoking, breathlessness."},
        "lines": LINES,
    }  # fmt: skip
    return Persona.model_validate({**card, **changes})
