"""Who in a transcript is the counsellor and who the client: by what they are called, else by how they speak.

Knows names and words, no file. What is guessed is said to be a guess, with its reason, for a person to confirm.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from evoke.codes import Speaker
from evoke.errors import BadInput

SPEAKER_WORDS: dict[str, Speaker] = {
    **dict.fromkeys(("learner", "counsellor", "counselor", "therapist", "clinician", "interviewer", "practitioner",
                     "provider", "coach", "nurse", "doctor", "helper", "t"), "learner"),
    **dict.fromkeys(("client", "patient", "caller", "participant", "interviewee", "student", "c", "p"), "client"),
}  # fmt: skip
HINTS: dict[str, Speaker] = {  # one of these in a longer name, such as "Nurse Kim", speaks for a role
    **{word: speaker for word, speaker in SPEAKER_WORDS.items() if len(word) > 1},
    **dict.fromkeys(("dr", "physician", "psychologist", "psychiatrist", "worker", "advisor", "adviser", "midwife",
                     "pharmacist", "physio", "dietitian", "psychotherapist"), "learner"),
    "respondent": "client",
}  # fmt: skip
MOST_NAMES = 200  # of one file; further ones stay unknown, so that a table with a wrong column costs no memory
MAIN_SHARE = 0.1  # of a transcript's turns, from which somebody is one of its two main speakers
FIRST_COUNTS = 0.2  # what it is worth to have spoken first, beside two shares of 0-1

SAID, SAID_THERE = 4, 12  # guesses and names in a sentence
ROLE: dict[Speaker, str] = {"learner": "counsellor", "client": "client"}
CALLED_SO, THE_OTHER = "called so", "the other speaker"

Roles = Mapping[str, Speaker | None]  # by `name_key`; None: left out on purpose

_QUESTION = re.compile(
    r"\?|^(?:(?:so|and|but|okay|ok|well|now|um|uh|yeah|right)[ ,]+)*"
    r"(?:what|how|why|when|where|who|which|do|does|did|are|is|was|were|have|has|can|could|would|will|tell me)\b",
    re.IGNORECASE,
)  # speech recognition writes no question marks
_YOU = re.compile(r"\byou(?:rs?|rself|['’](?:re|ve|d|ll))?\b", re.IGNORECASE)
_ME = re.compile(r"\b(?:i|me|my|mine|myself|i['’](?:m|ve|d|ll))\b", re.IGNORECASE)


def name_key(name: str) -> str:
    """One key for all spellings of a name: " ANNA  B" and "Anna B"."""
    return " ".join(name.casefold().split())


def shown_name(name: str) -> str:
    """A name from a file, short and without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:30]


def speaker_of(word: str) -> Speaker | None:
    """Who is meant by a speaker's name, such as "THERAPIST 1" or "Patient"; None where it cannot be told."""
    return SPEAKER_WORDS.get(re.sub(r"[^a-z]+", "", word.lower()))


def hinted(name: str) -> Speaker | None:
    """The role that a longer name speaks for, such as "Nurse Kim"; None where it names neither or both."""
    found = {HINTS[word] for word in re.findall(r"[a-z-]+", name.casefold()) if word in HINTS}
    return found.pop() if len(found) == 1 else None


@dataclass
class Person:
    """Somebody who speaks in a file, and how: turns, words, questions, "you" and "I"; `begins` transcripts begun."""

    name: str
    turns: int = 0
    words: int = 0
    questions: int = 0
    you: int = 0
    me: int = 0
    begins: int = 0

    def say(self, text: str) -> None:
        """Count one more turn."""
        self.turns += 1
        self.words += len(text.split())
        self.questions += bool(_QUESTION.search(text))
        self.you += len(_YOU.findall(text))
        self.me += len(_ME.findall(text))

    @property
    def asking(self) -> float:
        """The share of turns that ask something, 0-1."""
        return self.questions / self.turns if self.turns else 0.0

    @property
    def about_you(self) -> float:
        """How much more is said of "you" than of "I", 0-1; a half where neither is."""
        return (self.you + 1) / (self.you + self.me + 2)

    @property
    def like_a_counsellor(self) -> float:
        """Asks, speaks of "you", speaks first: the higher, the likelier the counsellor."""
        return self.asking + self.about_you + FIRST_COUNTS * (self.begins > 0)


@dataclass(frozen=True)
class Casting:
    """Who is who; whoever is missing is unknown. `reasons` says why, for each guess; `guessed` tells it in a line."""

    roles: Roles
    reasons: Mapping[str, str] = field(default_factory=dict)
    guessed: str = ""


