"""The arithmetic of a session: ratios, counts and shares over its turns, and their MITI bands. Knows no model.

A measure whose denominator is zero is None, "not applicable", never 0. Codes count at most once a volley; consecutive
turns of one speaker are one volley (MITI 4.2.1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Literal

from pydantic import Field

from evoke.codes import ADHERENT, CODES, NON_ADHERENT, Code, Coded, Frozen, QuestionType, Speaker, Talk
from evoke.consistency import mi_consistency
from evoke.transcript import Turn

Band = Literal["below", "fair", "good"]
Banded = Literal["reflections_per_question", "complex_share", "relational", "technical"]
QUARTERS = 4


class Threshold(Frozen):
    """From which value a measure is fair (a basic competence) and good (proficient)."""

    fair: float
    good: float

    def band(self, value: float | None) -> Band | None:
        """Where a value lies; None where there is none."""
        if value is None:
            return None
        return "good" if value >= self.good else "fair" if value >= self.fair else "below"


# MITI 4.2.1, sections H and I: the authors' expert opinion, without norms. No other measure has a threshold there.
THRESHOLDS: dict[Banded, Threshold] = {
    "reflections_per_question": Threshold(fair=1, good=2),
    "complex_share": Threshold(fair=0.4, good=0.5),
    "relational": Threshold(fair=3.5, good=4),
    "technical": Threshold(fair=3, good=4),
}


class Point(Frozen):
    """One turn in the course of a session. `place` counts the turns of its speaker from 1.

    `change_so_far` and `sustain_so_far` count the client's turns up to and with this one.
    """

    turn_id: str
    speaker: Speaker
    place: int
    words: int
    codes: tuple[Code, ...] = ()
    talk: Talk | None = None
    change_so_far: int
    sustain_so_far: int


class Measures(Frozen):
    """All measures of a path. Shares are 0-1; None means "not applicable"."""

    learner_turns: int
    client_turns: int
    uncoded_turns: int
    counts: dict[Code, int]
    questions: int
    reflections: int
    complex_reflections: int
    adherent: int
    non_adherent: int
    reflections_per_question: float | None
    complex_share: float | None
    open_share: float | None
    talk_share: float | None
    change_talk: int
    sustain_talk: int
    change_share: float | None
    change_by_quarter: tuple[float | None, ...] = Field(min_length=QUARTERS, max_length=QUARTERS)
    mi_consistency: float | None
    bands: dict[Banded, Band]
    series: tuple[Point, ...]


def measure(turns: Sequence[Turn]) -> Measures:
    """Every measure of a path of turns, oldest first."""
    spoken = list(volleys(turns))
    counts = Counter(code for codes in spoken for code in codes)
    questions, complex_ones = counts["question"], counts["complex_reflection"]
    reflections = counts["simple_reflection"] + complex_ones
    talks = [turn.coded.talk for turn in turns if turn.speaker == "client" and isinstance(turn.coded, Coded)]
    asked = [turn.coded.question for turn in turns if isinstance(turn.coded, Coded) and turn.coded.question]
    words = {speaker: sum(_words(t) for t in turns if t.speaker == speaker) for speaker in ("learner", "client")}
    per_question, complex_share = _ratio(reflections, questions), _ratio(complex_ones, reflections)
    return Measures(
        learner_turns=sum(turn.speaker == "learner" for turn in turns),
        client_turns=sum(turn.speaker == "client" for turn in turns),
        uncoded_turns=sum(not isinstance(turn.coded, Coded) for turn in turns),
        counts={code: counts[code] for code in CODES},
        questions=questions,
        reflections=reflections,
        complex_reflections=complex_ones,
        adherent=sum(counts[code] for code in ADHERENT),
        non_adherent=sum(counts[code] for code in NON_ADHERENT),
        reflections_per_question=per_question,
        complex_share=complex_share,
        open_share=_ratio(_of(asked, "open"), len(asked)),
        talk_share=_ratio(words["learner"], sum(words.values())),
        change_talk=talks.count("change"),
        sustain_talk=talks.count("sustain"),
        change_share=_change_share(talks),
        change_by_quarter=tuple(_change_share(part) for part in _quarters(talks)),
        mi_consistency=mi_consistency(turns),
        bands=bands(reflections_per_question=per_question, complex_share=complex_share),
        series=tuple(_series(turns)),
    )


def bands(**values: float | None) -> dict[Banded, Band]:
    """The bands of those of the named values that are applicable."""
    found = {name: threshold.band(values.get(name)) for name, threshold in THRESHOLDS.items()}
    return {name: band for name, band in found.items() if band}


def volleys(turns: Sequence[Turn]) -> Iterable[frozenset[Code]]:
    """The codes of each learner volley, each code once, and one reflection: complex where any part is (MITI 4.2.1)."""
    for speaker, volley in groupby(turns, key=lambda turn: turn.speaker):
        if speaker == "learner":
            codes = {code for turn in volley if isinstance(turn.coded, Coded) for code in turn.coded.codes}
            yield frozenset(codes - {"simple_reflection"} if "complex_reflection" in codes else codes)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _of(asked: Sequence[QuestionType], kind: QuestionType) -> int:
    return sum(one == kind for one in asked)


def _words(turn: Turn) -> int:
    return len(turn.text.split())


def _change_share(talks: Sequence[Talk | None]) -> float | None:
    """Change talk out of change and sustain talk."""
    return _ratio(talks.count("change"), talks.count("change") + talks.count("sustain"))


def _quarters(talks: Sequence[Talk | None]) -> list[Sequence[Talk | None]]:
    """The client's turns in four parts, equal to within one turn."""
    edges = [round(n * len(talks) / QUARTERS) for n in range(QUARTERS + 1)]
    return [talks[start:end] for start, end in pairwise(edges)]


def _series(turns: Sequence[Turn]) -> Iterable[Point]:
    places: Counter[Speaker] = Counter()
    said: Counter[Talk | None] = Counter()
    for turn in turns:
        coded = turn.coded if isinstance(turn.coded, Coded) else None
        talk = coded.talk if coded and turn.speaker == "client" else None
        places[turn.speaker] += 1
        said[talk] += 1
        yield Point(
            turn_id=turn.id,
            speaker=turn.speaker,
            place=places[turn.speaker],
            words=_words(turn),
            codes=coded.codes if coded else (),
            talk=talk,
            change_so_far=said["change"],
            sustain_so_far=said["sustain"],
        )