class Company:
    """Everybody who speaks in a file, and who meets whom in its transcripts."""

    def __init__(self, said: Iterable[tuple[str, str, str]]) -> None:
        """`said` are turns in order: transcript, name and text."""
        self.people: dict[str, Person] = {}
        self._circles: Counter[frozenset[str]] = Counter()
        for _, turns in groupby(said, key=itemgetter(0)):
            self._circles[self._meet(turns)] += 1

    def told(self, counsellors: Sequence[str]) -> Casting:
        """Those who are named are counsellors, everybody else is a client. Raises BadInput for a stranger's name."""
        keys = {name_key(name) for name in counsellors}
        for name in counsellors:
            if name_key(name) not in self.people:
                there = ", ".join(shown_name(person.name) for person in list(self.people.values())[:SAID_THERE])
                raise BadInput(f"nobody called '{shown_name(name)}' speaks", cure=f"There are: {there}")
        return Casting({key: "learner" if key in keys else "client" for key in self.people})

    def guess(self) -> Casting:
        """Known names as they are; where a side of a transcript is missing, who is likeliest to be it."""
        votes: Counter[tuple[str, Speaker]] = Counter()
        why: dict[tuple[str, Speaker], str] = {}
        for circle, times in self._circles.items():
            for key, (speaker, reason) in self._settle(circle).items():
                votes[key, speaker] += times
                why[key, speaker] = reason
        found: dict[str, Speaker] = {key: known for key in self.people if (known := self._known(key))}
        for (key, speaker), _ in reversed(votes.most_common()):  # the one with most votes has the last word
            found[key] = speaker
        reasons = {key: why[key, speaker] for key, speaker in found.items() if (key, speaker) in why}
        return Casting(found, reasons, self._sentence(found, reasons))

    def _meet(self, turns: Iterable[tuple[str, str, str]]) -> frozenset[str]:
        """Hear one transcript; who speaks in it."""
        circle: set[str] = set()
        for _, name, text in turns:
            key = name_key(name)
            if key in self.people or len(self.people) < MOST_NAMES:
                person = self.people.setdefault(key, Person(name))
                person.begins += not circle
                person.say(text)
                circle.add(key)
        return frozenset(circle)

    def _known(self, key: str) -> Speaker | None:
        return speaker_of(self.people[key].name)

    def _settle(self, circle: frozenset[str]) -> dict[str, tuple[Speaker, str]]:
        """Guesses for those who meet in one transcript, with reasons: at most one counsellor and one client."""
        known = {self._known(key) for key in circle}
        left = self._main(circle)
        found: dict[str, tuple[Speaker, str]] = {}
        if "learner" not in known and left and ("client" in known or len(left) > 1):
            counsellor = max(left, key=self._rank)
            left.remove(counsellor)
            found[counsellor] = "learner", self._reason(counsellor, left)
        if "client" not in known and left and ("learner" in known or found):
            client = max(left, key=lambda key: (hinted(key) == "client", self.people[key].turns))
            found[client] = "client", CALLED_SO if hinted(client) == "client" else THE_OTHER
        return found

    def _main(self, circle: frozenset[str]) -> list[str]:
        """Those without a known name who hold a talk, in the order in which they came; all where few speak."""
        unknown = [key for key in self.people if key in circle and self._known(key) is None]
        turns = sum(self.people[key].turns for key in unknown)
        main = [key for key in unknown if self.people[key].turns >= MAIN_SHARE * turns]
        return main if len(main) > 1 else unknown

    def _rank(self, key: str) -> tuple[int, float]:
        called = {"learner": 1, None: 0, "client": -1}[hinted(key)]
        return called, self.people[key].like_a_counsellor

    def _reason(self, key: str, others: Sequence[str]) -> str:
        """Why somebody was taken for the counsellor: what sets them apart most."""
        if hinted(key) == "learner" or not others:
            return CALLED_SO if hinted(key) == "learner" else THE_OTHER
        mine, beside = self.people[key], max((self.people[other] for other in others), key=lambda one: one.turns)
        apart = {
            "asks more questions": mine.asking - beside.asking,
            "says “you” more and “I” less": mine.about_you - beside.about_you,
            "speaks first": FIRST_COUNTS * ((mine.begins > 0) - (beside.begins > 0)),
        }
        return max(apart, key=apart.__getitem__)

    def _sentence(self, roles: Mapping[str, Speaker], reasons: Mapping[str, str]) -> str:
        """The guesses in one line; empty where nothing was guessed."""
        keys = sorted(reasons, key=lambda key: roles[key] != "learner")
        each = [f"{shown_name(self.people[key].name)} is the {ROLE[roles[key]]} ({reasons[key]})" for key in keys]
        more = f" and {len(each) - SAID} more" if len(each) > SAID else ""
        return f"Guessed who is who: {', '.join(each[:SAID])}{more}" if each else ""
